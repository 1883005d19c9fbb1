// Scope: words of `millwright quantize`: sizes, bits a weight, names of types, and what is none.
#include "apps/millwright/quantize_flags.h"

#include <gtest/gtest.h>

#include "formats/quantize.h"

namespace mw::app {
namespace {

using formats::GgmlType;

TEST(QuantizeFlags, ReadSizesInAllUnits) {
  EXPECT_EQ(parse_budget("80MB")->bytes, 80'000'000U);
  EXPECT_EQ(parse_budget("1.5gb")->bytes, 1'500'000'000U);
  EXPECT_EQ(parse_budget("2MiB")->bytes, 2U << 20);
  EXPECT_EQ(parse_budget("12345")->bytes, 12345U);
  EXPECT_EQ(parse_budget("4.5bpw")->bits_per_weight, 4.5);
  EXPECT_EQ(parse_budget("4.5bpw")->bytes, 0U);
}

TEST(QuantizeFlags, RefuseWhatIsNoSize) {
  for (const char* each : {"", "MB", "-5MB", "0", "nanMB", "infGB", "1e30GB", "80 MB", "80MBs",
                           "0.5bpw", "99bpw", "4,5bpw"}) {
    const auto budget = parse_budget(each);
    ASSERT_FALSE(budget) << each;
    EXPECT_EQ(budget.error().param, "budget");
  }
}

TEST(QuantizeFlags, KnowEveryTypeThatIsWritten) {
  int known = 0;
  for (uint32_t id = 0; id < 64; ++id) {
    const auto type = static_cast<GgmlType>(id);
    const bool written = formats::can_quantize(type);
    EXPECT_EQ(parse_type(formats::type_name(type), "type").has_value(), written) << id;
    known += written ? 1 : 0;
  }
  EXPECT_EQ(known, 11);
  EXPECT_EQ(*parse_type("q4_k", "type"), GgmlType::kQ4_K);
  EXPECT_EQ(parse_type("q4_k_m", "type").error().param, "type");
}

TEST(QuantizeFlags, ReadListsOfTypesOnce) {
  EXPECT_EQ(*parse_types("q8_0,Q4_0,q8_0"),
            (std::vector<GgmlType>{GgmlType::kQ8_0, GgmlType::kQ4_0}));
  EXPECT_FALSE(parse_types("q8_0,"));
  EXPECT_FALSE(parse_types(""));
}

}  // namespace
}  // namespace mw::app
