// Scope: tiny models as folders turned into GGUF: the tensors and settings that the reference
// converter's rules give (tests/golden/models/decoders), a tokenizer, and what is refused.
#include "models/gguf_of_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>

#include "core/file.h"
#include "models/gguf_tokenizer.h"
#include "models/model.h"
#include "tests/support/source_dir.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/tiny_decoder.h"
#include "tests/support/tiny_tokenizer.h"

namespace mw::models {
namespace {

using testing_support::TemporaryFolder;
using testing_support::TinyDecoder;

/// A byte-level tokenizer of 60 letters, fewer than the 64 rows of the embedding.
std::string tokenizer_json() {
  Json vocabulary = {{"<|end|>", 0}};
  for (int i = 1; i < 60; ++i) vocabulary[testing_support::letter_of(i + 40)] = i;
  const Json added = Json::array({{{"id", 0},
                                   {"content", "<|end|>"},
                                   {"single_word", false},
                                   {"lstrip", false},
                                   {"rstrip", false},
                                   {"normalized", false},
                                   {"special", true}}});
  const Json level = {{"type", "ByteLevel"},
                      {"add_prefix_space", false},
                      {"trim_offsets", true},
                      {"use_regex", true}};
  return to_text({{"version", "1.0"},
                  {"added_tokens", added},
                  {"normalizer", nullptr},
                  {"pre_tokenizer", level},
                  {"post_processor", nullptr},
                  {"decoder", level},
                  {"model", {{"type", "BPE"}, {"vocab", vocabulary}, {"merges", Json::array()}}}});
}

Result<std::string> converted(const TinyDecoder& tiny, const TemporaryFolder& folder) {
  tiny.write_folder(folder.path(), 2);
  EXPECT_TRUE(write_file_atomically(folder.path() / "tokenizer.json", tokenizer_json()));
  EXPECT_TRUE(write_file_atomically(folder.path() / "chat_template.jinja", "{{ messages }}"));
  MW_ASSIGN(const ModelFolder opened, ModelFolder::open(folder.path()));
  return gguf_of_folder(opened, "tiny");
}

class ConvertedFolders : public ::testing::TestWithParam<const char*> {};

TEST_P(ConvertedFolders, HaveTheTensorsOfTheReferenceConverter) {
  const TemporaryFolder folder;
  const TinyDecoder tiny(mw::testing_support::source_dir(), GetParam());
  const auto bytes = converted(tiny, folder);
  ASSERT_TRUE(bytes) << bytes.error().message.en;
  const auto made = formats::GgufFile::parse(std::as_bytes(std::span(*bytes)));
  const std::string reference = tiny.gguf();
  const auto expected = formats::GgufFile::parse(std::as_bytes(std::span(reference)));
  ASSERT_TRUE(made && expected);
  // Llama 3's divisors of frequencies are a tensor in files as they are released.
  const std::size_t divisors = made->tensor("rope_freqs.weight") != nullptr ? 1 : 0;
  EXPECT_EQ(divisors, std::string_view(GetParam()) == "llama3_tied" ? 1U : 0U);
  EXPECT_EQ(made->tensors().size(), expected->tensors().size() + divisors);
  for (const formats::GgufTensor& each : expected->tensors()) {
    const formats::GgufTensor* tensor = made->tensor(each.name);
    ASSERT_NE(tensor, nullptr) << each.name;
    EXPECT_EQ(tensor->shape, each.shape) << each.name;
    const auto count = static_cast<std::size_t>(each.elements());
    std::vector<float> values(2 * count);
    std::memcpy(values.data(), tensor->bytes.data(), tensor->bytes.size());
    std::memcpy(values.data() + count, each.bytes.data(), each.bytes.size());
    for (std::size_t i = 0; i < count; ++i) {
      ASSERT_FLOAT_EQ(values[i], values[count + i]) << each.name << " " << i;
    }
  }
}

TEST_P(ConvertedFolders, LoadWithTokenizerAndTemplate) {
  const TemporaryFolder folder;
  const auto bytes = converted(TinyDecoder(mw::testing_support::source_dir(), GetParam()), folder);
  ASSERT_TRUE(bytes);
  const auto file = formats::GgufFile::parse(std::as_bytes(std::span(*bytes)));
  ThreadPool pool(1);
  const tensor::ExecContext ctx{&pool, &tensor::kernels_of(tensor::Isa::kScalar)};
  EXPECT_TRUE(load_model(*file, ctx));
  const auto tokenizer = read_tokenizer(*file);
  ASSERT_TRUE(tokenizer) << tokenizer.error().message.en;
  EXPECT_EQ((*tokenizer)->vocabulary_size(), read_config(*file)->vocabulary);
  EXPECT_EQ((*tokenizer)->token_id("<|end|>"), 0);
  EXPECT_EQ(chat_template_source(*file), "{{ messages }}");
  EXPECT_EQ(*file->text("general.name"), "tiny");
}

INSTANTIATE_TEST_SUITE_P(Decoders, ConvertedFolders,
                         ::testing::Values("llama", "llama3_tied", "mistral_window", "qwen2",
                                           "qwen3"),
                         [](const auto& test) { return std::string(test.param); });

TEST(ConvertedFolder, OfAnotherFamilyOrScalingIsRefusedByName) {
  for (const auto& [name, what] : {std::pair{"gemma3", "architecture gemma3"},
                                   {"phi3", "architecture phi3"},
                                   {"gpt2", "architecture gpt2"},
                                   {"qwen2_yarn", "rope scaling"}}) {
    const TemporaryFolder folder;
    const auto bytes = converted(TinyDecoder(mw::testing_support::source_dir(), name), folder);
    ASSERT_FALSE(bytes) << name;
    EXPECT_EQ(bytes.error().code, Code::kUnsupported);
    EXPECT_THAT(bytes.error().message.en, ::testing::HasSubstr(what));
  }
}

TEST(ConvertedFolder, WithATensorThatIsNotUnderstoodIsRefused) {
  const TemporaryFolder folder;
  TinyDecoder tiny(mw::testing_support::source_dir(), "llama");
  tiny.tensors().push_back({"model.layers.0.extra.weight", {4}, 1.0, 0.0});
  const auto bytes = converted(tiny, folder);
  ASSERT_FALSE(bytes);
  EXPECT_EQ(bytes.error().param, "model.layers.0.extra.weight");
}

}  // namespace
}  // namespace mw::models
