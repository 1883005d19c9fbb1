#include "certificates/authority.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/test_authority.h"

namespace mw::certificates {
namespace {

using ::testing::HasSubstr;
using testing_support::authority_pem;

constexpr TimeNs kNow = 1'790'000'000 * kNsPerSecond;  // 2026-09-21

TEST(Authorities, ReadsEachOfSeveralWithWhateverStandsBetween) {
  const std::string both = "# Root of the works\r\n" + authority_pem("Root of the works") +
                           "\nissued 2020\n" + authority_pem("\xe5\x8e\x82 CA");
  const auto read = read_authorities(both);
  ASSERT_TRUE(read) << read.error().message.en;
  ASSERT_EQ(read->size(), 2u);
  EXPECT_EQ((*read)[0].subject, "CN=Root of the works");
  EXPECT_EQ((*read)[1].subject, "CN=\xe5\x8e\x82 CA");
  EXPECT_TRUE(check_in_force(*read, kNow));
}

TEST(Authorities, SaysWhyItIsNone) {
  const std::string one = authority_pem("a");
  std::string broken = one;
  broken.replace(broken.find('\n') + 1, 8, "AAAAAAAA");
  std::string many;
  for (int i = 0; i < 21; ++i) many += one;
  const std::pair<std::string, std::string> rows[] = {
      {"", "not a certificate"},
      {"hello", "not a certificate"},
      {std::string("\x30\x82\x01\x0a\x00", 5), "not a certificate"},  // DER
      {"-----BEGIN PRIVATE KEY-----\n" + one, "private key"},
      {one + "-----BEGIN EC PRIVATE KEY-----\n", "private key"},
      {one + broken, "certificate 2 of 2 cannot be read"},
      {one.substr(0, one.size() / 2), "certificate 1 of 1 cannot be read"},
      {many, "more than 20"},
      {one + std::string(64U << 10, ' '), "more than 64 KiB"},
  };
  for (const auto& [pem, expected] : rows) {
    const auto read = read_authorities(pem);
    ASSERT_FALSE(read) << expected;
    EXPECT_EQ(read.error().code, Code::kInvalidArgument);
    EXPECT_THAT(read.error().message.en, HasSubstr(expected));
    EXPECT_FALSE(read.error().message.zh.empty());
  }
}

TEST(Authorities, AreRefusedWhenTheyAreOverOrHaveNotBegun) {
  const auto over = read_authorities(authority_pem("old", "20200101000000Z", "20260101000000Z"));
  const auto soon = read_authorities(authority_pem("new", "20270101000000Z"));
  ASSERT_TRUE(over && soon);
  EXPECT_THAT(check_in_force(*over, kNow).error().message.en,
              HasSubstr("CN=old expired at 2026-01-01T00:00:00.000Z"));
  EXPECT_THAT(check_in_force(*soon, kNow).error().message.en,
              HasSubstr("valid from 2027-01-01T00:00:00.000Z on only"));
}

}  // namespace
}  // namespace mw::certificates
