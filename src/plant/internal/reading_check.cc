#include "plant/internal/reading_check.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/storable_text.h"
#include "core/whole_number.h"

namespace mw::plant {
namespace {

// Before this no device stamped anything we store: the number is seconds taken for milliseconds, or
// a clock that starts at 1970.
constexpr TimeNs kEarliestNs = 946'684'800 * kNsPerSecond;  // 2000-01-01
constexpr std::size_t kMostStateBytes = 64;

void degrade(Sample& sample, Quality quality, QualityReason reason) {
  if (static_cast<int>(quality) <= static_cast<int>(sample.quality)) return;
  sample.quality = quality;
  sample.reason = reason;
}

/// A device that says "bad" has a reason to send no value: that is no wrong type.
bool withheld(const Reading& reading) {
  return reading.quality == Quality::kBad && std::holds_alternative<std::monostate>(reading.value);
}

void check_state(const Asset& asset, const Reading& reading, Sample& sample) {
  const auto* text = std::get_if<std::string>(&reading.value);
  if (text == nullptr || text->empty()) {
    degrade(sample, Quality::kBad, QualityReason::kWrongType);
    return;
  }
  // A device or a file in another encoding: what remains of it is kept, to be looked at.
  const std::string clean = storable_text(*text);
  sample.text = utf8_prefix(clean, kMostStateBytes);
  if (clean != *text) degrade(sample, Quality::kBad, QualityReason::kWrongType);
  const auto same = [&](const AssetState& state) { return state.id == *text; };
  if (!asset.states.empty() && std::none_of(asset.states.begin(), asset.states.end(), same)) {
    degrade(sample, Quality::kBad, QualityReason::kWrongType);
  }
}

/// One line without the blanks and NULs that fill the fields of controllers.
std::string as_one_line(std::string_view text) {
  const auto is_filling = [](char c) { return static_cast<unsigned char>(c) <= 0x20; };
  while (!text.empty() && is_filling(text.back())) text.remove_suffix(1);
  while (!text.empty() && is_filling(text.front())) text.remove_prefix(1);
  std::string out(text);
  std::replace_if(
      out.begin(), out.end(),
      [](char c) { return (static_cast<unsigned char>(c) < 0x20 && c != 0) || c == 0x7f; }, ' ');
  return out;
}

/// Batch numbers come as numbers too: a whole one is taken as its digits.
void check_text(const Reading& reading, Sample& sample) {
  std::string text;
  if (const auto* said = std::get_if<std::string>(&reading.value)) {
    text = as_one_line(*said);
  } else if (const auto* number = std::get_if<double>(&reading.value);
             number != nullptr && whole_number(*number)) {
    text = std::to_string(*whole_number(*number));
  } else {
    degrade(sample, Quality::kBad, QualityReason::kWrongType);
    return;
  }
  const std::string clean = storable_text(text);
  if (clean != text) degrade(sample, Quality::kBad, QualityReason::kWrongType);
  sample.text = utf8_prefix(clean, kMostTextBytes);
  if (sample.text.size() < clean.size()) {
    degrade(sample, Quality::kUncertain, QualityReason::kCutText);
  }
}

void check_number(const Tag& tag, const Reading& reading, Sample& sample) {
  const auto* value = std::get_if<double>(&reading.value);
  if (value == nullptr || !std::isfinite(*value)) {
    degrade(sample, Quality::kBad, QualityReason::kWrongType);
    return;
  }
  sample.value = *value == 0 ? 0.0 : *value;  // no negative zero
  const bool low = tag.physical_low && sample.value < *tag.physical_low;
  const bool high = tag.physical_high && sample.value > *tag.physical_high;
  if (low || high || (tag.kind == TagKind::kCounter && sample.value < 0)) {
    degrade(sample, Quality::kBad, QualityReason::kOutOfRange);
  }
}

}  // namespace

bool plausible_time(TimeNs ts_ns, TimeNs now_ns) {
  return ts_ns <= now_ns + kSkewToleranceNs && ts_ns >= kEarliestNs;
}

Sample check_reading(const Tag& tag, const Asset& asset, const Reading& reading, TimeNs now_ns) {
  Sample sample;
  sample.tag = tag.index;
  sample.value = std::numeric_limits<double>::quiet_NaN();
  // Milliseconds are what the wire carries and what packs well.
  sample.server_ts_ns = now_ns / kNsPerMs * kNsPerMs;
  sample.ts_ns = reading.ts_ns.value_or(sample.server_ts_ns);
  if (!plausible_time(sample.ts_ns, now_ns)) {
    sample.ts_ns = sample.server_ts_ns;
    degrade(sample, Quality::kUncertain, QualityReason::kClockSkew);
  }
  if (withheld(reading)) {
    degrade(sample, Quality::kBad, reading.reason);
  } else if (tag.kind == TagKind::kState) {
    check_state(asset, reading, sample);
  } else if (tag.kind == TagKind::kText) {
    check_text(reading, sample);
  } else {
    check_number(tag, reading, sample);
  }
  // Not converted: which of the two is wrong is not ours to guess.
  if (!reading.unit.empty() && reading.unit != tag.unit) {
    degrade(sample, Quality::kBad, QualityReason::kWrongUnit);
  }
  degrade(sample, reading.quality, reading.reason);
  return sample;
}

}  // namespace mw::plant
