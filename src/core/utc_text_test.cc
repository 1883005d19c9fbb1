#include "core/utc_text.h"

#include <gtest/gtest.h>

namespace mw {
namespace {

TEST(UtcText, TellsMillisecondsAndTimesBefore1970) {
  EXPECT_EQ(utc_text(0), "1970-01-01T00:00:00.000Z");
  EXPECT_EQ(utc_text(1'795'766'404 * kNsPerSecond + 123 * kNsPerMs + 999'999),
            "2026-11-27T08:00:04.123Z");
  EXPECT_EQ(utc_text(-kNsPerMs), "1969-12-31T23:59:59.999Z");
}

}  // namespace
}  // namespace mw
