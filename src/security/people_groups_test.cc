// Groups: a grant beside one's own, never a wider one; at once, audited, and never the last
// administrator away.
#include <gtest/gtest.h>

#include "security/people.h"
#include "sqlite/database.h"
#include "tests/support/test_people.h"

namespace mw::security {
namespace {

class PeopleGroups : public PeopleFixture {
 protected:
  void make(const std::string& group, Grant grant, const std::vector<std::string>& members) {
    ASSERT_TRUE(people_->add_group(kAdmin, group, grant));
    for (const std::string& each : members) {
      ASSERT_TRUE(people_->set_member(kAdmin, group, each, true));
    }
  }
};

TEST_F(PeopleGroups, APersonHasTheirOwnGrantAndThoseOfTheirGroupsSideBySide) {
  add("li", {Role::kViewer, {"line-1"}, {"manuals"}});
  add("wang");
  make("maintenance", {Role::kOperator, {"line-2"}, {}}, {"li"});
  make("welders", {Role::kEngineer, {"line-3"}, {"drawings"}}, {"LI"});
  const auto in = login("li");
  ASSERT_TRUE(in) << in.error().message.en;
  for (const Identity& who : {in->who, *people_->session(in->token)}) {
    ASSERT_EQ(who.grants.size(), 3u);
    EXPECT_EQ(who.grants[0], (Grant{Role::kViewer, {"line-1"}, {"manuals"}}));
    EXPECT_FALSE(who.may(Role::kOperator, "line-1"));
    EXPECT_TRUE(who.may(Role::kOperator, "line-2"));
    EXPECT_FALSE(who.may(Role::kEngineer, "line-2"));
    EXPECT_TRUE(who.may(Role::kEngineer, "line-3"));
    EXPECT_TRUE(who.may_see_label("drawings"));
  }
  EXPECT_EQ(login("wang")->who.grants.size(), 1u);
  reopen();
  const auto groups = *people_->groups();
  ASSERT_EQ(groups.size(), 2u);
  EXPECT_EQ(groups[0].name, "maintenance");
  EXPECT_EQ(groups[0].members, std::vector<std::string>{"li"});
  EXPECT_EQ(groups[1].grant, (Grant{Role::kEngineer, {"line-3"}, {"drawings"}}));
  const auto all = *people_->people();
  EXPECT_EQ(all[0].groups, (std::vector<std::string>{"maintenance", "welders"}));
  EXPECT_EQ(all[0].grant.role, Role::kViewer) << "what is their own stays told apart";
  EXPECT_TRUE(all[1].groups.empty());
}

TEST_F(PeopleGroups, AChangeCountsForTheNextRequestOfAnOpenSession) {
  add("li", {Role::kViewer, {}, {}});
  make("west", {Role::kOperator, {"line-1"}, {}}, {"li"});
  const auto in = login("li");
  const Identity before = *people_->session(in->token);
  const uint64_t generation = people_->generation();
  EXPECT_EQ(people_->generation(), generation);
  auto other = *People::open(options());  // as a command beside the server
  ASSERT_TRUE(other->set_group_grant(kAdmin, "west", {Role::kViewer, {"line-2"}, {}}));
  EXPECT_NE(people_->generation(), generation);
  EXPECT_FALSE(people_->still_holds(before, in->token));
  EXPECT_FALSE(people_->session(in->token)->may_see_line("line-1"));
  EXPECT_TRUE(people_->session(in->token)->may_see_line("line-2"));
  ASSERT_TRUE(other->set_member(kAdmin, "west", "li", false));
  EXPECT_FALSE(people_->session(in->token)->may_see_line("line-2"));
  ASSERT_TRUE(other->set_member(kAdmin, "west", "li", true));
  EXPECT_TRUE(people_->session(in->token)->may_see_line("line-2"));
  ASSERT_TRUE(other->remove_group(kAdmin, "west"));
  EXPECT_FALSE(people_->session(in->token)->may_see_line("line-2"));
  ASSERT_TRUE(people_->session(in->token)) << "the session itself goes on";
}

TEST_F(PeopleGroups, GiveNothingToWhoHasToChooseAPasswordFirst) {
  make("west", {Role::kAdmin, {"*"}, {}}, {});
  ASSERT_TRUE(people_->add_person(kAdmin, {"li", kPassword, {}, true}));
  ASSERT_TRUE(people_->set_member(kAdmin, "west", "li", true));
  const auto in = login("li");
  EXPECT_TRUE(is_newcomer(in->who));
  EXPECT_TRUE(is_newcomer(*people_->session(in->token)));
}

TEST_F(PeopleGroups, EachChangeIsAuditedUnderTheStoredNamesOrNotMade) {
  add("li");
  ASSERT_TRUE(people_->add_group(kAdmin, "West", {Role::kOperator, {"line-1"}, {}}));
  ASSERT_TRUE(people_->set_member(kAdmin, "west", "LI", true));
  ASSERT_TRUE(people_->set_group_grant(kAdmin, "WEST", {Role::kViewer, {}, {}}));
  ASSERT_TRUE(people_->set_member(kAdmin, "west", "li", false));
  ASSERT_TRUE(people_->remove_group(kAdmin, "west"));
  std::vector<std::string> told;
  for (const AuditEvent& each : audit_->events()) {
    if (each.action.starts_with("group.")) {
      told.push_back(each.who + " " + each.action + " " + each.object + " " + each.detail);
    }
  }
  EXPECT_EQ(told, (std::vector<std::string>{
                      "person:root group.add group:West role=operator lines=[\"line-1\"] labels=[]",
                      "person:root group.join group:West person:li",
                      "person:root group.grant group:West role=viewer lines=[] labels=[]",
                      "person:root group.leave group:West person:li",
                      "person:root group.rm group:West "}));
  audit_->break_it(true);
  EXPECT_FALSE(people_->add_group(kAdmin, "east", {}));
  audit_->break_it(false);
  EXPECT_TRUE(people_->groups()->empty());
}

TEST_F(PeopleGroups, RefusesWhatIsNotThereOrThereAlready) {
  add("li");
  ASSERT_TRUE(people_->add_group(kAdmin, "west", {}));
  EXPECT_EQ(people_->add_group(kAdmin, "WEST", {}).error().code, Code::kConflict);
  EXPECT_EQ(people_->add_group(kAdmin, "", {}).error().param, "name");
  EXPECT_EQ(people_->add_group(kAdmin, "a b", {}).error().param, "name");
  EXPECT_EQ(people_->add_group(kAdmin, "east", {Role::kViewer, {""}, {}}).error().param, "line");
  EXPECT_EQ(people_->set_group_grant(kAdmin, "east", {}).error().param, "group");
  EXPECT_EQ(people_->remove_group(kAdmin, "east").error().code, Code::kNotFound);
  EXPECT_EQ(people_->set_member(kAdmin, "east", "li", true).error().param, "group");
  EXPECT_EQ(people_->set_member(kAdmin, "west", "wang", true).error().param, "name");
}

TEST_F(PeopleGroups, TheLastAdministratorMayBeOneByGroupAndCannotBeTakenAway) {
  add("li", {Role::kViewer, {}, {}});
  make("admins", {Role::kAdmin, {}, {}}, {"li"});
  EXPECT_EQ(people_->set_member(kAdmin, "admins", "li", false).error().code, Code::kConflict);
  EXPECT_EQ(people_->remove_group(kAdmin, "admins").error().code, Code::kConflict);
  EXPECT_EQ(people_->set_group_grant(kAdmin, "admins", {Role::kEngineer, {}, {}}).error().code,
            Code::kConflict);
  EXPECT_EQ(people_->set_disabled(kAdmin, "li", true).error().code, Code::kConflict);
  EXPECT_EQ(people_->remove_person(kAdmin, "li").error().code, Code::kConflict);
  EXPECT_TRUE(login("li")->who.has_role(Role::kAdmin));
  add("wang", {Role::kAdmin, {}, {}});
  EXPECT_TRUE(people_->remove_group(kAdmin, "admins"));
}

TEST_F(PeopleGroups, AGroupAloneIsNobody) {
  ASSERT_TRUE(people_->add_group(kAdmin, "west", {}));
  EXPECT_FALSE(people_->anyone());
}

TEST_F(PeopleGroups, AFileOfBeforeThereWereGroupsOpensAndLearnsThem) {
  add("li", {Role::kOperator, {"line-1"}, {}});
  const auto in = login("li");
  people_.reset();
  {
    auto raw = *sqlite::Database::open((folder_.path() / "people.db").string(),
                                       sqlite::Database::Mode::kReadWrite);
    ASSERT_TRUE(
        raw.execute("DROP TABLE membership; DROP TABLE person_group;"
                    "PRAGMA user_version = 3;"));
  }
  reopen();
  EXPECT_TRUE(people_->session(in->token)->may(Role::kOperator, "line-1"));
  make("west", {Role::kViewer, {"line-2"}, {}}, {"li"});
  EXPECT_TRUE(people_->session(in->token)->may_see_line("line-2"));
}

}  // namespace
}  // namespace mw::security
