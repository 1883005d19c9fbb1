// What of a Sparkplug connector does not fit is named; what was seen is written so that it can be
// pasted.
#include <gtest/gtest.h>

#include <functional>

#include "plant/internal/test_plant.h"
#include "plant/sparkplug/sparkplug_connector.h"
#include "tests/support/sparkplug_messages.h"

namespace mw::plant {
namespace {

/// The message when `spoil` made it wrong.
std::string wrong_with(const std::function<void(SparkplugOptions&)>& spoil) {
  SparkplugOptions options = testing_support::SparkplugBench::usual();
  spoil(options);
  const auto checked = check_sparkplug_options(options, *test_catalogue());
  return checked ? "" : checked.error().message.en;
}

TEST(SparkplugCheck, TakesWhatFits) {
  const auto tags =
      check_sparkplug_options(testing_support::SparkplugBench::usual(), *test_catalogue());
  ASSERT_TRUE(tags);
  EXPECT_EQ(tags->size(), 2u);
}

TEST(SparkplugCheck, NamesWhatDoesNot) {
  struct Row {
    const char* part;  // of the message
    std::function<void(SparkplugOptions&)> spoil;
  };
  const Row kRows[] = {
      {"host_id", [](SparkplugOptions& o) { o.host_id = "a/b"; }},
      {"groups", [](SparkplugOptions& o) { o.groups = {"a\x7f"}; }},
      {"no such tag", [](SparkplugOptions& o) { o.metrics[0].tag = "m9/x"; }},
      {"already", [](SparkplugOptions& o) { o.metrics[1].tag = o.metrics[0].tag; }},
      {"measured in", [](SparkplugOptions& o) { o.metrics[0].measured_in = "bar"; }},
      {"metrics", [](SparkplugOptions& o) { o.metrics.clear(); }},
      {"device 'a+'", [](SparkplugOptions& o) { o.metrics[0].device = "a+"; }},
      {"m1/temperature",
       [](SparkplugOptions& o) {
         o.metrics[0].states = {{"0", "idle"}};
       }},
  };
  for (const Row& row : kRows) {
    EXPECT_NE(wrong_with(row.spoil).find(row.part), std::string::npos)
        << row.part << ": " << wrong_with(row.spoil);
  }
}

TEST(SparkplugCheck, WritesNamesSoThatTomlReadsThem) {
  const std::string toml = sparkplug_unmapped_toml(
      {{"Plant1", "Gate\"way", "", "Oil\x7f\n\x01/T\xff", "Double", "deg\nC"}});
  EXPECT_NE(toml.find(R"(edge = "Gate\"way")"), std::string::npos) << toml;
  EXPECT_NE(toml.find(R"(Oil\u007f\n\u0001/T)"), std::string::npos) << toml;
  EXPECT_EQ(toml.find("device"), std::string::npos) << "of the node itself";
  for (const char c : toml) {
    EXPECT_TRUE(c == '\n' || (static_cast<unsigned char>(c) >= 0x20 && c != 0x7f)) << toml;
  }
  EXPECT_EQ(toml.find("\nC\""), std::string::npos) << "a unit ends no comment";
}

}  // namespace
}  // namespace mw::plant
