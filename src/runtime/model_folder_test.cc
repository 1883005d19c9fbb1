// Scope: a folder of Hugging Face opened whole (weights, tokenizer, template, end ids) and run by
// the scheduler: greedy answers follow the golden logits of Transformers; folders that lack a part
// say it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "core/file.h"
#include "runtime/loaded_model.h"
#include "tests/support/source_dir.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/tiny_decoder.h"

namespace mw::runtime {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

/// A byte-level tokenizer of `tokens` single characters, the first of them its end.
std::string tokenizer_json(int tokens) {
  Json vocabulary = {{"<|end|>", 0}};
  for (int i = 1; i < tokens; ++i) vocabulary[std::string(1, static_cast<char>('0' + i))] = i;
  const Json added = {{"id", 0},         {"content", "<|end|>"}, {"single_word", false},
                      {"lstrip", false}, {"rstrip", false},      {"normalized", false},
                      {"special", true}};
  const Json level = {{"type", "ByteLevel"},
                      {"add_prefix_space", false},
                      {"trim_offsets", true},
                      {"use_regex", true}};
  return to_text({{"version", "1.0"},
                  {"added_tokens", Json::array({added})},
                  {"normalizer", nullptr},
                  {"pre_tokenizer", level},
                  {"post_processor", nullptr},
                  {"decoder", level},
                  {"model", {{"type", "BPE"}, {"vocab", vocabulary}, {"merges", Json::array()}}}});
}

class ModelFolders : public ::testing::Test {
 protected:
  void SetUp() override {
    tiny_.write_folder(folder_.path(), 2);
    write("tokenizer.json", tokenizer_json(60));  // the embedding has 64 rows
  }
  void write(const std::string& name, const std::string& text) {
    ASSERT_TRUE(write_file_atomically(folder_.path() / name, text));
  }
  Result<OpenedModel> open() {
    return open_model(folder_.path(), {tensor::available_isas().back(), 1, std::nullopt});
  }

  testing_support::TinyDecoder tiny_{mw::testing_support::source_dir(), "gpt2"};
  testing_support::TemporaryFolder folder_;
};

TEST_F(ModelFolders, AnswerFromWeightsTokenizerAndTemplateOfTheFolder) {
  write("generation_config.json", R"({"eos_token_id": [0, 7]})");
  write(
      "tokenizer_config.json",
      R"({"eos_token": {"content": "<|end|>"}, "chat_template": "{{ messages[0]['content'] }}"})");
  const auto opened = open();
  ASSERT_TRUE(opened) << opened.error().message.en;
  EXPECT_THAT(opened->end_ids, ElementsAre(0, 7));
  EXPECT_EQ(opened->tokenizer->eos_id(), 0);
  const auto ids =
      chat_prompt_ids(*opened->chat_template, *opened->tokenizer, {{"user", "ABC"}}, true);
  ASSERT_TRUE(ids) << ids.error().message.en;
  EXPECT_THAT(*ids, ElementsAre(17, 18, 19));

  const auto served = serve_model(*opened, {}, no_log());
  GenerateRequest request;
  request.prompt_ids = tiny_.ids();
  request.max_tokens = 1;
  request.ignore_eos = true;
  const auto answer = generate(*served->generator, std::move(request));
  ASSERT_TRUE(answer) << answer.error().message.en;
  const auto& last = tiny_.logits().back();
  EXPECT_THAT(answer->ids, ElementsAre(std::max_element(last.begin(), last.end()) - last.begin()));
}

TEST_F(ModelFolders, TakeTheTemplateOfItsOwnFileFirst) {
  write("tokenizer_config.json", R"({"chat_template": [{"name": "default", "template": "1"}]})");
  ASSERT_TRUE(open());
  const std::vector<ChatMessage> messages = {{"user", "A"}};
  EXPECT_THAT(*chat_prompt_ids(*open()->chat_template, *open()->tokenizer, messages, true),
              ElementsAre(1));
  write("chat_template.jinja", "2");
  EXPECT_THAT(*chat_prompt_ids(*open()->chat_template, *open()->tokenizer, messages, true),
              ElementsAre(2));
}

TEST_F(ModelFolders, SayWhichPartIsMissingOrWrong) {
  write("tokenizer.json", tokenizer_json(65));
  auto opened = open();
  ASSERT_FALSE(opened);
  EXPECT_THAT(opened.error().message.en, HasSubstr("65 tokens, the embedding 64 rows"));
  write("generation_config.json", R"({"eos_token_id": "two"})");
  write("tokenizer.json", tokenizer_json(60));
  opened = open();
  ASSERT_FALSE(opened);
  EXPECT_THAT(opened.error().message.en, HasSubstr("eos_token_id"));
  std::filesystem::remove(folder_.path() / "tokenizer.json");
  opened = open();
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, Code::kNotFound);
  EXPECT_THAT(opened.error().message.en, HasSubstr("no tokenizer.json"));
  write("config.json", "[]");
  opened = open();
  ASSERT_FALSE(opened);
  EXPECT_THAT(opened.error().message.en, HasSubstr("config.json: expected a JSON object"));
  std::filesystem::remove(folder_.path() / "config.json");
  opened = open();
  ASSERT_FALSE(opened);
  EXPECT_THAT(opened.error().message.en, HasSubstr("no config.json"));
}

}  // namespace
}  // namespace mw::runtime
