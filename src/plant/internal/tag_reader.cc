#include "plant/internal/tag_reader.h"

#include <algorithm>
#include <cmath>

#include "plant/internal/description_fields.h"
#include "plant/internal/unit_codes.h"
#include "plant/interpolation.h"

namespace mw::plant {
namespace {

constexpr const char* kMayOverride[] = {"name",     "synonyms", "unit",         "unit_code",
                                        "physical", "normal",   "watchdog_s",   "deadband",
                                        "decimals", "key",      "flat_after_s", "interpolation"};

constexpr double kLongestFlatS = 30 * 86400;
constexpr std::size_t kMostEarlier = 20;

Result<TagKind> read_tag_kind(const std::string& text, const std::string& where) {
  if (text.empty() || text == "number") return TagKind::kNumber;
  if (text == "state") return TagKind::kState;
  if (text == "counter") return TagKind::kCounter;
  if (text == "text") return TagKind::kText;
  return wrong(where + ".kind", "expected number, state, counter or text, got '" + text + "'");
}

/// [low, high], either of them null. What is there stays where the member is absent.
Result<void> read_range(const Json& json, const char* key, const std::string& where,
                        std::optional<double>& low, std::optional<double>& high) {
  const Json* range = find_member(json, key);
  if (range == nullptr) return {};
  const std::string name = where + "." + key;
  if (!range->is_array() || range->size() != 2) return wrong(name, "expected [low, high]");
  low.reset();
  high.reset();
  for (int i = 0; i < 2; ++i) {
    const Json& bound = (*range)[static_cast<std::size_t>(i)];
    if (bound.is_null()) continue;
    if (!bound.is_number() || !std::isfinite(bound.get<double>())) {
      return wrong(name, "expected two numbers, or null for no bound");
    }
    (i == 0 ? low : high) = bound.get<double>();
  }
  if (low && high && *low >= *high) return wrong(name, "the low end is not below the high end");
  return {};
}

/// `unit` as shown, or `unit_code`; both only where they say the same.
Result<void> read_unit(const Json& json, const std::string& where, std::string& unit) {
  MW_ASSIGN(const std::string shown, read_text(json, "unit", where));
  MW_ASSIGN(const std::string code, read_text(json, "unit_code", where));
  if (find_member(json, "unit") != nullptr) unit = shown;
  if (code.empty()) return {};
  MW_ASSIGN(const std::string meant, unit_of_code(code, where + ".unit_code"));
  if (find_member(json, "unit") != nullptr && shown != meant) {
    return wrong(where + ".unit_code",
                 "'" + code + "' is '" + meant + "', but unit says '" + shown + "'");
  }
  unit = meant;
  return {};
}

/// A line between two samples is a statement about what nobody measured: only of a quantity.
Result<void> read_interpolation(const Json& json, const std::string& where, Tag& tag) {
  if (find_member(json, "interpolation") == nullptr) return {};
  const std::string at = where + ".interpolation";
  MW_ASSIGN(const std::string text, read_text(json, "interpolation", where));
  const std::optional<Interpolation> known = interpolation_of(text);
  if (!known) return wrong(at, "expected stepped or linear, got '" + text.substr(0, 40) + "'");
  if (*known == Interpolation::kLinear && tag.kind != TagKind::kNumber) {
    return Error::make(
        Code::kInvalidArgument,
        "plant description: " + at +
            ": a counter, a state or a text goes in steps: only a number may be linear",
        "工厂描述文件：" + at + "：计数、状态和文本只能阶梯变化，只有数值可以设为 linear", at);
  }
  tag.interpolation = *known;
  return {};
}

/// What a kind says of a tag and an asset may say otherwise.
Result<void> read_parameters(const Json& json, const std::string& where, Tag& tag) {
  MW_TRY(read_unit(json, where, tag.unit));
  MW_TRY(read_range(json, "physical", where, tag.physical_low, tag.physical_high));
  MW_TRY(read_range(json, "normal", where, tag.normal_low, tag.normal_high));
  MW_ASSIGN(const double decimals, read_number(json, "decimals", where, tag.decimals, 0, 6));
  tag.decimals = static_cast<int>(decimals);
  MW_ASSIGN(tag.watchdog_s, read_number(json, "watchdog_s", where, tag.watchdog_s, 0.1, 86400));
  MW_ASSIGN(tag.flat_after_s,
            read_number(json, "flat_after_s", where, tag.flat_after_s, 0, kLongestFlatS));
  if (tag.flat_after_s > 0 && is_text(tag.kind)) {
    const std::string at = where + ".flat_after_s";
    return Error::make(
        Code::kInvalidArgument,
        "plant description: " + at +
            ": a state or a text stands still rightly: only a number or a counter "
            "may say this",
        "工厂描述文件：" + at + "：状态和文本本来就会长时间不变，只有数值和计数可以设置", at);
  }
  MW_TRY(read_interpolation(json, where, tag));
  MW_ASSIGN(tag.deadband, read_number(json, "deadband", where, tag.deadband, 0, 1e12));
  if (find_member(json, "key") != nullptr) {
    MW_ASSIGN(tag.key, read_flag(json, "key", where));
  }
  return {};
}

/// `earlier`: where the history lies from before the device measured in this unit.
Result<void> read_earlier(const Json& json, const std::string& where, Tag& tag) {
  return for_each(json, "earlier", where,
                  [&](const Json& item, const std::string& at) -> Result<void> {
                    EarlierName name;
                    MW_ASSIGN(name.id, read_id(item, at));
                    MW_TRY(read_unit(item, at, name.unit));
                    if (name.unit.empty() && !tag.unit.empty()) {
                      return wrong(at + ".unit", "expected the unit that its values are in");
                    }
                    if (tag.earlier.size() >= kMostEarlier) {
                      return wrong(at, "more than " + std::to_string(kMostEarlier) + " of one tag");
                    }
                    tag.earlier.push_back(std::move(name));
                    return {};
                  });
}

Result<Tag> read_tag(const Json& json, const std::string& where) {
  Tag tag;
  MW_ASSIGN(tag.id, read_id(json, where));
  MW_ASSIGN(tag.name, read_name(json, where, tag.id));
  MW_ASSIGN(tag.synonyms, read_texts(json, "synonyms", where));
  MW_ASSIGN(tag.normal_states, read_texts(json, "normal_states", where));
  MW_ASSIGN(const std::string kind, read_text(json, "kind", where));
  MW_ASSIGN(tag.kind, read_tag_kind(kind, where));
  MW_ASSIGN(tag.component, read_text(json, "component", where));
  MW_TRY(read_parameters(json, where, tag));
  MW_TRY(read_earlier(json, where, tag));
  return tag;
}

Result<void> override_tag(const Json& json, const std::string& where, Tag& tag) {
  if (!json.is_object()) return wrong(where, "expected an object");
  for (const auto& [key, value] : json.items()) {
    const auto same = [&](const char* known) { return key == known; };
    if (std::any_of(std::begin(kMayOverride), std::end(kMayOverride), same)) continue;
    std::string known;
    for (const char* each : kMayOverride) known += (known.empty() ? "" : ", ") + std::string(each);
    return wrong(where + "/" + key, "cannot be overridden; an asset may say: " + known);
  }
  const Tag kind = tag;
  MW_TRY(read_parameters(json, where, tag));
  if (find_member(json, "name") != nullptr) {
    MW_ASSIGN(tag.name, read_name(json, where, tag.id));
  }
  if (find_member(json, "synonyms") != nullptr) {
    MW_ASSIGN(tag.synonyms, read_texts(json, "synonyms", where));
  }
  // 75 degC is no 75 degF: what the kind says in its unit does not hold in another.
  const auto left = [&](const char* key, bool there) {
    return there && find_member(json, key) == nullptr;
  };
  if (tag.unit != kind.unit && (left("physical", kind.physical_low || kind.physical_high) ||
                                left("normal", kind.normal_low || kind.normal_high) ||
                                left("deadband", kind.deadband > 0))) {
    return wrong(where, "another unit ('" + tag.unit + "' for '" + kind.unit +
                            "') needs physical, normal and deadband in it too, where the kind has "
                            "them");
  }
  return {};
}

}  // namespace

Result<std::vector<Tag>> read_tags(const Json& json, const std::string& where) {
  std::vector<Tag> tags;
  MW_TRY(
      for_each(json, "tags", where, [&](const Json& item, const std::string& at) -> Result<void> {
        MW_ASSIGN(Tag tag, read_tag(item, at));
        tags.push_back(std::move(tag));
        return {};
      }));
  return tags;
}

Result<void> override_tags(const Json& json, const std::string& where, std::vector<Tag>& tags) {
  if (!json.is_object()) return wrong(where, "expected an object of tags");
  for (const auto& [id, changes] : json.items()) {
    const auto found = std::find_if(tags.begin(), tags.end(),
                                    [&, &wanted = id](const Tag& tag) { return tag.id == wanted; });
    if (found == tags.end()) return wrong(where + "/" + id, "the kind has no tag of this name");
    MW_TRY(override_tag(changes, where + "/" + id, *found));
  }
  return {};
}

}  // namespace mw::plant
