#include "plant/kafka/kafka_records.h"

#include <algorithm>

#include "plant/internal/mqtt_payload.h"
#include "plant/pushed_samples.h"

namespace mw::plant {
namespace {

constexpr std::size_t kMostTopics = 1000;
constexpr std::size_t kMostKeyBytes = 200;

Error wrong(const std::string& where, const std::string& en, const std::string& zh) {
  return Error::make(Code::kInvalidArgument, where + ": " + en, where + "：" + zh, where);
}

std::string item(const std::string& list, std::size_t position) {
  return list + "[" + std::to_string(position) + "]";
}

/// No topic of Kafka has a slash in its name.
std::string place_of(const std::string& topic, const std::string& key) {
  return key.empty() ? topic : topic + "/" + key;
}

RecordReadings refusal(Text reason) {
  RecordReadings out;
  out.refused = 1;
  out.reason = std::move(reason);
  return out;
}

}  // namespace

Result<KafkaRecords> KafkaRecords::make(const KafkaOptions& options, const Catalogue& catalogue) {
  const auto bad_topic = [](const std::string& where) {
    return wrong(where, "expected 1 to 249 of letters, digits, '.', '_', '-'",
                 "应为 1 到 249 个字母、数字、“.”、“_”或“-”");
  };
  KafkaRecords out;
  for (std::size_t i = 0; i < options.samples.size(); ++i) {
    if (!kafka::is_topic(options.samples[i])) return bad_topic(item("samples", i));
    out.samples_.insert(options.samples[i]);
  }
  out.topics_ = out.samples_;
  std::vector<TopicValue> values;
  for (std::size_t i = 0; i < options.topics.size(); ++i) {
    const KafkaValue& each = options.topics[i];
    const std::string where = item("topic", i);
    if (!kafka::is_topic(each.topic)) return bad_topic(where + ".topic");
    if (each.key.size() > kMostKeyBytes) {
      return wrong(where + ".key", "longer than 200 bytes", "超过 200 字节");
    }
    if (out.samples_.contains(each.topic)) {
      return wrong(where + ".topic", "stands under samples already", "已列在 samples 中");
    }
    values.push_back(each);
    values.back().topic = place_of(each.topic, each.key);
    out.topics_.insert(each.topic);
  }
  if (out.topics_.empty() || out.topics_.size() > kMostTopics) {
    return wrong("samples", "expected 1 to 1000 topics, here or as [[connector.topic]]",
                 "应有 1 到 1000 个主题（samples 或 [[connector.topic]]）");
  }
  MW_ASSIGN(out.values_, TopicTable::make(values, catalogue));
  return out;
}

RecordReadings KafkaRecords::read(const kafka::Record& record) const {
  if (!record.payload) return refusal({"the record is empty", "记录为空"});
  RecordReadings out = samples_.contains(record.topic)
                           ? read_samples(record.key.value_or(""), *record.payload)
                           : read_values(record);
  for (Reading& each : out.readings) {
    if (!each.ts_ns && record.ts_ms && *record.ts_ms < INT64_MAX / kNsPerMs) {
      each.ts_ns = *record.ts_ms * kNsPerMs;
    }
  }
  return out;
}

RecordReadings KafkaRecords::read_samples(std::string_view key, std::string_view payload) const {
  RecordReadings out;
  if (key.find('/') != std::string_view::npos) {
    Result<std::vector<Reading>> readings = decode_mqtt_payload(payload);
    if (!readings) return refusal(readings.error().message);
    out.readings = std::move(*readings);
    for (Reading& each : out.readings) each.tag = key;
    return out;
  }
  Result<PushedSamples> pushed = decode_pushed(payload, PushForm::kArray);
  if (!pushed) return refusal(pushed.error().message);
  out.readings = std::move(pushed->readings);
  out.refused = pushed->refusals.size();
  if (out.refused > 0) out.reason = std::move(pushed->refusals.back().reason);
  for (Reading& each : out.readings) {
    if (each.tag.find('/') == std::string::npos && !key.empty()) {
      each.tag = std::string(key) + "/" + each.tag;
    }
  }
  return out;
}

RecordReadings KafkaRecords::read_values(const kafka::Record& record) const {
  RecordReadings out;
  bool known = false;
  for (const std::string& place : {record.topic, place_of(record.topic, record.key.value_or(""))}) {
    if (!values_.has(place) || (known && place == record.topic)) continue;
    known = true;
    Result<std::vector<Reading>> readings = values_.read(place, *record.payload);
    if (!readings) {
      out.reason = readings.error().message;
      continue;
    }
    out.readings.insert(out.readings.end(), std::make_move_iterator(readings->begin()),
                        std::make_move_iterator(readings->end()));
  }
  // A key that nobody asked for is somebody else's machine: nothing is wrong with it.
  out.refused = known && out.readings.empty() ? 1 : 0;
  return out;
}

}  // namespace mw::plant
