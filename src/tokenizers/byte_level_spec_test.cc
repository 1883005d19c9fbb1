// Scope: byte-level tokenizer.json files of tests/golden/tokenizers as what GGUF says of a
// tokenizer: the same ids on all their texts; kinds that GGUF cannot say are refused.

#include "tokenizers/byte_level_spec.h"

#include <gtest/gtest.h>

#include "core/file.h"
#include "core/json.h"
#include "tests/support/source_dir.h"

namespace mw::tokenizers {
namespace {

using Ids = std::vector<int32_t>;

Json golden(const std::string& name) {
  const std::string folder = mw::testing_support::source_path("tests/golden/tokenizers/json/");
  return parse_json(read_file(folder + name + ".json", uint64_t{1} << 24).value()).value();
}

class ByteLevelSpecs : public ::testing::TestWithParam<std::pair<const char*, const char*>> {};

TEST_P(ByteLevelSpecs, GiveTheIdsOfTheReference) {
  const Json expected = golden(GetParam().first);
  auto spec = byte_level_spec(to_text(expected["tokenizer"]), {});
  ASSERT_TRUE(spec) << spec.error().message.en;
  EXPECT_EQ(spec->pre, GetParam().second);
  const auto tokenizer = Tokenizer::create(*std::move(spec));
  ASSERT_TRUE(tokenizer) << tokenizer.error().message.en;
  for (std::size_t i = 0; i < expected["texts"].size(); ++i) {
    const auto text = expected["texts"][i].get<std::string>();
    EXPECT_EQ((*tokenizer)->encode(text, Tokenizer::Special::kParse), expected["ids"][i].get<Ids>())
        << expected["texts"][i];
  }
}

INSTANTIATE_TEST_SUITE_P(Golden, ByteLevelSpecs,
                         ::testing::Values(std::pair{"byte_level_o200k", "gpt-4o"},
                                           std::pair{"byte_level_digits", "smollm"}),
                         [](const auto& test) { return std::string(test.param.first); });

TEST(ByteLevelSpec, RefusesOtherKindsOfVocabularies) {
  for (const char* name : {"word_piece", "unigram", "byte_fallback", "steps",
                           "byte_level_gpt2"}) {  // a space in front, which GGUF cannot say
    const auto spec = byte_level_spec(to_text(golden(name)["tokenizer"]), {});
    ASSERT_FALSE(spec) << name;
    EXPECT_EQ(spec.error().code, Code::kUnsupported) << name;
  }
}

TEST(ByteLevelSpec, RefusesBrokenFilesAsTheirReaderDoes) {
  for (const char* text : {"", "{}", "[]", R"({"model": {"type": "BPE"}})",
                           R"({"model": {"type": "BPE", "vocab": {"a": 0}, "merges": ["a b"]}})"}) {
    EXPECT_FALSE(byte_level_spec(text, {})) << text;
  }
}

}  // namespace
}  // namespace mw::tokenizers
