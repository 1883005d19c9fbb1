// What a host makes of metrics, and what it tells people of them; the sessions: sparkplug_host.cc.
#include <algorithm>

#include "plant/sparkplug/sparkplug_host.h"
#include "plant/sparkplug/sparkplug_value.h"

namespace mw::plant {
namespace {

constexpr std::size_t kMostUnmapped = 10'000;  // listed

}  // namespace

void SparkplugHost::values(SparkplugNode& node, SparkplugSource& source,
                           const SparkplugPayload& payload, Now now) {
  std::vector<Reading> live, past;
  for (const SparkplugMetric& metric : payload.metrics) {
    const std::optional<SparkplugNode::Alias> meant = node.find(source, metric);
    if (!meant) {
      const std::string name = metric.name ? std::string(*metric.name)
                                           : "alias " + std::to_string(metric.alias.value_or(0));
      tell(node, node.name(), {{SparkplugRule::kUndeclared, name}});
      continue;
    }
    for (const std::size_t i : meant->metric->tags) {
      const SparkplugTag& tag = options_.metrics[i];
      const std::string who =
          node.name() + (tag.device.empty() ? "" : "/") + tag.device + " '" + tag.metric + "'";
      if (metric.is_transient) {
        sink_.complain({who + ": is transient, which means that it is not to be stored: take it "
                              "from the configuration, or have the edge node say otherwise",
                        who + "：为瞬态指标，不应存储：请从配置中删除，或修改边缘节点"});
        continue;
      }
      SparkplugReading read =
          sparkplug_reading(tag, metric, meant->metric->type, payload.timestamp_ms);
      if (!read.problem.en.empty()) {
        sink_.complain({who + ": " + read.problem.en, who + "：" + read.problem.in(Language::kZh)});
      }
      if (metric.is_historical) {
        past.push_back(std::move(read.reading));
        continue;
      }
      // As old as the sender says, by its own clock.
      Follow& follow = follows_[i];
      const uint64_t sent_ms = payload.timestamp_ms.value_or(0);
      const uint64_t age_ms = sent_ms - std::min(sent_ms, metric.timestamp_ms.value_or(sent_ms));
      const int64_t age_ns = std::min(sparkplug_time(age_ms), follow.quiet_ns);
      follow.due_ns = now.steady_ns + follow.quiet_ns - age_ns;
      follow.last = read.reading;
      live.push_back(std::move(read.reading));
    }
  }
  std::optional<int64_t> skew_ns;
  if (payload.timestamp_ms) skew_ns = sparkplug_time(*payload.timestamp_ms) - now.ns;
  if (!past.empty()) sink_.take(past, Arrival::kHistory, std::nullopt);
  if (!live.empty()) sink_.take(live, Arrival::kLive, skew_ns);
}

void SparkplugHost::add_members(SparkplugNode& node, SparkplugSource* source,
                                const std::string& what, SparkplugPayload& payload) {
  const auto name_of = [&](const SparkplugMetric& metric) -> std::string {
    const auto found = source == nullptr ? std::nullopt : node.find(*source, metric);
    return found ? std::string(found->name) : std::string();
  };
  const std::size_t given = payload.metrics.size();
  const Result<void> added = add_sparkplug_members(payload, name_of);
  if (added) return;
  payload.metrics.resize(given);
  tell(node, what, {{SparkplugRule::kStructure, ""}});
}

void SparkplugHost::tell(SparkplugNode& node, std::string_view what,
                         std::vector<SparkplugFault> faults) {
  for (const SparkplugFault& fault : faults) {
    if (!node.told.insert(fault.rule).second) continue;
    const SparkplugRuleText& rule = rule_text(fault.rule);
    const std::string who =
        std::string(what) + (fault.metric.empty() ? "" : " '" + fault.metric + "'");
    const std::string id = " (" + std::string(rule.id) + ")";
    sink_.note(who + " " + rule.en + id);
    if (rule.harms && node.brings_tags) {
      sink_.complain({who + " " + rule.en + id, who + " " + rule.zh + id});
    }
  }
}

void SparkplugHost::tell_missing(const std::string& what, const SparkplugSource& source) {
  std::size_t count = 0;
  std::string first;
  for (const auto& [name, declared] : source.metrics) {
    if (declared.type != 0 || declared.tags.empty()) continue;
    if (count++ == 0 || name < first) first = name;
  }
  if (count == 0) return;
  const std::string others = count == 1 ? "" : " and " + std::to_string(count - 1) + " more";
  sink_.complain({what + " has no metric '" + first + "'" + others + ": look at connector.metric",
                  what + " 没有指标“" + first + "”" +
                      (count == 1 ? "" : "等 " + std::to_string(count) + " 个") +
                      "：请检查 connector.metric"});
}

void SparkplugHost::confirm(Now now) {
  std::vector<Reading> readings;
  for (Follow& each : follows_) {
    if (!each.last || now.steady_ns < each.due_ns) continue;
    if (!each.source->online || !each.node->online || each.node->doubtful) continue;
    Reading reading = *each.last;
    reading.ts_ns.reset();  // it holds now
    each.due_ns = now.steady_ns + each.quiet_ns;
    readings.push_back(std::move(reading));
  }
  if (!readings.empty()) sink_.take(readings, Arrival::kLive, std::nullopt);
}

std::vector<SparkplugUnmapped> SparkplugHost::unmapped() const {
  std::vector<SparkplugUnmapped> out;
  for (const auto& [name, node] : nodes_) {
    for (const auto& [device, source] : node->sources) {
      for (const auto& [metric, declared] : source.metrics) {
        const bool ours = metric == "bdSeq" || metric.starts_with("Node Control/");
        if (!declared.tags.empty() || ours) continue;
        if (out.size() == kMostUnmapped) return out;
        out.push_back({node->group, node->edge, device, metric, sparkplug_type_name(declared.type),
                       declared.unit, is_sparkplug_scalar(declared.type)});
      }
    }
  }
  return out;
}

}  // namespace mw::plant
