#include "hub/source.h"

#include <gtest/gtest.h>

namespace mw::hub {
namespace {

TEST(Source, ReadsTheThreeKinds) {
  const auto built_in = parse_source("smollm2-135m-instruct");
  ASSERT_TRUE(built_in);
  EXPECT_EQ(built_in->kind, Source::Kind::kBuiltIn);
  EXPECT_EQ(built_in->name, kDefaultModel);

  const auto repo = parse_source("hf:HuggingFaceTB/SmolLM2-135M-Instruct-GGUF");
  ASSERT_TRUE(repo);
  EXPECT_EQ(repo->kind, Source::Kind::kHub);
  EXPECT_EQ(repo->repo, "HuggingFaceTB/SmolLM2-135M-Instruct-GGUF");
  EXPECT_EQ(repo->file, "");

  const auto nested = parse_source("hf:org/repo/folder/model.gguf");
  ASSERT_TRUE(nested);
  EXPECT_EQ(nested->repo, "org/repo");
  EXPECT_EQ(nested->file, "folder/model.gguf");

  const auto file = parse_source("file:/models/a b.gguf");
  ASSERT_TRUE(file);
  EXPECT_EQ(file->kind, Source::Kind::kFile);
  EXPECT_EQ(file->file, "/models/a b.gguf");
  EXPECT_EQ(file->text, "file:/models/a b.gguf");
}

TEST(Source, RefusesWhatCouldLeaveTheRepositoryOrTheStore) {
  for (const char* text : {"",
                           "hf:",
                           "hf:org",
                           "hf:org/",
                           "hf:/repo",
                           "hf:org//file",
                           "hf:../repo",
                           "hf:org/..",
                           "hf:org/repo/../x",
                           "hf:org/repo/",
                           "hf:org/repo/a?b",
                           "hf:org/repo/a#b",
                           "hf:org/repo/%2e",
                           "hf:org/repo/a b",
                           "hf:or\ng/repo",
                           "file:",
                           "../name",
                           "-name",
                           ".name",
                           "a/b"}) {
    const auto source = parse_source(text);
    ASSERT_FALSE(source) << text;
    EXPECT_EQ(source.error().code, Code::kInvalidArgument) << text;
    EXPECT_EQ(source.error().param, "source");
  }
  EXPECT_FALSE(parse_source(std::string(5000, 'a')));
  EXPECT_FALSE(parse_source(std::string_view("a\0b", 3)));
}

TEST(Source, UnknownNameSaysWhatThereIs) {
  const auto source = parse_source("gpt-5");
  ASSERT_FALSE(source);
  EXPECT_EQ(source.error().code, Code::kNotFound);
  EXPECT_NE(source.error().message.en.find("smollm2-135m-instruct"), std::string::npos);
  EXPECT_NE(source.error().message.zh.find("内置"), std::string::npos);
}

TEST(Source, NameFromAFileIsAlwaysAModelName) {
  EXPECT_EQ(name_from_file("/a/SmolLM2.Q4_1.gguf"), "SmolLM2.Q4_1");
  EXPECT_EQ(name_from_file("my model (1).gguf"), "my-model--1-");
  EXPECT_EQ(name_from_file(".gguf"), "gguf");
  for (const std::string& path : {std::string("x/"), std::string("---"), std::string("..."),
                                  std::string("模型.gguf"), std::string(300, 'x') + ".gguf"}) {
    EXPECT_TRUE(is_model_name(name_from_file(path))) << path;
  }
}

TEST(Source, EveryBuiltInModelIsPinned) {
  for (const BuiltInModel& model : built_in_models()) {
    EXPECT_TRUE(is_model_name(model.name));
    EXPECT_EQ(model.sha256.size(), 64U);
    EXPECT_NE(model.requirement.find("=="), std::string_view::npos);
    EXPECT_FALSE(model.licence.empty());
  }
}

}  // namespace
}  // namespace mw::hub
