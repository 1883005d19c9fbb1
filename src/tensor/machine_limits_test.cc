#include "tensor/machine_limits.h"

#include <gtest/gtest.h>

namespace mw::tensor {
namespace {

/// Eight cores: products scale with cores, memory is full with three.
MachineLimits eight_cores() {
  MachineLimits limits;
  limits.isa = Isa::kAvx2;
  limits.l3_bytes = 32'000'000;
  for (const int threads : {1, 2, 3, 4, 8}) {
    ThreadRates rates;
    rates.threads = threads;
    rates.int_gmac_s = 200.0 * threads;
    rates.prefill_gmac_s = 80.0 * threads;
    rates.memory_gb_s = threads < 3 ? 20.0 * threads : 50.0 + 0.1 * threads;
    rates.decode_gb_s = 0.9 * rates.memory_gb_s;
    limits.rates.push_back(rates);
  }
  return limits;
}

TEST(MachineLimits, RatesAreThoseOfTheNearestCountBelow) {
  const MachineLimits limits = eight_cores();
  EXPECT_EQ(limits.at(1).threads, 1);
  EXPECT_EQ(limits.at(6).threads, 4);
  EXPECT_EQ(limits.at(100).threads, 8);
  EXPECT_EQ(limits.at(0).threads, 1);
}

TEST(MachineLimits, TheSmallestNumberOfThreadsNearTheBestIsTaken) {
  const ThreadChoice choice = choose_threads(eight_cores());
  EXPECT_EQ(choice.decode, 3);
  EXPECT_EQ(choice.prefill, 8);
  EXPECT_EQ(choice.threads, 8);
}

TEST(MachineLimits, ThreadsThatShareACoreAreNotWorthUsing) {
  MachineLimits limits = eight_cores();
  limits.rates.back().prefill_gmac_s = 1.02 * 80 * 4;
  limits.rates.back().decode_gb_s = limits.rates[2].decode_gb_s;
  EXPECT_EQ(choose_threads(limits).threads, 4);
}

TEST(MachineLimits, RatesOfABusyMachineChooseNothing) {
  MachineLimits limits = eight_cores();
  limits.busy = true;
  for (ThreadRates& each : limits.rates) each.prefill_gmac_s = each.decode_gb_s = 10;
  EXPECT_EQ(choose_threads(limits).threads, 8);
  EXPECT_EQ(choose_threads(limits).decode, 8);
  limits.rates.front() = eight_cores().rates.front();
  EXPECT_EQ(choose_batch_shapes(limits, 8).decode_rows_w4,
            choose_batch_shapes(eight_cores(), 1).decode_rows_w4);
}

TEST(MachineLimits, TheFasterInstructionSetIsTakenAndTheHigherOneWhenNearlyEqual) {
  EXPECT_EQ(choose_faster({{Isa::kAvx2, 100, 40}, {Isa::kAvx512, 200, 40}}), Isa::kAvx512);
  EXPECT_EQ(choose_faster({{Isa::kAvx2, 100, 40}, {Isa::kAvx512, 80, 38}}), Isa::kAvx2);
  EXPECT_EQ(choose_faster({{Isa::kAvx2, 100, 40}, {Isa::kAvx512, 99, 40}}), Isa::kAvx512);
  EXPECT_EQ(choose_faster({{Isa::kScalar, 5, 2}}), Isa::kScalar);
}

TEST(MachineLimits, BatchShapesMeetWhereMultiplyingTakesAsLongAsOneRow) {
  // 160 GMAC/s; one row of w4 at 36 GB/s and 0.625 bytes a weight, of w8 at 40 and 1.0625: 2.8 and
  // 4.25 rows.
  const BatchShapes shapes = choose_batch_shapes(eight_cores(), 2);
  EXPECT_EQ(shapes.decode_rows_w4, 2);
  EXPECT_EQ(shapes.decode_rows_w8, 4);
  EXPECT_EQ(shapes.prefill_rows, 40);
}

TEST(MachineLimits, AKernelThatIsSlowerThanMemoryLeavesMoreRows) {
  MachineLimits limits = eight_cores();
  limits.rates[1].decode_gb_s = 20;
  EXPECT_EQ(choose_batch_shapes(limits, 2).decode_rows_w4, 5);
  EXPECT_EQ(choose_batch_shapes(limits, 2).decode_rows_w8, 5);
}

TEST(MachineLimits, OddRatesStillGiveRowsThatABatchCanHave) {
  MachineLimits limits = eight_cores();
  limits.rates = {{1, 1e6, 1e6, 1e6, 1e-6, 1e6, 1e-6}};
  EXPECT_EQ(choose_batch_shapes(limits, 1).decode_rows_w4, 512);
  limits.rates = {{1, 1e-6, 1e-6, 1e-6, 1e6, 1e-6, 1e6}};
  EXPECT_EQ(choose_batch_shapes(limits, 1).decode_rows_w8, 1);
}

TEST(MachineLimits, SharesCountByteProductsAndTheBytesOfAStep) {
  const MachineLimits limits = eight_cores();
  // 2e8 products x 1000 tok/s = 200 GMAC/s, half of what two threads can do.
  EXPECT_DOUBLE_EQ(mac_share(limits, 2, 1000, 2e8), 0.5);
  // 400 tok/s in batches of 4 read 1e8 bytes 100 times a second: a quarter of 40 GB/s.
  const LimitShare share = decode_share(limits, 2, 400, 4, 1e8);
  EXPECT_DOUBLE_EQ(share.share, 0.25);
  EXPECT_FALSE(share.in_l3);
  EXPECT_TRUE(decode_share(limits, 2, 400, 4, 2e7).in_l3);
}

TEST(MachineLimits, TheReferenceMultipliesWholeActivationsAndTheOthersTheirBytes) {
  for (const Isa isa : {Isa::kAvx2, Isa::kAvx512}) {
    EXPECT_EQ(macs_a_weight(isa, InputForm::kWords), 2);
    EXPECT_EQ(macs_a_weight(isa, InputForm::kBytes), 1);
  }
  EXPECT_EQ(macs_a_weight(Isa::kScalar, InputForm::kWords), 1);
  EXPECT_EQ(macs_a_weight(Isa::kScalar, InputForm::kBytes), 1);
}

}  // namespace
}  // namespace mw::tensor
