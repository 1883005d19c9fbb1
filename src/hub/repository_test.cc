#include "hub/repository.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mw::hub {
namespace {

using testing::HasSubstr;

Result<Repository> repository(const std::string& text) {
  return parse_repository(*parse_json(text));
}

TEST(Repository, ReadsFilesLicenceAndRevision) {
  const auto found = repository(R"({"sha":"0123456789abcdef0123456789abcdef01234567",
    "cardData":{"license":"mit"},"siblings":[{"rfilename":"README.md","size":10},
    {"rfilename":"a/b.gguf","size":5,"lfs":{"sha256":")" +
                                std::string(64, 'a') + R"(","size":7}}]})");
  ASSERT_TRUE(found);
  EXPECT_EQ(found->revision, "0123456789abcdef0123456789abcdef01234567");
  EXPECT_EQ(found->licence, "mit");
  ASSERT_EQ(found->files.size(), 2U);
  EXPECT_EQ(found->files[1].bytes, 7U);
  EXPECT_EQ(found->files[1].sha256, std::string(64, 'a'));
}

TEST(Repository, FindsTheLicenceWhereverItStands) {
  EXPECT_EQ(repository(R"({"siblings":[],"tags":["gguf","license:llama3.2"]})")->licence,
            "llama3.2");
  EXPECT_EQ(
      repository(R"({"siblings":[],"cardData":{"license":"other","license_name":"x-1"}})")->licence,
      "x-1");
  EXPECT_EQ(repository(R"({"siblings":[],"cardData":{"license":["a"]},"tags":[1]})")->licence, "");
}

TEST(Repository, LeavesOutWhatCannotBeTrusted) {
  const auto found = repository(R"({"sha":"../..","siblings":[{"rfilename":"../up.gguf"},
    {"rfilename":"/abs.gguf"},{"rfilename":"a\\b.gguf"},{"rfilename":""},{"rfilename":7},7,
    {"rfilename":"n.gguf","size":"7"},{"rfilename":"ok.gguf","size":-5,"lfs":{"sha256":"short"}}]})");
  ASSERT_TRUE(found);
  EXPECT_EQ(found->revision, "main");
  ASSERT_EQ(found->files.size(), 1U);
  EXPECT_EQ(found->files[0].path, "ok.gguf");
  EXPECT_EQ(found->files[0].bytes, 0U);
  EXPECT_EQ(found->files[0].sha256, "");
}

TEST(Repository, AnswersOfAnotherShapeAreErrors) {
  for (const char* text : {"[]", "{}", "7", R"({"siblings":{}})", R"({"siblings":null})"}) {
    EXPECT_EQ(repository(text).error().code, Code::kCorrupt) << text;
  }
}

TEST(Repository, ChoosesTheOnlyWholeGguf) {
  Repository found;
  found.files = {{"README.md", 1, ""},
                 {"m-00001-of-00002.gguf", 1, ""},
                 {"m-00002-of-00002.gguf", 1, ""},
                 {"m-Q4_0.gguf", 90'000'000, ""}};
  EXPECT_EQ(choose_file(found, "o/r", "")->path, "m-Q4_0.gguf");
  EXPECT_EQ(choose_file(found, "o/r", "m-Q4_0.gguf")->path, "m-Q4_0.gguf");
  EXPECT_EQ(choose_file(found, "o/r", "m-00001-of-00002.gguf").error().code, Code::kUnsupported);
  found.files.push_back({"m-Q8_0.gguf", 0, ""});
  EXPECT_THAT(choose_file(found, "o/r", "").error().message.en, HasSubstr("m-Q4_0.gguf  90 MB"));
  found.files.clear();
  EXPECT_EQ(choose_file(found, "o/r", "").error().code, Code::kUnsupported);
}

}  // namespace
}  // namespace mw::hub
