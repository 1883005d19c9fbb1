#include "runtime/internal/pace.h"

#include <gtest/gtest.h>

#include "core/clock.h"

namespace mw::runtime {
namespace {

TEST(Pace, IsCautiousBeforeItHasMeasuredAnything) {
  const Pace pace;
  EXPECT_EQ(pace.prefill_tokens_in(100 * kNsPerMs, true), 64);
  EXPECT_EQ(pace.prefill_ns(1000, true, 100 * kNsPerMs), 0);
}

TEST(Pace, ReadsAsManyTokensAsFitBesideADecodingStep) {
  Pace pace;
  pace.step_took(0, 4, 10 * kNsPerMs);     // decoding alone: 10 ms
  pace.step_took(100, 4, 110 * kNsPerMs);  // and 100 tokens read in the other 100 ms
  EXPECT_NEAR(pace.prefill_tokens_in(60 * kNsPerMs, true), 50, 1);
  EXPECT_NEAR(pace.prefill_tokens_in(60 * kNsPerMs, false), 60, 1);
  EXPECT_GE(pace.prefill_tokens_in(0, true), 16);  // a prompt goes on in any case
}

TEST(Pace, PredictsReadingInSlicesBetweenDecodingSteps) {
  Pace pace;
  pace.step_took(0, 1, 10 * kNsPerMs);
  pace.step_took(100, 1, 110 * kNsPerMs);
  // 200 tokens at 1 ms, in slices of 40 beside steps of 10 ms.
  EXPECT_NEAR(static_cast<double>(pace.prefill_ns(200, true, 50 * kNsPerMs)), 250e6, 5e6);
  EXPECT_NEAR(static_cast<double>(pace.prefill_ns(200, false, 50 * kNsPerMs)), 200e6, 5e6);
}

}  // namespace
}  // namespace mw::runtime
