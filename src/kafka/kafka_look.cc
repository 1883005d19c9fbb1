#include "kafka/kafka_look.h"

#include <algorithm>
#include <map>

#include "kafka/internal/kafka_client.h"

namespace mw::kafka {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kMostTopics = 200;
constexpr std::size_t kMostPartitions = 1000;  // asked for their last record
constexpr std::size_t kMostShownBytes = 2000;

struct MetadataEnd {
  void operator()(const rd_kafka_metadata_t* metadata) const {
    rd_kafka_metadata_destroy(metadata);
  }
};
struct ListEnd {
  void operator()(rd_kafka_topic_partition_list_t* list) const {
    rd_kafka_topic_partition_list_destroy(list);
  }
};
struct MessageEnd {
  void operator()(rd_kafka_message_t* message) const { rd_kafka_message_destroy(message); }
};

int left_ms(Clock::time_point end) {
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(end - Clock::now());
  return static_cast<int>(std::max<int64_t>(1, left.count()));
}

std::string shown(const void* data, std::size_t size) {
  return data == nullptr
             ? std::string()
             : std::string(static_cast<const char*>(data), std::min(size, kMostShownBytes));
}

Seen topics_of(const rd_kafka_metadata_t& metadata) {
  std::map<std::string, int> found;
  for (int i = 0; i < metadata.topic_cnt; ++i) {
    const rd_kafka_metadata_topic& each = metadata.topics[i];
    const std::string name = each.topic;
    if (each.err == RD_KAFKA_RESP_ERR_NO_ERROR && !name.starts_with("__")) {
      found[name] = each.partition_cnt;
    }
  }
  Seen out;
  for (const auto& [name, partitions] : found) {
    if (out.topics.size() < kMostTopics) out.topics.push_back({name, partitions, {}, {}, 0});
  }
  out.cut = found.size() > out.topics.size();
  return out;
}

/// Where each partition's last record lies; counts what the topics hold.
std::unique_ptr<rd_kafka_topic_partition_list_t, ListEnd> last_records(rd_kafka_t* handle,
                                                                       Clock::time_point end,
                                                                       Seen& seen) {
  std::unique_ptr<rd_kafka_topic_partition_list_t, ListEnd> list(
      rd_kafka_topic_partition_list_new(16));
  std::size_t asked = 0;
  for (SeenTopic& topic : seen.topics) {
    for (int i = 0; i < topic.partitions && asked < kMostPartitions && Clock::now() < end; ++i) {
      ++asked;
      int64_t low = 0;
      int64_t high = 0;
      const rd_kafka_resp_err_t error = rd_kafka_query_watermark_offsets(
          handle, topic.topic.c_str(), i, &low, &high, left_ms(end));
      if (error != RD_KAFKA_RESP_ERR_NO_ERROR || high <= low) continue;
      topic.records += static_cast<uint64_t>(high - low);
      rd_kafka_topic_partition_list_add(list.get(), topic.topic.c_str(), i)->offset = high - 1;
    }
  }
  return list;
}

void read_some(rd_kafka_t* handle, int waiting, Clock::time_point end, Seen& seen) {
  while (waiting > 0 && Clock::now() < end) {
    const std::unique_ptr<rd_kafka_message_t, MessageEnd> message(
        rd_kafka_consumer_poll(handle, std::min(100, left_ms(end))));
    if (message == nullptr || message->err != RD_KAFKA_RESP_ERR_NO_ERROR) continue;
    --waiting;
    const std::string name = rd_kafka_topic_name(message->rkt);
    for (SeenTopic& topic : seen.topics) {
      if (topic.topic != name) continue;
      topic.key = shown(message->key, message->key_len);
      topic.payload = shown(message->payload, message->len);
    }
  }
}

}  // namespace

Result<Seen> look_at(const Server& server, std::chrono::milliseconds timeout) {
  const Clock::time_point end = Clock::now() + timeout;
  MW_ASSIGN(const auto client, KafkaClient::make(RD_KAFKA_CONSUMER, server,
                                                 {{"client.id", "millwright"},
                                                  {"group.id", "millwright-look"},
                                                  {"enable.auto.commit", "false"},
                                                  {"fetch.wait.max.ms", "100"},
                                                  {"auto.offset.reset", "latest"}},
                                                 no_log()));
  rd_kafka_t* handle = client->handle();
  rd_kafka_poll_set_consumer(handle);
  const rd_kafka_metadata_t* raw = nullptr;
  const rd_kafka_resp_err_t error = rd_kafka_metadata(handle, 1, nullptr, &raw, left_ms(end));
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) {
    const std::unique_ptr<rd_kafka_message_t, MessageEnd> served(rd_kafka_consumer_poll(handle, 0));
    return kafka_error(error, client->link().problem.en);
  }
  const std::unique_ptr<const rd_kafka_metadata_t, MetadataEnd> metadata(raw);
  Seen seen = topics_of(*metadata);
  const auto list = last_records(handle, end, seen);
  if (list->cnt > 0 && rd_kafka_assign(handle, list.get()) == RD_KAFKA_RESP_ERR_NO_ERROR) {
    read_some(handle, list->cnt, end, seen);
  }
  return seen;
}

}  // namespace mw::kafka
