// People: added, changed, removed; each change audited or not made; what lies on the disk.
#include "security/people.h"

#include <sys/stat.h>

#include <atomic>
#include <thread>

#include "core/file.h"
#include "tests/support/test_people.h"

namespace mw::security {
namespace {

class PeopleTest : public PeopleFixture {};

TEST_F(PeopleTest, KeepsAPersonWithRoleLinesAndLabels) {
  EXPECT_FALSE(people_->anyone());
  add("li", {Role::kEngineer, {"line-1", "line-2"}, {"manuals"}});
  EXPECT_TRUE(people_->anyone());
  reopen();
  const auto all = *people_->people();
  ASSERT_EQ(all.size(), 1u);
  EXPECT_EQ(all[0].name, "li");
  EXPECT_EQ(all[0].grant.role, Role::kEngineer);
  EXPECT_EQ(all[0].grant.lines, (std::vector<std::string>{"line-1", "line-2"}));
  EXPECT_EQ(all[0].grant.labels, std::vector<std::string>{"manuals"});
  EXPECT_FALSE(all[0].totp);
}

TEST_F(PeopleTest, ChangesAreAuditedUnderTheStoredName) {
  add("li");
  ASSERT_TRUE(people_->set_disabled(kAdmin, "LI", true));
  EXPECT_EQ(audit_->last().object, "person:li");
}

TEST_F(PeopleTest, TwoFirstStartsAtOnceMakeOneKey) {
  for (int round = 0; round < 5; ++round) {
    const testing_support::TemporaryFolder fresh;
    PeopleOptions first = options();
    first.folder = fresh.path();
    std::atomic<int> opened{0};
    std::vector<std::thread> starts;
    for (int i = 0; i < 4; ++i) {
      starts.emplace_back([&] { opened += People::open(first).has_value() ? 1 : 0; });
    }
    for (std::thread& each : starts) each.join();
    EXPECT_EQ(opened, 4);
  }
}

TEST_F(PeopleTest, TakingTheLastOneAwayOpensNothing) {
  add("li");
  ASSERT_TRUE(people_->remove_person(kAdmin, "li"));
  EXPECT_TRUE(people_->anyone());
  reopen();
  EXPECT_TRUE(people_->anyone());
}

TEST_F(PeopleTest, AuditsEachChangeWithoutItsSecrets) {
  add("li");
  ASSERT_TRUE(people_->set_password(kAdmin, "li", "another long password"));
  ASSERT_TRUE(people_->set_grant(kAdmin, "li", {Role::kEngineer, {"*"}, {}}));
  ASSERT_TRUE(people_->set_disabled(kAdmin, "li", true));
  ASSERT_TRUE(people_->set_disabled(kAdmin, "li", false));
  const auto setup = people_->enable_totp(kAdmin, "li");
  ASSERT_TRUE(people_->disable_totp(kAdmin, "li"));
  const auto key = people_->add_key(kAdmin, {"mes", {}, {"plant"}, 0});
  ASSERT_TRUE(people_->revoke_key(kAdmin, key->substr(0, key->find('.'))));
  ASSERT_TRUE(people_->remove_person(kAdmin, "li"));
  std::vector<std::string> actions;
  for (const AuditEvent& event : audit_->events()) {
    actions.push_back(event.action);
    EXPECT_EQ(event.who, "person:root");
    EXPECT_EQ(event.address, "10.0.0.1");
    const std::string all = event.object + event.detail;
    for (const std::string& secret :
         {std::string(kPassword), std::string("another long password"), setup->secret,
          setup->recovery_codes[0], key->substr(key->find('.') + 1)}) {
      EXPECT_EQ(all.find(secret), std::string::npos) << event.action;
    }
  }
  EXPECT_EQ(actions, (std::vector<std::string>{
                         "user.add", "user.passwd", "user.grant", "user.disable", "user.enable",
                         "user.totp", "user.totp", "token.create", "token.revoke", "user.rm"}));
}

TEST_F(PeopleTest, ChangesNothingThatCannotBeAudited) {
  add("li");
  audit_->break_it(true);
  EXPECT_FALSE(people_->add_person(kAdmin, {"wang", kPassword, {}}));
  EXPECT_FALSE(people_->set_disabled(kAdmin, "li", true));
  EXPECT_FALSE(people_->remove_person(kAdmin, "li"));
  EXPECT_FALSE(people_->add_key(kAdmin, {"mes", {}, {"plant"}, 0}));
  EXPECT_FALSE(login("li"));
  audit_->break_it(false);
  ASSERT_EQ(people_->people()->size(), 1u);
  EXPECT_FALSE(people_->people()->at(0).disabled);
  EXPECT_TRUE(people_->keys()->empty());
  EXPECT_TRUE(login("li"));
}

TEST_F(PeopleTest, RefusesNamesAndChangesThatCannotBe) {
  add("li");
  const auto again = people_->add_person(kAdmin, {"LI", kPassword, {}});
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, Code::kConflict);
  for (const char* name : {"", "a b", "a:b", "a\nb", "<b>", "a\x7f"}) {
    EXPECT_FALSE(people_->add_person(kAdmin, {name, kPassword, {}})) << name;
  }
  EXPECT_FALSE(people_->add_person(kAdmin, {std::string(65, 'x'), kPassword, {}}));
  EXPECT_FALSE(people_->add_person(kAdmin, {"wang", "short", {}}));
  EXPECT_FALSE(people_->add_person(kAdmin, {"wang", kPassword, {Role::kViewer, {""}, {}}}));
  EXPECT_TRUE(people_->add_person(kAdmin, {"王伟", kPassword, {}}));
  EXPECT_EQ(people_->set_password(kAdmin, "nobody", kPassword).error().code, Code::kNotFound);
  EXPECT_EQ(people_->remove_person(kAdmin, "nobody").error().code, Code::kNotFound);
  EXPECT_EQ(people_->revoke_key(kAdmin, "mw_nothing").error().code, Code::kNotFound);
  EXPECT_FALSE(people_->add_key(kAdmin, {"mes", {}, {"everything"}, 0}));
  EXPECT_FALSE(people_->add_key(kAdmin, {"mes", {}, {}, 0}));
}

TEST_F(PeopleTest, KeepsNoSecretReadableOnTheDisk) {
  add("li");
  const auto setup = people_->enable_totp(kAdmin, "li");
  const auto key = people_->add_key(kAdmin, {"mes", {}, {"plant"}, 0});
  ASSERT_TRUE(people_->disable_totp(kAdmin, "li"));
  const auto session = login("li");
  ASSERT_TRUE(session);
  for (const char* file : {"people.db", "people.db-wal", "people.key"}) {
    const auto path = folder_.path() / file;
    if (!std::filesystem::exists(path)) continue;
    struct stat status {};
    ASSERT_EQ(::stat(path.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0077, 0u) << file;
    const std::string bytes = *read_file(path, 1 << 24);
    for (const std::string& secret :
         {std::string(kPassword), session->token, *key, setup->recovery_codes[0]}) {
      EXPECT_EQ(bytes.find(secret), std::string::npos) << file;
    }
  }
}

TEST_F(PeopleTest, RefusesAFileWhoseKeyIsMissingOrAnothers) {
  add("li");
  people_.reset();
  const auto key_file = folder_.path() / "people.key";
  const std::string key = *read_file(key_file, 256);
  std::filesystem::remove(key_file);
  EXPECT_EQ(People::open(options()).error().code, Code::kConflict);
  std::string other = key;
  other[0] = other[0] == '0' ? '1' : '0';
  ASSERT_TRUE(write_file_atomically(key_file, other));
  EXPECT_EQ(People::open(options()).error().code, Code::kConflict);
  ASSERT_TRUE(write_file_atomically(key_file, "short\n"));
  EXPECT_EQ(People::open(options()).error().code, Code::kCorrupt);
  ASSERT_TRUE(write_file_atomically(key_file, key));
  std::filesystem::permissions(key_file, std::filesystem::perms(0640));
  EXPECT_EQ(People::open(options()).error().code, Code::kPermissionDenied);
  std::filesystem::permissions(key_file, std::filesystem::perms(0600));
  EXPECT_TRUE(People::open(options()));
}

TEST_F(PeopleTest, RefusesAFileOfSomethingElse) {
  people_.reset();
  ASSERT_TRUE(write_file_atomically(folder_.path() / "people.db", "not a database at all"));
  for (const char* rest : {"people.db-wal", "people.db-shm"}) {
    std::filesystem::remove(folder_.path() / rest);
  }
  EXPECT_EQ(People::open(options()).error().code, Code::kCorrupt);
}

TEST_F(PeopleTest, SeesWhatAnotherProcessChanged) {
  add("li");
  const auto session = login("li");
  ASSERT_TRUE(people_->session(session->token));
  const auto other = People::open(options());
  ASSERT_TRUE(other);
  ASSERT_TRUE((*other)->set_grant(kAdmin, "li", {Role::kViewer, {"line-2"}, {}}));
  EXPECT_EQ(people_->session(session->token)->grants[0].lines, std::vector<std::string>{"line-2"});
  ASSERT_TRUE((*other)->set_disabled(kAdmin, "li", true));
  EXPECT_FALSE(people_->session(session->token));
}

}  // namespace
}  // namespace mw::security
