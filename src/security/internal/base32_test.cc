// RFC 4648, section 10.
#include "security/internal/base32.h"

#include <gtest/gtest.h>

namespace mw::security {
namespace {

TEST(Base32, FollowsTheRfcsVectors) {
  const std::pair<const char*, const char*> cases[] = {{"", ""},
                                                       {"f", "MY"},
                                                       {"fo", "MZXQ"},
                                                       {"foo", "MZXW6"},
                                                       {"foob", "MZXW6YQ"},
                                                       {"fooba", "MZXW6YTB"},
                                                       {"foobar", "MZXW6YTBOI"}};
  for (const auto& [bytes, text] : cases) {
    EXPECT_EQ(base32(bytes), text);
    EXPECT_EQ(from_base32(text), bytes);
  }
  EXPECT_EQ(from_base32("mzxw6ytboi"), "foobar");
}

TEST(Base32, RefusesWhatItDoesNotWrite) {
  for (const char* text : {"M", "MZ", "MZXW6===", "MZX1", "MY ", "MZXW6Y"}) {
    EXPECT_FALSE(from_base32(text)) << text;
  }
}

}  // namespace
}  // namespace mw::security
