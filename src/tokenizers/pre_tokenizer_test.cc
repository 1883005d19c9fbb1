// Scope: pieces equal to those of Hugging Face's tokenizers for each pre-tokenizer
// (tests/golden/tokenizers), the class of every code point by count, invalid UTF-8. A wrong piece
// shows in no error, only in worse answers: hence the comparison.

#include "tokenizers/internal/pre_tokenizer.h"

#include <gtest/gtest.h>

#include "core/file.h"
#include "core/json.h"
#include "tests/support/source_dir.h"
#include "tokenizers/internal/unicode_classes.h"

namespace mw::tokenizers {
namespace {

std::vector<int> piece_bytes(PreTokenizer kind, std::string_view text) {
  std::vector<int> lengths;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = piece_end(kind, text, at);
    lengths.push_back(static_cast<int>(end - at));
    if (end <= at) break;  // would not end
    at = end;
  }
  return lengths;
}

class PreTokenizers : public ::testing::TestWithParam<const char*> {};

TEST_P(PreTokenizers, CutAsTheReferenceDoes) {
  const auto file =
      read_file(mw::testing_support::source_path("tests/golden/tokenizers/texts.json"), 1 << 20);
  ASSERT_TRUE(file);
  const Json golden = *parse_json(*file);
  const PreTokenizer kind = *pre_tokenizer_named(GetParam());
  const Json& expected = golden["piece_bytes"][GetParam()];
  ASSERT_EQ(expected.size(), golden["texts"].size());
  for (std::size_t i = 0; i < expected.size(); ++i) {
    const std::string text = golden["texts"][i].get<std::string>();
    EXPECT_EQ(piece_bytes(kind, text), expected[i].get<std::vector<int>>())
        << golden["texts"][i].dump();
  }
}

INSTANTIATE_TEST_SUITE_P(All, PreTokenizers,
                         ::testing::Values("gpt-2", "smollm", "llama-bpe", "qwen2"),
                         [](const auto& test) {
                           std::string name = test.param;
                           std::erase(name, '-');
                           return name;
                         });

TEST(PreTokenizer, AnUnknownNameIsRefusedAndTheKnownOnesAreListed) {
  for (const char* name : {"", "default", "gpt-4x", "GPT-2"}) {
    const auto got = pre_tokenizer_named(name);
    ASSERT_FALSE(got) << name;
    EXPECT_EQ(got.error().code, Code::kUnsupported);
    EXPECT_NE(got.error().message.en.find("qwen2"), std::string::npos);
  }
}

TEST(PreTokenizer, InvalidBytesAreNeitherLetterNorNumberNorSpace) {
  // 0xff is cut as "!" would be.
  EXPECT_EQ(piece_bytes(PreTokenizer::kGpt2,
                        "a\xff\xff"
                        "b"),
            (std::vector<int>{1, 2, 1}));
  EXPECT_EQ(piece_bytes(PreTokenizer::kLlama3, "a \xe4\xbd z"), (std::vector<int>{1, 3, 2}));
  EXPECT_EQ(piece_bytes(PreTokenizer::kSmolLm, "1\xc3"), (std::vector<int>{1, 1}));
}

TEST(PreTokenizer, EveryKindEndsOnAnyTwoBytes) {
  for (const PreTokenizer kind :
       {PreTokenizer::kGpt2, PreTokenizer::kSmolLm, PreTokenizer::kLlama3, PreTokenizer::kQwen2}) {
    for (int first = 0; first < 256; ++first) {
      for (int second = 0; second < 256; ++second) {
        const char text[] = {static_cast<char>(first), static_cast<char>(second)};
        int total = 0;
        for (const int length : piece_bytes(kind, {text, 2})) {
          ASSERT_GT(length, 0);
          total += length;
        }
        ASSERT_EQ(total, 2);
      }
    }
  }
}

TEST(UnicodeClasses, HoldAsManyOfEachAsUnicode16) {
  int counts[4] = {};
  for (char32_t code = 0; code <= 0x10ffff; ++code) ++counts[static_cast<int>(char_class(code))];
  EXPECT_EQ(counts[static_cast<int>(CharClass::kLetter)], 141028);
  EXPECT_EQ(counts[static_cast<int>(CharClass::kNumber)], 1911);
  EXPECT_EQ(counts[static_cast<int>(CharClass::kSpace)], 25);
}

TEST(UnicodeClasses, TellTheDoubtfulOnesAsTheReference) {
  EXPECT_EQ(char_class(0x00aa), CharClass::kLetter);  // feminine ordinal
  EXPECT_EQ(char_class(0x0345), CharClass::kOther);   // a mark
  EXPECT_EQ(char_class(0x00bd), CharClass::kNumber);  // one half
  EXPECT_EQ(char_class(0x4e00), CharClass::kLetter);  // the word "one" is a letter
  EXPECT_EQ(char_class(0x2167), CharClass::kNumber);  // Roman eight
  EXPECT_EQ(char_class(0x200b), CharClass::kOther);   // zero-width space is no white space
  EXPECT_EQ(char_class(0x0085), CharClass::kSpace);
  EXPECT_EQ(char_class(0x001c), CharClass::kOther);
}

}  // namespace
}  // namespace mw::tokenizers
