// Scope: the choice alone, on made-up options: budgets, hulls, ties, what is left over, and a
// comparison with the best of all combinations.
#include "runtime/bit_plan.h"

#include <gtest/gtest.h>

#include <random>

namespace mw::runtime {
namespace {

using formats::GgmlType;
using Options = std::vector<TypeOption>;

TypeOption option(uint64_t bytes, double loss) { return {GgmlType::kQ8_0, bytes, loss}; }

double loss_of(const std::vector<Options>& tensors, const std::vector<std::size_t>& chosen) {
  double sum = 0;
  for (std::size_t i = 0; i < tensors.size(); ++i) sum += tensors[i][chosen[i]].loss;
  return sum;
}

uint64_t bytes_of(const std::vector<Options>& tensors, const std::vector<std::size_t>& chosen) {
  uint64_t sum = 0;
  for (std::size_t i = 0; i < tensors.size(); ++i) sum += tensors[i][chosen[i]].bytes;
  return sum;
}

TEST(BitPlan, LeavesEverythingAsItIsWhereThatFits) {
  const std::vector<Options> tensors(3, Options{option(100, 0), option(50, 1)});
  EXPECT_EQ(*plan_bits(tensors, 300), (std::vector<std::size_t>{0, 0, 0}));
}

TEST(BitPlan, ShrinksTheTensorThatLosesLeastAByte) {
  const std::vector<Options> tensors = {{option(100, 0), option(50, 1.0)},
                                        {option(100, 0), option(50, 0.1)}};
  EXPECT_EQ(*plan_bits(tensors, 150), (std::vector<std::size_t>{0, 1}));
}

TEST(BitPlan, TakesTheEarlierOfEqualSteps) {
  const std::vector<Options> tensors(2, Options{option(100, 0), option(50, 1)});
  EXPECT_EQ(*plan_bits(tensors, 150), (std::vector<std::size_t>{1, 0}));
}

TEST(BitPlan, PassesOverOptionsAboveTheHull) {
  // 75 bytes save little and lose nearly as much as 50.
  const std::vector<Options> tensors = {{option(100, 0), option(75, 0.9), option(50, 1.0)}};
  EXPECT_EQ(*plan_bits(tensors, 50), (std::vector<std::size_t>{2}));
  // Where it is the last that fits, what is left over buys it.
  EXPECT_EQ(*plan_bits(tensors, 80), (std::vector<std::size_t>{1}));
}

TEST(BitPlan, NeverTakesWhatIsLargerAndWorse) {
  const std::vector<Options> tensors = {{option(60, 0.5), option(50, 0.1), option(100, 0)}};
  EXPECT_EQ(*plan_bits(tensors, 60), (std::vector<std::size_t>{1}));
}

TEST(BitPlan, SaysWhatTheLeastIs) {
  const std::vector<Options> tensors(2, Options{option(100, 0), option(50, 1)});
  const auto plan = plan_bits(tensors, 99);
  ASSERT_FALSE(plan);
  EXPECT_EQ(plan.error().code, Code::kInvalidArgument);
  EXPECT_EQ(plan.error().param, "budget");
  EXPECT_NE(plan.error().message.en.find("100"), std::string::npos);
}

TEST(BitPlan, IsNearTheBestOfAllCombinationsAndNeverOverTheBudget) {
  std::mt19937 random(3);
  for (int round = 0; round < 200; ++round) {
    std::vector<Options> tensors(5);
    uint64_t least = 0;
    uint64_t most = 0;
    for (Options& each : tensors) {
      const uint64_t size = 10 + random() % 90;
      const double weight = 1 + random() % 100;
      for (const uint64_t bits : {16, 8, 5, 4}) {
        each.push_back(
            option(size * bits, bits == 16 ? 0 : weight / static_cast<double>(1 << bits)));
      }
      least += size * 4;
      most += size * 16;
    }
    const uint64_t budget = least + random() % (most - least);
    const auto plan = plan_bits(tensors, budget);
    ASSERT_TRUE(plan);
    EXPECT_LE(bytes_of(tensors, *plan), budget);
    double best = 1e9;
    for (int code = 0; code < 1024; ++code) {
      std::vector<std::size_t> chosen;
      for (int i = 0; i < 5; ++i) chosen.push_back(static_cast<std::size_t>(code >> (2 * i)) & 3U);
      if (bytes_of(tensors, chosen) <= budget) best = std::min(best, loss_of(tensors, chosen));
    }
    // One step of one tensor is what a greedy choice may miss.
    EXPECT_LE(loss_of(tensors, *plan), best + 100.0 / 16);
  }
}

}  // namespace
}  // namespace mw::runtime
