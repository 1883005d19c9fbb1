#include "plant/kafka/kafka_sink.h"

#include "plant/feed/feed_json.h"

namespace mw::plant {

Result<std::unique_ptr<FeedSink>> KafkaSink::start(const KafkaFeed& options,
                                                   std::shared_ptr<const Catalogue> catalogue,
                                                   LogSink log) {
  MW_ASSIGN(auto producer, kafka::Producer::start({options.server, std::move(log)}));
  return std::unique_ptr<FeedSink>(
      new KafkaSink(options, std::move(catalogue), std::move(producer)));
}

Result<void> KafkaSink::send(std::span<const FeedItem> items, const std::stop_token& stop,
                             const std::function<void()>& meanwhile) {
  std::vector<kafka::Outgoing> records;
  records.reserve(items.size());
  for (const FeedItem& each : items) {
    records.push_back({catalogue_->tags()[each.sample.tag].asset, feed_json(each, *catalogue_), 0});
  }
  return producer_->send(topic_, records, stop, meanwhile);
}

FeedSink::Link KafkaSink::link() const {
  const kafka::LinkState link = producer_->link();
  if (link.up || link.problem.en.empty()) return {link.up, {}};
  return {false,
          {"no connection to Kafka at " + address_ + ": " + link.problem.en,
           "无法连接 Kafka " + address_ + "：" + link.problem.in(Language::kZh)}};
}

}  // namespace mw::plant
