// Scope: a thought before what a grammar holds for: free inside, never open at the end, and ended
// by force wherever it stands.

#include "grammar/thought.h"

#include <gtest/gtest.h>

#include "grammar/matcher.h"

namespace mw::grammar {
namespace {

std::shared_ptr<const Vocabulary> vocabulary() {
  std::vector<std::string> pieces = {""};  // 0: ends an answer
  for (int i = 0; i < 256; ++i) pieces.emplace_back(1, static_cast<char>(i));
  for (const char* piece : {"<think>", "</think>", "</think>\n\n", "</", "think", ">\n", ">yes",
                            ">no", "yes", "hmm, "}) {
    pieces.emplace_back(piece);
  }
  return std::make_shared<const Vocabulary>(pieces, std::vector<int32_t>{0});
}

/// A matcher that is asked by the text of a token; of the end by "".
class Follower {
 public:
  Follower(Result<GrammarPtr> grammar, Thought thought)
      : vocabulary_(vocabulary()), matcher_(*grammar, vocabulary_, thought) {}

  bool takes(std::string_view text) { return matcher_.accept_text(text); }
  bool allows(std::string_view piece) {
    const auto mask = matcher_.mask();
    EXPECT_TRUE(mask);
    for (int32_t id = 0; id < vocabulary_->size(); ++id) {
      if (vocabulary_->piece(id) == piece) return ((*mask)[id / 64] >> (id % 64) & 1) != 0;
    }
    ADD_FAILURE() << piece;
    return false;
  }
  Matcher* operator->() { return &matcher_; }

 private:
  std::shared_ptr<const Vocabulary> vocabulary_;
  Matcher matcher_;
};

TEST(Thought, IsFreeUntilItsTagAndTheGrammarHoldsAfterIt) {
  Follower follower(compile_choice({"yes", "no"}), Thought::kOpen);
  EXPECT_TRUE(follower->thinking());
  EXPECT_TRUE(follower.allows("hmm, ") && follower.allows("yes") && follower.allows("\xe4"));
  EXPECT_FALSE(follower.allows(""));  // it does not end in a thought
  EXPECT_TRUE(follower.allows("</think>\n\n"));
  ASSERT_TRUE(follower.takes("well {\"a\": no</thin </think"));
  EXPECT_TRUE(follower.allows(">\n") && follower.allows(">yes") && follower.allows("hmm, "));
  ASSERT_TRUE(follower.takes(">"));
  EXPECT_FALSE(follower->thinking());
  EXPECT_FALSE(follower.allows("hmm, ") || follower.allows("<think>"));
  ASSERT_TRUE(follower.takes("\n\nye"));
  EXPECT_EQ(follower->forced_text(10), "s");
  ASSERT_TRUE(follower.takes("s"));
  EXPECT_TRUE(follower->must_end());
}

TEST(Thought, NeedNotBeWhereTheModelDecides) {
  Follower silent(compile_choice({"yes", "no"}), Thought::kMaybe);
  EXPECT_FALSE(silent->thinking());
  EXPECT_TRUE(silent.allows("yes") && silent.allows("<think>") && silent.allows("\n"));
  EXPECT_FALSE(silent.allows("hmm, "));
  ASSERT_TRUE(silent.takes("yes"));
  EXPECT_TRUE(silent->may_end());
  Follower thinks(compile_choice({"yes", "no"}), Thought::kMaybe);
  ASSERT_TRUE(thinks.takes("\n<thi"));
  EXPECT_FALSE(thinks->thinking());
  ASSERT_TRUE(thinks.takes("nk>hmm"));
  EXPECT_TRUE(thinks->thinking());
  EXPECT_FALSE(thinks->may_end());
  ASSERT_TRUE(thinks.takes("</think>no"));
  EXPECT_TRUE(thinks->must_end());
}

TEST(Thought, IsNeverAnAnswerThatLooksLikeOne) {
  // What follows the closing tag fits, whatever the thought would have been as an answer.
  Follower follower(compile_regex("[^!]*!"), Thought::kMaybe);
  ASSERT_TRUE(follower.takes("<think>a!"));
  EXPECT_FALSE(follower->may_end());
  ASSERT_TRUE(follower.takes(" b</think>"));
  EXPECT_FALSE(follower->may_end());
  ASSERT_TRUE(follower.takes("c!"));
  EXPECT_TRUE(follower->may_end());
  Follower plain(compile_regex("[^!]*!"), Thought::kMaybe);
  ASSERT_TRUE(plain.takes("<thin!"));
  EXPECT_TRUE(plain->must_end());
}

TEST(Thought, EndsByForceWhereverItStands) {
  for (const auto& [so_far, rest] :
       std::vector<std::pair<std::string, std::string>>{{"", "</think>"},
                                                        {"hmm, ", "</think>"},
                                                        {"hmm <", "/think>"},
                                                        {"</think </thi", "nk>"}}) {
    Follower follower(compile_choice({"yes", "no"}), Thought::kOpen);
    ASSERT_TRUE(follower.takes(so_far));
    follower->end_thought();
    EXPECT_EQ(follower->forced_text(20), rest);
    EXPECT_FALSE(follower.allows("hmm, "));
    ASSERT_TRUE(follower.takes(rest));
    EXPECT_FALSE(follower->thinking());
    ASSERT_TRUE(follower.takes("no"));
    EXPECT_TRUE(follower->must_end());
  }
}

TEST(Thought, IsNotCutWithinACharacter) {
  Follower follower(compile_choice({"yes"}), Thought::kOpen);
  ASSERT_TRUE(follower.takes("\xe4\xb8"));
  follower->end_thought();
  EXPECT_EQ(follower->forced_text(20), "");
  ASSERT_TRUE(follower.takes("\xad"));
  follower->end_thought();
  EXPECT_EQ(follower->forced_text(20), "</think>");
  // Nothing happens to an answer.
  ASSERT_TRUE(follower.takes("</think>y"));
  follower->end_thought();
  EXPECT_EQ(follower->forced_text(20), "es");
}

TEST(Thought, ComesBeforeCallsOfTools) {
  Follower follower(compile_tool_calls({{"f"}}, false, false), Thought::kMaybe);
  ASSERT_TRUE(follower.takes("<think>I could <tool_call> it</think>\n\nText"));
  EXPECT_TRUE(follower->may_end());
  ASSERT_TRUE(follower.takes(" <tool_call>"));
  EXPECT_FALSE(follower->may_end());
  EXPECT_EQ(follower->forced_text(12), "\n{\"name\": \"f");
}

}  // namespace
}  // namespace mw::grammar
