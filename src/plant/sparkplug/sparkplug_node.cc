#include "plant/sparkplug/sparkplug_node.h"

#include <algorithm>

namespace mw::plant {

std::size_t SparkplugNode::metric_count() const {
  std::size_t count = 0;
  for (const auto& [device, source] : sources) count += source.metrics.size();
  return count;
}

std::vector<SparkplugFault> SparkplugNode::declare(std::string_view device,
                                                   const SparkplugPayload& payload,
                                                   std::size_t most_metrics) {
  SparkplugSource& source = sources.try_emplace(std::string(device)).first->second;
  std::vector<SparkplugFault> faults;
  std::erase_if(aliases, [&](const auto& each) { return each.second.source == &source; });
  // Positions of tags outlive the births; the rest is as the newest birth says.
  std::unordered_map<std::string, SparkplugDeclared> metrics;
  for (auto& [name, declared] : source.metrics) {
    if (!declared.tags.empty()) metrics[name].tags = std::move(declared.tags);
  }
  source.metrics = std::move(metrics);
  for (const SparkplugMetric& metric : payload.metrics) {
    const std::string name(metric.name.value_or(""));
    const bool room = source.metrics.size() < most_metrics || source.metrics.contains(name);
    if (name.empty() || !room) continue;
    const auto place = source.metrics.try_emplace(name).first;
    place->second.type = metric.datatype.value_or(0);
    place->second.unit = std::string(metric.unit.substr(0, 64));
    // Named twice in one birth: the first alias stays.
    if (!metric.alias || place->second.alias) continue;
    place->second.alias = metric.alias;
    const auto [alias, fresh] =
        aliases.try_emplace(*metric.alias, Alias{&source, &place->second, place->first});
    if (!fresh && alias->second.metric != &place->second) {
      faults.push_back({SparkplugRule::kAliasTwice, name});
    }
  }
  return faults;
}

std::optional<SparkplugNode::Alias> SparkplugNode::find(SparkplugSource& source,
                                                        const SparkplugMetric& metric) {
  if (metric.name && !metric.name->empty()) {
    const auto found = source.metrics.find(std::string(*metric.name));
    if (found == source.metrics.end() || found->second.type == 0) return std::nullopt;
    return Alias{&source, &found->second, found->first};
  }
  const auto found = aliases.find(metric.alias.value_or(0));
  if (!metric.alias || found == aliases.end() || found->second.source != &source) {
    return std::nullopt;
  }
  return found->second;
}

}  // namespace mw::plant
