// Scope: tokenizer.json of every kind against what PyPI tokenizers 0.23.3 made of it
// (tests/golden/tokenizers/json); what strangers may not type; files that are broken or ask for
// what we do not do. Whole vocabularies: tests/golden/tokenizers/compare_with_reference.py.

#include "tokenizers/tokenizer_json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>

#include "core/file.h"
#include "core/json.h"
#include "tests/support/source_dir.h"

namespace mw::tokenizers {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using Ids = std::vector<int32_t>;
constexpr auto kAsText = Tokenizer::Special::kAsText;
constexpr auto kParse = Tokenizer::Special::kParse;

Json golden(const std::string& name) {
  const std::string folder = mw::testing_support::source_path("tests/golden/tokenizers/json/");
  return parse_json(read_file(folder + name + ".json", uint64_t{1} << 24).value()).value();
}

class TokenizerJsonGolden : public ::testing::TestWithParam<const char*> {};

TEST_P(TokenizerJsonGolden, GivesTheIdsAndTextsOfTheReference) {
  const Json expected = golden(GetParam());
  const auto made = parse_tokenizer_json(to_text(expected["tokenizer"]));
  ASSERT_TRUE(made) << made.error().message.en;
  const Tokenizer& tokenizer = **made;
  ASSERT_GT(expected["texts"].size(), 300U);
  for (std::size_t i = 0; i < expected["texts"].size(); ++i) {
    const auto text = expected["texts"][i].get<std::string>();
    const Ids ids = tokenizer.encode(text, kParse);
    EXPECT_EQ(ids, expected["ids"][i].get<Ids>()) << expected["texts"][i];
    EXPECT_EQ(tokenizer.decode(ids), expected["decoded"][i].get<std::string>());
    if (i < expected["prompts"].size()) {
      EXPECT_EQ(tokenizer.encode_prompt(text, kParse), expected["prompts"][i].get<Ids>());
    }
  }
  const auto pair = tokenizer.encode_pair("Hello world", "\xe4\xbd\xa0\xe5\xa5\xbd 12");
  if (pair) {
    EXPECT_EQ(pair->ids, expected["pair"][0].get<Ids>());
    EXPECT_EQ(pair->type_ids, expected["pair"][1].get<Ids>());
  } else {
    EXPECT_EQ(pair.error().code, Code::kUnsupported);
    EXPECT_THAT(GetParam(), ::testing::AnyOf(HasSubstr("byte_level"), HasSubstr("steps")));
  }
}

INSTANTIATE_TEST_SUITE_P(Kinds, TokenizerJsonGolden,
                         ::testing::Values("word_piece", "word_piece_cased", "byte_level_gpt2",
                                           "byte_level_nfc", "byte_level_o200k",
                                           "byte_level_digits", "byte_fallback", "unigram",
                                           "unigram_words", "steps"),
                         [](const auto& each) { return std::string(each.param); });

TEST(TokenizerJson, TextOfStrangersHoldsNoControlTokens) {
  for (const auto& [name, typed] : {std::pair{"word_piece", "a[SEP]b"},
                                    {"unigram", "a</s>b"},
                                    {"byte_fallback", "<s>"},
                                    {"byte_level_nfc", "a<|end|>b"}}) {
    const auto tokenizer = parse_tokenizer_json(to_text(golden(name)["tokenizer"])).value();
    const Ids as_text = tokenizer->encode(typed, kAsText);
    EXPECT_NE(as_text, tokenizer->encode(typed, kParse)) << name;
    for (const int32_t id : as_text) {
      const bool unknown =
          tokenizer->display_piece(id) == "[UNK]" || tokenizer->display_piece(id) == "<unk>";
      EXPECT_TRUE(!tokenizer->is_control(id) || unknown) << name << " " << id;
    }
  }
}

TEST(TokenizerJson, AddedTokensThatArePartsOfTextsAreFoundInAnyText) {
  // Gemma's runs of line breaks are such tokens; a byte-level vocabulary's <think> is not (ADR
  // 0022).
  const auto tokenizer =
      parse_tokenizer_json(to_text(golden("byte_fallback")["tokenizer"])).value();
  const auto id = tokenizer->token_id("\n\n").value();
  EXPECT_THAT(tokenizer->encode("\n\n", kAsText), ElementsAre(id));
  const Tokenizer::Part parts[] = {{"\n", kParse}, {"\n", kAsText}};
  EXPECT_THAT(tokenizer->encode_parts(parts), ElementsAre(id));
  const auto chat = parse_tokenizer_json(to_text(golden("byte_level_nfc")["tokenizer"])).value();
  EXPECT_GT(chat->encode("<think>", kAsText).size(), 1U);
  EXPECT_EQ(chat->encode("<think>", kParse).size(), 1U);
}

TEST(TokenizerJson, TheTemplateIsNotPutOnTwice) {
  const auto tokenizer = parse_tokenizer_json(to_text(golden("word_piece")["tokenizer"])).value();
  const Ids once = tokenizer->encode_prompt("hello", kAsText);
  EXPECT_EQ(tokenizer->with_template(once), once);
  EXPECT_EQ(tokenizer->display_piece(once.front()), "[CLS]");
}

TEST(TokenizerJson, NamesOfTokensComeFromTheConfiguration) {
  const std::string text = to_text(golden("unigram")["tokenizer"]);
  const auto tokenizer = parse_tokenizer_json(text, {.bos = "<s>", .eos = "</s>"}).value();
  EXPECT_EQ(tokenizer->bos_id(), 0);
  EXPECT_EQ(tokenizer->eos_id(), 2);
  EXPECT_TRUE(tokenizer->adds_bos());
}

/// A small file with one member of another, given by path.
std::string changed(const std::string& pointer, const Json& value) {
  Json json = golden("word_piece")["tokenizer"];
  json[Json::json_pointer(pointer)] = value;
  return to_text(json);
}

struct Refusal {
  const char* pointer;
  const char* value;
  const char* path;
};

TEST(TokenizerJson, WhatIsNotDoneIsRefusedByItsPath) {
  const Refusal cases[] = {
      {"/normalizer", R"({"type":"Sequence","normalizers":[{"type":"NFC"},{"type":"Other"}]})",
       "$.normalizer.normalizers[1]"},
      {"/normalizer", R"({"type":"NFC","new":1})", "$.normalizer.new"},
      {"/normalizer", R"({"type":"Replace","pattern":{"Regex":"a+"},"content":""})",
       "$.normalizer.pattern"},
      {"/pre_tokenizer", R"({"type":"UnicodeScripts"})", "$.pre_tokenizer"},
      {"/pre_tokenizer",
       R"({"type":"Split","pattern":{"Regex":"\\w+"},"behavior":"Isolated","invert":false})",
       "$.pre_tokenizer.pattern"},
      {"/pre_tokenizer",
       R"({"type":"Sequence","pretokenizers":[{"type":"ByteLevel"},{"type":"Digits"}]})",
       "$.pre_tokenizer.pretokenizers[1]"},
      {"/pre_tokenizer", R"({"type":"ByteLevel"})", "$.pre_tokenizer"},
      {"/pre_tokenizer", R"({"type":"Punctuation","behavior":"Sideways"})", "$.pre_tokenizer"},
      {"/post_processor", R"({"type":"Other"})", "$.post_processor"},
      {"/decoder", R"({"type":"CTC"})", "$.decoder"},
      {"/decoder",
       R"({"type":"Sequence","decoders":[{"type":"Strip","content":" ","start":1,"stop":0}]})",
       "$.decoder.decoders[0]"},
      {"/model/type", R"("WordLevel")", "$.model.type"},
      {"/model/extra", "1", "$.model.extra"},
      {"/extra", "1", "$.extra"},
      {"/added_tokens/0/extra", "1", "$.added_tokens[0].extra"},
  };
  for (const Refusal& each : cases) {
    const auto made = parse_tokenizer_json(changed(each.pointer, parse_json(each.value).value()));
    ASSERT_FALSE(made) << each.path;
    EXPECT_EQ(made.error().code, Code::kUnsupported) << each.path;
    EXPECT_EQ(made.error().param, each.path);
    EXPECT_THAT(made.error().message.en, HasSubstr(each.path));
    EXPECT_FALSE(made.error().message.zh.empty());
  }
  const auto quoted = parse_tokenizer_json(changed(
      "/pre_tokenizer",
      parse_json(R"({"type":"Split","pattern":{"Regex":"\\w+"},"behavior":"Isolated"})").value()));
  EXPECT_THAT(quoted.error().message.en, HasSubstr(R"('\w+')"));
}

TEST(TokenizerJson, BrokenFilesAreRefused) {
  const Refusal cases[] = {
      {"/model/vocab/x", "-1", ""},
      {"/model/vocab/x", "4194304", ""},
      {"/model/vocab/x", "3", "occurs twice"},
      {"/model/vocab/x", "1.5", "integer"},
      {"/model/vocab/x", "\"1\"", "integer"},
      {"/model/vocab", "[]", ""},
      {"/model/vocab", "{}", "empty"},
      {"/model/unk_token", "\"none\"", "not in the vocabulary"},
      {"/model/max_input_chars_per_word", "0", "out of range"},
      {"/added_tokens/0/id", "-5", ""},
      {"/added_tokens/0/content", "\"other\"", "elsewhere"},
      {"/added_tokens", "{}", "array"},
      {"/post_processor/special_tokens/[CLS]/ids", "[999999]", "id of the vocabulary"},
      {"/post_processor/single", "[{\"SpecialToken\":{\"id\":\"no\",\"type_id\":0}}]",
       "special_tokens"},
      {"/normalizer", "{\"type\":\"Precompiled\",\"precompiled_charsmap\":\"!\"}", "base64"},
      {"/normalizer", "{\"type\":\"Precompiled\",\"precompiled_charsmap\":\"/////w==\"}", "trie"},
  };
  for (const Refusal& each : cases) {
    const auto made = parse_tokenizer_json(changed(each.pointer, parse_json(each.value).value()));
    ASSERT_FALSE(made) << each.pointer << " " << each.value;
    EXPECT_EQ(made.error().code, Code::kCorrupt) << made.error().message.en;
    EXPECT_THAT(made.error().message.en, HasSubstr(each.path));
  }
  const std::string whole = to_text(golden("unigram")["tokenizer"]);
  for (std::size_t cut = 0; cut < whole.size(); cut += 1 + whole.size() / 200) {
    EXPECT_FALSE(parse_tokenizer_json(whole.substr(0, cut))) << cut;
  }
  for (const char* text :
       {"", "[]", "{", "{}", "null", "{\"model\":[]}", "{\"model\":{}}",
        "{\"model\":{\"vocab\":{\"\\ud800\":0},\"type\":\"BPE\"}}",
        "{\"model\":{\"vocab\":{\"\xff\":0},\"type\":\"BPE\"}}",
        "{\"model\":{\"type\":\"BPE\",\"vocab\":{\"a\":0},\"merges\":[\"a\"]}}",
        "{\"model\":{\"type\":\"BPE\",\"vocab\":{\"a\":0},\"merges\":[[\"a\"]]}}",
        "{\"model\":{\"type\":\"BPE\",\"vocab\":{\"a\":0}}}"}) {
    EXPECT_FALSE(parse_tokenizer_json(text)) << text;
  }
  EXPECT_FALSE(parse_tokenizer_json("{\"model\":" + std::string(100000, '[')));
}

TEST(TokenizerJson, TimeGrowsWithTheTextWhateverItHolds) {
  for (const char* name : {"word_piece", "unigram", "byte_fallback", "steps"}) {
    const auto tokenizer = parse_tokenizer_json(to_text(golden(name)["tokenizer"])).value();
    for (const char* unit : {"a", " ", "\xe4\xbd\xa0", "e\xcc\x81", "\xcc\x81\xcc\xa3", "\xff",
                             "\xe2\x96\x81", "ab\n"}) {
      std::string text;
      while (text.size() < 200000) text += unit;
      const auto begin = std::chrono::steady_clock::now();
      tokenizer->encode(text, kAsText);
      const auto took = std::chrono::steady_clock::now() - begin;
      EXPECT_LT(took, std::chrono::seconds(5)) << name << " " << unit;
    }
  }
}

}  // namespace
}  // namespace mw::tokenizers
