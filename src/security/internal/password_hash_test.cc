#include "security/internal/password_hash.h"

#include <gtest/gtest.h>

namespace mw::security {
namespace {

constexpr PasswordCost kCheap{64, 1};

TEST(PasswordHash, FitsOnlyItsPassword) {
  const std::string hash = *hash_password("correct horse battery", kCheap);
  EXPECT_TRUE(hash.starts_with("$argon2id$v=19$m=64,t=1,p=1$")) << hash;
  EXPECT_TRUE(password_fits("correct horse battery", hash));
  EXPECT_FALSE(password_fits("correct horse batterz", hash));
  EXPECT_FALSE(password_fits("", hash));
  EXPECT_NE(hash, *hash_password("correct horse battery", kCheap));  // salted
}

// argon2id of "password" with the salt "somesalt", from the reference implementation's test.c.
TEST(PasswordHash, ReadsWhatTheReferenceWrote) {
  const std::string known =
      "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4";
  EXPECT_TRUE(password_fits("password", known));
  EXPECT_FALSE(password_fits("passwore", known));
}

TEST(PasswordHash, KnowsWhatWasMadeWithAnotherCost) {
  const std::string hash = *hash_password("correct horse battery", kCheap);
  EXPECT_FALSE(is_outdated(hash, kCheap));
  EXPECT_TRUE(is_outdated(hash, {128, 1}));
  EXPECT_TRUE(is_outdated(hash, {64, 2}));
}

TEST(PasswordHash, DamagedHashesFitNothing) {
  for (const char* hash : {"", "$", "$argon2id$", "$argon2id$v=19$m=64,t=1,p=1$", "plain"}) {
    EXPECT_FALSE(password_fits("plain", hash)) << hash;
  }
}

TEST(PasswordHash, NewPasswordsNeedTwelveCharacters) {
  EXPECT_FALSE(check_new_password("li", "elevenchars"));
  EXPECT_TRUE(check_new_password("li", "twelve chars"));
  EXPECT_FALSE(check_new_password("li", "炉炉炉炉"));  // twelve bytes
  EXPECT_TRUE(check_new_password("li", "炉炉炉炉炉炉炉炉炉炉炉炉"));
  EXPECT_FALSE(check_new_password("li", std::string(1025, 'x')));
  EXPECT_FALSE(check_new_password("longname1234", "longname1234"));
}

}  // namespace
}  // namespace mw::security
