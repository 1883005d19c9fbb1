#include "plant/sparkplug/sparkplug_rules.h"

#include <algorithm>
#include <array>
#include <unordered_map>

#include "core/check.h"

namespace mw::plant {
namespace {

using Rule = SparkplugRule;
using Verb = SparkplugVerb;

constexpr std::string_view kBdSeq = "bdSeq";
constexpr std::string_view kRebirth = "Node Control/Rebirth";
constexpr uint64_t kLastType = static_cast<uint64_t>(SparkplugType::kDateTimeArray);

constexpr std::array<SparkplugRuleText, 46> kRules{{
    {Rule::kRetained, true, "tck-id-topics-nbirth-mqtt",
     "was kept by the MQTT server (retained) and says nothing of now",
     "为保留消息，不代表当前状态"},
    {Rule::kQos, false, "tck-id-payloads-nbirth-qos", "was not sent with QoS 0", "未以 QoS 0 发送"},
    {Rule::kNoTimestamp, false, "tck-id-payloads-nbirth-timestamp", "has no timestamp",
     "没有时间戳"},
    {Rule::kNoSeq, true, "tck-id-payloads-sequence-num-always-included",
     "has no sequence number, so what is missing goes unnoticed", "没有序号，无法发现丢失的消息"},
    {Rule::kSeqRange, true, "tck-id-payloads-sequence-num-incrementing",
     "has a sequence number above 255", "序号大于 255"},
    {Rule::kBirthSeq, false, "tck-id-topics-nbirth-seq-num",
     "does not begin with sequence number 0", "序号不从 0 开始"},
    {Rule::kDeathSeq, false, "tck-id-payloads-ndeath-seq", "has a sequence number", "不应带序号"},
    {Rule::kDeathPayload, false, "tck-id-topics-ndeath-payload", "holds more than bdSeq",
     "包含 bdSeq 以外的指标"},
    {Rule::kNoBdSeq, true, "tck-id-payloads-nbirth-bdseq",
     "has no bdSeq, so a late death of an earlier session ends this one",
     "没有 bdSeq，上一会话迟到的死亡消息会结束本会话"},
    {Rule::kBdSeqType, false, "tck-id-message-flow-edge-node-birth-publish-nbirth-payload-bdSeq",
     "has a bdSeq that is no Int64", "bdSeq 不是 Int64"},
    {Rule::kNoRebirth, false, "tck-id-topics-nbirth-rebirth-metric",
     "has no 'Node Control/Rebirth' that is a Boolean and false",
     "没有值为 false 的布尔指标“Node Control/Rebirth”"},
    {Rule::kRebirthAlias, false, "tck-id-operational-behavior-data-commands-rebirth-name-aliases",
     "gives 'Node Control/Rebirth' an alias", "为“Node Control/Rebirth”指定了别名"},
    {Rule::kNoName, true, "tck-id-payloads-alias-birth-requirement", "has a metric without a name",
     "有指标没有名称"},
    {Rule::kNoType, true, "tck-id-payloads-metric-datatype-req", "has a metric without a datatype",
     "有指标没有数据类型"},
    {Rule::kWrongType, true, "tck-id-payloads-metric-datatype-value",
     "has a metric of a datatype that does not exist", "有指标的数据类型不存在"},
    {Rule::kTypeInData, false, "tck-id-payloads-metric-datatype-not-req",
     "repeats the datatype of its birth", "重复了出生消息中的数据类型"},
    {Rule::kNoValue, false, "tck-id-operational-behavior-data-publish-nbirth-values",
     "has a metric with neither a value nor is_null", "有指标既没有值也没有 is_null"},
    {Rule::kNullValue, false, "tck-id-operational-behavior-data-publish-dbirth-values",
     "has a metric with is_null and a value", "有指标既为 is_null 又有值"},
    {Rule::kAliasAndName, false, "tck-id-payloads-alias-data-cmd-requirement",
     "repeats the name beside the alias", "别名之外重复了名称"},
    {Rule::kAliasTwice, true, "tck-id-payloads-alias-uniqueness", "gives an alias twice",
     "别名重复"},
    {Rule::kNoMetricTime, false, "tck-id-payloads-name-birth-data-requirement",
     "has a metric without a timestamp", "有指标没有时间戳"},
    {Rule::kNotChronological, false, "tck-id-operational-behavior-data-publish-nbirth-order",
     "holds values of one metric out of their order in time", "同一指标的值未按时间排列"},
    {Rule::kOnlyCaseDiffers, false, "tck-id-case-sensitivity-metric-names",
     "has names that differ in upper and lower case only", "有仅大小写不同的名称"},
    {Rule::kPropertyCount, false, "tck-id-payloads-propertyset-keys-array-size",
     "has properties with more keys than values, or the other way", "属性的键与值数目不同"},
    {Rule::kPropertyType, false, "tck-id-payloads-metric-propertyvalue-type-req",
     "has a property of no datatype, or of one that does not exist",
     "有属性没有数据类型或其类型不存在"},
    {Rule::kQualityType, false, "tck-id-payloads-propertyset-quality-value-type",
     "has a Quality that is no Int32", "Quality 不是 Int32"},
    {Rule::kQualityCode, true, "tck-id-payloads-propertyset-quality-value-value",
     "has a Quality other than 0, 192 and 500", "Quality 不是 0、192 或 500"},
    {Rule::kStructure, true, "tck-id-payloads-template-instance-members",
     "has a template or data set that cannot be read", "有无法读取的模板或数据集"},
    {Rule::kDataSetColumns, false, "tck-id-payloads-dataset-column-size",
     "has a data set with another number of columns than it says", "数据集的列数与声明不符"},
    {Rule::kDataSetHeaders, false, "tck-id-payloads-dataset-column-num-headers",
     "has a data set with more columns than types, or the other way", "数据集的列名与类型数目不同"},
    {Rule::kDataSetTypes, false, "tck-id-payloads-dataset-types-value",
     "has a data set with columns of no basic datatype", "数据集有列没有基本数据类型"},
    {Rule::kDataSetValue, false, "tck-id-payloads-template-dataset-value",
     "has a data set with values that fit no column", "数据集有不属于任何列的值"},
    {Rule::kNoDefinitionFlag, false, "tck-id-payloads-template-is-definition",
     "has a template that does not say whether it is a definition", "模板未说明是否为定义"},
    {Rule::kDefinitionPlace, false, "tck-id-payloads-template-definition-nbirth-only",
     "defines a template outside the birth of its edge node", "在边缘节点出生消息之外定义了模板"},
    {Rule::kDefinitionReference, false, "tck-id-payloads-template-definition-ref",
     "has a definition of a template that refers to another", "模板定义引用了其他模板"},
    {Rule::kInstanceReference, false, "tck-id-payloads-template-instance-ref",
     "has something of a template that does not say which", "模板实例未说明所属模板"},
    {Rule::kNotDefined, false, "tck-id-payloads-template-definition-nbirth",
     "has something of a template that its edge node's birth did not define",
     "模板实例所属模板未在边缘节点出生消息中定义"},
    {Rule::kNoSuchMember, false, "tck-id-payloads-template-definition-members",
     "has a member that its template's definition does not have", "有模板定义之外的成员"},
    {Rule::kMemberMissing, true, "tck-id-payloads-template-instance-members-birth",
     "lacks a member that its template's definition has", "缺少模板定义中的成员"},
    {Rule::kNoSuchParameter, false, "tck-id-payloads-template-definition-parameters",
     "has a parameter that its template's definition does not have", "有模板定义之外的参数"},
    {Rule::kParameterName, false, "tck-id-payloads-template-parameter-name-required",
     "has a template's parameter without a name, or whose name is no UTF-8",
     "有模板参数没有名称或名称不是 UTF-8"},
    {Rule::kParameterType, false, "tck-id-payloads-template-parameter-type-req",
     "has a template's parameter of no basic datatype", "有模板参数没有基本数据类型"},
    {Rule::kParameterValue, false, "tck-id-payloads-template-parameter-value",
     "has a template's parameter whose value is no number, truth or text",
     "有模板参数的值不是数值、布尔值或文本"},
    {Rule::kTemplateText, false, "tck-id-payloads-template-version",
     "has a template whose version or reference is no UTF-8", "模板的版本或引用不是 UTF-8"},
    {Rule::kUndeclared, true, "tck-id-topics-nbirth-metric-reqs",
     "has a metric that its birth did not name", "有出生消息中未声明的指标"},
    {Rule::kNoNodeBirth, true, "tck-id-message-flow-device-birth-publish-nbirth-wait",
     "came before its birth", "先于出生消息到达"},
}};

bool is_birth(Verb verb) { return verb == Verb::kNodeBirth || verb == Verb::kDeviceBirth; }
bool is_data(Verb verb) { return verb == Verb::kNodeData || verb == Verb::kDeviceData; }

class Finder {
 public:
  Finder(Verb verb, const SparkplugPayload& payload, const SparkplugDelivery& delivery)
      : verb_(verb), payload_(payload), delivery_(delivery) {}

  std::vector<SparkplugFault> find() {
    look_at_message();
    if (verb_ == Verb::kNodeBirth) look_at_node_birth();
    if (verb_ == Verb::kNodeDeath) look_at_node_death();
    if (!is_birth(verb_) && !is_data(verb_)) return std::move(faults_);
    std::unordered_map<std::string_view, uint64_t> newest;
    for (const SparkplugMetric& metric : payload_.metrics) {
      look_at_metric(metric);
      look_at_properties(metric);
      if (!metric.name || !metric.timestamp_ms || metric.is_historical) continue;
      uint64_t& before_ms = newest[*metric.name];
      if (*metric.timestamp_ms < before_ms) add(Rule::kNotChronological, metric);
      before_ms = *metric.timestamp_ms;
    }
    if (is_birth(verb_)) look_at_names();
    return std::move(faults_);
  }

 private:
  void add(Rule rule, std::string metric = {}) {
    const auto same = [&](const SparkplugFault& each) { return each.rule == rule; };
    if (std::any_of(faults_.begin(), faults_.end(), same)) return;
    faults_.push_back({rule, std::move(metric)});
  }
  void add(Rule rule, const SparkplugMetric& metric) {
    std::string name(metric.name.value_or(""));
    if (name.empty() && metric.alias) name = "alias " + std::to_string(*metric.alias);
    add(rule, std::move(name));
  }

  void look_at_message() {
    if (delivery_.retained) add(Rule::kRetained);
    if (verb_ == Verb::kNodeDeath) return;  // a will may have QoS 1
    if (delivery_.qos != 0) add(Rule::kQos);
    if (!payload_.timestamp_ms) add(Rule::kNoTimestamp);
    if (!payload_.seq) add(Rule::kNoSeq);
    if (payload_.seq.value_or(0) > 255) add(Rule::kSeqRange);
  }

  void look_at_node_birth() {
    if (payload_.seq.value_or(0) != 0) add(Rule::kBirthSeq);
    if (!sparkplug_bd_seq(payload_)) add(Rule::kNoBdSeq);
    bool rebirth = false;
    for (const SparkplugMetric& metric : payload_.metrics) {
      if (metric.name == kBdSeq &&
          metric.datatype != static_cast<uint64_t>(SparkplugType::kInt64)) {
        add(Rule::kBdSeqType);
      }
      if (metric.name != kRebirth) continue;
      rebirth = metric.datatype == static_cast<uint64_t>(SparkplugType::kBoolean) &&
                metric.kind == SparkplugValueKind::kBoolean && metric.bits == 0;
      if (metric.alias) add(Rule::kRebirthAlias);
    }
    if (!rebirth) add(Rule::kNoRebirth);
  }

  void look_at_node_death() {
    if (payload_.seq) add(Rule::kDeathSeq);
    if (!sparkplug_bd_seq(payload_)) add(Rule::kNoBdSeq);
    if (payload_.metrics.size() > 1) add(Rule::kDeathPayload);
  }

  void look_at_metric(const SparkplugMetric& metric) {
    if (metric.datatype && (*metric.datatype == 0 || *metric.datatype > kLastType)) {
      add(Rule::kWrongType, metric);
    }
    if (!metric.timestamp_ms) add(Rule::kNoMetricTime, metric);
    if (metric.is_null && metric.kind != SparkplugValueKind::kNone) add(Rule::kNullValue, metric);
    if (is_data(verb_)) {
      if (metric.datatype) add(Rule::kTypeInData, metric);
      if (metric.alias && metric.name) add(Rule::kAliasAndName, metric);
      if (!metric.alias && !metric.name) add(Rule::kNoName, metric);
      return;
    }
    if (!metric.name || metric.name->empty()) add(Rule::kNoName, metric);
    if (!metric.datatype) add(Rule::kNoType, metric);
    if (!metric.is_null && metric.kind == SparkplugValueKind::kNone) add(Rule::kNoValue, metric);
  }

  void look_at_properties(const SparkplugMetric& metric) {
    if (!metric.properties_fit) add(Rule::kPropertyCount, metric);
    // Data may leave the types of its properties out.
    if (!metric.properties_known || (!metric.properties_typed && is_birth(verb_))) {
      add(Rule::kPropertyType, metric);
    }
    if (!metric.quality_is_int32) add(Rule::kQualityType, metric);
    const uint64_t quality = metric.quality.value_or(192);
    if (quality != 0 && quality != 192 && quality != 500) add(Rule::kQualityCode, metric);
  }

  void look_at_names() {
    std::unordered_map<std::string, std::string_view> lower;
    for (const SparkplugMetric& metric : payload_.metrics) {
      if (!metric.name) continue;
      std::string name(*metric.name);
      for (char& c : name) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
      const auto [place, fresh] = lower.emplace(std::move(name), *metric.name);
      if (!fresh && place->second != *metric.name) add(Rule::kOnlyCaseDiffers, metric);
    }
  }

  const Verb verb_;
  const SparkplugPayload& payload_;
  const SparkplugDelivery& delivery_;
  std::vector<SparkplugFault> faults_;
};

}  // namespace

const SparkplugRuleText& rule_text(SparkplugRule rule) {
  const auto* const found =
      std::find_if(kRules.begin(), kRules.end(),
                   [&](const SparkplugRuleText& each) { return each.rule == rule; });
  MW_CHECK(found != kRules.end());
  return *found;
}

std::vector<SparkplugFault> sparkplug_faults(SparkplugVerb verb, const SparkplugPayload& payload,
                                             const SparkplugDelivery& delivery) {
  return Finder(verb, payload, delivery).find();
}

std::optional<uint64_t> sparkplug_bd_seq(const SparkplugPayload& payload) {
  for (const SparkplugMetric& metric : payload.metrics) {
    const bool number =
        metric.kind == SparkplugValueKind::kInt || metric.kind == SparkplugValueKind::kLong;
    if (metric.name == kBdSeq && number) return metric.bits;
  }
  return std::nullopt;
}

}  // namespace mw::plant
