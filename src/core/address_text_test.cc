#include "core/address_text.h"

#include <gtest/gtest.h>

namespace mw {
namespace {

TEST(AddressText, ShowsAnAddressWithoutWhatStandsInFrontOfItsHost) {
  const struct {
    const char* address;
    const char* shown;
  } cases[] = {
      {"tcp://10.0.0.5:1883", "tcp://10.0.0.5:1883"},
      {"tcp://li:secret@10.0.0.5:1883", "tcp://***@10.0.0.5:1883"},
      {"ssl://secret@[::1]:8883", "ssl://***@[::1]:8883"},
      {"tcp://a:b@c@host", "tcp://***@host"},
      {"li:secret@host", "***@host"},
      {"https://host/path@here?x=@y", "https://host/path@here?x=@y"},
      {"https://u:p@host/path@here", "https://***@host/path@here"},
      {"@", "***@"},
      {"", ""},
  };
  for (const auto& each : cases) EXPECT_EQ(shown_address(each.address), each.shown);
  EXPECT_EQ(userinfo_of("tcp://li:secret@h"), "li:secret@");
  EXPECT_TRUE(userinfo_of("tcp://h/a@b").empty());
}

}  // namespace
}  // namespace mw
