#include "kafka/kafka_consumer.h"

#include <map>

#include "kafka/internal/kafka_client.h"

namespace mw::kafka {
namespace {

constexpr std::size_t kMostBatchBytes = 4 << 20;

struct MessageEnd {
  void operator()(rd_kafka_message_t* message) const { rd_kafka_message_destroy(message); }
};
using MessagePointer = std::unique_ptr<rd_kafka_message_t, MessageEnd>;

struct ListEnd {
  void operator()(rd_kafka_topic_partition_list_t* list) const {
    rd_kafka_topic_partition_list_destroy(list);
  }
};
using ListPointer = std::unique_ptr<rd_kafka_topic_partition_list_t, ListEnd>;

ListPointer list_of(std::size_t size) {
  return ListPointer(rd_kafka_topic_partition_list_new(static_cast<int>(size)));
}

std::optional<std::string> bytes_of(const void* data, std::size_t size) {
  if (data == nullptr) return std::nullopt;
  return std::string(static_cast<const char*>(data), size);
}

Record record_of(const rd_kafka_message_t& message) {
  Record out;
  out.topic = rd_kafka_topic_name(message.rkt);
  out.partition = message.partition;
  out.offset = message.offset;
  out.key = bytes_of(message.key, message.key_len);
  out.payload = bytes_of(message.payload, message.len);
  rd_kafka_timestamp_type_t type = RD_KAFKA_TIMESTAMP_NOT_AVAILABLE;
  const int64_t ts_ms = rd_kafka_message_timestamp(&message, &type);
  if (type != RD_KAFKA_TIMESTAMP_NOT_AVAILABLE && ts_ms > 0) out.ts_ms = ts_ms;
  return out;
}

}  // namespace

std::string Record::place() const {
  return topic + "[" + std::to_string(partition) + "]@" + std::to_string(offset);
}

struct Consumer::Position {
  std::map<std::pair<std::string, int32_t>, int64_t> offsets;
};

Consumer::Consumer(std::unique_ptr<KafkaClient> client)
    : client_(std::move(client)), next_(std::make_unique<Position>()) {}

Result<std::unique_ptr<Consumer>> Consumer::start(ConsumerOptions options) {
  MW_ASSIGN(auto client,
            KafkaClient::make(RD_KAFKA_CONSUMER, options.server,
                              {{"group.id", options.group},
                               {"client.id", "millwright"},
                               {"enable.auto.commit", "false"},
                               {"auto.offset.reset", options.from_start ? "earliest" : "latest"},
                               // Who was killed and comes back waits until its ghost has left.
                               {"session.timeout.ms", "6000"},
                               {"heartbeat.interval.ms", "2000"},
                               {"fetch.wait.max.ms", "100"},
                               {"allow.auto.create.topics", "false"},
                               {"topic.metadata.refresh.interval.ms", "10000"},
                               {"queued.max.messages.kbytes", "16384"}},
                              options.log));
  rd_kafka_poll_set_consumer(client->handle());
  const ListPointer topics = list_of(options.topics.size());
  for (const std::string& each : options.topics) {
    rd_kafka_topic_partition_list_add(topics.get(), each.c_str(), RD_KAFKA_PARTITION_UA);
  }
  const rd_kafka_resp_err_t error = rd_kafka_subscribe(client->handle(), topics.get());
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) return kafka_error(error, "subscribing");
  return std::unique_ptr<Consumer>(new Consumer(std::move(client)));
}

Consumer::~Consumer() {
  // Leaves the group, so that others need not wait until we are missed.
  rd_kafka_consumer_close(client_->handle());
}

void Consumer::note(const Record& record) {
  int64_t& next = next_->offsets[{record.topic, record.partition}];
  next = record.offset + 1;
}

Result<std::vector<Record>> Consumer::poll(std::chrono::milliseconds wait, std::size_t most) {
  std::vector<Record> out;
  std::size_t bytes = 0;
  while (out.size() < most && bytes < kMostBatchBytes) {
    const int wait_ms = out.empty() ? static_cast<int>(wait.count()) : 0;
    const MessagePointer message(rd_kafka_consumer_poll(client_->handle(), wait_ms));
    if (message == nullptr) break;
    if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR) {
      const char* text = rd_kafka_message_errstr(message.get());
      const Error error = kafka_error(message->err, text != nullptr ? text : "reading");
      client_->note_problem(error.message.en);
      if (out.empty()) return error;
      break;
    }
    client_->note_record();
    out.push_back(record_of(*message));
    bytes += message->len + message->key_len;
    note(out.back());
  }
  return out;
}

Result<void> Consumer::commit() {
  if (next_->offsets.empty()) return {};
  const ListPointer offsets = list_of(next_->offsets.size());
  for (const auto& [place, offset] : next_->offsets) {
    rd_kafka_topic_partition_list_add(offsets.get(), place.first.c_str(), place.second)->offset =
        offset;
  }
  next_->offsets.clear();
  const rd_kafka_resp_err_t error = rd_kafka_commit(client_->handle(), offsets.get(), 0);
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) return kafka_error(error, "noting the position");
  return {};
}

LinkState Consumer::link() const { return client_->link(); }

}  // namespace mw::kafka
