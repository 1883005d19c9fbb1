// Scope: the micro-benchmarks compute what they claim on each instruction set, and a calibration
// with small buffers gives every rate. How fast they are is not tested: machines differ.
#include "tensor/calibrate.h"

#include <gtest/gtest.h>

#include <cstring>
#include <string>

#include "tensor/buffer.h"
#include "tensor/kernels/limits_table.h"

namespace mw::tensor {
namespace {

class LimitsOnEachIsa : public ::testing::TestWithParam<Isa> {
 protected:
  const LimitKernels& kernels() const { return limit_kernels_of(GetParam()); }
};

TEST_P(LimitsOnEachIsa, IntegerRoundsSumWhatTheyMultiply) {
  for (const int64_t rounds : {0, 1, 2, 1000, 123456}) {
    const uint64_t lane = static_cast<uint64_t>(rounds * kernels().dot.dot_lane_macs *
                                                kLimitWeight * kLimitActivation) %
                          (uint64_t{1} << kernels().dot.dot_lane_bits);
    EXPECT_EQ(kernels().dot.dot_rounds(rounds),
              static_cast<uint32_t>(lane * static_cast<uint64_t>(kernels().dot.dot_lanes)))
        << rounds;
  }
  EXPECT_EQ(kernels().dot.dot_macs, kernels().dot.dot_lanes * kernels().dot.dot_lane_macs);
}

TEST_P(LimitsOnEachIsa, FloatRoundsAddOneToEachLane) {
  for (const int64_t rounds : {0, 1, 3, 100'000}) {
    EXPECT_EQ(kernels().fma_rounds(rounds), static_cast<double>(rounds) * kernels().fma_macs);
  }
}

TEST_P(LimitsOnEachIsa, ReadingSumsEveryWord) {
  const Buffer buffer(8 * kLimitReadBytes);
  uint32_t sum = 0;
  for (std::size_t i = 0; i < buffer.size() / 4; ++i) {
    const auto word = static_cast<uint32_t>(i * 2654435761U + 7);
    std::memcpy(buffer.data() + 4 * i, &word, 4);
    sum += word;
  }
  EXPECT_EQ(kernels().read_sum(buffer.data(), buffer.size()), sum);
  EXPECT_EQ(kernels().read_sum(buffer.data(), 0), 0U);
}

INSTANTIATE_TEST_SUITE_P(All, LimitsOnEachIsa, ::testing::ValuesIn(available_isas()),
                         [](const auto& each) { return std::string(isa_name(each.param)); });

CalibrationOptions small_options() {
  CalibrationOptions options;
  options.cores = 2;
  options.l2_bytes = 256 << 10;
  options.l3_bytes = 1 << 20;
  options.buffer_bytes = 8 << 20;
  options.budget_ns = 0;
  options.now_s = 1234;
  return options;
}

void expect_rates(const MachineLimits& limits) {
  for (const ThreadRates& each : limits.rates) {
    for (const double rate : {each.int_gmac_s, each.f32_gmac_s, each.l2_gb_s, each.memory_gb_s,
                              each.prefill_gmac_s, each.decode_gb_s}) {
      EXPECT_GT(rate, 0) << each.threads;
    }
  }
}

TEST(Calibrate, GivesEveryRateForEachNumberOfThreads) {
  const auto limits = calibrate(small_options());
  ASSERT_TRUE(limits) << limits.error().message.en;
  ASSERT_EQ(limits->rates.size(), 2U);
  EXPECT_EQ(limits->rates[0].threads, 1);
  EXPECT_EQ(limits->rates[1].threads, 2);
  expect_rates(*limits);
  EXPECT_EQ(limits->measured_at_s, 1234);
  EXPECT_GT(limits->took_ms, 0);
  const Isa expected = limits->busy ? available_isas().back() : choose_faster(limits->isas);
  EXPECT_EQ(limits->isa, expected);
}

TEST(Calibrate, KeepsToAForcedInstructionSet) {
  CalibrationOptions options = small_options();
  options.cores = 1;
  options.isa = Isa::kScalar;
  const auto limits = calibrate(options);
  ASSERT_TRUE(limits) << limits.error().message.en;
  EXPECT_EQ(limits->isa, Isa::kScalar);
  EXPECT_EQ(limits->isas.size(), 1U);
  expect_rates(*limits);
}

TEST(Calibrate, ALargeMachineIsMeasuredInDoublingSteps) {
  EXPECT_EQ(calibrated_thread_counts(1), (std::vector<int>{1}));
  EXPECT_EQ(calibrated_thread_counts(4), (std::vector<int>{1, 2, 3, 4}));
  EXPECT_EQ(calibrated_thread_counts(6), (std::vector<int>{1, 2, 3, 4, 6}));
  EXPECT_EQ(calibrated_thread_counts(64), (std::vector<int>{1, 2, 3, 4, 8, 16, 32, 64}));
}

}  // namespace
}  // namespace mw::tensor
