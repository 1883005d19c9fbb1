// Names apart from the chain: what the records hold, what is shown, what an erasure leaves.
#include "security/audit_names.h"

#include <gtest/gtest.h>

#include "core/file.h"
#include "security/audit_check.h"
#include "security/audit_log.h"
#include "security/audit_reader.h"
#include "tests/support/temporary_folder.h"

namespace mw::security {
namespace {

namespace fs = std::filesystem;

class AuditNamesTest : public ::testing::Test {
 protected:
  AuditNamesTest() { open(); }
  void open() {
    log_.reset();
    names_ = AuditNames::open(folder_.path() / "audit_names.db").value();
    AuditLogOptions options;
    options.folder = folder_.path() / "audit";
    options.names = names_;
    log_ = AuditLog::open(std::move(options)).value();
  }
  std::vector<std::string> shown(const std::string& who = {}) {
    AuditFilter filter;
    filter.who = who;
    filter.action = "x";
    filter.names = names_->known().value();
    std::vector<std::string> out;
    const AuditPage page = read_audit(log_->folder(), filter).value();
    for (const AuditRecord& each : page.records) {
      out.push_back(each.event.who + " " + each.event.object + " " + each.event.detail);
    }
    return out;
  }
  bool on_disk(const std::string& bytes) const {
    for (const auto& each : fs::recursive_directory_iterator(folder_.path())) {
      if (!each.is_regular_file()) continue;
      if (read_file(each.path(), 1 << 24)->find(bytes) != std::string::npos) return true;
    }
    return false;
  }

  testing_support::TemporaryFolder folder_;
  std::shared_ptr<AuditNames> names_;
  std::unique_ptr<AuditLog> log_;
};

TEST_F(AuditNamesTest, RecordsHoldReferencesAndAreShownWithNames) {
  ASSERT_TRUE(log_->record({"person:zhang.wei", "10.0.0.7", "x", "group:west", AuditOutcome::kDone,
                            "person:li_na role=viewer"}));
  ASSERT_TRUE(log_->record(
      {"person:li_na", "", "x", "person:li_na", AuditOutcome::kDone, "note=person:zhang.wei"}));
  ASSERT_TRUE(log_->record({"person:?", "", "x", "person:?", AuditOutcome::kRefused}));
  ASSERT_TRUE(log_->record({"key:mw_7kq2", "", "x", "", AuditOutcome::kDone, "a person: no"}));
  open();
  EXPECT_EQ(shown(),
            (std::vector<std::string>{"key:mw_7kq2  a person: no", "person:? person:? ",
                                      "person:li_na person:li_na note=person:zhang.wei",
                                      "person:zhang.wei group:west person:li_na role=viewer"}));
  EXPECT_EQ(shown("ZHANG").size(), 1u) << "looked for by the name, not by the reference";
  for (const auto& each : fs::directory_iterator(log_->folder())) {
    const auto bytes = read_file(each.path(), 1 << 24);
    if (!bytes) continue;
    EXPECT_EQ(bytes->find("zhang.wei"), std::string::npos) << each.path();
    EXPECT_EQ(bytes->find("li_na"), std::string::npos) << each.path();
  }
}

TEST_F(AuditNamesTest, AnErasedNameIsNowhereAndTheChainHoldsAsBefore) {
  for (const char* who : {"person:zhang.wei", "person:li_na"}) {
    ASSERT_TRUE(log_->record({who, "", "x", who, AuditOutcome::kDone, ""}));
  }
  const AuditRoot before = log_->root();
  EXPECT_EQ(log_->forget_person("Zhang.Wei").value(), true);
  EXPECT_EQ(log_->forget_person("zhang.wei").value(), false) << "once";
  EXPECT_FALSE(on_disk("zhang.wei"));
  EXPECT_TRUE(on_disk("li_na"));
  AuditCheckOptions options;
  options.roots.push_back(before);
  const auto report = check_audit(log_->folder(), options);
  ASSERT_TRUE(report);
  EXPECT_TRUE(report->intact());
  EXPECT_EQ(report->records, 3u) << "its own first one too";
  const auto now = shown();
  EXPECT_TRUE(now[1].starts_with("person/")) << now[1];
  EXPECT_EQ(now[0], "person:li_na person:li_na ");
  // Who has the name later is somebody else.
  ASSERT_TRUE(log_->record({"person:zhang.wei", "", "x", "", AuditOutcome::kDone, ""}));
  EXPECT_EQ(shown("zhang.wei").size(), 1u);
}

TEST_F(AuditNamesTest, TwoProcessesGiveOneReferenceAPerson) {
  const auto other = AuditNames::open(folder_.path() / "audit_names.db").value();
  const auto one = names_->hidden({"person:li", "", "x", "", AuditOutcome::kDone, ""});
  const auto two = other->hidden({"person:li", "", "x", "person:LI", AuditOutcome::kDone, ""});
  EXPECT_EQ(one->who, two->who);
  EXPECT_EQ(two->object, two->who);
  EXPECT_TRUE(other->forget("li").value());
  EXPECT_NE(names_->hidden({"person:li", "", "", "", AuditOutcome::kDone, ""})->who, one->who);
}

TEST_F(AuditNamesTest, WhatCannotBeNamedIsNotRecorded) {
  ASSERT_TRUE(
      write_file_atomically(folder_.path() / "no.db", "SQLite format 3, but nothing of the kind"));
  EXPECT_FALSE(AuditNames::open(folder_.path() / "no.db"));
}

}  // namespace
}  // namespace mw::security
