#include "hub/model_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <thread>

#include "core/file.h"
#include "core/sha256.h"
#include "tests/support/temporary_folder.h"

namespace mw::hub {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
namespace fs = std::filesystem;

class ModelStoreTest : public testing::Test {
 protected:
  ModelFile add_blob(const std::string& content, const std::string& name = "m.gguf") {
    const fs::path file = folder_ / "incoming";
    std::ofstream(file) << content;
    const std::string sha256 = sha256_hex(content);
    EXPECT_TRUE(store_->adopt_blob(file, sha256));
    return {name, sha256, content.size()};
  }
  ModelManifest manifest(const std::string& name, const ModelFile& file,
                         const std::string& source = "file:/a") {
    ModelManifest out;
    out.name = name;
    out.source = source;
    out.licence = "MIT";
    out.files = {file};
    out.fetched_at_s = 1'700'000'000;
    return out;
  }
  std::vector<std::string> names() {
    std::vector<std::string> out;
    const auto models = store_->list();
    for (const StoredModel& model : *models) out.push_back(model.manifest.name);
    return out;
  }

  testing_support::TemporaryFolder work_;
  fs::path folder_ = work_.path();
  std::unique_ptr<ModelStore> store_ =
      std::make_unique<ModelStore>(*ModelStore::open(folder_ / "models"));
};

TEST_F(ModelStoreTest, FindsWhatWasPut) {
  ASSERT_TRUE(store_->put(manifest("tiny", add_blob("weights"))));
  const auto again = ModelStore::open(folder_ / "models");
  ASSERT_TRUE(again);
  const auto model = again->find("tiny");
  ASSERT_TRUE(model) << model.error().message.en;
  EXPECT_EQ(model->manifest.licence, "MIT");
  EXPECT_EQ(model->manifest.source, "file:/a");
  EXPECT_EQ(model->manifest.bytes, 7U);
  EXPECT_EQ(model->manifest.sha256, sha256_hex("weights"));
  EXPECT_EQ(model->manifest.fetched_at_s, 1'700'000'000);
  EXPECT_EQ(*read_file(model->path, 100), "weights");
  EXPECT_TRUE(store_->verify("tiny"));
}

TEST_F(ModelStoreTest, UnknownNameSaysWhatThereIsInBothLanguages) {
  ASSERT_TRUE(store_->put(manifest("tiny", add_blob("weights"))));
  const auto model = store_->find("big");
  ASSERT_FALSE(model);
  EXPECT_EQ(model.error().code, Code::kNotFound);
  EXPECT_THAT(model.error().message.en, HasSubstr("there are: tiny"));
  EXPECT_THAT(model.error().message.zh, HasSubstr("现有： tiny"));
  EXPECT_EQ(store_->find("../../etc/passwd").error().code, Code::kInvalidArgument);
}

TEST_F(ModelStoreTest, NameOfAnotherSourceIsKept) {
  ASSERT_TRUE(store_->put(manifest("tiny", add_blob("one"), "file:/a")));
  const auto other = store_->put(manifest("tiny", add_blob("two"), "file:/b"));
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().code, Code::kConflict);
  EXPECT_EQ(store_->find("tiny")->manifest.sha256, sha256_hex("one"));
  ASSERT_TRUE(store_->put(manifest("tiny", add_blob("two"), "file:/a")));
  EXPECT_EQ(store_->find("tiny")->manifest.sha256, sha256_hex("two"));
}

TEST_F(ModelStoreTest, CardStaysWithItsWeightsOnly) {
  ASSERT_TRUE(store_->put(manifest("tiny", add_blob("one"))));
  ASSERT_TRUE(store_->put_card("tiny", {{"copies", true}}));
  EXPECT_EQ(store_->find("tiny")->manifest.card["copies"], true);
  ASSERT_TRUE(store_->put(manifest("tiny", add_blob("one"))));
  EXPECT_EQ(store_->find("tiny")->manifest.card["copies"], true);
  ASSERT_TRUE(store_->put(manifest("tiny", add_blob("two"))));
  EXPECT_TRUE(store_->find("tiny")->manifest.card.empty());
  EXPECT_FALSE(store_->put_card("big", Json::object()));
}

TEST_F(ModelStoreTest, RemovingKeepsBlobsThatAnotherModelUses) {
  const ModelFile shared = add_blob("shared");
  ASSERT_TRUE(store_->put(manifest("a", shared)));
  ASSERT_TRUE(store_->put(manifest("b", shared)));
  ASSERT_TRUE(store_->remove("a"));
  EXPECT_THAT(names(), ElementsAre("b"));
  EXPECT_TRUE(store_->find("b"));
  ASSERT_TRUE(store_->remove("b"));
  EXPECT_FALSE(fs::exists(store_->blob_path(shared.sha256)));
  EXPECT_EQ(store_->remove("b").error().code, Code::kNotFound);
}

TEST_F(ModelStoreTest, RemovingTakesWhatWasPackedFromTheBlobWithIt) {
  const ModelFile mine = add_blob("mine");
  const ModelFile other = add_blob("other");
  ASSERT_TRUE(store_->put(manifest("mine", mine)));
  ASSERT_TRUE(store_->put(manifest("again", mine)));
  ASSERT_TRUE(store_->put(manifest("other", other)));
  const fs::path packed = store_->packed_folder();
  fs::create_directory(packed);
  for (const std::string& name :
       {mine.sha256 + "-v1.mwpack", mine.sha256 + "-v2.mwpack.Zz9", other.sha256 + "-v1.mwpack"}) {
    std::ofstream(packed / name) << "weights";
  }
  ASSERT_TRUE(store_->remove("again"));
  EXPECT_TRUE(fs::exists(packed / (mine.sha256 + "-v1.mwpack")));
  ASSERT_TRUE(store_->remove("mine"));
  EXPECT_FALSE(fs::exists(packed / (mine.sha256 + "-v1.mwpack")));
  EXPECT_FALSE(fs::exists(packed / (mine.sha256 + "-v2.mwpack.Zz9")));
  EXPECT_TRUE(fs::exists(packed / (other.sha256 + "-v1.mwpack")));
}

TEST_F(ModelStoreTest, AHashIsToldByAPlaceInBlobsOnly) {
  const ModelFile file = add_blob("weights");
  const fs::path blob = store_->blob_path(file.sha256);
  fs::create_symlink(blob, folder_ / "link.gguf");
  EXPECT_EQ(store_->blob_sha256(blob), file.sha256);
  EXPECT_EQ(store_->blob_sha256(folder_ / "link.gguf"), file.sha256);
  fs::copy_file(blob, folder_ / blob.filename());
  EXPECT_EQ(store_->blob_sha256(folder_ / blob.filename()), std::nullopt);
  std::ofstream(blob.parent_path() / "sha256-zz") << "x";
  EXPECT_EQ(store_->blob_sha256(blob.parent_path() / "sha256-zz"), std::nullopt);
  EXPECT_EQ(store_->blob_sha256(folder_ / "none"), std::nullopt);
}

TEST_F(ModelStoreTest, DamageIsListedAndNotServed) {
  ASSERT_TRUE(store_->put(manifest("gone", add_blob("gone"))));
  ASSERT_TRUE(store_->put(manifest("whole", add_blob("whole"))));
  fs::remove(store_->blob_path(sha256_hex("gone")));
  std::ofstream(folder_ / "models/manifests/torn.json") << "{\"schema\":1,\"na";
  std::ofstream(folder_ / "models/manifests/whole.json.x7Gq2a") << "half a write";
  EXPECT_THAT(names(), ElementsAre("gone", "torn", "whole"));
  EXPECT_EQ(store_->find("gone").error().code, Code::kCorrupt);
  EXPECT_EQ(store_->find("torn").error().code, Code::kCorrupt);
  EXPECT_TRUE(store_->find("whole"));
  EXPECT_TRUE(store_->remove("torn"));
  EXPECT_TRUE(store_->remove("gone"));
  EXPECT_THAT(names(), ElementsAre("whole"));
}

TEST_F(ModelStoreTest, VerifyNoticesAChangedByte) {
  const ModelFile file = add_blob("weights");
  ASSERT_TRUE(store_->put(manifest("tiny", file)));
  const fs::path blob = store_->blob_path(file.sha256);
  fs::permissions(blob, fs::perms::owner_all);
  std::ofstream(blob) << "Weights";
  const auto checked = store_->verify("tiny");
  ASSERT_FALSE(checked);
  EXPECT_EQ(checked.error().code, Code::kCorrupt);
  EXPECT_THAT(checked.error().message.en, HasSubstr(sha256_hex("Weights")));
}

TEST_F(ModelStoreTest, ManifestsThatNamePathsAreRefused) {
  const std::string hash(64, 'a');
  const std::vector<std::string> broken = {
      "[]",
      R"({})",
      R"({"schema":2,"name":"x","files":[{"sha256":")" + hash + R"(","bytes":1}]})",
      R"({"schema":1,"name":"../x","files":[{"sha256":")" + hash + R"(","bytes":1}]})",
      R"({"schema":1,"name":"x","files":[]})",
      R"({"schema":1,"name":"x","files":[{"sha256":"../../etc/passwd","bytes":1}]})",
      R"({"schema":1,"name":"x","files":[{"sha256":")" + hash + R"(","bytes":-1}]})",
      R"({"schema":1,"name":"x","files":[{"sha256":")" + hash + R"(","bytes":"1"}]})",
      R"({"schema":1,"name":7,"files":[{"sha256":")" + hash + R"(","bytes":1}]})",
      R"({"schema":1,"name":"x","files":[1]})",
  };
  for (const std::string& text : broken) {
    EXPECT_FALSE(manifest_from_json(*parse_json(text))) << text;
  }
}

TEST_F(ModelStoreTest, ManyWritersLeaveEveryModelWhole) {
  const ModelFile file = add_blob("shared");
  // Keeps the blob in use, as another model of the same weights would.
  ASSERT_TRUE(store_->put(manifest("anchor", file)));
  std::vector<std::thread> writers;
  for (int writer = 0; writer < 4; ++writer) {
    writers.emplace_back([&, writer] {
      const std::string name = "model-" + std::to_string(writer);
      for (int round = 0; round < 20; ++round) {
        ASSERT_TRUE(store_->put(manifest(name, file)));
        ASSERT_TRUE(store_->put_card(name, {{"round", round}}));
        if (round % 5 == 4 && round != 19) {
          ASSERT_TRUE(store_->remove(name));
        }
        ASSERT_TRUE(store_->list());
      }
    });
  }
  for (std::thread& writer : writers) writer.join();
  EXPECT_EQ(names().size(), 5U);
  const auto models = store_->list();
  for (const StoredModel& model : *models) EXPECT_FALSE(model.problem);
}

}  // namespace
}  // namespace mw::hub
