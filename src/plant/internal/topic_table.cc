#include "plant/internal/topic_table.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <set>

#include "core/json.h"
#include "core/storable_text.h"
#include "plant/internal/reading_json.h"
#include "plant/internal/scaled.h"

namespace mw::plant {
namespace {

constexpr std::size_t kMostValues = 10'000;
constexpr std::size_t kMostTopicBytes = 500;
constexpr std::size_t kMostPointerBytes = 500;
constexpr std::size_t kMostPayloadBytes = 1 << 20;
constexpr int kMostDepth = 16;
constexpr std::size_t kMostPlainBytes = 2 * kMostTextBytes;  // more than a tag keeps: it says so

Error wrong(const std::string& where, const std::string& en, const std::string& zh) {
  return Error::make(Code::kInvalidArgument, where + ": " + en, where + "：" + zh, where);
}

/// RFC 6901; nothing when it is none.
std::optional<std::vector<std::string>> parse_pointer(std::string_view text) {
  std::vector<std::string> members;
  if (text.empty()) return members;
  if (text[0] != '/' || text.size() > kMostPointerBytes) return std::nullopt;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '/') {
      members.emplace_back();
    } else if (text[i] != '~') {
      members.back() += text[i];
    } else if (i + 1 < text.size() && (text[i + 1] == '0' || text[i + 1] == '1')) {
      members.back() += text[++i] == '0' ? '~' : '/';
    } else {
      return std::nullopt;
    }
  }
  return members;
}

/// Where the pointer leads; nullptr when nothing is there.
const Json* follow(const Json& from, const std::vector<std::string>& members) {
  const Json* at = &from;
  for (const std::string& member : members) {
    if (at->is_object()) {
      const auto found = at->find(member);
      if (found == at->end()) return nullptr;
      at = &*found;
    } else if (at->is_array()) {
      std::size_t position = 0;
      const char* end = member.data() + member.size();
      const auto [rest, problem] = std::from_chars(member.data(), end, position);
      if (problem != std::errc() || rest != end || position >= at->size()) return nullptr;
      at = &(*at)[position];
    } else {
      return nullptr;
    }
  }
  return at;
}

std::optional<double> number_of(std::string_view text) {
  double value = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (problem != std::errc() || end != text.data() + text.size() || !std::isfinite(value)) {
    return std::nullopt;
  }
  return value;
}

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kBlank = " \t\r\n";
  const std::size_t begin = text.find_first_not_of(kBlank);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kBlank) - begin + 1);
}

/// The payload as a value: JSON where it is some, else a text.
Json payload_json(std::string_view payload) {
  const std::string_view text = trimmed(payload);
  const auto json = parse_json(text, kMostDepth);
  if (json) return *json;
  // What is no UTF-8 is no value: null becomes a bad sample.
  const Json plain = std::string(utf8_prefix(text, kMostPlainBytes));
  const auto valid = parse_json(to_text(plain), 1);
  return valid && *valid == plain ? plain : Json();
}

Result<void> check_topic(const TopicValue& value, const std::string& site) {
  const std::string& topic = value.topic;
  if (topic.empty() || topic.size() > kMostTopicBytes) {
    return wrong("topic", "expected 1 to 500 bytes", "应为 1 到 500 字节");
  }
  const auto is_control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; };
  if (topic.find_first_of("+#") != std::string::npos || topic[0] == '$' ||
      std::any_of(topic.begin(), topic.end(), is_control)) {
    return wrong("topic", "expected one whole topic, without + or #, not beginning with $",
                 "应为完整的主题，不含 + 或 #，不以 $ 开头");
  }
  if (topic.starts_with("millwright/" + site + "/")) {
    return wrong("topic", "topics below millwright/" + site + "/ name their tags by themselves",
                 "millwright/" + site + "/ 下的主题本身已指明测点");
  }
  return {};
}

Result<void> check_states(const TopicValue& value, const Tag& tag, const Asset& asset) {
  if (tag.kind != TagKind::kState) {
    if (value.states.empty()) return {};
    return wrong("states", "the tag is no state: take 'states' away",
                 "该测点不是状态，请删除 states");
  }
  for (const auto& [raw, state] : value.states) {
    const auto same = [&, name = &state](const AssetState& each) { return each.id == *name; };
    if (asset.states.empty() || std::any_of(asset.states.begin(), asset.states.end(), same)) {
      continue;
    }
    return wrong("states", "'" + asset.id + "' has no state '" + state + "'",
                 "“" + asset.id + "”没有状态“" + state + "”");
  }
  return {};
}

}  // namespace

Result<TopicTable::Value> TopicTable::checked(const TopicValue& options,
                                              const Catalogue& catalogue) {
  MW_TRY(check_topic(options, catalogue.site()));
  const Tag* tag = catalogue.tag(options.tag);
  if (tag == nullptr) {
    return wrong("tag", "the catalogue has no tag '" + options.tag + "'",
                 "工厂描述中没有测点“" + options.tag + "”");
  }
  Value value{options, {}, {}, is_text(tag->kind)};
  for (const auto& [name, text, out] : {std::tuple{"value", &options.value, &value.value},
                                        std::tuple{"time", &options.time, &value.time}}) {
    auto pointer = parse_pointer(*text);
    if (!pointer) {
      return wrong(name, "expected a JSON pointer such as /temperature, got '" + *text + "'",
                   "应为 JSON 指针，例如 /temperature，实际为“" + *text + "”");
    }
    *out = std::move(*pointer);
  }
  if (!options.measured_in.empty() && options.measured_in != tag->unit) {
    return wrong("measured_in",
                 "measured in '" + options.measured_in + "', but the tag in '" + tag->unit +
                     "': convert with scale and offset, or mend the catalogue",
                 "单位为“" + options.measured_in + "”，而测点为“" + tag->unit +
                     "”：请用 scale 和 offset 换算，或修改工厂描述");
  }
  MW_TRY(check_states(options, *tag, *catalogue.asset(tag->asset)));
  return value;
}

Result<TopicTable> TopicTable::make(const std::vector<TopicValue>& values,
                                    const Catalogue& catalogue) {
  if (values.size() > kMostValues) {
    return wrong("topic", "more than 10000 of them", "超过 10000 个");
  }
  TopicTable table;
  std::set<std::string> tags;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const std::string where = "topic[" + std::to_string(i) + "]";
    auto value = checked(values[i], catalogue);
    if (value && !tags.insert(values[i].tag).second) {
      value = wrong("tag", "another topic brings the tag '" + values[i].tag + "' already",
                    "已有其他主题提供测点“" + values[i].tag + "”");
    }
    if (!value) {
      Error error = value.error().within(where);
      error.param = where + "." + value.error().param;
      return error;
    }
    table.by_topic_[values[i].topic].push_back(std::move(*value));
  }
  return table;
}

std::vector<std::string> TopicTable::topics() const {
  std::vector<std::string> topics;
  topics.reserve(by_topic_.size());
  for (const auto& [topic, values] : by_topic_) topics.push_back(topic);
  return topics;
}

Result<std::vector<Reading>> TopicTable::read(std::string_view topic,
                                              std::string_view payload) const {
  const auto found = by_topic_.find(topic);
  if (found == by_topic_.end()) return std::vector<Reading>();
  if (payload.size() > kMostPayloadBytes) {
    return wrong("payload", "larger than 1 MiB", "超过 1 MiB");
  }
  const Json json = payload_json(payload);
  std::vector<Reading> readings;
  for (const Value& each : found->second) {
    const Json* value = follow(json, each.value);
    if (value == nullptr) continue;
    if (value->is_structured()) {
      return wrong(each.options.value.empty() ? "payload" : each.options.value,
                   "is no number and no text: name the member to take",
                   "不是数值或文本，请指明成员");
    }
    Reading reading;
    reading.tag = each.options.tag;
    reading.unit = each.options.measured_in;
    const std::string text = value->is_string() ? value->get<std::string>() : to_text(*value);
    std::optional<double> number =
        value->is_boolean() ? (value->get<bool>() ? 1.0 : 0.0) : number_of(trimmed(text));
    if (each.text) {
      const auto named = each.options.states.find(text);
      if (!value->is_null())
        reading.value = named == each.options.states.end() ? text : named->second;
    } else if (number) {
      reading.value = scaled(*number, each.options.scale, each.options.offset);
    } else if (!value->is_null()) {
      reading.value = text;
    }
    const Json* time = each.options.time.empty() ? nullptr : follow(json, each.time);
    if (time != nullptr && !time->is_null()) {
      MW_ASSIGN(reading.ts_ns, read_json_time(*time));
    }
    readings.push_back(std::move(reading));
  }
  if (!readings.empty()) return readings;
  return wrong("payload", "has none of the members that are asked for", "没有所需的任何成员");
}

}  // namespace mw::plant
