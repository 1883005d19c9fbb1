#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "plant/sparkplug/sparkplug_rules.h"
#include "plant/sparkplug/sparkplug_template.h"

namespace mw::plant {

/// What the birth of an edge node defined: members and parameters by the definition's name.
struct SparkplugDefinition {
  std::set<std::string, std::less<>> members, parameters;
};
using SparkplugDefinitions = std::map<std::string, SparkplugDefinition, std::less<>>;

/// The definitions in the birth of an edge node; those that cannot be read are left out.
SparkplugDefinitions sparkplug_definitions(const SparkplugPayload& node_birth);

/// What can be said of the templates and data sets of a message, `defined` being what the edge
/// node's birth says; each rule at most once.
std::vector<SparkplugFault> sparkplug_structure_faults(SparkplugVerb verb,
                                                       const SparkplugPayload& payload,
                                                       const SparkplugDefinitions& defined);

}  // namespace mw::plant
