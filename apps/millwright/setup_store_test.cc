// A change of the plant counts whole or not at all, and one that does not come up is taken back.
#include "apps/millwright/setup_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/file.h"
#include "security/people.h"
#include "tests/support/fake_secrets.h"
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
    store_ = std::make_unique<SetupStore>(SetupStoreOptions{folder_.path(), audit_, secrets_,
                                                            no_log(), std::move(fixed), demo,
                                                            [this] { ++restarts_; }});
  }
  /// As the server does; a site in `refused_` does not come up.
  Result<std::shared_ptr<plant::Plant>> open() {
    return store_->open_plant(
        [this](const app::Setup* setup) -> Result<std::shared_ptr<plant::Plant>> {
          opened_ = setup == nullptr ? "demo" : setup->catalogue->site();
          connectors_ = setup == nullptr ? 0 : setup->connectors.size();
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
  std::shared_ptr<security::FakeSecrets> secrets_ = std::make_shared<security::FakeSecrets>();
  std::unique_ptr<SetupStore> store_;
  std::string opened_, refused_ = "nobody";
  std::size_t connectors_ = 0;
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
  EXPECT_TRUE(secrets_->all.empty());
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

/// With an OPC UA server that asks for a password, and a PLC that does not.
Json setup_with_password(const Json& password) {
  Json setup = setup_of("works");
  setup["description"]["assets"][0]["tags"].push_back({{"id", "p"}});
  setup["connectors"].push_back(
      {{"name", "plc"},
       {"kind", "modbus_tcp"},
       {"address", "10.0.0.7"},
       {"register", Json::array({{{"tag", "oven-1/t"}, {"address", 0}}})}});
  setup["connectors"].push_back({{"name", "oven-server"},
                                 {"kind", "opcua"},
                                 {"endpoint", "opc.tcp://10.0.0.9:4840"},
                                 {"user", "li"},
                                 {"password", password},
                                 {"node", Json::array({{{"tag", "oven-1/p"}, {"node", "i=7"}}})}});
  return setup;
}

TEST_F(SetupStoreTest, WithoutTheKeyTheOthersStartAndItIsSaidWhichPasswordToType) {
  ASSERT_TRUE(open());
  ASSERT_TRUE(put(setup_with_password("hunter2222"), "none"));
  ASSERT_TRUE(open());
  EXPECT_EQ(connectors_, 2u);
  EXPECT_TRUE((*store_->read())["problem"].is_null());
  secrets_->lost = true;
  begin();
  ASSERT_TRUE(open());
  EXPECT_EQ(opened_, "works");
  EXPECT_EQ(connectors_, 1u);
  Json view = *store_->read();
  EXPECT_TRUE(view["running"].get<bool>());
  for (const char* language : {"en", "zh"}) {
    const auto told = view["problem"][language].get<std::string>();
    EXPECT_THAT(told, HasSubstr("oven-server"));
    EXPECT_THAT(told, HasSubstr("secret.key"));
    EXPECT_THAT(told, HasSubstr("rotate-key --lost"));
  }
  // What can be read can still be changed; a password cannot be kept without a key.
  ASSERT_TRUE(put(view["setup"], version()));
  ASSERT_TRUE(open());
  EXPECT_EQ(put(setup_with_password("typed again"), version()).error().param, "key_file");
  // As after rotate-key --lost: a new key, and nothing under it.
  secrets_->lost = false;
  secrets_->all.clear();
  begin();
  ASSERT_TRUE(open());
  EXPECT_EQ(connectors_, 1u);
  EXPECT_THAT((*store_->read())["problem"]["en"].get<std::string>(), HasSubstr("oven-server"));
  ASSERT_TRUE(put(setup_with_password("typed again"), version()));
  ASSERT_TRUE(open());
  EXPECT_EQ(connectors_, 2u);
  EXPECT_TRUE((*store_->read())["problem"].is_null());
}

TEST_F(SetupStoreTest, NoFileOfTheDataFolderHoldsThePassword) {
  security::PeopleOptions options;
  options.folder = folder_.path();
  options.audit = audit_;
  const std::shared_ptr<security::People> people = *security::People::open(std::move(options));
  const std::shared_ptr<security::Secrets> sealed(people, &people->secrets());
  store_ = std::make_unique<SetupStore>(
      SetupStoreOptions{folder_.path(), audit_, sealed, no_log(), {}, true, [] {}});
  ASSERT_TRUE(open());
  ASSERT_TRUE(put(setup_with_password("hunter2222"), "none"));
  ASSERT_TRUE(open());
  EXPECT_EQ(connectors_, 2u);
  int files = 0;
  for (const auto& each : fs::recursive_directory_iterator(folder_.path())) {
    if (!each.is_regular_file()) continue;
    ++files;
    EXPECT_THAT(*read_file(each.path(), 1 << 24), ::testing::Not(HasSubstr("hunter2222")))
        << each.path();
  }
  EXPECT_GE(files, 4) << "people.db, its key and journal, the setup";
}

TEST_F(SetupStoreTest, FilesOfEarlierVersionsAreSealedAtTheStartButNotThoseThatConfigTomlMayName) {
  const auto file = folder_.path() / "secrets" / "secret-0123456789abcdef";
  ASSERT_TRUE(make_private_folder(file.parent_path()));
  ASSERT_TRUE(write_file_atomically(file, "hunter2222\n"));
  Json setup = setup_with_password(Json());
  setup["connectors"][1].erase("password");
  setup["connectors"][1]["password_file"] = file.filename().string();
  ASSERT_TRUE(write_file_atomically(folder_.path() / "plant_setup.json", to_text(setup)));
  begin(Text{"config.toml says it", "由 config.toml 指定"});
  ASSERT_TRUE(open());
  EXPECT_TRUE(fs::exists(file));
  begin();
  ASSERT_TRUE(open());
  EXPECT_EQ(connectors_, 2u);
  EXPECT_FALSE(fs::exists(file));
  EXPECT_EQ(secrets_->all.at(file.filename()), "hunter2222");
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
