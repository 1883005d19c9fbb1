#include "plant/sparkplug/sparkplug_structures.h"

#include <algorithm>

namespace mw::plant {
namespace {

using Rule = SparkplugRule;
using Verb = SparkplugVerb;

constexpr uint64_t kLastBasicType = static_cast<uint64_t>(SparkplugType::kText);

bool is_basic(uint64_t type) { return type >= 1 && type <= kLastBasicType; }

class Finder {
 public:
  Finder(Verb verb, const SparkplugDefinitions& defined) : verb_(verb), defined_(defined) {}

  std::vector<SparkplugFault> find(const SparkplugPayload& payload) {
    for (const SparkplugMetric& metric : payload.metrics) {
      metric_ = std::string(metric.name.value_or(""));
      if (metric.kind == SparkplugValueKind::kDataSet) look_at_data_set(metric.bytes);
      if (metric.kind == SparkplugValueKind::kTemplate) look_at_template(metric.bytes);
    }
    return std::move(faults_);
  }

 private:
  void add(Rule rule) {
    const auto same = [&](const SparkplugFault& each) { return each.rule == rule; };
    if (std::any_of(faults_.begin(), faults_.end(), same)) return;
    faults_.push_back({rule, metric_});
  }
  bool birth() const { return verb_ == Verb::kNodeBirth || verb_ == Verb::kDeviceBirth; }

  void look_at_data_set(std::string_view bytes) {
    const auto set = read_sparkplug_data_set(bytes);
    if (!set) return add(Rule::kStructure);
    if (set->column_count != set->columns) add(Rule::kDataSetColumns);
    if (set->types.size() != set->columns) add(Rule::kDataSetHeaders);
    if (set->types.empty() || !set->types_fit ||
        !std::all_of(set->types.begin(), set->types.end(), is_basic)) {
      add(Rule::kDataSetTypes);
    }
    if (!set->values_fit || !set->rows_fit) add(Rule::kDataSetValue);
  }

  void look_at_template(std::string_view bytes) {
    const auto held = read_sparkplug_template(bytes);
    if (!held) return add(Rule::kStructure);
    if (!held->is_definition) add(Rule::kNoDefinitionFlag);
    if (!held->texts_fit) add(Rule::kTemplateText);
    look_at_parameters(*held);
    held->defines() ? look_at_definition(*held) : look_at_instance(*held);
  }

  void look_at_parameters(const SparkplugTemplate& held) {
    for (const SparkplugParameter& each : held.parameters) {
      if (!each.name || each.name->empty() || !each.name_fits) add(Rule::kParameterName);
      if (each.type ? !is_basic(*each.type) : birth()) add(Rule::kParameterType);
      if (!each.value_known) add(Rule::kParameterValue);
    }
  }

  void look_at_definition(const SparkplugTemplate& held) {
    if (verb_ != Verb::kNodeBirth) add(Rule::kDefinitionPlace);
    if (held.reference) add(Rule::kDefinitionReference);
  }

  void look_at_instance(const SparkplugTemplate& held) {
    if (!held.reference || held.reference->empty()) return add(Rule::kInstanceReference);
    const auto found = defined_.find(*held.reference);
    if (found == defined_.end()) return add(Rule::kNotDefined);
    const SparkplugDefinition& definition = found->second;
    std::size_t known = 0;
    for (const SparkplugMetric& member : held.members) {
      const bool is_member = member.name && definition.members.contains(*member.name);
      if (!is_member) add(Rule::kNoSuchMember);
      known += is_member ? 1 : 0;
    }
    if (birth() && known < definition.members.size()) add(Rule::kMemberMissing);
    for (const SparkplugParameter& each : held.parameters) {
      if (each.name && !definition.parameters.contains(*each.name)) add(Rule::kNoSuchParameter);
    }
  }

  const Verb verb_;
  const SparkplugDefinitions& defined_;
  std::string metric_;  // that is looked at
  std::vector<SparkplugFault> faults_;
};

}  // namespace

SparkplugDefinitions sparkplug_definitions(const SparkplugPayload& node_birth) {
  SparkplugDefinitions out;
  for (const SparkplugMetric& metric : node_birth.metrics) {
    if (metric.kind != SparkplugValueKind::kTemplate || !metric.name) continue;
    const auto held = read_sparkplug_template(metric.bytes);
    if (!held || !held->defines()) continue;
    SparkplugDefinition& definition = out[std::string(*metric.name)];
    for (const SparkplugMetric& each : held->members) {
      if (each.name) definition.members.emplace(*each.name);
    }
    for (const SparkplugParameter& each : held->parameters) {
      if (each.name) definition.parameters.emplace(*each.name);
    }
  }
  return out;
}

std::vector<SparkplugFault> sparkplug_structure_faults(Verb verb, const SparkplugPayload& payload,
                                                       const SparkplugDefinitions& defined) {
  return Finder(verb, defined).find(payload);
}

}  // namespace mw::plant
