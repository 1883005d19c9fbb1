#include "plant/internal/abnormal.h"

#include <algorithm>
#include <cstdio>

namespace mw::plant {

std::string shown(double value, int decimals) {
  char buffer[400];  // %f of the largest double is 310 characters
  std::snprintf(buffer, sizeof buffer, "%.*f", decimals, value);
  return buffer;
}

std::optional<Bound> beyond_normal(const Tag& tag, const TagValue& value, std::string_view state) {
  if (!value.value || value.quality == Quality::kBad) return std::nullopt;
  const bool applies = tag.normal_states.empty() ||
                       std::find(tag.normal_states.begin(), tag.normal_states.end(), state) !=
                           tag.normal_states.end();
  if (!applies) return std::nullopt;
  if (tag.normal_high && *value.value > *tag.normal_high) return Bound::kHigh;
  if (tag.normal_low && *value.value < *tag.normal_low) return Bound::kLow;
  return std::nullopt;
}

std::optional<Text> abnormal_reason(const Tag& tag, const TagValue& value, std::string_view state) {
  if (value.quality != Quality::kGood) {
    const Text why = describe(value.reason);
    return Text{tag.name.en + ": " + why.en, tag.name.in(Language::kZh) + "：" + why.zh};
  }
  const std::optional<Bound> bound = beyond_normal(tag, value, state);
  if (!bound) return std::nullopt;
  const bool high = *bound == Bound::kHigh;
  const std::string now = shown(*value.value, tag.decimals) + " " + tag.unit;
  const std::string limit = shown(high ? *tag.normal_high : *tag.normal_low, tag.decimals);
  return Text{
      tag.name.en + " " + now + (high ? ", above the normal " : ", below the normal ") + limit,
      tag.name.in(Language::kZh) + " " + now + (high ? "，高于正常上限 " : "，低于正常下限 ") +
          limit};
}

}  // namespace mw::plant
