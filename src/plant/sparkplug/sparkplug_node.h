#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "plant/sparkplug/sparkplug_order.h"
#include "plant/sparkplug/sparkplug_rules.h"
#include "plant/sparkplug/sparkplug_structures.h"

namespace mw::plant {

/// A metric as its birth declared it, and the positions of the tags that it becomes.
struct SparkplugDeclared {
  uint64_t type = 0;
  std::optional<uint64_t> alias;
  std::string unit;
  std::vector<std::size_t> tags;
};

/// An edge node itself, or a device behind it: what is born and dies as one.
struct SparkplugSource {
  std::optional<std::size_t> position;  // among those that bring tags
  bool online = false;
  std::unordered_map<std::string, SparkplugDeclared> metrics;  // of the last birth
};

/// What is known of one edge node.
struct SparkplugNode {
  std::string group, edge;
  bool brings_tags = false;
  bool online = false;
  bool doubtful = false;  // messages are missing since its birth: what is quiet may have changed
  std::optional<uint64_t> bd_seq;
  uint64_t gaps = 0;
  SparkplugOrder order;
  std::map<std::string, SparkplugSource, std::less<>> sources;  // "": the node itself
  struct Alias {
    SparkplugSource* source;
    SparkplugDeclared* metric;
    std::string_view name;
  };
  std::unordered_map<uint64_t, Alias> aliases;
  SparkplugDefinitions definitions;  // of templates, by its birth
  std::set<SparkplugRule> told;      // since its birth
  // Asking for a rebirth.
  int64_t ask_at_ns = 0;  // steady; 0: not
  int64_t asked_ns = 0;
  int asked = 0;  // in a row, without a session that went well
  int64_t born_ns = 0;

  std::string name() const { return group + "/" + edge; }
  /// Takes what a birth declares; the faults that only this can see.
  std::vector<SparkplugFault> declare(std::string_view device, const SparkplugPayload& payload,
                                      std::size_t most_metrics);
  /// The metric meant by name or alias; nothing when no birth of this source named it.
  std::optional<Alias> find(SparkplugSource& source, const SparkplugMetric& metric);
  std::size_t metric_count() const;
};

}  // namespace mw::plant
