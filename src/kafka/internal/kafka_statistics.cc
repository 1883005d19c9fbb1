#include "kafka/internal/kafka_statistics.h"

#include "core/json.h"

namespace mw::kafka {
namespace {

constexpr int kMostDepth = 16;

std::optional<uint64_t> lag_of(const Json& topics) {
  std::optional<uint64_t> sum;
  for (const auto& [name, topic] : topics.items()) {
    if (!topic.is_object() || !topic.contains("partitions")) continue;
    for (const auto& [id, partition] : topic["partitions"].items()) {
      // "-1" is the library's own, of messages that have no partition yet.
      if (id == "-1" || !partition.is_object()) continue;
      const auto lag = json_integer(partition, "consumer_lag", -1);
      if (lag && *lag >= 0) sum = sum.value_or(0) + static_cast<uint64_t>(*lag);
    }
  }
  return sum;
}

}  // namespace

Result<Statistics> parse_statistics(std::string_view text) {
  MW_ASSIGN(const Json json, parse_json(text, kMostDepth));
  const auto brokers = json.is_object() ? json.find("brokers") : json.end();
  if (!json.is_object() || brokers == json.end() || !brokers->is_object()) {
    return Error::make(Code::kInvalidArgument, "librdkafka's statistics name no brokers",
                       "librdkafka 的统计信息中没有 brokers");
  }
  Statistics out;
  for (const auto& [name, broker] : brokers->items()) {
    if (!broker.is_object()) {
      return Error::make(Code::kInvalidArgument, "librdkafka's statistics: a broker is no object",
                         "librdkafka 的统计信息：broker 不是对象");
    }
    MW_ASSIGN(const std::string state, json_string(broker, "state"));
    if (state == "UP") ++out.brokers_up;
  }
  const auto group = json.find("cgrp");
  if (group != json.end() && group->is_object()) {
    MW_ASSIGN(const std::string joined, json_string(*group, "join_state"));
    out.in_group = joined == "steady";
  }
  const auto topics = json.find("topics");
  if (topics != json.end() && topics->is_object()) out.lag = lag_of(*topics);
  return out;
}

}  // namespace mw::kafka
