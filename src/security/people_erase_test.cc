// Erasing a person: nothing of them is left in people.db, and what was done stays provable.
#include <gtest/gtest.h>

#include "core/file.h"
#include "security/audit_check.h"
#include "security/audit_log.h"
#include "tests/support/test_people.h"

namespace mw::security {
namespace {

namespace fs = std::filesystem;

class PeopleErase : public PeopleFixture {
 protected:
  PeopleErase() {
    AuditLogOptions options;
    options.folder = folder_.path() / "audit";
    options.names = AuditNames::open(folder_.path() / "audit_names.db").value();
    log_ = AuditLog::open(std::move(options)).value();
    with_log();
  }
  /// The people of a server with a real log.
  void with_log() {
    people_.reset();
    PeopleOptions with = options();
    with.audit = log_;
    people_ = People::open(std::move(with)).value();
  }
  bool on_disk(const std::string& bytes) const {
    for (const auto& each : fs::recursive_directory_iterator(folder_.path())) {
      if (!each.is_regular_file()) continue;
      if (read_file(each.path(), 1 << 24)->find(bytes) != std::string::npos) return true;
    }
    return false;
  }

  std::shared_ptr<AuditLog> log_;
};

TEST_F(PeopleErase, LeavesNoByteOfThePersonAndAnAuditLogThatHolds) {
  add("root", {Role::kAdmin, {"*"}, {}});
  add("zhang.wei");
  ASSERT_TRUE(people_->add_group(kAdmin, "west", {}));
  ASSERT_TRUE(people_->set_member(kAdmin, "west", "zhang.wei", true));
  ASSERT_TRUE(people_->enable_totp(kAdmin, "zhang.wei"));
  ASSERT_TRUE(people_->disable_totp(kAdmin, "zhang.wei"));
  ASSERT_TRUE(people_->link(kAdmin, "zhang.wei", "https://id.example", "subject-of-zhang"));
  EXPECT_FALSE(login("zhang.wei", "wrong horse battery"));
  const auto in = login("zhang.wei", kPassword, {}, "10.77.0.9");
  ASSERT_TRUE(in);
  ASSERT_TRUE(people_->offer_totp("zhang.wei"));
  EXPECT_TRUE(on_disk("zhang.wei"));
  ASSERT_TRUE(people_->erase_person(kAdmin, "ZHANG.wei"));
  EXPECT_FALSE(people_->session(in->token));
  EXPECT_FALSE(login("zhang.wei"));
  EXPECT_EQ(people_->confirm_totp(kAdmin, "zhang.wei", "000000").error().code, Code::kConflict);
  EXPECT_EQ(people_->people()->size(), 1u);
  EXPECT_TRUE(people_->groups()->front().members.empty());
  people_.reset();
  EXPECT_FALSE(on_disk("zhang.wei"));
  const auto database = read_file(folder_.path() / "people.db", 1 << 24);
  EXPECT_EQ(database->find("subject-of-zhang"), std::string::npos);
  EXPECT_EQ(database->find("10.77.0.9"), std::string::npos);
  int records = 0;
  AuditCheckOptions check;
  check.on_record = [&](const AuditRecord& record) {
    records += record.event.object.starts_with("person/") ? 1 : 0;
    return true;
  };
  const auto report = check_audit(log_->folder(), check);
  ASSERT_TRUE(report);
  EXPECT_TRUE(report->intact());
  EXPECT_GE(records, 6) << "what was done stays";
}

TEST_F(PeopleErase, MayBeRepeatedWhereItWasCutOff) {
  add("root", {Role::kAdmin, {"*"}, {}});
  add("zhang.wei");
  // Killed after the change and before the name went: as removing the person leaves it.
  ASSERT_TRUE(people_->remove_person(kAdmin, "zhang.wei"));
  EXPECT_TRUE(on_disk("zhang.wei"));
  EXPECT_TRUE(people_->erase_person(kAdmin, "zhang.wei"));
  people_.reset();
  EXPECT_FALSE(on_disk("zhang.wei"));
  with_log();
  EXPECT_EQ(people_->erase_person(kAdmin, "zhang.wei").error().code, Code::kNotFound);
}

TEST_F(PeopleErase, NotOfTheLastAdministratorAndNotWithoutTheAuditLog) {
  add("root", {Role::kAdmin, {"*"}, {}});
  add("li");
  EXPECT_EQ(people_->erase_person(kAdmin, "root").error().code, Code::kConflict);
  reopen();  // with an audit that can fail
  audit_->break_it(true);
  EXPECT_EQ(people_->erase_person(kAdmin, "li").error().code, Code::kIo);
  audit_->break_it(false);
  EXPECT_TRUE(login("li"));
  ASSERT_TRUE(people_->erase_person(kAdmin, "li"));
  EXPECT_EQ(audit_->last().action, "user.erase");
}

TEST_F(PeopleErase, LoginsAreForgottenAfterAsLongAsTheConfigurationSays) {
  add("li");
  const auto key = people_->add_key(kAdmin, {"mes", {Role::kViewer, {}, {}}, {"plant"}, 0});
  people_.reset();
  PeopleOptions keeping = options();
  keeping.keep_logins_ns = 30 * kNsPerDay;
  people_ = People::open(keeping).value();
  ASSERT_TRUE(login("li"));
  ASSERT_TRUE(people_->key(*key, "10.77.0.9"));
  ASSERT_TRUE(people_->keys());  // writes what requests did
  pass(29 * kNsPerDay);
  ASSERT_TRUE(people_->keys());
  EXPECT_NE(people_->people()->front().login_ns, 0);
  EXPECT_TRUE(on_disk("10.77.0.9"));
  pass(2 * kNsPerDay);
  ASSERT_TRUE(people_->keys());
  EXPECT_EQ(people_->people()->front().login_ns, 0);
  people_.reset();
  const auto database = read_file(folder_.path() / "people.db", 1 << 24);
  EXPECT_EQ(database->find("10.77.0.9"), std::string::npos);
}

}  // namespace
}  // namespace mw::security
