// RFC 6238, appendix B (SHA-1, eight digits), and what counts as a code.
#include "security/internal/totp.h"

#include <gtest/gtest.h>

namespace mw::security {
namespace {

constexpr std::string_view kSecret = "12345678901234567890";

TEST(Totp, FollowsTheRfcsVectors) {
  const std::pair<int64_t, const char*> cases[] = {
      {59, "94287082"},         {1111111109, "07081804"}, {1111111111, "14050471"},
      {1234567890, "89005924"}, {2000000000, "69279037"}, {20000000000, "65353130"}};
  for (const auto& [seconds, code] : cases) {
    EXPECT_EQ(totp_code(kSecret, seconds / 30, 8), code) << seconds;
  }
}

TEST(Totp, TakesACodeOnceAndItsNeighbours) {
  const TimeNs now = 1'700'000'015 * kNsPerSecond;
  const int64_t step = totp_step(now);
  for (int64_t off = -1; off <= 1; ++off) {
    EXPECT_EQ(match_totp(kSecret, totp_code(kSecret, step + off), now, 0), step + off);
  }
  EXPECT_FALSE(match_totp(kSecret, totp_code(kSecret, step + 2), now, 0));
  EXPECT_FALSE(match_totp(kSecret, totp_code(kSecret, step - 2), now, 0));
  EXPECT_FALSE(match_totp(kSecret, totp_code(kSecret, step), now, step));
  EXPECT_FALSE(match_totp(kSecret, "", now, 0));
  EXPECT_FALSE(match_totp(kSecret, totp_code(kSecret, step) + "0", now, 0));
}

TEST(Totp, EscapesTheNameInItsUri) {
  EXPECT_EQ(totp_uri("li wei", "f"),
            "otpauth://totp/Millwright:li%20wei?secret=MY&issuer=Millwright&algorithm=SHA1&digits=6"
            "&period=30");
}

}  // namespace
}  // namespace mw::security
