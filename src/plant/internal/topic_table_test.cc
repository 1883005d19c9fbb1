// Topics of devices that were not made for us: what of a payload becomes which tag.
#include "plant/internal/topic_table.h"

#include <gtest/gtest.h>

#include "plant/internal/test_plant.h"

namespace mw::plant {
namespace {

TopicValue value_of(std::string tag, std::string pointer = "") {
  TopicValue value;
  value.topic = "hall/m1";
  value.tag = std::move(tag);
  value.value = std::move(pointer);
  return value;
}

/// The one reading of a payload; its number, or its text.
std::string read(const TopicValue& value, std::string_view payload) {
  const auto table = TopicTable::make({value}, *test_catalogue());
  if (!table) return "refused: " + table.error().param;
  const auto readings = table->read(value.topic, payload);
  if (!readings) return "error: " + readings.error().param;
  const auto& first = readings->at(0).value;
  if (const auto* number = std::get_if<double>(&first)) return std::to_string(*number).substr(0, 6);
  if (const auto* text = std::get_if<std::string>(&first)) return *text;
  return "nothing";
}

TEST(TopicTable, TakesNumbersTextsAndMembers) {
  const TopicValue plain = value_of("m1/temperature");
  const std::pair<const char*, const char*> plain_rows[] = {{"21.5", "21.500"},
                                                            {" 21.5\n", "21.500"},
                                                            {"\"21.5\"", "21.500"},
                                                            {"true", "1.0000"},
                                                            {"null", "nothing"},
                                                            {"on", "on"},
                                                            {"", ""},
                                                            {"21,5", "21,5"},
                                                            {"nan", "nan"},
                                                            {"{\"t\": 1}", "error: payload"},
                                                            {"[1]", "error: payload"},
                                                            {"\xff\xfe", "nothing"}};
  for (const auto& [payload, expected] : plain_rows)
    EXPECT_EQ(read(plain, payload), expected) << payload;
  const std::pair<const char*, const char*> rows[] = {{R"({"a": {"b": [1, 2.5]}})", "2.5000"},
                                                      {R"({"a": {"b": [1]}})", "error: payload"},
                                                      {R"({"a": {"b": 7}})", "error: payload"},
                                                      {R"({"a": {"b": [1, {}]}})", "error: /a/b/1"},
                                                      {"7", "error: payload"},
                                                      {"{", "error: payload"}};
  for (const auto& [payload, expected] : rows) {
    EXPECT_EQ(read(value_of("m1/temperature", "/a/b/1"), payload), expected) << payload;
  }
  EXPECT_EQ(read(value_of("m1/temperature", "/a~1b~0"), R"({"a/b~": 3})"), "3.0000");
  EXPECT_EQ(read(value_of("m1/temperature"), std::string((1 << 20) + 1, '1')), "error: payload");
}

TEST(TopicTable, ScalesAndNamesStatesAndTimes) {
  TopicValue scaled = value_of("m1/temperature", "/t");
  scaled.scale = 0.1;
  scaled.offset = -1;
  scaled.time = "/at";
  const auto table = TopicTable::make({scaled}, *test_catalogue());
  ASSERT_TRUE(table) << table.error().message.en;
  const auto readings = table->read("hall/m1", R"({"t": 215, "at": 1760000000123})");
  ASSERT_TRUE(readings);
  EXPECT_EQ(std::get<double>((*readings)[0].value), 20.5);
  EXPECT_EQ(*(*readings)[0].ts_ns, 1'760'000'000'123 * kNsPerMs);
  EXPECT_FALSE(table->read("hall/m1", R"({"t": 215, "at": "yesterday"})"));
  TopicValue state = value_of("m1/state");
  state.states = {{"1", "running"}, {"RUN", "running"}};
  EXPECT_EQ(read(state, "1"), "running");
  EXPECT_EQ(read(state, "RUN"), "running");
  EXPECT_EQ(read(state, "7"), "7") << "which is none, and so a bad sample";
}

TEST(TopicTable, RefusesWhatDoesNotFitByName) {
  const auto problem = [](auto spoil) {
    TopicValue value = value_of("m1/temperature");
    spoil(value);
    return read(value, "1");
  };
  EXPECT_EQ(problem([](TopicValue& v) { v.topic = "hall/+"; }), "refused: topic[0].topic");
  EXPECT_EQ(problem([](TopicValue& v) { v.topic = ""; }), "refused: topic[0].topic");
  EXPECT_EQ(problem([](TopicValue& v) { v.topic = "$SYS/x"; }), "refused: topic[0].topic");
  EXPECT_EQ(problem([](TopicValue& v) { v.topic = "a\nb"; }), "refused: topic[0].topic");
  EXPECT_EQ(problem([](TopicValue& v) { v.tag = "m1/none"; }), "refused: topic[0].tag");
  EXPECT_EQ(problem([](TopicValue& v) { v.value = "t"; }), "refused: topic[0].value");
  EXPECT_EQ(problem([](TopicValue& v) { v.time = "/~"; }), "refused: topic[0].time");
  EXPECT_EQ(problem([](TopicValue& v) { v.measured_in = "parsec"; }),
            "refused: topic[0].measured_in");
  EXPECT_EQ(problem([](TopicValue& v) {
              v.states = {{"1", "running"}};
            }),
            "refused: topic[0].states");
  const auto twice = TopicTable::make(
      {value_of("m1/temperature"), value_of("m1/temperature", "/t")}, *test_catalogue());
  ASSERT_FALSE(twice);
  EXPECT_EQ(twice.error().param, "topic[1].tag");
}

}  // namespace
}  // namespace mw::plant
