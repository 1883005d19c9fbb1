// `pull hf:...` against a server that speaks the hub's API, well and badly.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <thread>

#include "core/file.h"
#include "core/sha256.h"
#include "hub/pull.h"
#include "tests/support/fake_hub.h"
#include "tests/support/temporary_folder.h"

namespace mw::hub {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing_support::FakeHub;

class PullHubTest : public testing::Test {
 protected:
  PullHubTest() {
    weights_ = "GGUF";
    for (int i = 0; i < 30'000; ++i) weights_ += std::to_string(i);
    hub_.files["model.gguf"] = {weights_, sha256_hex(weights_)};
    hub_.files["README.md"] = {"hello", ""};
    options_.hub_endpoint = hub_.address();
    options_.http.idle_timeout = std::chrono::milliseconds(500);
    options_.retry_delay = std::chrono::milliseconds(1);
  }
  Result<StoredModel> fetch(const std::string& source = "hf:org/repo") {
    return pull(store_, *parse_source(source), options_, clock_, {}, stop_.get_token());
  }
  std::string stored(const std::string& name = "repo") {
    const auto model = store_.find(name);
    return model ? *read_file(model->path, 1 << 20) : model.error().message.en;
  }
  /// Files in partial/ that are not locks.
  std::vector<std::filesystem::path> partials() {
    std::vector<std::filesystem::path> out;
    for (const auto& entry : std::filesystem::directory_iterator(folder_.path() / "partial")) {
      if (entry.path().extension() == ".part") out.push_back(entry.path());
    }
    return out;
  }

  testing_support::TemporaryFolder folder_;
  ModelStore store_ = *ModelStore::open(folder_.path());
  FixedClock clock_{1'700'000'000 * kNsPerSecond};
  PullOptions options_;
  std::stop_source stop_;
  std::string weights_;
  FakeHub hub_;
};

TEST_F(PullHubTest, BringsTheOnlyGgufWithItsLicence) {
  const auto model = fetch();
  ASSERT_TRUE(model) << model.error().message.en;
  EXPECT_EQ(model->manifest.name, "repo");
  EXPECT_EQ(model->manifest.source, "hf:org/repo");
  EXPECT_EQ(model->manifest.licence, "apache-2.0");
  EXPECT_EQ(model->manifest.sha256, sha256_hex(weights_));
  EXPECT_EQ(model->manifest.files[0].name, "model.gguf");
  EXPECT_EQ(model->manifest.fetched_at_s, 1'700'000'000);
  EXPECT_EQ(stored(), weights_);
  EXPECT_TRUE(partials().empty());
}

TEST_F(PullHubTest, SecondPullFetchesNothing) {
  ASSERT_TRUE(fetch());
  ASSERT_TRUE(fetch());
  EXPECT_EQ(hub_.ranges_asked().size(), 1U);
}

TEST_F(PullHubTest, SeveralFilesAreAChoice) {
  hub_.files["other-Q8_0.gguf"] = {"GGUFother", sha256_hex("GGUFother")};
  const auto model = fetch();
  ASSERT_FALSE(model);
  EXPECT_EQ(model.error().code, Code::kInvalidArgument);
  EXPECT_THAT(model.error().message.en, HasSubstr("other-Q8_0.gguf"));
  ASSERT_TRUE(fetch("hf:org/repo/other-Q8_0.gguf"));
  EXPECT_EQ(stored("other-Q8_0"), "GGUFother");
}

TEST_F(PullHubTest, MissingThingsAreNamed) {
  EXPECT_EQ(fetch("hf:org/none").error().code, Code::kNotFound);
  const auto file = fetch("hf:org/repo/none.gguf");
  EXPECT_EQ(file.error().code, Code::kNotFound);
  EXPECT_THAT(file.error().message.en, HasSubstr("model.gguf"));
  hub_.files = {{"model.safetensors", {"{}", ""}}};
  EXPECT_EQ(fetch().error().code, Code::kUnsupported);
  hub_.files = {{"big-00001-of-00002.gguf", {"GGUF", ""}}};
  EXPECT_EQ(fetch("hf:org/repo/big-00001-of-00002.gguf").error().code, Code::kUnsupported);
}

TEST_F(PullHubTest, GatedRepositorySaysHowToGetIn) {
  hub_.gated_status = 401;
  const auto model = fetch();
  EXPECT_EQ(model.error().code, Code::kUnauthenticated);
  EXPECT_THAT(model.error().message.en, HasSubstr("HF_TOKEN"));
  EXPECT_THAT(model.error().message.en, HasSubstr("Access to model is restricted"));
  EXPECT_THAT(model.error().message.zh, HasSubstr("令牌"));
  hub_.gated_status = 403;
  EXPECT_EQ(fetch().error().code, Code::kPermissionDenied);
  options_.hub_token = "good";
  EXPECT_TRUE(fetch());
}

TEST_F(PullHubTest, ResumesAfterEachCut) {
  hub_.cut_after = 50'000;
  hub_.cuts = 2;
  const auto model = fetch();
  ASSERT_TRUE(model) << model.error().message.en;
  EXPECT_EQ(stored(), weights_);
  EXPECT_THAT(hub_.ranges_asked(), ElementsAre("", "bytes=50000-", "bytes=100000-"));
}

TEST_F(PullHubTest, ResumesInALaterRun) {
  hub_.cut_after = 50'000;
  hub_.cuts = 1;
  options_.retries = 0;
  EXPECT_EQ(fetch().error().code, Code::kUnavailable);
  ASSERT_EQ(partials().size(), 1U);
  EXPECT_EQ(std::filesystem::file_size(partials()[0]), 50'000U);
  const ModelStore reopened = *ModelStore::open(folder_.path());
  ASSERT_TRUE(pull(reopened, *parse_source("hf:org/repo"), options_, clock_, {}, {}));
  EXPECT_EQ(stored(), weights_);
  EXPECT_EQ(hub_.ranges_asked().back(), "bytes=50000-");
}

TEST_F(PullHubTest, StartsAgainWhereTheServerDoesNotResume) {
  hub_.ranges = false;
  hub_.cut_after = 50'000;
  hub_.cuts = 1;
  ASSERT_TRUE(fetch());
  EXPECT_EQ(stored(), weights_);
}

TEST_F(PullHubTest, GivesUpAfterItsRetries) {
  hub_.cut_after = 0;
  hub_.cuts = 100;
  options_.retries = 3;
  const auto model = fetch();
  EXPECT_EQ(model.error().code, Code::kUnavailable);
  EXPECT_THAT(model.error().message.en, HasSubstr("pull file:PATH"));
  EXPECT_EQ(hub_.ranges_asked().size(), 4U);
}

TEST_F(PullHubTest, WrongHashIsRefusedAndRemoved) {
  std::string changed = weights_;
  changed[1000] ^= 1;
  hub_.files["model.gguf"].content = changed;  // the listed hash stays
  const auto model = fetch();
  ASSERT_FALSE(model);
  EXPECT_EQ(model.error().code, Code::kCorrupt);
  EXPECT_THAT(model.error().message.en, HasSubstr(sha256_hex(changed)));
  EXPECT_TRUE(partials().empty());
  EXPECT_FALSE(store_.find("repo"));
  EXPECT_FALSE(std::filesystem::exists(store_.blob_path(sha256_hex(changed))));
  hub_.files["model.gguf"].content = weights_;
  EXPECT_TRUE(fetch());
}

TEST_F(PullHubTest, StaleBytesOfAnEarlierTryAreNoticed) {
  std::ofstream(store_.partial_path(sha256_hex(weights_))) << "not the start of this file";
  const auto model = fetch();
  EXPECT_EQ(model.error().code, Code::kCorrupt);
  ASSERT_TRUE(fetch());
  EXPECT_EQ(stored(), weights_);
}

TEST_F(PullHubTest, WorksWithAHubThatKnowsNoHashes) {
  hub_.files["model.gguf"].listed_sha256 = "";
  const auto model = fetch();
  ASSERT_TRUE(model) << model.error().message.en;
  EXPECT_EQ(model->manifest.sha256, sha256_hex(weights_));
}

TEST_F(PullHubTest, WhatIsNoGgufIsRefused) {
  hub_.files["model.gguf"] = {"<html>sign in</html>", sha256_hex("<html>sign in</html>")};
  const auto model = fetch();
  EXPECT_EQ(model.error().code, Code::kUnsupported);
  EXPECT_FALSE(store_.find("repo"));
  EXPECT_TRUE(partials().empty());
}

TEST_F(PullHubTest, SlowHubTimesOutAndStopEndsIt) {
  hub_.pause = std::chrono::milliseconds(1500);
  options_.retries = 0;
  EXPECT_EQ(fetch().error().code, Code::kDeadlineExceeded);
  options_.http.idle_timeout = std::chrono::minutes(1);
  std::thread stopper([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    stop_.request_stop();
  });
  const auto model = fetch();
  stopper.join();
  EXPECT_EQ(model.error().code, Code::kCancelled);
}

TEST_F(PullHubTest, TwoAtOnceFetchOnce) {
  hub_.pause = std::chrono::milliseconds(200);
  std::vector<std::thread> pullers;
  for (int i = 0; i < 3; ++i) {
    pullers.emplace_back([&] {
      const auto model =
          pull(store_, *parse_source("hf:org/repo"), options_, clock_, {}, stop_.get_token());
      EXPECT_TRUE(model) << model.error().message.en;
    });
  }
  for (std::thread& puller : pullers) puller.join();
  EXPECT_EQ(hub_.ranges_asked().size(), 1U);
}

TEST_F(PullHubTest, ReportsProgressUpToTheEnd) {
  std::vector<PullProgress> seen;
  const auto model = pull(store_, *parse_source("hf:org/repo"), options_, clock_,
                          [&](const PullProgress& progress) { seen.push_back(progress); }, {});
  ASSERT_TRUE(model);
  ASSERT_GE(seen.size(), 3U);
  EXPECT_EQ(seen.front().stage, PullProgress::Stage::kLocating);
  EXPECT_EQ(seen.back().stage, PullProgress::Stage::kDone);
  uint64_t most = 0;
  for (const PullProgress& progress : seen) most = std::max(most, progress.bytes_done);
  EXPECT_EQ(most, weights_.size());
}

}  // namespace
}  // namespace mw::hub
