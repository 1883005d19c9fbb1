#include "runtime/stop_matcher.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace mw::runtime {
namespace {

TEST(StopMatcher, HoldsBackWhatMayStillBecomeAStopString) {
  StopMatcher matcher({"<end>"});
  EXPECT_EQ(matcher.push("answer <"), "answer ");
  EXPECT_EQ(matcher.push("en"), "");
  EXPECT_EQ(matcher.push("try"), "<entry");
  EXPECT_EQ(matcher.push("<en"), "");
  EXPECT_EQ(matcher.push("d> more"), "");
  EXPECT_TRUE(matcher.stopped());
  EXPECT_EQ(matcher.matched(), "<end>");
  EXPECT_EQ(matcher.push("more"), "");
}

TEST(StopMatcher, GivesTheHeldTextBackAtTheEnd) {
  StopMatcher matcher({"###"});
  EXPECT_EQ(matcher.push("a##"), "a");
  EXPECT_EQ(matcher.finish(), "##");
  EXPECT_FALSE(matcher.stopped());
}

TEST(StopMatcher, AStopStringMayOverlapItself) {
  StopMatcher matcher({"aab"});
  EXPECT_EQ(matcher.push("aaa"), "a");
  EXPECT_EQ(matcher.push("ab"), "a");
  EXPECT_TRUE(matcher.stopped());
}

TEST(StopMatcher, TheFirstCompleteOneWinsAndOfTwoThatEndTogetherTheLonger) {
  StopMatcher first({"bcde", "bc"});
  EXPECT_EQ(first.push("abcde"), "a");
  EXPECT_EQ(first.matched(), "bc");
  StopMatcher together({"c", "abc"});
  EXPECT_EQ(together.push("xabc"), "x");
  EXPECT_EQ(together.matched(), "abc");
}

TEST(StopMatcher, WithoutStopStringsTextPassesThrough) {
  StopMatcher none({});
  EXPECT_EQ(none.push("text"), "text");
  StopMatcher empty({""});
  EXPECT_EQ(empty.push("text"), "text");
  EXPECT_EQ(empty.finish(), "");
}

TEST(StopMatcher, RandomCutsGiveWhatASearchOfTheWholeTextGives) {
  std::mt19937 random(3);
  const auto letters = [&](std::size_t count) {
    std::string text;
    for (std::size_t i = 0; i < count; ++i) text += static_cast<char>('a' + random() % 2);
    return text;
  };
  for (int round = 0; round < 2000; ++round) {
    const std::vector<std::string> stop = {letters(2 + random() % 4), letters(3 + random() % 4)};
    const std::string text = letters(20);
    // The earliest end of any occurrence, and there the earliest begin.
    std::string expected = text;
    for (std::size_t end = 1; end <= text.size() && expected == text; ++end) {
      std::size_t begin = end;
      for (const std::string& each : stop) {
        if (each.size() <= end && text.compare(end - each.size(), each.size(), each) == 0) {
          begin = std::min(begin, end - each.size());
        }
      }
      if (begin < end) expected = text.substr(0, begin);
    }
    StopMatcher matcher(stop);
    std::string got;
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t count = 1 + random() % 5;
      got += matcher.push(std::string_view(text).substr(at, count));
      at += count;
    }
    if (!matcher.stopped()) got += matcher.finish();
    EXPECT_EQ(got, expected) << text << " " << stop[0] << " " << stop[1];
  }
}

}  // namespace
}  // namespace mw::runtime
