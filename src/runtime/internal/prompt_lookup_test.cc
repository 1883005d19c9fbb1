#include "runtime/internal/prompt_lookup.h"

#include <gtest/gtest.h>

namespace mw::runtime {
namespace {

using Ids = std::vector<int32_t>;

TEST(PromptLookup, GuessesWhatFollowedTheSameTokensBefore) {
  PromptLookup lookup;
  lookup.append(Ids{1, 2, 3, 4, 5, 6, 7, 8, 9, 1, 2, 3});
  EXPECT_EQ(lookup.guess(3), (Ids{4, 5, 6}));
  EXPECT_EQ(lookup.guess(1), (Ids{4}));
  EXPECT_TRUE(lookup.guess(0).empty());
}

TEST(PromptLookup, TakesTheNewestOfSeveralPlaces) {
  PromptLookup lookup;
  lookup.append(Ids{1, 2, 3, 7, 1, 2, 3, 8, 1, 2, 3});
  EXPECT_EQ(lookup.guess(1), (Ids{8}));
}

TEST(PromptLookup, GuessesNothingForAnEndThatIsNew) {
  PromptLookup lookup;
  lookup.append(Ids{1, 2, 3, 4, 5});
  EXPECT_TRUE(lookup.guess(4).empty());
  lookup.append(Ids{2, 3});
  EXPECT_TRUE(lookup.guess(4).empty());  // two tokens are too few to match
}

TEST(PromptLookup, RestsAfterGuessesThatFailedAndTriesAgain) {
  PromptLookup lookup;
  lookup.append(Ids{1, 2, 3, 4, 5, 1, 2, 3});
  int tries = 0;
  for (int step = 0; step < 10; ++step) {
    const auto guess = lookup.guess(4);
    if (guess.empty()) break;
    ++tries;
    lookup.learn(static_cast<int>(guess.size()), 0);
  }
  EXPECT_LT(tries, 8);
  int rested = 0;
  while (lookup.guess(4).empty() && rested < 100) ++rested;
  EXPECT_GT(rested, 4);
  EXPECT_LT(rested, 100);
}

TEST(PromptLookup, GrowsItsGuessesWhileTheyComeTrue) {
  PromptLookup lookup;
  Ids ids;
  for (int32_t i = 0; i < 40; ++i) ids.push_back(i);
  lookup.append(ids);
  lookup.append(Ids{0, 1, 2});
  const std::size_t first = lookup.guess(8).size();
  for (int i = 0; i < 10; ++i) lookup.learn(8, 8);
  EXPECT_EQ(lookup.guess(8).size(), 8u);
  EXPECT_LT(first, 8u);
}

}  // namespace
}  // namespace mw::runtime
