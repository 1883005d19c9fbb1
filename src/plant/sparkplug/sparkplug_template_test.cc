// Templates and data sets: what is in them, what becomes of their members, and each statement of
// Sparkplug 3.0 on them by its id: the message that breaks it is told of, the same unbroken is not.
#include "plant/sparkplug/sparkplug_template.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "plant/internal/test_plant.h"
#include "tests/support/sparkplug_messages.h"

namespace mw::plant {
namespace {

using Rule = SparkplugRule;
using Verb = SparkplugVerb;
using testing_support::put_field;
using testing_support::SparkplugBench;
using MetricSaid = testing_support::SparkplugMetricSaid;

struct ParameterSaid {
  std::optional<std::string> name = "Maker";
  std::optional<uint64_t> type = 12;
  uint32_t value_field = 8;
};

/// A template as an edge node may send it, right or wrong.
struct TemplateSaid {
  std::optional<std::string> version, reference;
  std::optional<bool> is_definition;
  std::vector<MetricSaid> members;
  std::vector<ParameterSaid> parameters;

  std::string bytes() const {
    ByteWriter out;
    if (version) put_field(out, 1, *version);
    for (const MetricSaid& each : members) put_field(out, 2, testing_support::encoded(each));
    for (const ParameterSaid& each : parameters) {
      ByteWriter parameter;
      if (each.name) put_field(parameter, 1, *each.name);
      if (each.type) put_field(parameter, 2, *each.type);
      if (each.value_field != 0) put_field(parameter, each.value_field, std::string("Acme"));
      put_field(out, 3, parameter.bytes());
    }
    if (reference) put_field(out, 4, *reference);
    if (is_definition) put_field(out, 5, uint64_t{*is_definition ? 1U : 0U});
    return out.take();
  }
};

struct DataSetSaid {
  std::optional<uint64_t> column_count = 2;
  std::vector<std::string> columns = {"Time", "Force"};
  std::vector<uint64_t> types = {13, 10};
  bool packed = false;
  std::size_t values_in_row = 2;
  uint32_t value_field = 4;

  std::string bytes() const {
    ByteWriter out;
    if (column_count) put_field(out, 1, *column_count);
    for (const std::string& each : columns) put_field(out, 2, each);
    ByteWriter together;
    for (const uint64_t each : types) {
      packed ? together.varint(each) : put_field(out, 3, each);
    }
    if (packed) put_field(out, 3, together.bytes());
    ByteWriter row;
    for (std::size_t i = 0; i < values_in_row; ++i) {
      ByteWriter value;
      value.varint(value_field << 3 | (value_field == 4 ? 1U : 0U));
      value_field == 4 ? value.word64(0) : value.varint(1);
      put_field(row, 1, value.bytes());
    }
    put_field(out, 4, row.bytes());
    return out.take();
  }
};

/// What a test may spoil: what the births hold, and what a data message does.
struct Scene {
  TemplateSaid definition, of_node, of_device, data;
  DataSetSaid set;
  bool defined = true;         // the definition is in the birth of the edge node
  bool defined_again = false;  // and in that of the device
};

MetricSaid held(const SparkplugBench& bench, const char* name, uint64_t type, int field,
                std::string bytes) {
  MetricSaid out;
  out.name = name;
  out.timestamp_ms = bench.ms;
  out.type = type;
  out.value_field = field;
  out.bytes = std::move(bytes);
  return out;
}

Scene right(const SparkplugBench& bench) {
  Scene scene;
  scene.definition.is_definition = true;
  scene.definition.version = "1.0";
  scene.definition.members = {bench.number("Speed", 0), bench.number("Load", 0)};
  scene.definition.parameters = {{}};
  for (TemplateSaid* each : {&scene.of_node, &scene.of_device}) {
    each->is_definition = false;
    each->reference = "Motor";
    each->version = "1.0";
    each->members = {bench.number("Speed", 1480), bench.number("Load", 61)};
    each->parameters = {{}};
  }
  scene.data = scene.of_device;
  scene.data.members = {bench.number("Speed", 1490)};  // a part of them
  return scene;
}

SparkplugOptions with_members() {
  SparkplugOptions options = SparkplugBench::usual();
  options.metrics[0].metric = "Main/Speed";
  return options;
}

/// The whole life of one edge node and its device.
void play(SparkplugBench& bench, const Scene& scene) {
  bench.connect();
  testing_support::SparkplugSaid node = bench.node_birth();
  if (scene.defined) {
    node.metrics.push_back(held(bench, "Motor", 19, 18, scene.definition.bytes()));
  }
  node.metrics.push_back(held(bench, "Pump", 19, 18, scene.of_node.bytes()));
  bench.hear(node);
  testing_support::SparkplugSaid device = bench.device_birth();
  MetricSaid main = held(bench, "Main", 19, 18, scene.of_device.bytes());
  main.alias = 9;
  device.metrics.push_back(main);
  device.metrics.push_back(held(bench, "Table", 16, 17, scene.set.bytes()));
  if (scene.defined_again) {
    device.metrics.push_back(held(bench, "Motor", 19, 18, scene.definition.bytes()));
  }
  bench.hear(device);
  testing_support::SparkplugSaid data = bench.data(true, 56);
  data.metrics[0] = held(bench, "", 19, 18, scene.data.bytes());
  data.metrics[0].name.reset();
  data.metrics[0].type.reset();
  data.metrics[0].alias = 9;
  bench.hear(data);
}

struct Statement {
  const char* id;
  Rule rule;
  void (*spoil)(Scene& s);
};

const Statement kStatements[] = {
    {"tck-id-topics-nbirth-templates", Rule::kNotDefined, [](Scene& s) { s.defined = false; }},
    {"tck-id-payloads-template-definition-nbirth", Rule::kNotDefined,
     [](Scene& s) { s.of_device.reference = "Gear"; }},
    {"tck-id-payloads-template-definition-nbirth-only", Rule::kDefinitionPlace,
     [](Scene& s) { s.defined_again = true; }},
    {"tck-id-payloads-template-definition-is-definition", Rule::kNoDefinitionFlag,
     [](Scene& s) { s.definition.is_definition.reset(); }},
    {"tck-id-payloads-template-is-definition", Rule::kNoDefinitionFlag,
     [](Scene& s) { s.data.is_definition.reset(); }},
    {"tck-id-payloads-template-is-definition-definition", Rule::kInstanceReference,
     [](Scene& s) { s.definition.is_definition = false; }},
    {"tck-id-payloads-template-instance-is-definition", Rule::kDefinitionPlace,
     [](Scene& s) { s.of_device.is_definition = true; }},
    {"tck-id-payloads-template-is-definition-instance", Rule::kDefinitionPlace,
     [](Scene& s) { s.data.is_definition = true; }},
    {"tck-id-payloads-template-definition-ref", Rule::kDefinitionReference,
     [](Scene& s) { s.definition.reference = "Drive"; }},
    {"tck-id-payloads-template-ref-definition", Rule::kDefinitionReference,
     [](Scene& s) { s.of_node.is_definition = true; }},
    {"tck-id-payloads-template-instance-ref", Rule::kInstanceReference,
     [](Scene& s) { s.of_node.reference.reset(); }},
    {"tck-id-payloads-template-ref-instance", Rule::kTemplateText,
     [](Scene& s) { s.of_node.reference = "\xff"; }},
    {"tck-id-payloads-template-version", Rule::kTemplateText,
     [](Scene& s) { s.definition.version = "\xff"; }},
    {"tck-id-payloads-template-definition-members", Rule::kNoSuchMember,
     [](Scene& s) { s.definition.members.pop_back(); }},
    {"tck-id-payloads-template-instance-members", Rule::kNoSuchMember,
     [](Scene& s) { s.data.members[0].name = "Torque"; }},
    {"tck-id-payloads-template-instance-members-birth", Rule::kMemberMissing,
     [](Scene& s) { s.of_device.members.pop_back(); }},
    {"tck-id-payloads-template-definition-parameters", Rule::kNoSuchParameter,
     [](Scene& s) { s.definition.parameters.clear(); }},
    {"tck-id-payloads-template-parameter-name-required", Rule::kParameterName,
     [](Scene& s) { s.definition.parameters[0].name.reset(); }},
    {"tck-id-payloads-template-parameter-name-type", Rule::kParameterName,
     [](Scene& s) { s.definition.parameters[0].name = "\xff"; }},
    {"tck-id-payloads-template-parameter-type-req", Rule::kParameterType,
     [](Scene& s) { s.of_device.parameters[0].type.reset(); }},
    {"tck-id-payloads-template-parameter-type-value", Rule::kParameterType,
     [](Scene& s) { s.definition.parameters[0].type = 16; }},
    {"tck-id-payloads-template-parameter-value-type", Rule::kParameterType,
     [](Scene& s) { s.definition.parameters[0].type = uint64_t{1} << 33; }},
    {"tck-id-payloads-template-parameter-value", Rule::kParameterValue,
     [](Scene& s) { s.data.parameters[0].value_field = 9; }},
    {"tck-id-payloads-dataset-column-size", Rule::kDataSetColumns,
     [](Scene& s) { s.set.column_count = 3; }},
    {"tck-id-payloads-dataset-column-num-headers", Rule::kDataSetHeaders,
     [](Scene& s) { s.set.columns.emplace_back("Part"); }},
    {"tck-id-payloads-dataset-types-num", Rule::kDataSetHeaders,
     [](Scene& s) { s.set.types.pop_back(); }},
    {"tck-id-payloads-dataset-parameter-type-req", Rule::kDataSetTypes,
     [](Scene& s) { s.set.types.clear(); }},
    {"tck-id-payloads-dataset-types-def", Rule::kDataSetTypes,
     [](Scene& s) { s.set.types[0] = uint64_t{1} << 33; }},
    {"tck-id-payloads-dataset-types-type", Rule::kDataSetTypes,
     [](Scene& s) { s.set.types[1] = uint64_t{1} << 40; }},
    {"tck-id-payloads-dataset-types-value", Rule::kDataSetTypes,
     [](Scene& s) { s.set.types[0] = 19; }},
    {"tck-id-payloads-template-dataset-value", Rule::kDataSetValue,
     [](Scene& s) { s.set.value_field = 7; }},
};

class SparkplugTemplateStatement : public testing::TestWithParam<Statement> {};

TEST_P(SparkplugTemplateStatement, IsToldWhenBrokenAndOnlyThen) {
  const Statement& statement = GetParam();
  const auto catalogue = test_catalogue();
  const std::string told = rule_text(statement.rule).en;
  SparkplugBench good(*catalogue, with_members());
  play(good, right(good));
  EXPECT_EQ(good.sink.heard(told), 0);
  SparkplugBench wrong(*catalogue, with_members());
  Scene scene = right(wrong);
  statement.spoil(scene);
  play(wrong, scene);
  EXPECT_GT(wrong.sink.heard(told), 0) << told;
  EXPECT_EQ(wrong.sink.refusals, 0) << "what can be taken is taken";
}

std::string name_of(const testing::TestParamInfo<Statement>& info) {
  std::string name = info.param.id;
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(Edge, SparkplugTemplateStatement, testing::ValuesIn(kStatements), name_of);

/// All that was said of a message that breaks nothing.
int faults(const SparkplugBench& bench) { return bench.sink.heard("(tck-id-"); }

struct Allowed {
  const char* id;
  void (*change)(Scene& s);
};

const Allowed kAllowed[] = {
    {"tck-id-payloads-template-instance-members-data",
     [](Scene& s) { s.data.members[0].name = "Load"; }},
    {"tck-id-payloads-template-instance-parameters",
     [](Scene& s) { s.of_node.parameters.clear(); }},
    {"tck-id-payloads-template-definition-parameters-default",
     [](Scene& s) { s.definition.parameters[0].value_field = 0; }},
};

class SparkplugTemplateAllowance : public testing::TestWithParam<Allowed> {};

TEST_P(SparkplugTemplateAllowance, IsTakenWithoutAWord) {
  const auto catalogue = test_catalogue();
  SparkplugBench bench(*catalogue, with_members());
  Scene scene = right(bench);
  GetParam().change(scene);
  play(bench, scene);
  EXPECT_EQ(faults(bench), 0);
}

std::string allowed_name(const testing::TestParamInfo<Allowed>& info) {
  std::string name = info.param.id;
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(Edge, SparkplugTemplateAllowance, testing::ValuesIn(kAllowed),
                         allowed_name);

TEST(SparkplugTemplates, GiveTheirMembersAsMetricsAndDefinitionsGiveNone) {
  const auto catalogue = test_catalogue();
  SparkplugBench bench(*catalogue, with_members());
  play(bench, right(bench));
  std::vector<double> speeds;
  for (const Reading& each : bench.sink.live) {
    if (each.tag == "m1/temperature") speeds.push_back(std::get<double>(each.value));
  }
  EXPECT_EQ(speeds, (std::vector<double>{1480, 1490})) << "in the birth, and by its alias";
  std::vector<std::string> unmapped;
  for (const SparkplugUnmapped& each : bench.host.unmapped()) {
    unmapped.push_back(each.device + ":" + each.metric);
  }
  std::sort(unmapped.begin(), unmapped.end());
  EXPECT_EQ(unmapped,
            (std::vector<std::string>{":Motor", ":Pump", ":Pump/Load", ":Pump/Speed", "Press1:Main",
                                      "Press1:Main/Load", "Press1:Oil", "Press1:Table"}));
}

TEST(SparkplugTemplates, HaveMembersAsOldAndAsGoodAsThemselves) {
  const auto catalogue = test_catalogue();
  SparkplugBench bench(*catalogue, with_members());
  SparkplugPayload payload;
  TemplateSaid pump;
  pump.is_definition = false;
  pump.reference = "Motor";
  pump.members = {bench.number("Speed", 1480)};
  pump.members[0].timestamp_ms.reset();
  MetricSaid outer = held(bench, "Pump", 19, 18, pump.bytes());
  outer.historical = true;
  outer.properties = {{"Quality", 3, 0, ""}};
  const std::string bytes = testing_support::encoded(outer);
  payload.metrics.push_back(read_sparkplug_metric(bytes).value());
  ASSERT_TRUE(add_sparkplug_members(payload, {}));
  ASSERT_EQ(payload.metrics.size(), 2u);
  const SparkplugMetric& speed = payload.metrics[1];
  EXPECT_EQ(speed.name, "Pump/Speed");
  EXPECT_EQ(speed.timestamp_ms, bench.ms);
  EXPECT_TRUE(speed.is_historical);
  EXPECT_EQ(speed.quality, 0u);
}

TEST(SparkplugTemplates, InTemplatesAreFollowedToALimit) {
  const auto catalogue = test_catalogue();
  const SparkplugBench bench(*catalogue);
  const auto nested = [&](int levels) {
    std::vector<MetricSaid> members = {bench.number("Speed", 1)};
    std::string bytes;
    for (int i = 0; i < levels; ++i) {
      TemplateSaid level;
      level.is_definition = false;
      level.reference = "Motor";
      level.members = std::move(members);
      bytes = level.bytes();
      members = {held(bench, "In", 19, 18, bytes)};
    }
    return testing_support::encoded(held(bench, "Out", 19, 18, bytes));
  };
  for (const int levels : {2, 8, 9}) {
    const std::string bytes = nested(levels);
    SparkplugPayload payload;
    payload.metrics.push_back(read_sparkplug_metric(bytes).value());
    const Result<void> added = add_sparkplug_members(payload, {});
    EXPECT_EQ(added.has_value(), levels <= 8) << levels;
    if (levels == 2) {
      EXPECT_EQ(payload.metrics.back().name, "Out/In/Speed");
    }
  }
}

TEST(SparkplugTemplates, ThatAreNoneAreToldOfAndLeaveTheRest) {
  const auto catalogue = test_catalogue();
  SparkplugBench bench(*catalogue);
  bench.connect();
  testing_support::SparkplugSaid node = bench.node_birth();
  node.metrics.push_back(held(bench, "Pump", 19, 18, "\xff\xff"));
  bench.hear(node);
  EXPECT_GT(bench.sink.heard("cannot be read"), 0);
  ASSERT_EQ(bench.sink.live.size(), 1u);
  EXPECT_EQ(bench.sink.live[0].tag, "m1/parts");
}

TEST(SparkplugDataSets, SayTheirTypesOneByOneOrPacked) {
  for (const bool packed : {false, true}) {
    DataSetSaid said;
    said.packed = packed;
    const std::string bytes = said.bytes();
    const SparkplugDataSet set = read_sparkplug_data_set(bytes).value();
    EXPECT_EQ(set.types, (std::vector<uint64_t>{13, 10})) << packed;
    EXPECT_TRUE(set.types_fit && set.values_fit && set.rows_fit);
    EXPECT_EQ(set.column_count, 2u);
  }
  DataSetSaid narrow;
  narrow.values_in_row = 1;
  EXPECT_FALSE(read_sparkplug_data_set(narrow.bytes())->rows_fit);
  EXPECT_FALSE(read_sparkplug_data_set("\xff"));
}

}  // namespace
}  // namespace mw::plant
