#include "kafka/kafka_producer.h"

#include "core/check.h"
#include "kafka/internal/kafka_client.h"

namespace mw::kafka {
namespace {

constexpr std::size_t kMostRecords = 10'000;
constexpr int kPollMs = 50;

/// What became of the records of one send().
struct Receipts {
  std::size_t waiting = 0;
  rd_kafka_resp_err_t error = RD_KAFKA_RESP_ERR_NO_ERROR;  // the first
};

void on_delivered(rd_kafka_t*, const rd_kafka_message_t* message, void*) {
  auto* receipts = static_cast<Receipts*>(message->_private);
  --receipts->waiting;
  if (receipts->error == RD_KAFKA_RESP_ERR_NO_ERROR) receipts->error = message->err;
}

/// Hands one record over; when the library's queue is full, after it took some.
rd_kafka_resp_err_t hand_over(rd_kafka_t* handle, const std::string& topic, const Outgoing& record,
                              Receipts& receipts, const std::stop_token& stop) {
  while (true) {
    const rd_kafka_resp_err_t error = rd_kafka_producev(
        handle, RD_KAFKA_V_TOPIC(topic.c_str()),
        RD_KAFKA_V_KEY(record.key.data(), record.key.size()),
        RD_KAFKA_V_VALUE(const_cast<char*>(record.payload.data()), record.payload.size()),
        RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY), RD_KAFKA_V_TIMESTAMP(record.ts_ms),
        RD_KAFKA_V_OPAQUE(&receipts), RD_KAFKA_V_END);
    if (error != RD_KAFKA_RESP_ERR__QUEUE_FULL || stop.stop_requested()) return error;
    rd_kafka_poll(handle, kPollMs);
  }
}

/// Until nothing refers to `receipts` any more.
void throw_away(rd_kafka_t* handle, const Receipts& receipts) {
  rd_kafka_purge(handle, RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
  while (receipts.waiting > 0) rd_kafka_poll(handle, kPollMs);
}

}  // namespace

Result<std::unique_ptr<Producer>> Producer::start(ProducerOptions options) {
  std::unique_ptr<Producer> producer(new Producer(std::move(options)));
  MW_TRY(producer->dial());
  return producer;
}

Producer::Producer(ProducerOptions options) : options_(std::move(options)) {}

Producer::~Producer() = default;

Result<void> Producer::dial() {
  client_.reset();
  MW_ASSIGN(client_, KafkaClient::make(RD_KAFKA_PRODUCER, options_.server,
                                       {{"client.id", "millwright"},
                                        {"acks", "all"},
                                        {"enable.idempotence", "true"},
                                        // An outage is waited out, in order: the caller can stop.
                                        {"message.timeout.ms", "0"},
                                        {"topic.metadata.propagation.max.ms", "10000"},
                                        {"linger.ms", "5"},
                                        {"compression.codec", "lz4"},
                                        {"queue.buffering.max.kbytes", "65536"}},
                                       options_.log, on_delivered));
  return {};
}

Result<void> Producer::send(const std::string& topic, std::span<const Outgoing> records,
                            const std::stop_token& stop, const std::function<void()>& meanwhile) {
  MW_CHECK(records.size() <= kMostRecords);
  // Such as an epoch that a broker with lost data does not know: the library will not go on.
  if (rd_kafka_fatal_error(client_->handle(), nullptr, 0) != RD_KAFKA_RESP_ERR_NO_ERROR) {
    MW_TRY(dial());
  }
  rd_kafka_t* handle = client_->handle();
  Receipts receipts;
  rd_kafka_resp_err_t refused = RD_KAFKA_RESP_ERR_NO_ERROR;
  for (const Outgoing& each : records) {
    ++receipts.waiting;
    refused = hand_over(handle, topic, each, receipts, stop);
    if (refused == RD_KAFKA_RESP_ERR_NO_ERROR) continue;
    --receipts.waiting;
    break;
  }
  while (receipts.waiting > 0 && refused == RD_KAFKA_RESP_ERR_NO_ERROR && !stop.stop_requested()) {
    rd_kafka_poll(handle, kPollMs);
    if (meanwhile) meanwhile();
  }
  const bool cancelled = receipts.waiting > 0 && refused == RD_KAFKA_RESP_ERR_NO_ERROR;
  if (receipts.waiting > 0) throw_away(handle, receipts);
  if (cancelled || stop.stop_requested()) {
    return Error::make(Code::kCancelled, "Kafka: stopped before all was confirmed",
                       "Kafka：全部确认之前已停止");
  }
  const rd_kafka_resp_err_t error =
      refused != RD_KAFKA_RESP_ERR_NO_ERROR ? refused : receipts.error;
  if (error == RD_KAFKA_RESP_ERR_NO_ERROR) return {};
  return kafka_error(error, "topic " + topic);
}

void Producer::idle(int wait_ms) { rd_kafka_poll(client_->handle(), wait_ms); }

LinkState Producer::link() const { return client_->link(); }

}  // namespace mw::kafka
