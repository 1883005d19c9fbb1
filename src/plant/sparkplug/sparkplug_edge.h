#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.h"
#include "plant/catalogue.h"
#include "plant/feed/feed_cursor.h"
#include "plant/feed_options.h"
#include "plant/sparkplug/sparkplug_encode.h"
#include "plant/sparkplug/sparkplug_host.h"

namespace mw::plant {

inline constexpr const char* kSparkplugRebirth = "Node Control/Rebirth";

/// An edge node of Sparkplug B 3.0 whose devices are the plant's machines (ADR 0113): births with
/// all that may be seen, data as samples go out, a death by will. It does no input or output and
/// looks at no clock.
///
/// There is no write path: the one command that it follows is the request for a rebirth, which
/// changes nothing on a machine. Any other is refused, to be put on record.
/// Threads  the caller's business: one call at a time.
class SparkplugEdge {
 public:
  SparkplugEdge(SparkplugFeed options, std::shared_ptr<const Catalogue> catalogue);

  /// With QoS 1: commands, and the state of the primary host.
  std::vector<std::string> subscriptions() const;
  /// The metrics that births declare, and the last sample of each that has one. A change means to
  /// be born again.
  void allow(const std::set<TagIndex>& tags);
  void know(const Sample& sample);  // older than what is known: not

  /// For one attempt to connect: the death certificate to be left with the MQTT server.
  SparkplugMessage will();
  void connected(TimeNs now_ns);
  void disconnected();
  /// The death certificate to be published before leaving on purpose.
  SparkplugMessage goodbye();
  void take(std::string_view topic, std::string_view payload);

  /// The primary host has gone: say goodbye, leave, and connect anew.
  bool must_leave() const { return must_leave_; }
  /// What is to be published before data, in order: births, where they are due and allowed.
  std::vector<SparkplugMessage> births(TimeNs now_ns);
  /// Whether data may go out: connected, the primary host online, born.
  bool ready() const { return born_ && !birth_due_; }
  /// Why not, in words.
  Text waits_for() const;
  /// DDATA of these, a message for each machine and stretch, in their order. A machine of which
  /// nothing is heard any more gets its DDEATH, and is born again before its next data. Only while
  /// ready().
  std::vector<SparkplugMessage> data(std::span<const FeedItem> items, TimeNs now_ns);
  /// Commands that were refused since the last call, each once.
  std::vector<std::string> take_refusals();
  /// Whether a sample says that nothing is heard of its machine.
  static bool is_stale(const Sample& sample);

 private:
  static uint64_t ms_of(TimeNs ts_ns);
  void hear_state(std::string_view payload);
  void hear_command(std::string_view topic, std::string_view payload);
  void refuse(std::string what);
  SparkplugOut metric_of(TagIndex tag, const Sample* sample, TimeNs now_ns) const;
  std::string topic(std::string_view verb, std::string_view device = {}) const;
  uint64_t next_seq();
  SparkplugMessage death(uint64_t bd_seq) const;
  SparkplugMessage node_birth(TimeNs now_ns);
  SparkplugMessage device_birth(const std::string& device, TimeNs now_ns);
  bool is_lost(const std::string& device) const;

  const SparkplugFeed options_;
  const std::shared_ptr<const Catalogue> catalogue_;
  std::set<TagIndex> allowed_;
  std::map<std::string, std::vector<TagIndex>> machines_;  // the same, by their machines
  std::map<TagIndex, Sample> last_;
  std::set<std::string> lost_;  // machines without a DBIRTH, or with a DDEATH after it
  uint64_t bd_seq_ = 0, next_bd_seq_ = 0;
  uint64_t seq_ = 0;
  bool connected_ = false;
  TimeNs connected_ns_ = 0;
  bool born_ = false;
  bool birth_due_ = false;  // asked for, or what may be seen has changed
  bool must_leave_ = false;
  bool host_online_ = false;
  std::optional<uint64_t> state_ms_;  // of the last word of the primary host
  std::set<std::string> refusals_;
};

}  // namespace mw::plant
