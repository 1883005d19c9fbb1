#include "server/http/url.h"

#include <gtest/gtest.h>

namespace mw::server {
namespace {

TEST(Target, TidiesDoubleAndTrailingSlashes) {
  for (const char* target : {"/v1/models", "/v1//models", "//v1/models/", "/v1/models///"}) {
    const auto parsed = parse_target(target);
    ASSERT_TRUE(parsed) << target;
    EXPECT_EQ(parsed->path, "/v1/models") << target;
  }
  EXPECT_EQ(parse_target("/")->path, "/");
  EXPECT_EQ(parse_target("//")->path, "/");
}

TEST(Target, DecodesPathAndQuery) {
  const auto parsed = parse_target("/api/a%20b?tag=cnc-2%2Fspindle&q=a+b&empty&x=%E6%B8%A9#frag");
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->path, "/api/a b");
  const std::vector<std::pair<std::string, std::string>> expected = {
      {"tag", "cnc-2/spindle"}, {"q", "a b"}, {"empty", ""}, {"x", "\xE6\xB8\xA9"}};
  EXPECT_EQ(parsed->query, expected);
}

TEST(Target, TakesTheAbsoluteFormApart) {
  const auto parsed = parse_target("http://example.com:81/a?b=c");
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->authority, "example.com:81");
  EXPECT_EQ(parsed->path, "/a");
  EXPECT_EQ(parse_target("http://example.com")->path, "/");
}

TEST(Target, RefusesWhatHasNoHonestMeaning) {
  for (const char* target :
       {"", "v1/models", "/a/../b", "/a/%2e%2e/b", "/./a", "/a%", "/a%2", "/a%zz", "/a%00b",
        "/a%0d%0ab", "/a\x01", "/%ff", "/%c0%af", "/a?b=%f", "http://", "/%ed%a0%80"}) {
    EXPECT_FALSE(parse_target(target)) << target;
  }
  std::string many = "/?";
  for (int i = 0; i < 65; ++i) many += "a=1&";
  EXPECT_FALSE(parse_target(many));
}

TEST(Target, KeepsAnEscapedSlashInsideAName) {
  EXPECT_EQ(parse_target("/v1/models/hf:a%2Fb")->path, "/v1/models/hf:a/b");
}

TEST(HostHeader, IsSplitIntoNameAndPort) {
  EXPECT_EQ(parse_host("LocalHost:8080")->host, "localhost");
  EXPECT_EQ(parse_host("LocalHost:8080")->port, "8080");
  EXPECT_EQ(parse_host("[::1]:80")->host, "::1");
  EXPECT_EQ(parse_host("a.example")->port, "");
  for (const char* bad :
       {"", ":80", "a:", "a:b", "a:123456", "a b", "a/b", "[::1", "[::1]x", "\xc3\xa9"})
    EXPECT_FALSE(parse_host(bad)) << bad;
}

TEST(LoopbackHost, IsAnAddressNotANameThatLooksLikeOne) {
  for (const char* host : {"localhost", "127.0.0.1", "127.1.2.3", "::1"})
    EXPECT_TRUE(is_loopback_host(host)) << host;
  for (const char* host : {"127.0.0.1.evil.example", "127.evil", "localhost.evil", "10.0.0.1", ""})
    EXPECT_FALSE(is_loopback_host(host)) << host;
}

TEST(Utf8, RefusesOverlongSurrogatesAndCutCharacters) {
  EXPECT_TRUE(is_valid_utf8("2\xE5\x8F\xB7 \xF0\x9F\x98\x80"));
  for (const char* bad :
       {"\x80", "\xc0\x80", "\xe0\x80\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xe6\xb8", "\xff"})
    EXPECT_FALSE(is_valid_utf8(bad));
}

}  // namespace
}  // namespace mw::server
