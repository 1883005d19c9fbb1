#include "plant/sparkplug/sparkplug_host.h"

#include <algorithm>
#include <set>

#include "core/json.h"
#include "plant/internal/reading_check.h"
#include "plant/sparkplug/sparkplug_value.h"

namespace mw::plant {
namespace {

using Verb = SparkplugVerb;

constexpr std::size_t kMostNodes = 2'000;            // that bring no tag
constexpr std::size_t kMostHeldBytes = 64U << 20;    // of all
constexpr std::size_t kLeastHeldBytes = 256U << 10;  // of a node
constexpr int kAsksOfStrangers = 2;                  // for a rebirth, of a node that brings no tag
constexpr int64_t kFirstAskAgainNs = 5 * kNsPerSecond;
constexpr int kMostDoublings = 6;              // 5 s, 10 s, ... 320 s
constexpr int64_t kWentWellNs = kNsPerMinute;  // a session this long starts the pauses anew
constexpr std::string_view kCompressed = "SPBV1.0_COMPRESSED";

std::string state_json(bool online, uint64_t ms) {
  return to_text(Json{{"online", online}, {"timestamp", ms}});
}

int64_t ask_again_ns(int asked) {
  return asked == 0 ? 0 : kFirstAskAgainNs << std::min(asked - 1, kMostDoublings);
}

Text both(const std::string& who, const Text& what) {
  return {who + ": " + what.en, who + "：" + what.in(Language::kZh)};
}

}  // namespace

SparkplugHost::SparkplugHost(SparkplugOptions options, const Catalogue& catalogue,
                             SparkplugSink& sink)
    : options_(std::move(options)), sink_(sink) {
  for (std::size_t i = 0; i < options_.metrics.size(); ++i) {
    const SparkplugTag& each = options_.metrics[i];
    const Tag* tag = catalogue.tag(each.tag);
    auto& place = nodes_[each.group + "/" + each.edge];
    if (place == nullptr) place = std::make_unique<SparkplugNode>();
    place->group = each.group;
    place->edge = each.edge;
    place->brings_tags = true;
    SparkplugSource& source = place->sources.try_emplace(each.device).first->second;
    if (!source.position) {
      source.position = sources_.size();
      sources_.emplace_back();
    }
    sources_[*source.position].push_back(tag->index);
    metric_count_ += source.metrics.contains(each.metric) ? 0U : 1U;
    source.metrics[each.metric].tags.push_back(i);
    Follow follow;
    follow.quiet_ns = static_cast<int64_t>(tag->watchdog_s * 1e9 / 3);
    follow.node = place.get();
    follow.source = &source;
    follows_.push_back(std::move(follow));
  }
  most_held_ = std::max(kLeastHeldBytes, kMostHeldBytes / std::max<std::size_t>(1, nodes_.size()));
}

std::vector<std::string> SparkplugHost::subscriptions() const {
  std::vector<std::string> out;
  if (!options_.host_id.empty()) out.push_back(sparkplug_state_topic(options_.host_id));
  std::set<std::string> groups(options_.groups.begin(), options_.groups.end());
  for (const SparkplugTag& each : options_.metrics) groups.insert(each.group);
  for (const std::string& group : groups) {
    for (const char* verb : {"NBIRTH", "NDATA", "NDEATH"}) {
      out.push_back(sparkplug_node_topic(group, verb, "+"));
    }
    for (const char* verb : {"DBIRTH", "DDATA", "DDEATH"}) {
      out.push_back(sparkplug_node_topic(group, verb, "+/+"));
    }
  }
  return out;
}

std::optional<SparkplugMessage> SparkplugHost::will(TimeNs now_ns) {
  if (options_.host_id.empty()) return std::nullopt;
  state_ms_ = static_cast<uint64_t>(std::max<TimeNs>(now_ns, 0) / kNsPerMs);
  return SparkplugMessage{sparkplug_state_topic(options_.host_id), state_json(false, state_ms_), 1,
                          true};
}

std::optional<SparkplugMessage> SparkplugHost::goodbye(TimeNs now_ns) {
  leaving_ = true;
  if (!connected_) return std::nullopt;
  return will(now_ns);
}

void SparkplugHost::connected(int64_t steady_ns) {
  connected_ = true;
  if (!options_.host_id.empty()) {
    sink_.publish({sparkplug_state_topic(options_.host_id), state_json(true, state_ms_), 1, true});
  }
  // Those for whom we are the primary host come by themselves.
  for (auto& [name, node] : nodes_) {
    node->asked = 0;
    node->asked_ns = 0;
    if (node->brings_tags) want_rebirth(*node, steady_ns + options_.reorder_ms * kNsPerMs);
  }
}

void SparkplugHost::disconnected() {
  connected_ = false;
  for (auto& [name, node] : nodes_) {
    node->online = false;
    node->order = {};
    node->ask_at_ns = 0;
    for (auto& [device, source] : node->sources) source.online = false;
  }
  for (Follow& each : follows_) each.last.reset();
}

void SparkplugHost::hear_state(std::string_view payload) {
  const Result<Json> state = parse_json(payload);
  const bool online = !state || json_bool(*state, "online", true).value_or(true);
  if (online || leaving_ || !connected_) return;
  sink_.note("the state of host '" + options_.host_id + "' was said to be offline: told otherwise");
  sink_.publish({sparkplug_state_topic(options_.host_id), state_json(true, state_ms_), 1, true});
}

SparkplugNode* SparkplugHost::node_of(const SparkplugTopic& topic) {
  std::string name = std::string(topic.group) + "/" + std::string(topic.edge);
  const auto found = nodes_.find(name);
  if (found != nodes_.end()) return found->second.get();
  if (nodes_.size() >= kMostNodes + follows_.size()) {
    if (!told_full_) {
      sink_.complain({"more than " + std::to_string(kMostNodes) +
                          " edge nodes that bring no tag: '" + name + "' and others are not shown",
                      "不提供测点的边缘节点超过 " + std::to_string(kMostNodes) + " 个：“" + name +
                          "”等不再显示"});
    }
    told_full_ = true;
    return nullptr;
  }
  auto& place = nodes_[name];
  place = std::make_unique<SparkplugNode>();
  place->group = std::string(topic.group);
  place->edge = std::string(topic.edge);
  return place.get();
}

void SparkplugHost::take(const SparkplugDelivery& delivery, TimeNs now_ns, int64_t steady_ns) {
  const Result<SparkplugTopic> topic = parse_sparkplug_topic(delivery.topic);
  if (!topic) {
    sink_.refused();
    sink_.note(topic.error().message.en);
    return;
  }
  if (topic->verb == Verb::kState) {
    if (topic->edge == options_.host_id) hear_state(delivery.payload);
    return;
  }
  if (topic->verb == Verb::kCommand) return;
  SparkplugNode* node = node_of(*topic);
  if (node != nullptr) hear(*node, *topic, delivery, {now_ns, steady_ns});
}

void SparkplugHost::hear(SparkplugNode& node, const SparkplugTopic& topic,
                         const SparkplugDelivery& delivery, Now now) {
  const std::string what = node.name() + (topic.device.empty() ? "" : "/") +
                           std::string(topic.device) + " " +
                           std::string(sparkplug_verb_name(topic.verb));
  Result<SparkplugPayload> payload = read_sparkplug(delivery.payload);
  if (payload && payload->uuid == kCompressed) {
    payload = Error::make(Code::kUnsupported, "compressed payloads are not read: switch it off",
                          "不读取压缩的负载：请关闭压缩");
  }
  if (!payload) {
    sink_.refused();
    const Text problem = both(what, payload.error().message);
    node.brings_tags ? sink_.complain(problem) : sink_.note(problem.en);
    return;
  }
  if (topic.verb == Verb::kNodeBirth && !delivery.retained) node.told.clear();
  tell(node, what, sparkplug_faults(topic.verb, *payload, delivery));
  const bool defines = topic.verb == Verb::kNodeBirth && !delivery.retained;
  if (defines) node.definitions = sparkplug_definitions(*payload);
  tell(node, what, sparkplug_structure_faults(topic.verb, *payload, node.definitions));
  if (delivery.retained) {
    sink_.refused();
    return;
  }
  if (topic.verb == Verb::kNodeBirth) return node_birth(node, *payload, now);
  if (topic.verb == Verb::kNodeDeath) return node_death(node, *payload, now);
  if (!node.online) {
    sink_.refused();
    tell(node, what, {{SparkplugRule::kNoNodeBirth, ""}});
    want_rebirth(node, now.steady_ns);
    return;
  }
  // Nothing of who brings no tag has to wait.
  const bool numbered = node.brings_tags && payload->seq && *payload->seq <= 255;
  if (!numbered || node.order.take(*payload->seq)) {
    in_order(node, topic.verb, topic.device, *payload, now);
    return drain(node, now);
  }
  SparkplugOrder::Held early{topic.verb, std::string(topic.device), std::string(delivery.payload),
                             payload->timestamp_ms};
  if (node.order.hold(*payload->seq, std::move(early), now.steady_ns, most_held_)) return;
  give_up(node, now);
  node.order.restart(*payload->seq);
  in_order(node, topic.verb, topic.device, *payload, now);
}

void SparkplugHost::held(SparkplugNode& node, const SparkplugOrder::Held& held, Now now) {
  const Result<SparkplugPayload> payload = read_sparkplug(held.payload);
  if (payload) in_order(node, held.verb, held.device, *payload, now);
}

void SparkplugHost::drain(SparkplugNode& node, Now now) {
  while (auto next = node.order.next()) held(node, *next, now);
}

void SparkplugHost::give_up(SparkplugNode& node, Now now) {
  uint64_t missing = 0;
  const std::vector<SparkplugOrder::Held> rest = node.order.give_up(missing);
  for (const SparkplugOrder::Held& each : rest) held(node, each, now);
  ++node.gaps;
  node.doubtful = true;
  const std::string count = std::to_string(missing);
  const std::string gaps = std::to_string(node.gaps);
  sink_.complain(
      {node.name() + ": " + count + " messages are missing (gap " + gaps +
           " since the start); what is quiet may have changed" +
           (options_.rebirth ? ", so it is asked to tell all again" : " until it is born again"),
       node.name() + "：缺少 " + count + " 条消息（启动以来第 " + gaps +
           " 次），未更新的值可能已变化" +
           (options_.rebirth ? "，已请求重新上报全部数据" : "，直到其重新上线")});
  want_rebirth(node, now.steady_ns);
}

void SparkplugHost::in_order(SparkplugNode& node, SparkplugVerb verb, std::string_view device,
                             const SparkplugPayload& payload, Now now) {
  if (verb == Verb::kDeviceBirth) return device_birth(node, device, payload, now);
  if (verb == Verb::kDeviceDeath) return device_death(node, device, payload, now);
  const auto found = node.sources.find(device);
  if (found == node.sources.end() || !found->second.online) {
    sink_.refused();
    tell(node, node.name() + "/" + std::string(device), {{SparkplugRule::kNoNodeBirth, ""}});
    want_rebirth(node, now.steady_ns);
    return;
  }
  const bool structured = std::any_of(
      payload.metrics.begin(), payload.metrics.end(),
      [](const SparkplugMetric& each) { return each.kind == SparkplugValueKind::kTemplate; });
  if (!structured) return values(node, found->second, payload, now);
  SparkplugPayload whole = payload;
  add_members(node, &found->second, node.name() + (device.empty() ? "" : "/") + std::string(device),
              whole);
  values(node, found->second, whole, now);
}

void SparkplugHost::want_rebirth(SparkplugNode& node, int64_t at_ns) {
  if (!options_.rebirth || node.ask_at_ns != 0) return;
  if (!node.brings_tags && node.asked >= kAsksOfStrangers) return;
  node.ask_at_ns = std::max(at_ns, node.asked_ns + ask_again_ns(node.asked));
}

void SparkplugHost::ask_where_due(Now now) {
  for (auto& [name, node] : nodes_) {
    const bool well =
        node->online && !node->doubtful && now.steady_ns - node->born_ns > kWentWellNs;
    if (well) node->asked = 0;
    if (node->ask_at_ns == 0 || now.steady_ns < node->ask_at_ns) continue;
    const auto ms = static_cast<uint64_t>(std::max<TimeNs>(now.ns, 0) / kNsPerMs);
    sink_.note(name + ": asked for a rebirth");
    sink_.publish(
        {sparkplug_node_topic(node->group, "NCMD", node->edge), rebirth_request(ms), 0, false});
    node->asked_ns = now.steady_ns;
    ++node->asked;
    node->ask_at_ns = 0;
    // A command can be lost, and an edge node can come later.
    want_rebirth(*node, now.steady_ns);
  }
}

void SparkplugHost::tick(TimeNs now_ns, int64_t steady_ns) {
  if (!connected_) return;
  const Now now{now_ns, steady_ns};
  for (auto& [name, node] : nodes_) {
    const bool late =
        node->order.waits() && steady_ns - node->order.since_ns() >= options_.reorder_ms * kNsPerMs;
    if (late) give_up(*node, now);
  }
  ask_where_due(now);
  confirm(now);
}

}  // namespace mw::plant
