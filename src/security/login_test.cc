// Logging in: passwords, codes, lockout, sessions and their ends.
#include "core/json.h"
#include "security/internal/base32.h"
#include "security/internal/totp.h"
#include "tests/support/test_people.h"

namespace mw::security {
namespace {

class LoginTest : public PeopleFixture {};

TEST_F(LoginTest, ASessionCarriesRolesLinesAndLabels) {
  add("Li", {Role::kOperator, {"line-1"}, {"manuals"}});
  const auto begun = login("li");  // in any case
  ASSERT_TRUE(begun) << begun.error().message.en;
  EXPECT_EQ(begun->token.size(), 64u);
  const auto who = people_->session(begun->token);
  ASSERT_TRUE(who);
  EXPECT_EQ(who->kind, Identity::Kind::kPerson);
  EXPECT_EQ(who->name, "Li");
  EXPECT_EQ(who->grants, (std::vector<Grant>{{Role::kOperator, {"line-1"}, {"manuals"}}}));
  EXPECT_TRUE(who->has_role(Role::kOperator));
  EXPECT_FALSE(who->has_role(Role::kEngineer));
  EXPECT_EQ(audit_->last().action, "session.login");
  EXPECT_EQ(audit_->last().outcome, AuditOutcome::kDone);
  EXPECT_EQ(audit_->last().address, "10.0.0.7");
}

TEST_F(LoginTest, SaysTheSameToAWrongNameAndAWrongPassword) {
  add("li");
  const auto name = login("wang");
  const auto password = login("li", "wrong horse battery");
  ASSERT_FALSE(name);
  ASSERT_FALSE(password);
  EXPECT_EQ(name.error().code, Code::kUnauthenticated);
  EXPECT_EQ(name.error().message.en, password.error().message.en);
  EXPECT_EQ(name.error().param, password.error().param);
  const auto events = audit_->events();
  ASSERT_EQ(events.size(), 3u);
  EXPECT_EQ(events[1].who, "person:?");  // it may have been a password
  EXPECT_EQ(events[2].who, "person:li");
  EXPECT_EQ(events[2].outcome, AuditOutcome::kRefused);
}

TEST_F(LoginTest, LocksANameForAWhileEvenForTheRightPassword) {
  add("li");
  for (int i = 0; i < 5; ++i) EXPECT_FALSE(login("li", "wrong horse battery"));
  const auto locked = login("li");
  ASSERT_FALSE(locked);
  EXPECT_EQ(locked.error().code, Code::kResourceExhausted);
  EXPECT_GT(people_->people()->at(0).locked_until_ns, clock_->now_ns());
  reopen();  // a restart does not open it
  EXPECT_FALSE(login("li"));
  pass(31 * kNsPerSecond);
  EXPECT_TRUE(login("li"));
  EXPECT_FALSE(login("li", "wrong horse battery"));  // counted from nothing again
  EXPECT_TRUE(login("li"));
}

TEST_F(LoginTest, LocksAnAddressThatTriesManyNames) {
  add("li");
  for (int i = 0; i < 20; ++i) EXPECT_FALSE(login("guess" + std::to_string(i)));
  EXPECT_EQ(login("li").error().code, Code::kResourceExhausted);
  EXPECT_TRUE(login("li", kPassword, "", "10.0.0.8"));
  for (int i = 0; i < 30; ++i)
    EXPECT_FALSE(login("more" + std::to_string(i), "x", "", "127.0.0.1"));
  EXPECT_TRUE(login("li", kPassword, "", "127.0.0.1"));  // a proxy is not locked for all
}

TEST_F(LoginTest, AsksForACodeOnlyAfterTheRightPassword) {
  add("li");
  const auto setup = people_->enable_totp(kAdmin, "li");
  ASSERT_TRUE(setup);
  const std::string secret = *from_base32(setup->secret);
  const auto code = [&] { return totp_code(secret, totp_step(clock_->now_ns())); };
  EXPECT_EQ(login("li", "wrong horse battery").error().param, "");
  EXPECT_EQ(login("li").error().param, "code");
  EXPECT_FALSE(login("li", kPassword, code() == "000000" ? "000001" : "000000"));
  const std::string first = code();
  EXPECT_TRUE(login("li", kPassword, first));
  EXPECT_FALSE(login("li", kPassword, first)) << "a code counts once";
  pass(60 * kNsPerSecond);
  EXPECT_TRUE(login("li", kPassword, code()));
}

TEST_F(LoginTest, ARecoveryCodeCountsOnce) {
  add("li");
  const auto setup = people_->enable_totp(kAdmin, "li");
  ASSERT_EQ(setup->recovery_codes.size(), 10u);
  EXPECT_TRUE(login("li", kPassword, setup->recovery_codes[3]));
  EXPECT_FALSE(login("li", kPassword, setup->recovery_codes[3]));
  EXPECT_TRUE(login("li", kPassword, setup->recovery_codes[4]));
}

TEST_F(LoginTest, ASessionEndsByLogoutIdlenessAgeAndChange) {
  add("li");
  const auto token = [&] { return login("li")->token; };
  std::string session = token();
  ASSERT_TRUE(people_->logout({"person:li", "10.0.0.7"}, session));
  EXPECT_FALSE(people_->session(session));

  session = token();
  for (int i = 0; i < 11; ++i) {
    pass(59 * kNsPerMinute);
    EXPECT_TRUE(people_->session(session)) << i;
  }
  pass(61 * kNsPerMinute);
  EXPECT_FALSE(people_->session(session)) << "idle";
  session = token();
  pass(12 * kNsPerHour);
  EXPECT_FALSE(people_->session(session)) << "old";

  session = token();
  ASSERT_TRUE(people_->set_password(kAdmin, "li", "another long password"));
  EXPECT_FALSE(people_->session(session));
  session = login("li", "another long password")->token;
  ASSERT_TRUE(people_->set_disabled(kAdmin, "li", true));
  EXPECT_FALSE(people_->session(session));
  EXPECT_FALSE(login("li", "another long password"));
  ASSERT_TRUE(people_->set_disabled(kAdmin, "li", false));
  session = login("li", "another long password")->token;
  ASSERT_TRUE(people_->remove_person(kAdmin, "li"));
  EXPECT_FALSE(people_->session(session));
}

TEST_F(LoginTest, ACommandBesideTheServerEndsNoSession) {
  PeopleOptions long_sessions = options();
  long_sessions.session_idle_ns = 8 * kNsPerHour;
  people_.reset();
  people_ = *People::open(long_sessions);
  add("li");
  const auto in = login("li");
  ASSERT_TRUE(in);
  pass(2 * kNsPerHour);
  {
    PeopleOptions command = options();  // knows the default of an hour only
    command.upkeep = false;
    const auto beside = *People::open(command);
    ASSERT_TRUE(beside->keys());
  }
  EXPECT_TRUE(people_->session(in->token));
}

TEST_F(LoginTest, ARightPasswordWithoutItsCodeIsAudited) {
  add("li");
  ASSERT_TRUE(people_->enable_totp(kAdmin, "li"));
  EXPECT_EQ(login("LI").error().param, "code");
  EXPECT_EQ(audit_->last().action, "session.login");
  EXPECT_EQ(audit_->last().object, "person:li") << "as stored, not as typed";
  EXPECT_EQ(audit_->last().detail, "code missing");
  EXPECT_EQ(audit_->last().outcome, AuditOutcome::kRefused);
  audit_->break_it(true);
  EXPECT_EQ(login("li").error().code, Code::kIo) << "no answer that nobody can know of later";
}

TEST_F(LoginTest, ASessionOutlivesARestart) {
  add("li");
  const std::string session = login("li")->token;
  pass(50 * kNsPerMinute);
  ASSERT_TRUE(people_->session(session));
  reopen();
  pass(50 * kNsPerMinute);
  EXPECT_TRUE(people_->session(session)) << "when it was last seen was kept";
  EXPECT_FALSE(people_->session(""));
  EXPECT_FALSE(people_->session(std::string(64, '0')));
}

TEST_F(LoginTest, RaisesTheCostOfAnOldHash) {
  add("li");
  PeopleOptions dearer = options();
  dearer.password_passes = 2;
  people_.reset();
  people_ = std::move(*People::open(dearer));
  EXPECT_TRUE(login("li"));
  EXPECT_TRUE(login("li"));
}

}  // namespace
}  // namespace mw::security
