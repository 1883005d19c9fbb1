// A change of the plant counts whole or not at all, and one that does not come up is taken back.
#include "apps/millwright/setup_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/file.h"
#include "tests/support/temporary_folder.h"

namespace mw::app {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

class NotedAudit final : public security::Audit {
 public:
  Result<void> record(const security::AuditEvent& event) override {
    if (full) return Error::make(Code::kIo, "the disk is full", "磁盘已满");
    events.push_back(event);
    return {};
  }
  std::vector<security::AuditEvent> events;
  bool full = false;
};

Json setup_of(const std::string& site) {
  return {{"description",
           {{"site", site},
            {"lines", Json::array({{{"id", "line-1"}}})},
            {"kinds", Json::array({{{"id", "oven"}}})},
            {"assets", Json::array({{{"id", "oven-1"},
                                     {"kind", "oven"},
                                     {"line", "line-1"},
                                     {"tags", Json::array({{{"id", "t"}}})}}})}}},
          {"connectors", Json::array()}};
}

class SetupStoreTest : public ::testing::Test {
 protected:
  SetupStoreTest() { begin(); }
  void begin(std::optional<Text> fixed = {}, bool demo = true) {
    store_ = std::make_unique<SetupStore>(SetupStoreOptions{
        folder_.path(), audit_, no_log(), std::move(fixed), demo, [this] { ++restarts_; }});
  }
  /// As the server does; a site in `refused_` does not come up.
  Result<std::shared_ptr<plant::Plant>> open() {
    return store_->open_plant(
        [this](const app::Setup* setup) -> Result<std::shared_ptr<plant::Plant>> {
          opened_ = setup == nullptr ? "demo" : setup->catalogue->site();
          if (opened_ == refused_) return Error::make(Code::kIo, "does not come up", "无法启动");
          return std::shared_ptr<plant::Plant>();
        });
  }
  std::string version() { return (*store_->read())["version"].get<std::string>(); }
  Result<Json> put(const Json& setup, const std::string& of) {
    return store_->replace({"person:li", "10.0.0.9"}, of, setup);
  }
  std::string on_disk() {
    const auto text = read_file(folder_.path() / "plant_setup.json", 1 << 20);
    return text ? *text : "";
  }

  testing_support::TemporaryFolder folder_;
  std::shared_ptr<NotedAudit> audit_ = std::make_shared<NotedAudit>();
  std::unique_ptr<SetupStore> store_;
  std::string opened_, refused_ = "nobody";
  int restarts_ = 0;
};

TEST_F(SetupStoreTest, ReplacesTheDemoAndIsRunningOnceItCameUp) {
  ASSERT_TRUE(open());
  EXPECT_EQ(opened_, "demo");
  EXPECT_TRUE(store_->shows_demo());
  const auto answer = put(setup_of("works"), "none");
  ASSERT_TRUE(answer) << answer.error().message.en;
  EXPECT_EQ(restarts_, 1);
  EXPECT_FALSE((*answer)["running"].get<bool>());
  EXPECT_EQ(fs::status(folder_.path() / "plant_setup.json").permissions(),
            fs::perms::owner_read | fs::perms::owner_write);
  ASSERT_EQ(audit_->events.size(), 1u);
  EXPECT_EQ(audit_->events[0].who, "person:li");
  EXPECT_EQ(audit_->events[0].object, "plant:works");
  EXPECT_EQ(put(setup_of("other"), version()).error().code, Code::kUnavailable) << "restarting";
  ASSERT_TRUE(open());
  EXPECT_EQ(opened_, "works");
  EXPECT_TRUE((*store_->read())["running"].get<bool>());
  EXPECT_FALSE(store_->shows_demo());
  EXPECT_FALSE(fs::exists(folder_.path() / "plant_setup.json.before"));
}

TEST_F(SetupStoreTest, TwoAdministratorsDoNotOverwriteEachOther) {
  ASSERT_TRUE(open());
  ASSERT_TRUE(put(setup_of("works"), "none"));
  ASSERT_TRUE(open());
  const auto late = put(setup_of("other"), "none");
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().code, Code::kConflict);
  EXPECT_THAT(on_disk(), HasSubstr("works"));
}

TEST_F(SetupStoreTest, LeavesEverythingAsItWasWhenAnythingIsWrong) {
  ASSERT_TRUE(open());
  Json wrong = setup_of("works");
  wrong["broker"] = {{"address", "tcp://h"},
                     {"user", "u"},
                     {"password", "hunter2222"},
                     {"topic", Json::array({{{"topic", "a"}, {"tag", "oven-1/none"}}})}};
  const auto refused = put(wrong, "none");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().param, "/broker/topic/0/tag");
  EXPECT_EQ(on_disk(), "");
  EXPECT_TRUE(audit_->events.empty());
  EXPECT_EQ(restarts_, 0);
  for (const auto& each : fs::recursive_directory_iterator(folder_.path())) {
    EXPECT_TRUE(each.is_directory()) << each.path();
  }
  audit_->full = true;
  EXPECT_FALSE(put(setup_of("works"), "none"));
  EXPECT_EQ(on_disk(), "") << "what is not in the audit log does not count";
}

TEST_F(SetupStoreTest, TakesBackWhatDoesNotComeUp) {
  ASSERT_TRUE(open());
  ASSERT_TRUE(put(setup_of("works"), "none"));
  ASSERT_TRUE(open());
  ASSERT_TRUE(put(setup_of("bad"), version()));
  refused_ = "bad";
  begin();  // as after a kill between the change and the start
  ASSERT_TRUE(open());
  EXPECT_EQ(opened_, "works");
  EXPECT_THAT(on_disk(), HasSubstr("works"));
  const Json view = *store_->read();
  EXPECT_TRUE(view["running"].get<bool>());
  EXPECT_THAT(view["problem"]["en"].get<std::string>(), HasSubstr("does not come up"));
  EXPECT_EQ(audit_->events.back().outcome, security::AuditOutcome::kFailed);
  ASSERT_TRUE(put(setup_of("good"), version()));
  ASSERT_TRUE(open());
  EXPECT_EQ(opened_, "good");
  EXPECT_TRUE((*store_->read())["problem"].is_null());
}

TEST_F(SetupStoreTest, TheFirstOneThatDoesNotComeUpLeavesTheDemo) {
  ASSERT_TRUE(open());
  refused_ = "bad";
  ASSERT_TRUE(put(setup_of("bad"), "none"));
  ASSERT_TRUE(open());
  EXPECT_EQ(opened_, "demo");
  EXPECT_TRUE(store_->shows_demo());
  EXPECT_EQ(on_disk(), "");
}

TEST_F(SetupStoreTest, OneThatCameUpOnceStaysAndTheServerComesUpWithoutItsPlant) {
  ASSERT_TRUE(open());
  ASSERT_TRUE(put(setup_of("works"), "none"));
  ASSERT_TRUE(open());
  refused_ = "works";  // a database that is away, say
  begin();
  const auto plant = open();
  ASSERT_TRUE(plant);
  EXPECT_EQ(*plant, nullptr);
  EXPECT_THAT(on_disk(), HasSubstr("works"));
  EXPECT_FALSE((*store_->read())["running"].get<bool>());
  EXPECT_FALSE((*store_->read())["problem"].is_null());
}

TEST_F(SetupStoreTest, WhatCannotBeReadCanBeReplaced) {
  for (const char* text : {"", "{", "[]", "null", "{\"connectors\": 1}", "\xff"}) {
    fs::remove(folder_.path() / "plant_setup.json");
    ASSERT_TRUE(write_file_atomically(folder_.path() / "plant_setup.json", text));
    begin();
    const auto plant = open();
    ASSERT_TRUE(plant) << text;
    const Json view = *store_->read();
    EXPECT_FALSE(view["problem"].is_null()) << text;
    const auto mended = put(setup_of("works"), view["version"].get<std::string>());
    ASSERT_TRUE(mended) << text << ": " << mended.error().message.en;
    ASSERT_TRUE(open());
    EXPECT_EQ(opened_, "works") << text;
  }
}

TEST_F(SetupStoreTest, ADamagedSetupIsNamedAndKeptWhenItIsReplaced) {
  const std::vector<std::string> damaged = {"{\"connectors\": [", "{\"connectors\": 1}", "{"};
  for (std::size_t i = 0; i < damaged.size(); ++i) {
    fs::remove(folder_.path() / "plant_setup.json");
    ASSERT_TRUE(write_file_atomically(folder_.path() / "plant_setup.json", damaged[i]));
    // The last one lies beside a change that did not come up.
    if (i == 2) {
      ASSERT_TRUE(write_file_atomically(folder_.path() / "plant_setup.json.before",
                                        to_text(setup_of("old"))));
    }
    begin();
    ASSERT_TRUE(open());
    if (i < 2) {
      ASSERT_TRUE(put(setup_of("works"), version()));
      EXPECT_THAT(audit_->events.back().detail, HasSubstr("a damaged setup is kept aside"));
      ASSERT_TRUE(open());
    }
    const std::string name = "plant_setup.json.damaged-" + std::to_string(i + 1);
    EXPECT_EQ(read_file(folder_.path() / name, 1000).value_or("gone"), damaged[i]) << name;
  }
  EXPECT_EQ(opened_, "old");
}

TEST_F(SetupStoreTest, ConfigTomlWins) {
  begin(Text{"config.toml says it", "由 config.toml 指定"});
  ASSERT_TRUE(open());
  const Json view = *store_->read();
  EXPECT_FALSE(view["editable"].get<bool>());
  EXPECT_EQ(view["why"]["en"], "config.toml says it");
  EXPECT_EQ(put(setup_of("works"), "none").error().code, Code::kConflict);
  EXPECT_EQ(store_->look({"person:li", ""}, {{"kind", "mqtt"}}).error().code, Code::kConflict);
}

}  // namespace
}  // namespace mw::app
