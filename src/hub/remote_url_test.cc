#include "hub/remote_url.h"

#include <gtest/gtest.h>

namespace mw::hub {
namespace {

TEST(Url, TakesAddressesApart) {
  const auto url = parse_url("https://Example.org/a/b?c=d#e");
  ASSERT_TRUE(url);
  EXPECT_TRUE(url->tls);
  EXPECT_EQ(url->host, "example.org");
  EXPECT_EQ(url->port, 443);
  EXPECT_EQ(url->target, "/a/b?c=d");
  EXPECT_EQ(url->text(), "https://example.org/a/b?c=d");
  EXPECT_EQ(parse_url("http://[::1]:8080")->text(), "http://[::1]:8080/");
  EXPECT_EQ(parse_url("http://h?q")->target, "/?q");
  EXPECT_EQ(parse_url("http://h:80/")->authority(), "h");
}

TEST(Url, RefusesWhatIsNoSafeAddress) {
  for (const char* text : {"",
                           "ftp://h/",
                           "file:///etc/passwd",
                           "https://",
                           "https:///x",
                           "https://user@h/",
                           "https://user:pw@h/",
                           "https://h:0/",
                           "https://h:65536/",
                           "https://h:/",
                           "https://h:1x/",
                           "https://h/a b",
                           "https://h/\r\nX: y",
                           "https://h/\x7f",
                           "https://[::1/",
                           "https://[zz]/",
                           "https://[.]/",
                           "https://[1.2.3.4]/",
                           "https://[a]/",
                           "https://[::1]x/",
                           "https://-h/",
                           "https://h%41/",
                           "https://h\\@evil/",
                           "HTTPS//h"}) {
    EXPECT_FALSE(parse_url(text)) << text;
  }
  EXPECT_FALSE(parse_url("https://h/" + std::string(9000, 'a')));
  EXPECT_FALSE(parse_url(std::string_view("https://h/\0", 11)));
}

TEST(Url, ResolvesRedirectsAsBrowsersDo) {
  const Url base = *parse_url("https://hub.example:444/org/repo/file?x=1");
  EXPECT_EQ(resolve_url(base, "http://other/y")->text(), "http://other/y");
  EXPECT_EQ(resolve_url(base, "//cdn.example/z?q")->text(), "https://cdn.example/z?q");
  EXPECT_EQ(resolve_url(base, "/api/a:b")->text(), "https://hub.example:444/api/a:b");
  EXPECT_EQ(resolve_url(base, "next#part")->text(), "https://hub.example:444/org/repo/next");
  EXPECT_FALSE(resolve_url(base, "javascript:alert(1)"));
  EXPECT_FALSE(resolve_url(base, ""));
  EXPECT_FALSE(resolve_url(base, "/x\r\nSet-Cookie: a"));
}

TEST(Url, EncodesPaths) {
  EXPECT_EQ(encode_path("a b/\xE6\xA8\xA1?.gguf"), "a%20b/%E6%A8%A1%3F.gguf");
}

}  // namespace
}  // namespace mw::hub
