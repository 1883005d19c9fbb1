#include "plant/bearing_frequencies.h"

#include <gtest/gtest.h>

#include <cmath>

namespace mw::plant {
namespace {

TEST(BearingOrders, OfAnSkf6205AreThoseOfItsMaker) {
  const auto orders = bearing_orders({9, 0.3126, 1.537, 0});
  ASSERT_TRUE(orders);
  EXPECT_NEAR(orders->bpfo, 3.5848, 1e-4);
  EXPECT_NEAR(orders->bpfi, 5.4152, 1e-4);
  EXPECT_NEAR(2 * orders->bsf, 4.7135, 1e-3);  // published for both strikes of a turn
  EXPECT_NEAR(orders->ftf, 0.39828, 1e-4);
}

TEST(BearingOrders, DoNotDependOnTheUnitAndDependOnTheAngle) {
  const auto inches = bearing_orders({9, 0.3126, 1.537, 0});
  const auto millimetres = bearing_orders({9, 0.3126 * 25.4, 1.537 * 25.4, 0});
  EXPECT_NEAR(inches->bpfo, millimetres->bpfo, 1e-12);
  const auto angled = bearing_orders({9, 0.3126, 1.537, 40});
  EXPECT_GT(angled->bpfo, inches->bpfo);
  EXPECT_NEAR(angled->bpfo + angled->bpfi, 9, 1e-12) << "each element passes both races";
}

TEST(BearingOrders, RefusesWhatIsNoBearing) {
  EXPECT_EQ(bearing_orders({2, 1, 10, 0}).error().param, "elements");
  EXPECT_EQ(bearing_orders({9, 1.537, 0.3126, 0}).error().param, "pitch_diameter");
  EXPECT_EQ(bearing_orders({9, 0, 1, 0}).error().param, "pitch_diameter");
  EXPECT_EQ(bearing_orders({9, std::nan(""), 1, 0}).error().param, "pitch_diameter");
  EXPECT_EQ(bearing_orders({9, 0.3, 1.5, 90}).error().param, "contact_angle_deg");
  EXPECT_FALSE(bearing_orders({})) << "nothing given";
}

}  // namespace
}  // namespace mw::plant
