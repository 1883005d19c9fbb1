// Scope: SentencePiece and WordPiece vocabularies as GGUF files hold them, with made-up tokens:
// merging by score, bytes, spaces, the converter's U+2581 words.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tokenizers/tokenizer.h"

namespace mw::tokenizers {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using Ids = std::vector<int32_t>;
constexpr auto kAsText = Tokenizer::Special::kAsText;
constexpr auto kParse = Tokenizer::Special::kParse;

struct Entry {
  std::string text;
  double score;
  int32_t type;
};

TokenizerSpec spec_of(const std::vector<Entry>& entries) {
  TokenizerSpec spec;
  spec.kind = TokenizerSpec::Kind::kSentencePiece;
  for (const Entry& each : entries) {
    spec.tokens.push_back(each.text);
    spec.scores.push_back(each.score);
    spec.token_types.push_back(each.type);
  }
  spec.unknown_id = 0;
  spec.bos_id = 1;
  spec.eos_id = 2;
  spec.add_bos = true;
  return spec;
}

const std::vector<Entry> kLlamaLike = {
    {"<unk>", 0, 2},
    {"<s>", 0, 3},
    {"</s>", 0, 3},
    {"<0xE4>", 0, 6},
    {"<0xBD>", 0, 6},
    {"<0xA0>", 0, 6},
    {"\xe2\x96\x81", -9, 1},
    {"a", -8, 1},
    {"b", -8, 1},
    {"c", -8, 1},
    {"ab", -2, 1},
    {"bc", -1, 1},
    {"\xe2\x96\x81"
     "a",
     -3, 1},
    {"\xe2\x96\x81\xe2\x96\x81", -4, 1},
    {"aa", -5, 1},
};

TEST(SentencePiece, MergesTheHighestScoreFirstAndTheLeftmostOnTies) {
  const auto tokenizer = Tokenizer::create(spec_of(kLlamaLike)).value();
  EXPECT_THAT(tokenizer->encode("abc", kAsText), ElementsAre(12, 11));  // "_a" and "bc", not "ab"
  EXPECT_THAT(tokenizer->encode("cab", kAsText), ElementsAre(6, 9, 10));
  EXPECT_THAT(tokenizer->encode("caaa", kAsText), ElementsAre(6, 9, 14, 7));
  EXPECT_THAT(tokenizer->encode("c  a", kAsText), ElementsAre(6, 9, 6, 12));
}

TEST(SentencePiece, CharactersWithoutATokenBecomeBytesOrUnknown) {
  const auto tokenizer = Tokenizer::create(spec_of(kLlamaLike)).value();
  EXPECT_THAT(tokenizer->encode("\xe4\xbd\xa0", kAsText), ElementsAre(6, 3, 4, 5));
  EXPECT_THAT(tokenizer->encode("xyb", kAsText), ElementsAre(6, 0, 8));  // neighbours are one
  const Ids ids = {12, 3, 4, 5};
  EXPECT_EQ(tokenizer->decode(ids), "a\xe4\xbd\xa0");
  EXPECT_EQ(tokenizer->piece(3), "\xe4");
  EXPECT_EQ(tokenizer->piece(12), " a");
}

TEST(SentencePiece, PutsASpaceInFrontOnlyWhereTheModelWantsIt) {
  TokenizerSpec spec = spec_of(kLlamaLike);
  EXPECT_THAT(Tokenizer::create(spec).value()->encode_prompt("a", kAsText), ElementsAre(1, 12));
  EXPECT_THAT(Tokenizer::create(spec).value()->encode("a</s>a", kParse), ElementsAre(12, 2, 12));
  spec.add_space_prefix = false;
  const auto gemma = Tokenizer::create(spec).value();
  EXPECT_THAT(gemma->encode("a", kAsText), ElementsAre(7));
  EXPECT_THAT(gemma->encode(" a", kAsText), ElementsAre(12));
  EXPECT_EQ(gemma->decode(Ids{12}), " a");
}

TEST(SentencePiece, UserDefinedTokensAreFoundInAnyTextAndControlTokensAreNot) {
  std::vector<Entry> entries = kLlamaLike;
  entries.push_back({"\n\n", 0, 4});
  const auto tokenizer = Tokenizer::create(spec_of(entries)).value();
  EXPECT_THAT(tokenizer->encode("a\n\na", kAsText), ElementsAre(12, 15, 12));
  EXPECT_THAT(tokenizer->encode("<s>", kAsText), ElementsAre(6, 0));
}

TEST(SentencePiece, TablesThatContradictThemselvesAreRefused) {
  TokenizerSpec spec = spec_of(kLlamaLike);
  spec.scores.pop_back();
  EXPECT_THAT(Tokenizer::create(spec).error().message.en, HasSubstr("scores"));
  spec = spec_of(kLlamaLike);
  spec.scores[7] = std::numeric_limits<double>::quiet_NaN();
  EXPECT_THAT(Tokenizer::create(spec).error().message.en, HasSubstr("scores[7]"));
  spec = spec_of(kLlamaLike);
  spec.tokens[8] = "a";
  EXPECT_THAT(Tokenizer::create(spec).error().message.en, HasSubstr("tokens[8]"));
}

TEST(WordPieceOfGguf, ReadsTheConvertersWordsAndThoseOfBertAlike) {
  TokenizerSpec spec;
  spec.kind = TokenizerSpec::Kind::kWordPiece;
  spec.tokens = {"[UNK]",
                 "[CLS]",
                 "[SEP]",
                 "\xe2\x96\x81un",
                 "\xe2\x96\x81,",
                 "able",
                 "\xe2\x96\x81"
                 "e"};
  spec.token_types = {3, 3, 3, 1, 1, 1, 1};
  spec.unknown_id = 0;
  spec.bos_id = 1;
  spec.eos_id = 2;
  spec.add_bos = spec.add_eos = true;
  const auto converted = Tokenizer::create(spec).value();
  EXPECT_THAT(converted->encode_prompt("Unable, \xc3\x89 x", kAsText),
              ElementsAre(1, 3, 5, 4, 6, 0, 2));
  EXPECT_EQ(converted->decode(converted->encode("unable, e", kAsText)), "unable, e");
  const auto pair = converted->encode_pair("un", "e").value();
  EXPECT_THAT(pair.ids, ElementsAre(1, 3, 2, 6, 2));
  EXPECT_THAT(pair.type_ids, ElementsAre(0, 0, 0, 1, 1));
  spec.tokens = {"[UNK]", "[CLS]", "[SEP]", "un", ",", "##able", "e"};
  EXPECT_EQ(Tokenizer::create(spec).value()->encode("unable, e", kAsText),
            converted->encode("unable, e", kAsText));
}

}  // namespace
}  // namespace mw::tokenizers
