// What Sparkplug 3.0 demands of edge nodes and a host can see, each statement by its id: the
// message that breaks it is told of, and the same message unbroken is not. The list of all
// statements: docs/formats/sparkplug.md.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "plant/internal/test_plant.h"
#include "tests/support/sparkplug_messages.h"

namespace mw::plant {
namespace {

using Rule = SparkplugRule;
using Verb = SparkplugVerb;
using Said = testing_support::SparkplugSaid;
using testing_support::SparkplugBench;

struct Statement {
  const char* id;
  Rule rule;
  Verb verb;
  void (*spoil)(Said& s);
};

const Statement kStatements[] = {
    {"tck-id-topics-nbirth-mqtt", Rule::kRetained, Verb::kNodeBirth,
     [](Said& s) { s.retained = true; }},
    {"tck-id-topics-nbirth-seq-num", Rule::kBirthSeq, Verb::kNodeBirth, [](Said& s) { s.seq = 1; }},
    {"tck-id-topics-nbirth-timestamp", Rule::kNoTimestamp, Verb::kNodeBirth,
     [](Said& s) { s.timestamp_ms.reset(); }},
    {"tck-id-topics-nbirth-metric-reqs", Rule::kUndeclared, Verb::kNodeData,
     [](Said& s) { s.metrics[0].alias = 99; }},
    {"tck-id-topics-nbirth-metrics", Rule::kNoType, Verb::kNodeBirth,
     [](Said& s) { s.metrics[2].type.reset(); }},
    {"tck-id-topics-nbirth-bdseq-included", Rule::kNoBdSeq, Verb::kNodeBirth,
     [](Said& s) { s.metrics.erase(s.metrics.begin()); }},
    {"tck-id-topics-nbirth-rebirth-metric", Rule::kNoRebirth, Verb::kNodeBirth,
     [](Said& s) { s.metrics.erase(s.metrics.begin() + 1); }},
    {"tck-id-topics-ndata-mqtt", Rule::kRetained, Verb::kNodeData,
     [](Said& s) { s.retained = true; }},
    {"tck-id-topics-ndata-timestamp", Rule::kNoTimestamp, Verb::kNodeData,
     [](Said& s) { s.timestamp_ms.reset(); }},
    {"tck-id-topics-ndeath-payload", Rule::kDeathPayload, Verb::kNodeDeath,
     [](Said& s) { s.metrics.push_back(s.metrics[0]); }},
    {"tck-id-topics-ndeath-seq", Rule::kDeathSeq, Verb::kNodeDeath, [](Said& s) { s.seq = 1; }},
    {"tck-id-topics-dbirth-mqtt", Rule::kRetained, Verb::kDeviceBirth,
     [](Said& s) { s.retained = true; }},
    {"tck-id-topics-dbirth-timestamp", Rule::kNoTimestamp, Verb::kDeviceBirth,
     [](Said& s) { s.timestamp_ms.reset(); }},
    {"tck-id-topics-dbirth-metric-reqs", Rule::kUndeclared, Verb::kDeviceData,
     [](Said& s) { s.metrics[0].alias = 99; }},
    {"tck-id-topics-dbirth-metrics", Rule::kNoType, Verb::kDeviceBirth,
     [](Said& s) { s.metrics[0].type.reset(); }},
    {"tck-id-topics-ddata-mqtt", Rule::kRetained, Verb::kDeviceData,
     [](Said& s) { s.retained = true; }},
    {"tck-id-topics-ddata-timestamp", Rule::kNoTimestamp, Verb::kDeviceData,
     [](Said& s) { s.timestamp_ms.reset(); }},
    {"tck-id-topics-ddeath-mqtt", Rule::kRetained, Verb::kDeviceDeath,
     [](Said& s) { s.retained = true; }},
    {"tck-id-case-sensitivity-metric-names", Rule::kOnlyCaseDiffers, Verb::kNodeBirth,
     [](Said& s) {
       s.metrics.push_back(s.metrics[2]);
       s.metrics.back().name = "PARTS";
     }},
    {"tck-id-message-flow-edge-node-birth-publish-will-message-payload-bdSeq", Rule::kNoBdSeq,
     Verb::kNodeDeath, [](Said& s) { s.metrics.clear(); }},
    {"tck-id-message-flow-edge-node-birth-publish-will-message-will-retained", Rule::kRetained,
     Verb::kNodeDeath, [](Said& s) { s.retained = true; }},
    {"tck-id-message-flow-edge-node-birth-publish-nbirth-payload-bdSeq", Rule::kBdSeqType,
     Verb::kNodeBirth, [](Said& s) { s.metrics[0].type = 8; }},
    {"tck-id-message-flow-edge-node-birth-publish-nbirth-qos", Rule::kQos, Verb::kNodeBirth,
     [](Said& s) { s.qos = 1; }},
    {"tck-id-message-flow-edge-node-birth-publish-nbirth-retained", Rule::kRetained,
     Verb::kNodeBirth, [](Said& s) { s.retained = true; }},
    {"tck-id-message-flow-edge-node-birth-publish-nbirth-payload-seq", Rule::kSeqRange,
     Verb::kNodeBirth, [](Said& s) { s.seq = 256; }},
    {"tck-id-message-flow-device-birth-publish-dbirth-qos", Rule::kQos, Verb::kDeviceBirth,
     [](Said& s) { s.qos = 1; }},
    {"tck-id-message-flow-device-birth-publish-dbirth-retained", Rule::kRetained,
     Verb::kDeviceBirth, [](Said& s) { s.retained = true; }},
    {"tck-id-message-flow-device-birth-publish-dbirth-payload-seq", Rule::kSeqRange,
     Verb::kDeviceBirth, [](Said& s) { s.seq = 256; }},
    {"tck-id-operational-behavior-data-publish-nbirth", Rule::kUndeclared, Verb::kNodeData,
     [](Said& s) { s.metrics[0].alias = 99; }},
    {"tck-id-operational-behavior-data-publish-nbirth-values", Rule::kNoValue, Verb::kNodeBirth,
     [](Said& s) { s.metrics[2].value_field = 0; }},
    {"tck-id-operational-behavior-data-publish-nbirth-order", Rule::kNotChronological,
     Verb::kNodeBirth,
     [](Said& s) {
       s.metrics.push_back(s.metrics[2]);
       --*s.metrics.back().timestamp_ms;
     }},
    {"tck-id-operational-behavior-data-publish-dbirth", Rule::kUndeclared, Verb::kDeviceData,
     [](Said& s) { s.metrics[0].alias = 99; }},
    {"tck-id-operational-behavior-data-publish-dbirth-values", Rule::kNullValue, Verb::kDeviceBirth,
     [](Said& s) { s.metrics[0].null = true; }},
    {"tck-id-operational-behavior-data-publish-dbirth-order", Rule::kNotChronological,
     Verb::kDeviceBirth,
     [](Said& s) {
       s.metrics.push_back(s.metrics[0]);
       --*s.metrics.back().timestamp_ms;
     }},
    {"tck-id-operational-behavior-data-commands-rebirth-name", Rule::kNoRebirth, Verb::kNodeBirth,
     [](Said& s) { s.metrics.erase(s.metrics.begin() + 1); }},
    {"tck-id-operational-behavior-data-commands-rebirth-name-aliases", Rule::kRebirthAlias,
     Verb::kNodeBirth, [](Said& s) { s.metrics[1].alias = 9; }},
    {"tck-id-operational-behavior-data-commands-rebirth-datatype", Rule::kNoRebirth,
     Verb::kNodeBirth, [](Said& s) { s.metrics[1].type = 3; }},
    {"tck-id-operational-behavior-data-commands-rebirth-value", Rule::kNoRebirth, Verb::kNodeBirth,
     [](Said& s) { s.metrics[1].bits = 1; }},
    {"tck-id-payloads-sequence-num-always-included", Rule::kNoSeq, Verb::kDeviceData,
     [](Said& s) { s.seq.reset(); }},
    {"tck-id-payloads-sequence-num-req-nbirth", Rule::kNoSeq, Verb::kNodeBirth,
     [](Said& s) { s.seq.reset(); }},
    {"tck-id-payloads-name-requirement", Rule::kNoName, Verb::kDeviceData,
     [](Said& s) { s.metrics[0].alias.reset(); }},
    {"tck-id-payloads-alias-uniqueness", Rule::kAliasTwice, Verb::kDeviceBirth,
     [](Said& s) { s.metrics[0].alias = 2; }},
    {"tck-id-payloads-alias-birth-requirement", Rule::kNoName, Verb::kNodeBirth,
     [](Said& s) { s.metrics[2].name.reset(); }},
    {"tck-id-payloads-alias-data-cmd-requirement", Rule::kAliasAndName, Verb::kDeviceData,
     [](Said& s) { s.metrics[0].name = "Oil"; }},
    {"tck-id-payloads-name-birth-data-requirement", Rule::kNoMetricTime, Verb::kDeviceData,
     [](Said& s) { s.metrics[0].timestamp_ms.reset(); }},
    {"tck-id-payloads-metric-datatype-value-type", Rule::kWrongType, Verb::kNodeBirth,
     [](Said& s) { s.metrics[2].type = (uint64_t{1} << 32) + 10; }},
    {"tck-id-payloads-metric-datatype-value", Rule::kWrongType, Verb::kNodeBirth,
     [](Said& s) { s.metrics[2].type = 35; }},
    {"tck-id-payloads-metric-datatype-req", Rule::kNoType, Verb::kNodeBirth,
     [](Said& s) { s.metrics[2].type.reset(); }},
    {"tck-id-payloads-metric-datatype-not-req", Rule::kTypeInData, Verb::kNodeData,
     [](Said& s) { s.metrics[0].type = 10; }},
    {"tck-id-payloads-propertyset-keys-array-size", Rule::kPropertyCount, Verb::kDeviceBirth,
     [](Said& s) { s.metrics[0].keys_without_value = {"more"}; }},
    {"tck-id-payloads-propertyset-values-array-size", Rule::kPropertyCount, Verb::kDeviceBirth,
     [](Said& s) { s.metrics[0].keys_without_value = {"more"}; }},
    {"tck-id-payloads-metric-propertyvalue-type-type", Rule::kPropertyType, Verb::kDeviceBirth,
     [](Said& s) { s.metrics[0].properties[0].type = (uint64_t{1} << 32) + 3; }},
    {"tck-id-payloads-metric-propertyvalue-type-value", Rule::kPropertyType, Verb::kDeviceBirth,
     [](Said& s) { s.metrics[0].properties[0].type = 35; }},
    {"tck-id-payloads-metric-propertyvalue-type-req", Rule::kPropertyType, Verb::kDeviceBirth,
     [](Said& s) { s.metrics[0].properties[0].type.reset(); }},
    {"tck-id-payloads-propertyset-quality-value-type", Rule::kQualityType, Verb::kDeviceBirth,
     [](Said& s) { s.metrics[0].properties[0].type = 7; }},
    {"tck-id-payloads-propertyset-quality-value-value", Rule::kQualityCode, Verb::kDeviceBirth,
     [](Said& s) { s.metrics[0].properties[0].number = 193; }},
    {"tck-id-payloads-nbirth-timestamp", Rule::kNoTimestamp, Verb::kNodeBirth,
     [](Said& s) { s.timestamp_ms.reset(); }},
    {"tck-id-payloads-nbirth-seq", Rule::kNoSeq, Verb::kNodeBirth, [](Said& s) { s.seq.reset(); }},
    {"tck-id-payloads-nbirth-bdseq", Rule::kNoBdSeq, Verb::kNodeBirth,
     [](Said& s) { s.metrics.erase(s.metrics.begin()); }},
    {"tck-id-payloads-nbirth-rebirth-req", Rule::kNoRebirth, Verb::kNodeBirth,
     [](Said& s) { s.metrics[1].bits = 1; }},
    {"tck-id-payloads-nbirth-qos", Rule::kQos, Verb::kNodeBirth, [](Said& s) { s.qos = 1; }},
    {"tck-id-payloads-nbirth-retain", Rule::kRetained, Verb::kNodeBirth,
     [](Said& s) { s.retained = true; }},
    {"tck-id-payloads-dbirth-timestamp", Rule::kNoTimestamp, Verb::kDeviceBirth,
     [](Said& s) { s.timestamp_ms.reset(); }},
    {"tck-id-payloads-dbirth-seq", Rule::kNoSeq, Verb::kDeviceBirth,
     [](Said& s) { s.seq.reset(); }},
    {"tck-id-payloads-dbirth-qos", Rule::kQos, Verb::kDeviceBirth, [](Said& s) { s.qos = 1; }},
    {"tck-id-payloads-dbirth-retain", Rule::kRetained, Verb::kDeviceBirth,
     [](Said& s) { s.retained = true; }},
    {"tck-id-payloads-ndata-timestamp", Rule::kNoTimestamp, Verb::kNodeData,
     [](Said& s) { s.timestamp_ms.reset(); }},
    {"tck-id-payloads-ndata-seq", Rule::kNoSeq, Verb::kNodeData, [](Said& s) { s.seq.reset(); }},
    {"tck-id-payloads-ndata-qos", Rule::kQos, Verb::kNodeData, [](Said& s) { s.qos = 1; }},
    {"tck-id-payloads-ndata-retain", Rule::kRetained, Verb::kNodeData,
     [](Said& s) { s.retained = true; }},
    {"tck-id-payloads-ddata-timestamp", Rule::kNoTimestamp, Verb::kDeviceData,
     [](Said& s) { s.timestamp_ms.reset(); }},
    {"tck-id-payloads-ddata-seq", Rule::kNoSeq, Verb::kDeviceData, [](Said& s) { s.seq.reset(); }},
    {"tck-id-payloads-ddata-qos", Rule::kQos, Verb::kDeviceData, [](Said& s) { s.qos = 1; }},
    {"tck-id-payloads-ddata-retain", Rule::kRetained, Verb::kDeviceData,
     [](Said& s) { s.retained = true; }},
    {"tck-id-payloads-ndeath-seq", Rule::kDeathSeq, Verb::kNodeDeath, [](Said& s) { s.seq = 1; }},
    {"tck-id-payloads-ndeath-will-message-retain", Rule::kRetained, Verb::kNodeDeath,
     [](Said& s) { s.retained = true; }},
    {"tck-id-payloads-ddeath-timestamp", Rule::kNoTimestamp, Verb::kDeviceDeath,
     [](Said& s) { s.timestamp_ms.reset(); }},
    {"tck-id-payloads-ddeath-seq", Rule::kNoSeq, Verb::kDeviceDeath,
     [](Said& s) { s.seq.reset(); }},
    {"tck-id-payloads-ddeath-seq-number", Rule::kNoSeq, Verb::kDeviceDeath,
     [](Said& s) { s.seq.reset(); }},
};

/// Right messages up to one of this kind, which is given back.
Said before(SparkplugBench& bench, Verb verb) {
  bench.connect();
  if (verb == Verb::kNodeBirth) return bench.node_birth();
  bench.hear(bench.node_birth());
  if (verb == Verb::kDeviceBirth) return bench.device_birth();
  bench.hear(bench.device_birth());
  if (verb == Verb::kNodeData) return bench.data(false, 8);
  if (verb == Verb::kDeviceData) return bench.data(true, 56);
  return verb == Verb::kDeviceDeath ? bench.device_death() : bench.node_death();
}

class SparkplugStatement : public testing::TestWithParam<Statement> {};

TEST_P(SparkplugStatement, IsToldWhenBrokenAndOnlyThen) {
  const Statement& statement = GetParam();
  const auto catalogue = test_catalogue();
  const std::string told = rule_text(statement.rule).en;
  SparkplugBench right(*catalogue);
  right.hear(before(right, statement.verb));
  EXPECT_EQ(right.sink.heard(told), 0);
  EXPECT_EQ(right.sink.refusals, 0);
  SparkplugBench wrong(*catalogue);
  Said said = before(wrong, statement.verb);
  statement.spoil(said);
  wrong.hear(said);
  EXPECT_GT(wrong.sink.heard(told), 0) << told;
  EXPECT_EQ(wrong.sink.refusals, statement.rule == Rule::kRetained ? 1 : 0);
}

std::string name_of(const testing::TestParamInfo<Statement>& info) {
  std::string name = info.param.id;
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(Edge, SparkplugStatement, testing::ValuesIn(kStatements), name_of);

TEST(SparkplugRules, HaveATextInBothLanguagesAndAStatement) {
  for (int i = 0; i <= static_cast<int>(Rule::kNoNodeBirth); ++i) {
    const SparkplugRuleText& text = rule_text(static_cast<Rule>(i));
    EXPECT_TRUE(text.id.starts_with("tck-id-")) << i;
    EXPECT_NE(std::string(text.en), std::string(text.zh)) << i;
  }
}

}  // namespace
}  // namespace mw::plant
