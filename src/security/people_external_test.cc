// Persons whom an identity provider vouches for: who they become here, and that nobody becomes
// somebody else.
#include <gtest/gtest.h>

#include <algorithm>

#include "sqlite/database.h"
#include "tests/support/test_people.h"

namespace mw::security {
namespace {

const Grant kOperator{Role::kOperator, {"line-1"}, {"manuals"}};

class ExternalTest : public PeopleFixture {
 protected:
  Result<Login> sign_in(const std::string& subject, const std::string& name,
                        std::optional<Grant> grant = kOperator,
                        const std::string& issuer = "https://id.example") {
    return people_->login_external({issuer, subject, name, std::move(grant), "10.0.0.7"});
  }
  std::optional<PersonInfo> person(const std::string& name) {
    const auto all = people_->people();
    for (const PersonInfo& each : *all) {
      if (each.name == name) return each;
    }
    return std::nullopt;
  }
};

TEST_F(ExternalTest, APersonIsMadeAtTheFirstLoginAndFollowsTheProvider) {
  const auto first = sign_in("sub-1", "li");
  ASSERT_TRUE(first) << first.error().message.en;
  EXPECT_EQ(first->who.grants[0].lines, std::vector<std::string>{"line-1"});
  EXPECT_TRUE(first->who.has_role(Role::kOperator));
  EXPECT_EQ(people_->session(first->token)->name, "li");
  EXPECT_EQ(audit_->last().action, "session.login");
  EXPECT_EQ(audit_->last().who, "person:li");
  EXPECT_EQ(audit_->last().detail, "method=oidc issuer=https://id.example sub=sub-1");
  const PersonInfo made = *person("li");
  EXPECT_TRUE(made.managed);
  EXPECT_FALSE(made.has_password);
  EXPECT_EQ(made.subject, "sub-1");
  // Renamed and moved to another group there: the same person here, with the rights of now, in
  // sessions that are open too.
  const auto second = sign_in("sub-1", "li.wei", Grant{Role::kViewer, {"line-2"}, {}});
  ASSERT_TRUE(second);
  EXPECT_EQ(second->who.name, "li");
  EXPECT_EQ(people_->session(first->token)->grants[0].lines, std::vector<std::string>{"line-2"});
  EXPECT_FALSE(people_->session(first->token)->has_role(Role::kOperator));
  EXPECT_EQ(people_->people()->size(), 1u);
}

TEST_F(ExternalTest, WhoIsInNoGroupGetsNothingAndLosesWhatTheyHad) {
  EXPECT_EQ(sign_in("sub-1", "li", std::nullopt).error().param, "grant");
  EXPECT_TRUE(people_->people()->empty());
  EXPECT_EQ(audit_->last().outcome, AuditOutcome::kRefused);
  const auto session = sign_in("sub-1", "li");
  ASSERT_TRUE(people_->session(session->token));
  EXPECT_EQ(sign_in("sub-1", "li", std::nullopt).error().code, Code::kPermissionDenied);
  EXPECT_FALSE(people_->session(session->token)) << "the session of before has ended";
  EXPECT_EQ(audit_->last().who, "person:li");
}

TEST_F(ExternalTest, NobodyBecomesAPersonWhoWasThereBefore) {
  add("li", {Role::kAdmin, {"*"}, {}});
  const auto refused = sign_in("sub-1", "li");
  EXPECT_EQ(refused.error().code, Code::kPermissionDenied);
  EXPECT_EQ(refused.error().param, "name");
  EXPECT_EQ(sign_in("sub-1", "LI").error().param, "name") << "nor by another case";
  ASSERT_TRUE(sign_in("sub-2", "wang"));
  EXPECT_EQ(sign_in("sub-3", "wang").error().param, "name") << "nor one of the provider's own";
  EXPECT_EQ(sign_in("sub-2", "wang", kOperator, "https://evil.example").error().param, "name")
      << "a subject counts with its issuer";
}

TEST_F(ExternalTest, AnAdministratorLinksAPersonWhoKeepsTheirOwnRights) {
  add("li", {Role::kEngineer, {"line-3"}, {}});
  ASSERT_TRUE(people_->link(kAdmin, "li", "https://id.example", "sub-1"));
  EXPECT_EQ(audit_->last().action, "user.link");
  const auto session = sign_in("sub-1", "somebody", std::nullopt);
  ASSERT_TRUE(session) << session.error().message.en;
  EXPECT_EQ(session->who.name, "li");
  EXPECT_EQ(session->who.grants[0].lines, std::vector<std::string>{"line-3"});
  EXPECT_TRUE(login("li")) << "the password works as before";
  add("wang");
  EXPECT_EQ(people_->link(kAdmin, "wang", "https://id.example", "sub-1").error().code,
            Code::kConflict);
  EXPECT_FALSE(person("wang")->managed || !person("wang")->issuer.empty());
  ASSERT_TRUE(people_->unlink(kAdmin, "li"));
  EXPECT_FALSE(people_->session(session->token));
  EXPECT_EQ(sign_in("sub-1", "li").error().param, "name");
  EXPECT_EQ(people_->link(kAdmin, "li", "", "sub").error().code, Code::kInvalidArgument);
  EXPECT_EQ(people_->link(kAdmin, "nobody", "i", "s").error().code, Code::kNotFound);
}

TEST_F(ExternalTest, ADisabledOrLockedPersonStaysOutWhateverTheProviderSays) {
  ASSERT_TRUE(sign_in("sub-1", "li"));
  ASSERT_TRUE(people_->set_disabled(kAdmin, "li", true));
  EXPECT_EQ(sign_in("sub-1", "li").error().param, "disabled");
  EXPECT_EQ(audit_->last().outcome, AuditOutcome::kRefused);
  ASSERT_TRUE(people_->set_disabled(kAdmin, "li", false));
  ASSERT_TRUE(sign_in("sub-1", "another name"));
  for (int i = 0; i < 6; ++i) EXPECT_FALSE(login("li", "wrong horse battery"));
  EXPECT_EQ(sign_in("sub-1", "another name").error().code, Code::kResourceExhausted);
  ASSERT_TRUE(people_->unlock(kAdmin, "li"));
  EXPECT_TRUE(sign_in("sub-1", "li"));
  ASSERT_TRUE(people_->remove_person(kAdmin, "li"));
  EXPECT_TRUE(sign_in("sub-1", "li")) << "made anew: switch off whom the provider still knows";
}

TEST_F(ExternalTest, WhoHasNoPasswordLogsInByNoneAndConfirmsByNone) {
  ASSERT_TRUE(sign_in("sub-1", "li", Grant{Role::kAdmin, {"*"}, {}}));
  for (const char* password : {"", "x", kPassword}) {
    EXPECT_FALSE(login("li", password)) << password;
    const auto confirmed = people_->confirm({"li", password, "10.0.0.7"});
    EXPECT_EQ(confirmed.error().param, "own_password");
    EXPECT_NE(confirmed.error().message.en.find("no password"), std::string::npos);
  }
  ASSERT_TRUE(people_->set_password(kAdmin, "li", kPassword));
  EXPECT_TRUE(people_->confirm({"li", kPassword, "10.0.0.7"}));
}

TEST_F(ExternalTest, TheLastAdministratorIsOneWhoNeedsNoProvider) {
  add("root", {Role::kAdmin, {"*"}, {}});
  ASSERT_TRUE(sign_in("sub-1", "li", Grant{Role::kAdmin, {"*"}, {}}));
  EXPECT_EQ(people_->set_disabled(kAdmin, "root", true).error().code, Code::kConflict);
  EXPECT_TRUE(people_->set_disabled(kAdmin, "li", true));
}

TEST_F(ExternalTest, TheProviderCannotTakeTheLastAdministratorAway) {
  for (const std::optional<Grant>& now :
       {std::optional<Grant>(kOperator), std::optional<Grant>()}) {
    const std::string sub = now ? "sub-1" : "sub-2";
    const std::string name = now ? "li" : "wang";
    ASSERT_TRUE(sign_in(sub, name, Grant{Role::kAdmin, {"*"}, {}}));
    ASSERT_TRUE(people_->set_password(kAdmin, name, kPassword));
    const auto open = login(name);
    const auto refused = sign_in(sub, name, now);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Code::kPermissionDenied);
    EXPECT_EQ(refused.error().param, now ? "last_admin" : "grant");
    const auto events = audit_->events();
    const AuditEvent& demotion = events[events.size() - 2];
    EXPECT_EQ(demotion.action, "user.grant");
    EXPECT_EQ(demotion.outcome, AuditOutcome::kRefused);
    EXPECT_TRUE(demotion.detail.ends_with("why=last_admin")) << demotion.detail;
    EXPECT_EQ(events.back().action, "session.login");
    EXPECT_EQ(events.back().outcome, AuditOutcome::kRefused);
    EXPECT_EQ(person(name)->grant.role, Role::kAdmin);
    EXPECT_FALSE(people_->session(open->token))
        << "in by the password again, not by an old session";
    EXPECT_TRUE(login(name)->who.has_role(Role::kAdmin));
    // Once there is another one, the provider is followed.
    ASSERT_TRUE(people_->add_person(kAdmin, {"root-" + name, kPassword, {Role::kAdmin, {}, {}}}));
    EXPECT_EQ(sign_in(sub, name, now).has_value(), now.has_value());
    EXPECT_NE(person(name)->grant.role, Role::kAdmin);
    ASSERT_TRUE(people_->add_person(kAdmin, {"end", kPassword, {Role::kAdmin, {}, {}}}));
    ASSERT_TRUE(people_->remove_person(kAdmin, "root-" + name));
    ASSERT_TRUE(people_->set_disabled(kAdmin, name, true));
    // The next round begins without anybody who manages people by a password.
    people_.reset();
    {
      auto raw = *sqlite::Database::open((folder_.path() / "people.db").string(),
                                         sqlite::Database::Mode::kReadWrite);
      ASSERT_TRUE(raw.execute("DELETE FROM person WHERE name = 'end'"));
    }
    reopen();
  }
}

TEST_F(ExternalTest, WithoutAGroupNothingIsLeftOfWhatTheProviderGave) {
  ASSERT_TRUE(sign_in("sub-1", "li"));
  ASSERT_TRUE(people_->set_password(kAdmin, "li", kPassword));
  EXPECT_EQ(sign_in("sub-1", "li", std::nullopt).error().param, "grant");
  EXPECT_EQ(person("li")->grant, Grant{});
  EXPECT_FALSE(login("li")->who.may_see_line("line-1")) << "nor by the password";
  const auto events = audit_->events();
  EXPECT_TRUE(std::any_of(events.begin(), events.end(), [](const AuditEvent& each) {
    return each.action == "user.grant" &&
           each.detail == "method=oidc role=viewer lines=[] labels=[]";
  }));
}

TEST_F(ExternalTest, TellsOfNoChangeThatWasNotStored) {
  const auto told = [&] {
    std::vector<std::string> out;
    for (const AuditEvent& each : audit_->events()) {
      out.push_back(each.action + (each.outcome == AuditOutcome::kFailed ? " failed" : ""));
    }
    return out;
  };
  audit_->fail_after(1);  // the person is told of, the login cannot be
  EXPECT_EQ(sign_in("sub-1", "li").error().code, Code::kIo);
  audit_->fail_after(-1);
  EXPECT_TRUE(people_->people()->empty());
  EXPECT_EQ(told(), std::vector<std::string>{"user.add"}) << "the disk took no more";
  ASSERT_TRUE(sign_in("sub-1", "li"));
  EXPECT_EQ(told(), (std::vector<std::string>{"user.add", "user.add", "session.login"}));
  // Here it takes what tells that the change before was not stored.
  class Stops final : public Audit {
   public:
    Result<void> record(const AuditEvent& event) override {
      if (event.action == "session.login") return Error::make(Code::kIo, "the disk is gone");
      seen.push_back(event);
      return {};
    }
    std::vector<AuditEvent> seen;
  };
  PeopleOptions other = options();
  const auto stops = std::make_shared<Stops>();
  other.audit = stops;
  const auto people = *People::open(other);
  EXPECT_FALSE(people->login_external({"https://id.example", "sub-2", "wang", kOperator, ""}));
  ASSERT_EQ(stops->seen.size(), 2u);
  EXPECT_EQ(stops->seen[1].action, "user.add");
  EXPECT_EQ(stops->seen[1].outcome, AuditOutcome::kFailed);
}

TEST_F(ExternalTest, RefusesNamesAndGrantsThatAreNone) {
  for (const std::string& name : {std::string(), std::string("Li Wei"), std::string("a/b"),
                                  std::string("local"), std::string(65, 'a')}) {
    EXPECT_EQ(sign_in("sub", name).error().param, "name") << name;
  }
  EXPECT_FALSE(sign_in("sub", "li", Grant{Role::kViewer, {""}, {}}));
  EXPECT_TRUE(people_->people()->empty());
}

TEST_F(ExternalTest, WithoutTheAuditLogNobodyComesIn) {
  audit_->break_it(true);
  EXPECT_EQ(sign_in("sub-1", "li").error().code, Code::kIo);
  audit_->break_it(false);
  EXPECT_TRUE(people_->people()->empty());
}

}  // namespace
}  // namespace mw::security
