#include "tokenizers/utf8_stream.h"

#include <gtest/gtest.h>

#include <random>

namespace mw::tokenizers {
namespace {

constexpr const char* kReplacement = "\xef\xbf\xbd";

std::string all_at_once(std::string_view bytes) {
  Utf8Stream stream;
  std::string text = stream.push(bytes);
  return text + stream.finish();
}

TEST(Utf8Stream, HoldsACharacterBackUntilItIsWhole) {
  Utf8Stream stream;
  EXPECT_EQ(stream.push("a\xe4"), "a");
  EXPECT_EQ(stream.push("\xbd"), "");
  EXPECT_EQ(stream.push("\xa0z"), "\xe4\xbd\xa0z");
  EXPECT_EQ(stream.finish(), "");
}

TEST(Utf8Stream, AnUnfinishedCharacterEndsAsOneReplacement) {
  Utf8Stream stream;
  EXPECT_EQ(stream.push("\xf0\x9f\x98"), "");
  EXPECT_EQ(stream.finish(), kReplacement);
  EXPECT_EQ(stream.push("b"), "b");
}

TEST(Utf8Stream, InvalidBytesAreReplacedByMaximalParts) {
  const std::string r = kReplacement;
  // The example of Table 3-11 of the Unicode standard, and the classic traps.
  EXPECT_EQ(all_at_once("a\xf1\x80\x80\xe1\x80\xc2"
                        "b\x80"
                        "c\x80\xbf"
                        "d"),
            "a" + r + r + r + "b" + r + "c" + r + r + "d");
  EXPECT_EQ(all_at_once("\xc0\x80"), r + r);                  // overlong
  EXPECT_EQ(all_at_once("\xed\xa0\x80"), r + r + r);          // surrogate
  EXPECT_EQ(all_at_once("\xf4\x90\x80\x80"), r + r + r + r);  // over U+10FFFF
  EXPECT_EQ(all_at_once("\xff\xfe"), r + r);
}

TEST(Utf8Stream, TheResultDoesNotDependOnTheCuts) {
  std::mt19937 random(7);
  const std::string_view alphabet = "a\xc3\xa9\xe4\xbd\xa0\xf0\x9f\x98\x80\xff\x80";
  for (int round = 0; round < 500; ++round) {
    std::string bytes;
    for (int i = 0; i < 24; ++i) bytes += alphabet[random() % alphabet.size()];
    Utf8Stream stream;
    std::string text;
    for (std::size_t at = 0; at < bytes.size();) {
      const std::size_t count = 1 + random() % 4;
      text += stream.push(std::string_view(bytes).substr(at, count));
      at += count;
    }
    text += stream.finish();
    EXPECT_EQ(text, all_at_once(bytes));
  }
}

}  // namespace
}  // namespace mw::tokenizers
