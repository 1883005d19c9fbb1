#include "core/storable_text.h"

#include <gtest/gtest.h>

namespace mw {
namespace {

using namespace std::string_view_literals;

TEST(Utf8, LeavesWhatIsWellFormedAsItIs) {
  for (const std::string_view text : {""sv, "running"sv, "停机 é \U0001F600"sv, "\x01\x7F"sv,
                                      "\xED\x9F\xBF\xEE\x80\x80\xF4\x8F\xBF\xBF"sv}) {
    EXPECT_EQ(storable_text(text), text);
  }
}

TEST(Utf8, ReplacesNulAndBrokenBytesOneByOne) {
  EXPECT_EQ(storable_text("a\0b"sv), "a\uFFFDb");
  EXPECT_EQ(storable_text("\xCD\xA3\xBB\xFA"sv), "\u0363\uFFFD\uFFFD") << "GBK, half of it valid";
  EXPECT_EQ(storable_text("\xC0\x80"sv), "\uFFFD\uFFFD") << "an overlong NUL";
  EXPECT_EQ(storable_text("\xED\xA0\x80"sv), "\uFFFD\uFFFD\uFFFD") << "a surrogate";
  EXPECT_EQ(storable_text("\xF4\x90\x80\x80"sv), "\uFFFD\uFFFD\uFFFD\uFFFD") << "past U+10FFFF";
  EXPECT_EQ(storable_text("ok\xE5\x81"sv), "ok\uFFFD\uFFFD") << "cut off";
}

TEST(Utf8, TellsWellFormedFromOther) {
  EXPECT_TRUE(is_utf8("停机 é \U0001F600"));
  EXPECT_TRUE(is_utf8("a\0b"sv));
  for (const std::string_view text : {"\xC0\x80"sv, "ok\xE5\x81"sv, "\xFF"sv, "\xED\xA0\x80"sv}) {
    EXPECT_FALSE(is_utf8(text));
  }
}

TEST(Utf8, CutsBetweenCharacters) {
  EXPECT_EQ(utf8_prefix("停机", 6), "停机");
  EXPECT_EQ(utf8_prefix("停机", 5), "停");
  EXPECT_EQ(utf8_prefix("停机", 2), "");
  EXPECT_EQ(utf8_prefix("ab", 1), "a");
}

TEST(Utf8, GivesTheSizeOfTheFirstCharacter) {
  EXPECT_EQ(utf8_character_bytes(""), 0u);
  EXPECT_EQ(utf8_character_bytes("a停"), 1u);
  EXPECT_EQ(utf8_character_bytes("停a"), 3u);
  EXPECT_EQ(utf8_character_bytes("\x80"), 0u);
}

}  // namespace
}  // namespace mw
