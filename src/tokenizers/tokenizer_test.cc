// Scope: merging, special tokens, round trips and refusals with made-up vocabularies; ids equal to
// the reference's with SmolLM2's vocabulary where the model is there. Two implementations of
// merging (scan and heap) are compared with a third, the definition read aloud. The larger
// comparison is tests/golden/tokenizers/compare_with_reference.py.

#include "tokenizers/tokenizer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <map>
#include <random>
#include <thread>

#include "tests/support/tiny_tokenizer.h"

namespace mw::tokenizers {
namespace {

using mw::testing_support::tiny_spec;
using mw::testing_support::tiny_tokenizer;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using Ids = std::vector<int32_t>;
constexpr auto kAsText = Tokenizer::Special::kAsText;
constexpr auto kParse = Tokenizer::Special::kParse;
using Merges = std::vector<std::pair<std::string, std::string>>;

TEST(Tokenizer, MergesTheLowestRankFirstAndTheLeftmostOnTies) {
  const auto tokenizer = tiny_tokenizer("gpt-2", {{"a", "b"}, {"b", "c"}, {"a", "a"}});
  EXPECT_THAT(tokenizer->encode("abc", kAsText), ElementsAre(256, 'c'));
  EXPECT_THAT(tokenizer->encode("bc", kAsText), ElementsAre(257));
  EXPECT_THAT(tokenizer->encode("aaa", kAsText), ElementsAre(258, 'a'));
  EXPECT_THAT(tokenizer->encode("aab", kAsText), ElementsAre('a', 256));
}

TEST(Tokenizer, ATokenThatMergingDoesNotYieldIsNotUsedWhole) {
  // "bcd" is a token, but "cd" merges first and then nothing fits "b".
  auto spec = tiny_spec("gpt-2", {{"c", "d"}, {"b", "c"}, {"bc", "d"}});
  const auto tokenizer = Tokenizer::create(spec).value();
  for (int round = 0; round < 3; ++round) {  // also once it is remembered
    EXPECT_THAT(tokenizer->encode("bcd", kAsText), ElementsAre('b', 256));
  }
  spec.ignore_merges = true;
  EXPECT_THAT(Tokenizer::create(spec).value()->encode("bcd", kAsText), ElementsAre(258));
  const auto llama3 = tiny_tokenizer("llama-bpe", {{"c", "d"}, {"b", "c"}, {"bc", "d"}});
  EXPECT_THAT(llama3->encode("bcd", kAsText), ElementsAre(258));
}

/// The definition: while any adjacent pair can be merged, merge the first of the lowest rank.
Ids merged_by_definition(const std::string& piece, const Merges& merges) {
  std::vector<std::string> parts;
  for (const char c : piece) parts.emplace_back(1, c);
  while (true) {
    std::size_t best = merges.size();
    std::size_t at = 0;
    for (std::size_t i = 0; i + 1 < parts.size(); ++i) {
      for (std::size_t rank = 0; rank < best; ++rank) {
        if (merges[rank].first == parts[i] && merges[rank].second == parts[i + 1]) {
          best = rank;
          at = i;
        }
      }
    }
    if (best == merges.size()) break;
    parts[at] += parts[at + 1];
    parts.erase(parts.begin() + static_cast<std::ptrdiff_t>(at) + 1);
  }
  std::map<std::string, int32_t> id_of;
  for (int byte = 0; byte < 256; ++byte) id_of[std::string(1, static_cast<char>(byte))] = byte;
  for (std::size_t i = 0; i < merges.size(); ++i) {
    id_of[merges[i].first + merges[i].second] = 256 + static_cast<int32_t>(i);
  }
  Ids ids;
  for (const std::string& part : parts) ids.push_back(id_of.at(part));
  return ids;
}

TEST(Tokenizer, ShortAndLongPiecesMergeAsTheDefinitionSays) {
  const Merges merges = {{"a", "b"},  {"ab", "ab"}, {"b", "a"},    {"c", "c"},
                         {"cc", "a"}, {"ba", "c"},  {"abab", "c"}, {"cc", "cc"}};
  const auto tokenizer = tiny_tokenizer("gpt-2", merges);
  std::mt19937 random(11);
  for (const std::size_t size : {1, 2, 3, 7, 8, 9, 15, 16, 17, 33, 127, 128, 129, 150, 400}) {
    for (int round = 0; round < 40; ++round) {
      std::string piece;
      while (piece.size() < size) piece += static_cast<char>('a' + random() % 3);
      ASSERT_EQ(tokenizer->encode(piece, kAsText), merged_by_definition(piece, merges)) << piece;
    }
  }
}

TEST(Tokenizer, APieceOfAMegabyteTakesNoQuadraticTime) {
  const auto tokenizer = tiny_tokenizer("gpt-2", {{"a", "a"}, {"aa", "aa"}, {"b", "a"}});
  const std::string piece(1 << 20, 'a');
  const auto begin = std::chrono::steady_clock::now();
  const Ids ids = tokenizer->encode(piece, kAsText);
  EXPECT_EQ(ids.size(), piece.size() / 4);
  // 0.3 s under the sanitizers here; a quadratic merge would take hours.
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(30));
}

TEST(Tokenizer, PiecesOverTheCapAreCutAndLoseNothing) {
  const auto tokenizer = tiny_tokenizer("gpt-2", {{"a", "a"}});
  const std::string text((1 << 20) * 2 + 3, 'a');
  const Ids ids = tokenizer->encode(text, kAsText);
  EXPECT_EQ(tokenizer->decode(ids), text);
  EXPECT_EQ(ids.size(), (1U << 20) + 2);
}

TEST(Tokenizer, SpecialTokensAreFoundOnlyWhereAskedFor) {
  const auto tokenizer = tiny_tokenizer("gpt-2");
  const std::string text = "a<|im_end|>b";
  EXPECT_THAT(tokenizer->encode(text, kParse), ElementsAre('a', 257, 'b'));
  EXPECT_EQ(tokenizer->encode(text, kAsText).size(), text.size());
  EXPECT_THAT(tokenizer->encode("<|im_end|><|im_start|>", kParse), ElementsAre(257, 256));
  EXPECT_EQ(tokenizer->encode("<|im_end|", kParse).size(), 9U);
}

TEST(Tokenizer, OfSpecialTokensThatBeginTogetherTheLongestWins) {
  auto spec = tiny_spec("gpt-2");
  for (const char* more : {"<a", "<a>", "<a>b", ">b"}) {
    spec.tokens.emplace_back(more);
    spec.token_types.push_back(4);
  }
  const auto tokenizer = Tokenizer::create(std::move(spec)).value();
  EXPECT_THAT(tokenizer->encode("<a>b", kParse), ElementsAre(260));
  EXPECT_THAT(tokenizer->encode("<a>c", kParse), ElementsAre(259, 'c'));
  EXPECT_THAT(tokenizer->encode("<a", kParse), ElementsAre(258));
  EXPECT_THAT(tokenizer->encode("<x>b", kParse), ElementsAre('<', 'x', 261));
}

TEST(Tokenizer, PartsAreOneTextWhereverTheyAreCut) {
  const auto tokenizer =
      tiny_tokenizer("llama-bpe", {{" ", "a"}, {"a", "b"}, {" a", "b"}, {"\n", "\n"}});
  const std::string text = "x ab\n\n ab<|im_end|> ab 12345";
  for (std::size_t cut = 0; cut <= text.size(); ++cut) {
    const std::string_view left = std::string_view(text).substr(0, cut);
    const std::string_view right = std::string_view(text).substr(cut);
    for (const auto special : {kAsText, kParse}) {
      const Tokenizer::Part parts[] = {{left, special}, {right, special}};
      EXPECT_EQ(tokenizer->encode_parts(parts), tokenizer->encode(text, special)) << cut;
    }
  }
}

TEST(Tokenizer, ASpecialTokenMayNotReachIntoPlainText) {
  const auto tokenizer = tiny_tokenizer("gpt-2");
  const Tokenizer::Part half[] = {{"<|im_", kParse}, {"end|>", kAsText}};
  for (const int32_t id : tokenizer->encode_parts(half)) EXPECT_FALSE(tokenizer->is_control(id));
  const Tokenizer::Part mixed[] = {
      {"<|im_end|>", kAsText}, {"<|im_", kParse}, {"end|>", kParse}, {"", kAsText}};
  const Ids ids = tokenizer->encode_parts(mixed);
  EXPECT_EQ(ids.size(), 11U);
  EXPECT_EQ(ids.back(), 257);
  EXPECT_TRUE(tokenizer->encode_parts({}).empty());
}

TEST(Tokenizer, AnyBytesSurviveTheRoundTrip) {
  std::mt19937 random(5);
  const std::string_view snippets[] = {"\xe4\xbd\xa0", "\xf0\x9f\x98\x80", " ", "\n", "ab", "12",
                                       "'s",           "<|im_end|>"};
  for (const char* pre : {"gpt-2", "smollm", "llama-bpe", "qwen2"}) {
    const auto tokenizer = tiny_tokenizer(pre, {{"a", "b"}, {" ", " "}, {"\xe4", "\xbd"}});
    for (int round = 0; round < 300; ++round) {
      std::string text;
      while (text.size() < 60) {
        if (random() % 2 == 0) {
          text += snippets[random() % std::size(snippets)];
        } else {
          text += static_cast<char>(random() % 256);
        }
      }
      const Ids ids = tokenizer->encode(text, kAsText);
      ASSERT_EQ(tokenizer->decode(ids), text) << pre;
      std::string by_piece;
      for (const int32_t id : ids) by_piece += tokenizer->piece(id);
      ASSERT_EQ(by_piece, text) << pre;
    }
  }
}

TEST(Tokenizer, BytesThatTheVocabularyLacksAreLeftOut) {
  auto spec = tiny_spec("gpt-2", {{"a", "b"}});
  for (const std::size_t byte : {0x07, 0xc3, 0xa9}) {
    spec.tokens[byte] = "<unused " + std::to_string(byte) + ">";
    spec.token_types[byte] = 5;
  }
  const auto tokenizer = Tokenizer::create(std::move(spec)).value();
  EXPECT_TRUE(tokenizer->encode("\x07", kAsText).empty());
  // Their neighbours in the piece become neighbours, as in the reference.
  EXPECT_THAT(tokenizer->encode("a\xc3\xa9"
                                "b",
                                kAsText),
              ElementsAre(256));
}

TEST(Tokenizer, ControlTokensHaveANameButNoText) {
  const auto tokenizer = tiny_tokenizer("gpt-2");
  EXPECT_TRUE(tokenizer->is_control(256));
  EXPECT_FALSE(tokenizer->is_control('a'));
  EXPECT_EQ(tokenizer->piece(256), "");
  EXPECT_EQ(tokenizer->decode(Ids{'a', 256, 'b'}), "ab");
  EXPECT_EQ(tokenizer->display_piece(256), "<|im_start|>");
  EXPECT_EQ(tokenizer->display_piece(0xe4), "<0xE4>");
  EXPECT_EQ(tokenizer->display_piece(0x1b), "<0x1B>");
}

TEST(Tokenizer, IdsOutsideTheVocabularyAreNothing) {
  const auto tokenizer = tiny_tokenizer("gpt-2");
  EXPECT_EQ(tokenizer->vocabulary_size(), 258);
  for (const int32_t id : {-1, 258, INT32_MIN, INT32_MAX}) {
    EXPECT_EQ(tokenizer->piece(id), "");
    EXPECT_FALSE(tokenizer->is_control(id));
    EXPECT_THAT(tokenizer->display_piece(id), HasSubstr("unknown id"));
  }
}

TEST(Tokenizer, TokensAreFoundByTheirText) {
  const auto tokenizer = tiny_tokenizer("gpt-2", {{" ", "a"}});
  EXPECT_EQ(tokenizer->token_id(" a"), 256);
  EXPECT_EQ(tokenizer->token_id("<|im_end|>"), 258);
  EXPECT_EQ(tokenizer->token_id("nothing"), std::nullopt);
  EXPECT_EQ(tokenizer->token_id(""), std::nullopt);
}

TEST(Tokenizer, PromptsGetBosAndEosOnceWhereTheModelWantsThem) {
  auto spec = tiny_spec("gpt-2");
  spec.bos_id = 256;
  spec.eos_id = 257;
  EXPECT_THAT(Tokenizer::create(spec).value()->encode_prompt("a", kParse), ElementsAre('a'));
  spec.add_bos = spec.add_eos = true;
  const auto tokenizer = Tokenizer::create(spec).value();
  EXPECT_THAT(tokenizer->encode_prompt("a", kParse), ElementsAre(256, 'a', 257));
  EXPECT_THAT(tokenizer->encode_prompt("<|im_start|>a<|im_end|>", kParse),
              ElementsAre(256, 'a', 257));
  EXPECT_THAT(tokenizer->encode_prompt("", kParse), ElementsAre(256, 257));
}

TEST(Tokenizer, OneTokenizerServesManyThreads) {
  const auto tokenizer = tiny_tokenizer("qwen2", {{"a", "b"}, {"ab", "c"}, {"b", "c"}});
  const std::string text = "abc bc ab abcabc 123 abc";
  const Ids expected =
      tiny_tokenizer("qwen2", {{"a", "b"}, {"ab", "c"}, {"b", "c"}})->encode(text, kAsText);
  std::vector<std::thread> threads;
  std::vector<int> wrong(4, 0);
  for (std::size_t t = 0; t < wrong.size(); ++t) {
    threads.emplace_back([&, t] {
      for (int round = 0; round < 200; ++round) {
        if (tokenizer->encode(text, kAsText) != expected) ++wrong[t];
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_THAT(wrong, ::testing::Each(0));
}

struct BrokenSpec {
  const char* name;
  void (*change)(TokenizerSpec& spec);
  const char* message;
};

const BrokenSpec kBrokenSpecs[] = {
    {"NoTokens", [](TokenizerSpec& s) { s.tokens.clear(); }, "the vocabulary is empty"},
    {"TypesMissing", [](TokenizerSpec& s) { s.token_types.pop_back(); },
     "token_type: expected 259"},
    {"MergeWithoutSpace", [](TokenizerSpec& s) { s.merges = {"ab"}; }, "merges[0]: expected two"},
    {"MergeWithTwoSpaces", [](TokenizerSpec& s) { s.merges = {"a b c"}; }, "stands for no byte"},
    {"MergeOfUnknownPart", [](TokenizerSpec& s) { s.merges.push_back("ab zz"); },
     "merges[1]: a part or the whole"},
    {"MergeToUnknownToken", [](TokenizerSpec& s) { s.merges.push_back("a c"); },
     "merges[1]: a part or the whole"},
    {"MergeOfNothing", [](TokenizerSpec& s) { s.merges.push_back(" a"); }, "merges[1]"},
    {"MergeOfASpecialToken", [](TokenizerSpec& s) { s.merges.push_back("< |im_end|>"); },
     "merges[1]"},
    {"MergeOfInvalidUtf8", [](TokenizerSpec& s) { s.merges.push_back("\xff a"); }, "merges[1]"},
    {"TokenTwice", [](TokenizerSpec& s) { s.tokens[1] = s.tokens[0]; }, "tokens[1]"},
    {"TokenTooLong", [](TokenizerSpec& s) { s.tokens[1] = std::string(70000, 'a'); }, "tokens[1]"},
    {"BosOutside", [](TokenizerSpec& s) { s.bos_id = 259; }, "bos_token_id: 259 is outside"},
    {"BosNegative", [](TokenizerSpec& s) { s.bos_id = -1; }, "bos_token_id"},
    {"EosOutside", [](TokenizerSpec& s) { s.eos_id = INT32_MAX; }, "eos_token_id"},
    {"UnknownOutside", [](TokenizerSpec& s) { s.unknown_id = 1000; }, "unknown_token_id"},
    {"PaddingOutside", [](TokenizerSpec& s) { s.padding_id = -5; }, "padding_token_id"},
    {"NoPreTokenizer", [](TokenizerSpec& s) { s.pre.clear(); }, "tokenizer.ggml.pre"},
    {"UnknownPreTokenizer", [](TokenizerSpec& s) { s.pre = "tekken"; }, "'tekken'"},
};

class BrokenTokenizer : public ::testing::TestWithParam<BrokenSpec> {};

TEST_P(BrokenTokenizer, IsRefusedAndTheErrorNamesTheEntry) {
  TokenizerSpec spec = tiny_spec("gpt-2", {{"a", "b"}});
  GetParam().change(spec);
  const auto tokenizer = Tokenizer::create(std::move(spec));
  ASSERT_FALSE(tokenizer);
  EXPECT_THAT(tokenizer.error().message.en, HasSubstr(GetParam().message));
}

INSTANTIATE_TEST_SUITE_P(Table, BrokenTokenizer, ::testing::ValuesIn(kBrokenSpecs),
                         [](const auto& test) { return std::string(test.param.name); });

}  // namespace
}  // namespace mw::tokenizers
