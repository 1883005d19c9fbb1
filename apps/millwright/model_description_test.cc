// Scope: what inspect-model says of a folder and of a GGUF file of the same model, and of one that
// this version does not serve.
#include "apps/millwright/model_description.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/file.h"
#include "tests/support/source_dir.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/tiny_decoder.h"

namespace mw::app {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;
using testing_support::TinyDecoder;

TEST(ModelDescription, IsTheSamePageForAFolderAndAGgufFile) {
  const testing_support::TemporaryFolder folder;
  const TinyDecoder tiny(mw::testing_support::source_dir(), "mistral_window");
  tiny.write_folder(folder.path(), 2);
  const auto file = folder.path() / "m.gguf";
  ASSERT_TRUE(write_file_atomically(file, tiny.gguf()));
  const auto of_folder = describe_model(folder.path());
  ASSERT_TRUE(of_folder) << of_folder.error().message.en;
  const auto of_file = describe_model(file);
  ASSERT_TRUE(of_file) << of_file.error().message.en;
  EXPECT_THAT(of_folder->summary,
              StartsWith("llama: 2 layers, width 64, heads 4 x 80, key/value heads 2"));
  EXPECT_THAT(of_folder->summary, HasSubstr("window 7"));
  EXPECT_EQ(of_file->summary, of_folder->summary);
  EXPECT_EQ(of_file->parameters, of_folder->parameters);
  EXPECT_EQ(of_file->tensors.size(), of_folder->tensors.size());
  EXPECT_EQ(of_folder->title, "safetensors, 2 files");
  const Json json = to_json(*of_folder);
  EXPECT_EQ(json["format"], "safetensors");
  EXPECT_EQ(json["served"], true);
  EXPECT_THAT(json["tokenizer"].get<std::string>(), HasSubstr("no tokenizer.json"));
  EXPECT_EQ(json["chat_template"], "");
  EXPECT_EQ(json["types"]["F32"]["tensors"], of_folder->tensors.size());
  EXPECT_EQ(json["types"]["F32"]["kernel_form"], "f32");
  EXPECT_EQ(json["types"]["F32"]["kernel_bits"], 32);
}

TEST(ModelDescription, SaysByWhichKeyAModelIsRefused) {
  const testing_support::TemporaryFolder folder;
  TinyDecoder tiny(mw::testing_support::source_dir(), "llama");
  tiny.config()["quantization_config"] = {{"quant_method", "gptq"}};
  tiny.write_folder(folder.path(), 1);
  const auto description = describe_model(folder.path());
  ASSERT_TRUE(description) << description.error().message.en;
  ASSERT_TRUE(description->problem);
  EXPECT_THAT(description->problem->message.en, HasSubstr("quantization_config"));
  EXPECT_EQ(to_json(*description)["served"], false);
}

}  // namespace
}  // namespace mw::app
