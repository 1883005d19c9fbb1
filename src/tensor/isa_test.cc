#include "tensor/isa.h"

#include <gtest/gtest.h>

namespace mw::tensor {
namespace {

TEST(Isa, ScalarIsAlwaysThereAndTheBestIsChosen) {
  EXPECT_EQ(available_isas().front(), Isa::kScalar);
  EXPECT_EQ(*choose_isa(""), available_isas().back());
}

TEST(Isa, AForcedOneIsTakenAndAnUnknownOneIsNamed) {
  EXPECT_EQ(*choose_isa("scalar"), Isa::kScalar);
  const auto unknown = choose_isa("neon");
  ASSERT_FALSE(unknown);
  EXPECT_NE(unknown.error().message.en.find("neon"), std::string::npos);
}

}  // namespace
}  // namespace mw::tensor
