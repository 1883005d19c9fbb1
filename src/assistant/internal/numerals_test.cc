#include "assistant/internal/numerals.h"

#include <gtest/gtest.h>

namespace mw::assistant {
namespace {

double value(std::string_view text) {
  const Tokens tokens = tokenize(text);
  const auto read = read_numeral(tokens, 0);
  if (!read) return -1;
  return read->tokens == tokens.size() ? read->value : -2;
}

TEST(Numerals, EnglishWordsUpToThousands) {
  EXPECT_EQ(value("ten"), 10);
  EXPECT_EQ(value("twenty-five"), 25);
  EXPECT_EQ(value("twenty five"), 25);
  EXPECT_EQ(value("one hundred and twenty"), 120);
  EXPECT_EQ(value("a hundred"), 100);
  EXPECT_EQ(value("two thousand and five"), 2005);
  EXPECT_EQ(value("a couple of"), 2);
  EXPECT_EQ(value("12.5"), 12.5);
  EXPECT_EQ(value("furnace"), -1);
}

TEST(Numerals, ChineseNumeralsUpToTenThousands) {
  EXPECT_EQ(value("十"), 10);
  EXPECT_EQ(value("十五"), 15);
  EXPECT_EQ(value("二十"), 20);
  EXPECT_EQ(value("两百"), 200);
  EXPECT_EQ(value("一百零五"), 105);
  EXPECT_EQ(value("一百二十"), 120);
  EXPECT_EQ(value("三千零二十"), 3020);
  EXPECT_EQ(value("一万二千"), 12000);
  EXPECT_EQ(value("二〇二六"), 2026);
  EXPECT_EQ(value("3万"), 30000);
}

TEST(Numerals, OrdinalsInBothLanguages) {
  EXPECT_EQ(read_ordinal(tokenize("second"), 0)->value, 2);
  EXPECT_EQ(read_ordinal(tokenize("22nd"), 0)->value, 22);
  EXPECT_EQ(read_ordinal(tokenize("第二"), 0)->value, 2);
  EXPECT_FALSE(read_ordinal(tokenize("two"), 0));
}

TEST(Numerals, AnAbsurdlyLongNumberIsNoNumber) {
  EXPECT_EQ(value(std::string(5000, '9')), -1);
  EXPECT_EQ(value(""), -1);
}

}  // namespace
}  // namespace mw::assistant
