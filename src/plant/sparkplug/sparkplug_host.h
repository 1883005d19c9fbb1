#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "plant/catalogue.h"
#include "plant/connector_options.h"
#include "plant/ingest.h"
#include "plant/sparkplug/sparkplug_node.h"

namespace mw::plant {

/// A message to be published.
struct SparkplugMessage {
  std::string topic, payload;
  int qos = 0;
  bool retained = false;
};

/// What comes of what a SparkplugHost hears. `position` is that of a source in sources().
class SparkplugSink {
 public:
  virtual ~SparkplugSink() = default;
  virtual void take(std::span<const Reading> readings, Arrival arrival,
                    std::optional<int64_t> skew_ns) = 0;
  virtual void came_up(std::size_t position) = 0;
  /// Its birth should follow within a moment; it is down until then.
  virtual void waits(std::size_t position) = 0;
  /// It is down, at once, from `at_ns` on.
  virtual void went_down(std::size_t position, TimeNs at_ns) = 0;
  virtual void publish(SparkplugMessage message) = 0;
  virtual void complain(Text problem) = 0;
  virtual void note(const std::string& line) = 0;
  virtual void refused() = 0;
};

/// A metric that was seen and is no tag.
struct SparkplugUnmapped {
  std::string group, edge, device, metric, type, unit;
  bool scalar = false;  // a tag can have its values
};

/// A host application of Sparkplug B 3.0 that only reads (ADR 0096): it follows the sessions of
/// edge nodes and turns their metrics into readings. It does no input or output and looks at no
/// clock, so that a test can be its broker and its time.
///
/// Edge nodes tell what changes. What stands still is confirmed, after a third of its tag's
/// watchdog period, for as long as its source is online and no message of it is missing: that the
/// MQTT server has not published its death is what Sparkplug has for "it still holds".
///
/// Threads  the caller's business: one call at a time.
class SparkplugHost {
 public:
  SparkplugHost(SparkplugOptions options, const Catalogue& catalogue, SparkplugSink& sink);

  /// The tags of each source that brings any.
  const std::vector<std::vector<TagIndex>>& sources() const { return sources_; }
  std::vector<std::string> subscriptions() const;

  /// The death certificate to be left with the MQTT server while connecting; none for a listener.
  std::optional<SparkplugMessage> will(TimeNs now_ns);
  /// Connected and subscribed.
  void connected(int64_t steady_ns);
  void disconnected();
  /// The death certificate to be published before leaving on purpose.
  std::optional<SparkplugMessage> goodbye(TimeNs now_ns);

  void take(const SparkplugDelivery& delivery, TimeNs now_ns, int64_t steady_ns);
  /// To be called several times a second: reorder timeouts, rebirths to be asked for, quiet tags.
  void tick(TimeNs now_ns, int64_t steady_ns);

  /// Moves on whenever unmapped() says something else than before.
  uint64_t births() const { return births_; }
  std::vector<SparkplugUnmapped> unmapped() const;

 private:
  struct Follow {
    int64_t quiet_ns = 0;  // after which it is confirmed
    int64_t due_ns = 0;    // steady; of `last`
    SparkplugNode* node = nullptr;
    SparkplugSource* source = nullptr;
    std::optional<Reading> last;
  };
  struct Now {
    TimeNs ns;
    int64_t steady_ns;
  };

  SparkplugNode* node_of(const SparkplugTopic& topic);
  void hear_state(std::string_view payload);
  void hear(SparkplugNode& node, const SparkplugTopic& topic, const SparkplugDelivery& delivery,
            Now now);
  void node_birth(SparkplugNode& node, const SparkplugPayload& payload, Now now);
  void node_death(SparkplugNode& node, const SparkplugPayload& payload, Now now);
  void in_order(SparkplugNode& node, SparkplugVerb verb, std::string_view device,
                const SparkplugPayload& payload, Now now);
  void held(SparkplugNode& node, const SparkplugOrder::Held& held, Now now);
  void device_birth(SparkplugNode& node, std::string_view device, SparkplugPayload payload,
                    Now now);
  /// Metrics that shall become tags and are not in the birth.
  void tell_missing(const std::string& what, const SparkplugSource& source);
  void device_death(SparkplugNode& node, std::string_view device, const SparkplugPayload& payload,
                    Now now);
  void values(SparkplugNode& node, SparkplugSource& source, const SparkplugPayload& payload,
              Now now);
  /// With the members of what is of a template; what cannot be read is told of, and taken as it is.
  void add_members(SparkplugNode& node, SparkplugSource* source, const std::string& what,
                   SparkplugPayload& payload);
  void drain(SparkplugNode& node, Now now);
  void give_up(SparkplugNode& node, Now now);
  void offline(SparkplugSource& source, TimeNs at_ns);
  void tell(SparkplugNode& node, std::string_view what, std::vector<SparkplugFault> faults);
  void want_rebirth(SparkplugNode& node, int64_t at_ns);
  void ask_where_due(Now now);
  void confirm(Now now);

  const SparkplugOptions options_;
  SparkplugSink& sink_;
  std::vector<std::vector<TagIndex>> sources_;
  std::vector<Follow> follows_;  // as options_.metrics
  std::map<std::string, std::unique_ptr<SparkplugNode>> nodes_;
  std::size_t metric_count_ = 0, source_count_ = 0;
  std::size_t most_held_ = 0;  // bytes of a node's messages that wait
  uint64_t state_ms_ = 0;
  bool connected_ = false;
  bool leaving_ = false;
  bool told_full_ = false;
  uint64_t births_ = 0;
};

}  // namespace mw::plant
