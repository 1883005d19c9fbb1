#include "maintenance/rules/threshold_rule.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "maintenance/rules/derived_column.h"
#include "maintenance/testing/made_failures.h"

namespace mw::maintenance {
namespace {

std::vector<Column> columns_of(const RunTable& table) {
  std::vector<Column> out = table.columns;
  for (const Derived& each : propose_derived(table)) out.push_back(*derived_column(table, each));
  return out;
}

std::string found_text(const RunTable& table, std::size_t mode) {
  const std::vector<Column> columns = columns_of(table);
  const auto rule = find_exact_rule(columns, table.modes[mode].values);
  if (!rule) return "";
  for (std::size_t row = 0; row < table.rows(); ++row) {
    EXPECT_EQ(rule->hits(columns, row), table.modes[mode].values[row] == 1);
  }
  return rule_text(*rule, columns, Language::kEn);
}

TEST(ThresholdRule, IsFoundExactlyForEachKindThatHasOne) {
  const RunTable table = made_failures(6000);
  EXPECT_EQ(found_text(table, 0), "speed * torque > 6000 W, or speed * torque < 2000 W");
  EXPECT_EQ(found_text(table, 1), "speed < 1380 rpm and process - air < 8.6 K");
  EXPECT_EQ(found_text(table, 2),
            "kind A: torque * wear > 4000 Nm min; kind B: torque * wear > 5000 Nm min; "
            "kind C: torque * wear > 6000 Nm min");
}

TEST(ThresholdRule, IsNotFoundWhereFailuresAreChance) {
  EXPECT_EQ(found_text(made_failures(6000), 3), "");
}

TEST(ThresholdRule, IsNotClaimedOverTooFewFailures) {
  const RunTable table = made_failures(6000);
  std::vector<double> few(table.rows(), 0.0);
  few[3] = few[9] = 1;
  EXPECT_FALSE(find_exact_rule(columns_of(table), few));
}

TEST(ThresholdRule, DoesNotHoldWhereAValueIsMissing) {
  const Column column{"x", "", {5, std::nan("")}, {}};
  const ThresholdRule rule{std::nullopt, {{{{0, true, 3}}}}, 1, 1};
  EXPECT_TRUE(rule.hits({&column, 1}, 0));
  EXPECT_FALSE(rule.hits({&column, 1}, 1));
}

TEST(RoundestBetween, TakesTheFewestDigits) {
  EXPECT_EQ(roundest_between(8997.9, 9003.2), 9000);
  EXPECT_EQ(roundest_between(-8.6, -8.5), -8.6);
  EXPECT_EQ(roundest_between(1379, 1380), 1379);
  EXPECT_EQ(roundest_between(-0.5, 0.5), 0);
  EXPECT_EQ(roundest_between(0.123405, 0.12349), 0.12341);
}

TEST(DerivedColumn, KnowsUnitsAndTakesTheLaterColumnLessTheEarlier) {
  const RunTable table = made_failures(400);
  const auto power = derived_column(table, {Derived::Kind::kProduct, "torque", "speed"});
  EXPECT_EQ(power->unit, "W");
  const auto warmer = derived_column(table, {Derived::Kind::kDifference, "process", "air"});
  EXPECT_EQ(warmer->unit, "K");
  for (const double value : warmer->values) EXPECT_GT(value, 0);
  for (const Derived& each : propose_derived(table)) {
    EXPECT_NE(each.first, "kind");
    if (each.kind == Derived::Kind::kDifference) {
      EXPECT_EQ(each.first, "process");
    }
  }
}

TEST(ThresholdRule, IsReadBackAndRefusedWhereDamaged) {
  const RunTable table = made_failures(6000);
  const std::vector<Column> columns = columns_of(table);
  const auto rule = find_exact_rule(columns, table.modes[2].values);
  ASSERT_TRUE(rule);
  const Json stored = to_json(*rule);
  EXPECT_EQ(to_json(*rule_from_json(stored, columns.size())), stored);
  EXPECT_FALSE(rule_from_json(stored, 1));
  for (const char* broken :
       {R"({"category_column":-1,"by_category":[]})", R"({"category_column":-1})",
        R"({"category_column":-1,"by_category":[[[]]]})",
        R"({"category_column":-1,"by_category":[[[{"column":-1}]]]})",
        R"({"category_column":-1,"by_category":[[7]]})", R"({"category_column":9})"}) {
    EXPECT_FALSE(rule_from_json(*parse_json(broken), 5)) << broken;
  }
}

}  // namespace
}  // namespace mw::maintenance
