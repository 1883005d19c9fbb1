#include "oidc/internal/base64url.h"

#include <gtest/gtest.h>

namespace mw::oidc {
namespace {

TEST(Base64Url, AgreesWithTheRfcAndItself) {
  EXPECT_EQ(base64("fo"), "Zm8=");
  EXPECT_EQ(base64("f"), "Zg==");
  EXPECT_EQ(base64url("foobar"), "Zm9vYmFy");
  std::string bytes;
  for (int i = 0; i < 256; ++i) {
    EXPECT_EQ(from_base64url(base64url(bytes)), bytes) << i;
    bytes += static_cast<char>(i);
  }
  EXPECT_EQ(base64url("\xfb\xff"), "-_8");
}

TEST(Base64Url, RefusesAllButTheOneTextOfAValue) {
  for (const char* wrong : {"Z", "Zg==", "Zh", "Zm9=", "Z g", "+/8", "Zm9v\n", "Zm9vY"}) {
    EXPECT_FALSE(from_base64url(wrong)) << wrong;
  }
  EXPECT_EQ(from_base64url(""), "");
}

}  // namespace
}  // namespace mw::oidc
