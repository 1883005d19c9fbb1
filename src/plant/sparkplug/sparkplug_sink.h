#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <vector>

#include "core/log.h"
#include "mqtt/mqtt_client.h"
#include "plant/feed/feed_sink.h"
#include "plant/sparkplug/sparkplug_edge.h"

namespace mw::plant {

/// A feed as an edge node over one MQTT server.
///
/// Sparkplug publishes data with QoS 0, which nobody confirms. MQTT servers take what comes over a
/// connection in its order, so each batch is followed by a small message with QoS 1 on a topic of
/// our own, millwright/GROUP/EDGE/mark: when that is confirmed, all before it is with the server.
class SparkplugEdgeSink final : public FeedSink {
 public:
  /// `known` is what births tell of before anything went out.
  static Result<std::unique_ptr<FeedSink>> start(SparkplugFeed options,
                                                 std::shared_ptr<const Catalogue> catalogue,
                                                 const std::vector<Sample>& known,
                                                 const Clock& clock, LogSink log);
  ~SparkplugEdgeSink() override;
  Result<void> send(std::span<const FeedItem> items, const std::stop_token& stop,
                    const std::function<void()>& meanwhile) override;
  void idle(int wait_ms) override;
  Link link() const override;
  void allow(const std::set<TagIndex>& tags) override;
  std::vector<std::string> take_refusals() override;

 private:
  struct Mark;
  SparkplugEdgeSink(SparkplugFeed options, std::shared_ptr<const Catalogue> catalogue,
                    const Clock& clock, LogSink log);
  Result<void> dial();
  void leave();
  Result<void> publish(const std::vector<SparkplugMessage>& messages);
  /// Births where they are due, and leaving where the primary host is gone.
  Result<void> keep();
  /// Until the server has taken all that was published before.
  Result<void> confirm(const std::stop_token& stop);

  const SparkplugFeed options_;
  const Clock& clock_;
  const LogSink log_;
  mutable std::mutex mutex_;  // never held while the client is called: its callbacks take it
  std::condition_variable wake_;
  SparkplugEdge edge_;
  Text problem_;        // with the link
  uint64_t links_ = 0;  // how often it was lost: what was published before is not confirmed
  std::unique_ptr<mqtt::Client> client_;
};

}  // namespace mw::plant
