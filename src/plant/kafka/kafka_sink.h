#pragma once

#include <memory>

#include "kafka/kafka_producer.h"
#include "plant/feed/feed_sink.h"
#include "plant/feed_options.h"

namespace mw::plant {

/// Samples as records of one topic: the machine as the key, so that those of a machine stay in
/// order, and JSON of docs/formats/feed.md as the value.
class KafkaSink final : public FeedSink {
 public:
  static Result<std::unique_ptr<FeedSink>> start(const KafkaFeed& options,
                                                 std::shared_ptr<const Catalogue> catalogue,
                                                 LogSink log);
  Result<void> send(std::span<const FeedItem> items, const std::stop_token& stop,
                    const std::function<void()>& meanwhile) override;
  void idle(int wait_ms) override { producer_->idle(wait_ms); }
  Link link() const override;

 private:
  KafkaSink(const KafkaFeed& options, std::shared_ptr<const Catalogue> catalogue,
            std::unique_ptr<kafka::Producer> producer)
      : address_(options.server.address),
        topic_(options.topic),
        catalogue_(std::move(catalogue)),
        producer_(std::move(producer)) {}

  const std::string address_, topic_;
  const std::shared_ptr<const Catalogue> catalogue_;
  const std::unique_ptr<kafka::Producer> producer_;
};

}  // namespace mw::plant
