// pull, models and inspect-model together, as a user runs them one after the other.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "apps/millwright/commands.h"
#include "formats/gguf_writer.h"
#include "tests/support/source_dir.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/tiny_decoder.h"

namespace mw::app {
namespace {

using testing::HasSubstr;

class ModelCommandsTest : public testing::Test {
 protected:
  struct Run {
    int status = 0;
    std::string out;
    std::string err;
    Json json() const { return parse_json(out).value_or(Json()); }
  };
  Run run(int (*command)(CommandLine&), std::vector<std::string> words) {
    words.insert(words.end(), {"--data", (folder_.path() / "data").string()});
    CommandLine line("test", std::move(words));
    testing::internal::CaptureStdout();
    testing::internal::CaptureStderr();
    Run result;
    result.status = command(line);
    std::fflush(stdout);
    result.out = testing::internal::GetCapturedStdout();
    result.err = testing::internal::GetCapturedStderr();
    return result;
  }
  std::string model_file();

  testing_support::TemporaryFolder folder_;
};

std::string ModelCommandsTest::model_file() {
  formats::GgufWriter writer;
  writer.add_text("general.architecture", "llama");
  const std::vector<int64_t> shape = {2, 3};
  writer.add_tensor("token_embd.weight", shape, std::vector<float>(6, 1.5F));
  const auto path = folder_.path() / "tiny.gguf";
  std::ofstream(path, std::ios::binary) << writer.build().value_or("");
  return path.string();
}

TEST_F(ModelCommandsTest, PullListInspectVerifyRemove) {
  const Run pulled = run(cmd_pull, {"file:" + model_file(), "--json"});
  ASSERT_EQ(pulled.status, 0) << pulled.err;
  EXPECT_EQ(pulled.json()["name"], "tiny");
  EXPECT_TRUE(std::filesystem::exists(pulled.json()["path"].get<std::string>()));

  const Run listed = run(cmd_models, {"--json"});
  ASSERT_EQ(listed.json()["models"].size(), 1U);
  EXPECT_EQ(listed.json()["models"][0]["name"], "tiny");
  EXPECT_TRUE(listed.json()["models"][0]["problem"].is_null());
  EXPECT_THAT(run(cmd_models, {}).out, HasSubstr("tiny"));

  const Run inspected = run(cmd_inspect_model, {"tiny", "--json"});
  ASSERT_EQ(inspected.status, 0) << inspected.err;
  EXPECT_EQ(inspected.json()["parameters"], 6);
  EXPECT_EQ(inspected.json()["tensors"][0]["shape"], Json::array({2, 3}));
  EXPECT_EQ(inspected.json()["types"]["F32"]["bytes"], 24);
  EXPECT_THAT(run(cmd_inspect_model, {"tiny"}).out, HasSubstr("general.architecture"));

  EXPECT_EQ(run(cmd_models, {"verify", "tiny"}).status, 0);
  EXPECT_EQ(run(cmd_models, {"rm", "tiny"}).status, 0);
  EXPECT_EQ(run(cmd_models, {"rm", "tiny"}).status, 1);
  EXPECT_THAT(run(cmd_models, {}).out, HasSubstr("millwright pull smollm2-135m-instruct"));
}

TEST_F(ModelCommandsTest, AFolderIsPulledLikeAFileAndReadByItsName) {
  const testing_support::TinyDecoder tiny(mw::testing_support::source_dir(), "llama");
  const std::filesystem::path folder = folder_.path() / "tiny-llama";
  std::filesystem::create_directory(folder);
  tiny.write_folder(folder, 2);
  const Run pulled = run(cmd_pull, {"file:" + folder.string() + "/", "--json"});
  ASSERT_EQ(pulled.status, 0) << pulled.err;
  const Run shown = run(cmd_inspect_model, {"tiny-llama", "--json"});
  EXPECT_EQ(shown.status, 0) << shown.err;
  EXPECT_EQ(run(cmd_models, {"verify", "tiny-llama"}).status, 0);
  EXPECT_EQ(run(cmd_models, {"rm", "tiny-llama"}).status, 0);
  EXPECT_EQ(run(cmd_inspect_model, {"tiny-llama"}).status, 1);
}

TEST_F(ModelCommandsTest, WhatIsNoModelDoesNotStayInTheStore) {
  const auto path = folder_.path() / "broken.gguf";
  std::ofstream(path) << "GGUF and then nothing that makes sense";
  const Run pulled = run(cmd_pull, {"file:" + path.string()});
  EXPECT_EQ(pulled.status, 1);
  EXPECT_THAT(pulled.err, HasSubstr("removed again"));
  EXPECT_EQ(run(cmd_models, {"--json"}).json()["models"].size(), 0U);
}

TEST_F(ModelCommandsTest, WrongUseExitsTwo) {
  EXPECT_EQ(run(cmd_pull, {}).status, 2);
  EXPECT_EQ(run(cmd_pull, {"hf:nope"}).status, 2);
  EXPECT_EQ(run(cmd_models, {"paint", "tiny"}).status, 2);
  EXPECT_EQ(run(cmd_models, {"rm"}).status, 2);
  EXPECT_EQ(run(cmd_inspect_model, {}).status, 2);
  EXPECT_EQ(run(cmd_inspect_model, {"no/such.gguf"}).status, 1);
  const Run unknown = run(cmd_inspect_model, {"nobody", "--json"});
  EXPECT_EQ(unknown.status, 1);
  EXPECT_EQ(unknown.json()["error"]["code"], "not_found");
}

}  // namespace
}  // namespace mw::app
