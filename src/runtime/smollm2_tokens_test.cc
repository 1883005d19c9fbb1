// Scope: ids equal to those of Hugging Face's tokenizers with the vocabulary of the default model
// (tests/golden/tokenizers). Here and not in tokenizers, since it reads a model file.

#include <gtest/gtest.h>

#include "core/file.h"
#include "core/json.h"
#include "core/testing.h"
#include "formats/gguf.h"
#include "models/gguf_tokenizer.h"
#include "tests/support/source_dir.h"

namespace mw::runtime {
namespace {

using tokenizers::Tokenizer;

TEST(SmolLm2Tokens, EqualTheReferenceOnEveryGoldenText) {
  const auto path = mw::testing_support::default_model(mw::testing_support::source_dir());
  if (!path) GTEST_SKIP() << "no model: set MILLWRIGHT_TEST_MODEL or run ./test";
  const auto file = formats::GgufFile::open(*path);
  ASSERT_TRUE(file) << file.error().message.en;
  const auto tokenizer = models::read_tokenizer(*file);
  ASSERT_TRUE(tokenizer) << tokenizer.error().message.en;
  const auto text =
      read_file(mw::testing_support::source_path("tests/golden/tokenizers/texts.json"), 1 << 20);
  ASSERT_TRUE(text);
  const Json golden = *parse_json(*text);
  ASSERT_EQ(golden["texts"].size(), golden["smollm2_ids"].size());
  ASSERT_GT(golden["texts"].size(), 90U);
  for (std::size_t i = 0; i < golden["texts"].size(); ++i) {
    const std::string each = golden["texts"][i].get<std::string>();
    const auto expected = golden["smollm2_ids"][i].get<std::vector<int32_t>>();
    const auto ids = (*tokenizer)->encode(each, Tokenizer::Special::kAsText);
    EXPECT_EQ(ids, expected) << golden["texts"][i].dump();
    EXPECT_EQ((*tokenizer)->encode_prompt(each, Tokenizer::Special::kAsText), expected);
  }
}

TEST(SmolLm2Tokens, RoundTripEveryTextThatHasItsBytesInTheVocabulary) {
  const auto path = mw::testing_support::default_model(mw::testing_support::source_dir());
  if (!path) GTEST_SKIP() << "no model: set MILLWRIGHT_TEST_MODEL or run ./test";
  const auto file = formats::GgufFile::open(*path);
  ASSERT_TRUE(file) << file.error().message.en;
  const auto tokenizer = models::read_tokenizer(*file);
  ASSERT_TRUE(tokenizer) << tokenizer.error().message.en;
  const std::string text =
      *read_file(mw::testing_support::source_path("src/core/json.cc"), 1 << 20);
  for (const std::string& each : {text, std::string("\xe4\xb8\xbb\xe8\xbd\xb4 61.2 \xc2\xb0"
                                                    "C\r\n\t <|im_end|> \xf0\x9f\x98\x80")}) {
    const auto ids = (*tokenizer)->encode(each, Tokenizer::Special::kAsText);
    EXPECT_EQ((*tokenizer)->decode(ids), each);
  }
}

}  // namespace
}  // namespace mw::runtime
