#include "assistant/internal/tokens.h"

#include <gtest/gtest.h>

#include "assistant/internal/question_language.h"
#include "assistant/internal/utf8.h"

namespace mw::assistant {
namespace {

std::string joined(std::string_view text) {
  std::string out;
  for (const Token& token : tokenize(text)) out += (out.empty() ? "" : "|") + token.text;
  return out;
}

TEST(Tokens, WordsNumbersSignsAndCharactersAreKeptApart) {
  EXPECT_EQ(joined("CNC-2 is at 61.25 degC!"), "cnc|-|2|is|at|61.25|degc|!");
  EXPECT_EQ(joined("cnc2的主轴温度"), "cnc|2|的|主|轴|温|度");
  EXPECT_EQ(joined("10min, 1,250 parts, 1,2"), "10|min|,|1250|parts|,|1|,|2");
}

TEST(Tokens, FullWidthTraditionalAndTypographicFormsAreFolded) {
  EXPECT_EQ(joined("ＣＮＣ－２　的溫度？"), "cnc|-|2|的|温|度|?");
  EXPECT_EQ(joined("CNC–2 80℃"), "cnc|-|2|80|°|c");
  EXPECT_EQ(joined("數控機床"), joined("数控机床"));
}

TEST(Tokens, ContractionsAreTwoWords) {
  EXPECT_EQ(joined("What's wrong, isn't it CNC-2’s?"), "what|'s|wrong|,|is|not|it|cnc|-|2|'|s|?");
}

TEST(Tokens, PositionsPointIntoTheTextThatWasRead) {
  const std::string text = "ＣＮＣ 二号 x";
  const Tokens tokens = tokenize(text);
  ASSERT_EQ(tokens.size(), 4u);
  EXPECT_EQ(text.substr(tokens[0].begin, tokens[0].end - tokens[0].begin), "ＣＮＣ");
  EXPECT_EQ(text.substr(tokens[2].begin, tokens[2].end - tokens[2].begin), "号");
  EXPECT_FALSE(tokens[3].glued);
  EXPECT_TRUE(tokens[2].glued);
}

TEST(Tokens, APhraseMatchesWholeTokensOnly) {
  const Tokens tokens = tokenize("last hours 最近十分钟");
  EXPECT_EQ(match_phrase(tokens, 0, "last hour"), 0u);
  EXPECT_EQ(match_phrase(tokens, 0, "last hours"), 2u);
  EXPECT_EQ(match_phrase(tokens, 2, "最近"), 2u);
  EXPECT_EQ(match_phrase(tokens, 6, "钟头"), 0u);
}

TEST(Utf8, BrokenBytesBecomeReplacementCharacters) {
  EXPECT_EQ(valid_utf8("a\xff\xc3"), "a\xef\xbf\xbd\xef\xbf\xbd");
  EXPECT_EQ(valid_utf8("\xed\xa0\x80").size(), 9u);  // a surrogate: three broken bytes
  EXPECT_EQ(valid_utf8("\xf0\x9f\x99\x82"), "\xf0\x9f\x99\x82");
  EXPECT_EQ(valid_utf8("\xc0\xaf"), "\xef\xbf\xbd\xef\xbf\xbd");  // overlong
}

TEST(Language, FunctionWordsDecideNotNames) {
  EXPECT_EQ(detect_language(tokenize("What is the 主轴温度 of 2号数控机床?")), Language::kEn);
  EXPECT_EQ(detect_language(tokenize("CNC-2 的 spindle temperature 是多少")), Language::kZh);
  EXPECT_EQ(detect_language(tokenize("主轴温度")), Language::kZh);
  EXPECT_EQ(detect_language(tokenize("furnace")), Language::kEn);
  EXPECT_EQ(detect_language(tokenize("")), Language::kEn);
}

}  // namespace
}  // namespace mw::assistant
