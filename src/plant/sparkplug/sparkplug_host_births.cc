// What a host makes of births and deaths; the sessions: sparkplug_host.cc.
#include <algorithm>

#include "plant/internal/reading_check.h"
#include "plant/sparkplug/sparkplug_host.h"
#include "plant/sparkplug/sparkplug_value.h"

namespace mw::plant {
namespace {

constexpr std::size_t kMostSources = 20'000;   // nodes and devices that bring no tag
constexpr std::size_t kMostMetrics = 200'000;  // of all, besides those of tags
constexpr std::size_t kMostOfANode = 50'000;   // metrics of one edge node with its devices

}  // namespace

void SparkplugHost::node_birth(SparkplugNode& node, const SparkplugPayload& payload, Now now) {
  // What waited and is older belongs to the session before.
  if (node.online) {
    for (const SparkplugOrder::Held& each : node.order.before(payload.timestamp_ms)) {
      held(node, each, now);
    }
  }
  node.order.restart(payload.seq.value_or(0) & 0xff);
  node.online = true;
  node.doubtful = false;
  node.bd_seq = sparkplug_bd_seq(payload);
  node.ask_at_ns = 0;
  node.born_ns = now.steady_ns;
  for (auto& [device, source] : node.sources) {
    if (device.empty()) continue;
    source.online = false;
    if (source.position) sink_.waits(*source.position);
  }
  node.aliases.clear();
  device_birth(node, "", payload, now);
  drain(node, now);
}

void SparkplugHost::device_birth(SparkplugNode& node, std::string_view device,
                                 SparkplugPayload payload, Now now) {
  if (!node.sources.contains(device)) {
    if (source_count_ >= kMostSources + follows_.size()) return;
    ++source_count_;
  }
  metric_count_ -= node.metric_count();
  const std::string what = node.name() + (device.empty() ? "" : "/") + std::string(device);
  add_members(node, nullptr, what, payload);
  std::size_t others = node.metric_count();  // besides those that this birth replaces
  const auto before = node.sources.find(device);
  if (before != node.sources.end()) others -= before->second.metrics.size();
  const std::size_t room = std::min(kMostMetrics - std::min(kMostMetrics, metric_count_),
                                    kMostOfANode - std::min(kMostOfANode, others));
  if (payload.metrics.size() > room) {
    const std::string count = std::to_string(payload.metrics.size());
    sink_.complain({what + ": a birth of " + count + " metrics, and there is room for " +
                        std::to_string(room) + "; the others are passed over, but for tags",
                    what + "：上线消息含 " + count + " 个指标，只能容纳 " + std::to_string(room) +
                        " 个；其余忽略（测点除外）"});
  }
  tell(node, what, node.declare(device, payload, room));
  metric_count_ += node.metric_count();
  SparkplugSource& source = node.sources.find(device)->second;
  source.online = true;
  ++births_;
  for (Follow& each : follows_) {
    if (each.source == &source) each.last.reset();
  }
  tell_missing(what, source);
  if (source.position) sink_.came_up(*source.position);
  values(node, source, payload, now);
}

void SparkplugHost::node_death(SparkplugNode& node, const SparkplugPayload& payload, Now now) {
  const std::optional<uint64_t> bd_seq = sparkplug_bd_seq(payload);
  if (node.online && bd_seq && node.bd_seq && *bd_seq != *node.bd_seq) {
    sink_.note(node.name() + ": a death of another session (bdSeq " + std::to_string(*bd_seq) +
               ", this one is " + std::to_string(*node.bd_seq) + ") is passed over");
    return;
  }
  for (const SparkplugOrder::Held& each : node.order.before(std::nullopt)) held(node, each, now);
  if (node.online && node.brings_tags) {
    sink_.complain({node.name() + ": the edge node went offline", node.name() + "：边缘节点离线"});
  }
  node.online = false;
  node.ask_at_ns = 0;
  for (auto& [device, source] : node.sources) offline(source, now.ns);
}

void SparkplugHost::offline(SparkplugSource& source, TimeNs at_ns) {
  source.online = false;
  if (source.position) sink_.went_down(*source.position, at_ns);
}

void SparkplugHost::device_death(SparkplugNode& node, std::string_view device,
                                 const SparkplugPayload& payload, Now now) {
  const auto found = node.sources.find(device);
  if (found == node.sources.end()) return;
  // Its own time, unless it cannot be.
  TimeNs at_ns = sparkplug_time(payload.timestamp_ms.value_or(0));
  if (!plausible_time(at_ns, now.ns)) at_ns = now.ns;
  if (found->second.position && found->second.online) {
    const std::string name = node.name() + "/" + std::string(device);
    sink_.complain({name + ": the device went offline", name + "：设备离线"});
  }
  offline(found->second, at_ns);
}

}  // namespace mw::plant
