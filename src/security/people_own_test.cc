#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "security/internal/totp.h"
#include "security/people.h"
#include "sqlite/database.h"
#include "tests/support/test_people.h"

namespace mw::security {
namespace {

class PeopleOwn : public PeopleFixture {
 protected:
  PersonInfo info(const std::string& name) {
    const auto all = people_->people();
    for (const PersonInfo& each : *all) {
      if (each.name == name) return each;
    }
    return {};
  }
  /// The code that an app shows for the secret now.
  std::string code(const std::string& secret) {
    std::string bytes;
    // base32 has no reader in the product: five bits a character.
    uint32_t bits = 0;
    int have = 0;
    for (const char c : secret) {
      bits = bits << 5 | static_cast<uint32_t>(c >= 'A' ? c - 'A' : c - '2' + 26);
      if ((have += 5) >= 8) bytes += static_cast<char>(bits >> (have -= 8) & 0xff);
    }
    return totp_code(bytes, totp_step(clock_->now_ns()));
  }
};

/// So many at once, each with what it is given; how many it succeeded for.
template <class Work>
int at_once(int threads, const Work& work) {
  std::atomic<int> succeeded{0};
  std::atomic<int> waiting{threads};
  std::vector<std::thread> all;
  for (int i = 0; i < threads; ++i) {
    all.emplace_back([&] {
      --waiting;
      while (waiting > 0) std::this_thread::yield();
      if (work()) ++succeeded;
    });
  }
  for (std::thread& each : all) each.join();
  return succeeded;
}

TEST_F(PeopleOwn, OneCodeCountsOnceHoweverManyShowItAtTheSameMoment) {
  add("li");
  const TotpSetup setup = *people_->enable_totp(kAdmin, "li");
  auto other = *People::open(options());  // another process over the same file
  for (int round = 0; round < 5; ++round) {
    pass(30 * kNsPerSecond);
    const std::string now = code(setup.secret);
    std::atomic<int> turn{0};
    EXPECT_EQ(at_once(4,
                      [&] {
                        People& which = turn++ % 2 == 0 ? *people_ : *other;
                        return which.login({"li", kPassword, now, ""}).has_value();
                      }),
              1);
    ASSERT_TRUE(people_->unlock(kAdmin, "li"));
  }
}

TEST_F(PeopleOwn, AnOfferedSecondFactorIsTakenOnceByOneCode) {
  add("li");
  for (int round = 0; round < 5; ++round) {
    pass(30 * kNsPerSecond);
    const TotpSetup offer = *people_->offer_totp("li");
    const std::string now = code(offer.secret);
    EXPECT_EQ(at_once(4, [&] { return people_->confirm_totp(kAdmin, "li", now).has_value(); }), 1);
  }
  // What could not be stored may be tried again.
  const TotpSetup offer = *people_->offer_totp("li");
  audit_->break_it(true);
  EXPECT_FALSE(people_->confirm_totp(kAdmin, "li", code(offer.secret)));
  audit_->break_it(false);
  EXPECT_TRUE(people_->confirm_totp(kAdmin, "li", code(offer.secret)));
}

TEST_F(PeopleOwn, APasswordThatWasHandedOutOnlyServesToChooseAnother) {
  ASSERT_TRUE(
      people_->add_person(kAdmin, {"li", kPassword, {Role::kOperator, {"line-1"}, {}}, true}));
  const auto first = login("li");
  ASSERT_TRUE(first);
  EXPECT_TRUE(is_newcomer(first->who));
  EXPECT_TRUE(is_newcomer(*people_->session(first->token)));
  EXPECT_FALSE(people_->session(first->token)->has_role(Role::kViewer));
  const auto other = login("li");
  const Actor li{"person:li", "10.0.0.7"};
  const auto changed = people_->change_password(li, {"li", kPassword, "10.0.0.7"}, first->token,
                                                "another one entirely");
  ASSERT_TRUE(changed) << changed.error().message.en;
  EXPECT_TRUE(people_->session(first->token)->has_role(Role::kOperator))
      << "goes on without a login";
  EXPECT_FALSE(people_->session(other->token)) << "the others end";
  EXPECT_FALSE(login("li"));
  EXPECT_TRUE(login("li", "another one entirely"));
  EXPECT_FALSE(info("li").must_change);
}

TEST_F(PeopleOwn, APasswordIsChangedOnlyWithTheOldOneAndToAnother) {
  add("li");
  const auto session = login("li");
  const Actor li{"person:li", "10.0.0.7"};
  const auto wrong = people_->change_password(li, {"li", "not my password", "10.0.0.7"},
                                              session->token, "another one entirely");
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().code, Code::kPermissionDenied);
  EXPECT_EQ(wrong.error().param, "own_password");
  EXPECT_EQ(audit_->last().action, "session.confirm");
  EXPECT_EQ(audit_->last().outcome, AuditOutcome::kRefused);
  EXPECT_EQ(people_->change_password(li, {"li", kPassword, "10.0.0.7"}, session->token, kPassword)
                .error()
                .param,
            "password");
  EXPECT_TRUE(login("li"));
}

TEST_F(PeopleOwn, GuessingAtAConfirmationLocksAndLiftingALoginsLockDoesNotLiftThat) {
  add("li");
  for (int i = 0; i < 5; ++i) EXPECT_FALSE(people_->confirm({"li", "wrong", "10.0.0.7"}));
  const Confirmation right{"li", kPassword, "10.0.0.7"};
  EXPECT_EQ(people_->confirm(right).error().code, Code::kResourceExhausted);
  EXPECT_EQ(info("li").locked_until_ns, 0) << "of logins";
  ASSERT_TRUE(people_->unlock(kAdmin, "li"));
  EXPECT_EQ(people_->confirm(right).error().code, Code::kResourceExhausted)
      << "else who found a screen open could guess on, unlocking in between";
  clock_->set(clock_->now_ns() + 31 * kNsPerSecond);
  EXPECT_TRUE(people_->confirm(right));
  for (int i = 0; i < 4; ++i) EXPECT_FALSE(people_->confirm({"li", "wrong", "10.0.0.7"}));
  EXPECT_TRUE(people_->confirm(right)) << "a right one begins the count anew";
}

TEST_F(PeopleOwn, StrangersAtTheLoginPageLockNobodyOutOfConfirming) {
  add("li");
  for (int i = 0; i < 6; ++i) EXPECT_FALSE(login("li", "wrong horse battery"));
  EXPECT_GT(info("li").locked_until_ns, clock_->now_ns());
  EXPECT_TRUE(people_->confirm({"li", kPassword, "10.0.0.7"}));
}

TEST_F(PeopleOwn, ASecondFactorCountsOnceACodeOfItWasShown) {
  add("li");
  const Actor li{"person:li", "10.0.0.7"};
  EXPECT_EQ(people_->confirm_totp(li, "li", "123456").error().code, Code::kConflict);
  const auto offer = people_->offer_totp("li");
  ASSERT_TRUE(offer);
  EXPECT_EQ(offer->recovery_codes.size(), 10u);
  EXPECT_FALSE(info("li").totp);
  EXPECT_TRUE(login("li")) << "whoever closes the window is not locked out";
  EXPECT_EQ(people_->confirm_totp(li, "li", "000000").error().param, "code");
  ASSERT_TRUE(people_->confirm_totp(li, "li", code(offer->secret)));
  EXPECT_TRUE(info("li").totp);
  EXPECT_EQ(login("li").error().param, "code");
  EXPECT_FALSE(login("li", kPassword, code(offer->secret))) << "that code was used";
  EXPECT_TRUE(login("li", kPassword, offer->recovery_codes[3]));
  pass(kNsPerMinute);
  EXPECT_TRUE(login("li", kPassword, code(offer->secret)));
}

TEST_F(PeopleOwn, AnOfferOfASecondFactorEnds) {
  add("li");
  const auto offer = people_->offer_totp("li");
  pass(11 * kNsPerMinute);
  EXPECT_EQ(people_->confirm_totp({"person:li", ""}, "li", code(offer->secret)).error().code,
            Code::kConflict);
}

TEST_F(PeopleOwn, TheLastAdministratorStays) {
  add("root", {Role::kAdmin, {}, {}});
  add("li");
  const Grant viewer{Role::kViewer, {}, {}};
  for (const auto& refused :
       {people_->set_grant(kAdmin, "root", viewer), people_->set_disabled(kAdmin, "root", true),
        people_->remove_person(kAdmin, "root")}) {
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Code::kConflict);
  }
  EXPECT_EQ(audit_->events().size(), 2u) << "nothing was changed, nothing is recorded";
  ASSERT_TRUE(people_->set_grant(kAdmin, "li", {Role::kAdmin, {}, {}}));
  ASSERT_TRUE(people_->set_disabled(kAdmin, "li", true));
  EXPECT_FALSE(people_->remove_person(kAdmin, "root")) << "li cannot log in";
  ASSERT_TRUE(people_->set_disabled(kAdmin, "li", false));
  EXPECT_TRUE(people_->remove_person(kAdmin, "root"));
}

TEST_F(PeopleOwn, TellsLastLoginAndOpenSessionsAndEndsThem) {
  add("li");
  EXPECT_EQ(info("li").login_ns, 0);
  const auto one = login("li");
  ASSERT_TRUE(login("li"));
  EXPECT_EQ(info("li").login_ns, clock_->now_ns());
  EXPECT_EQ(info("li").sessions, 2);
  ASSERT_TRUE(people_->end_sessions(kAdmin, "li"));
  EXPECT_EQ(info("li").sessions, 0);
  EXPECT_FALSE(people_->session(one->token));
  EXPECT_EQ(audit_->last().action, "session.end");
}

TEST_F(PeopleOwn, AFileOfTheVersionBeforeKeepsItsPeople) {
  add("li");
  people_.reset();
  {
    auto old = sqlite::Database::open((folder_.path() / "people.db").string(),
                                      sqlite::Database::Mode::kReadWrite);
    ASSERT_TRUE(old);
    ASSERT_TRUE(
        old->execute("ALTER TABLE person DROP COLUMN must_change;"
                     "ALTER TABLE person DROP COLUMN login_ns; PRAGMA user_version=1;"));
  }
  reopen();
  EXPECT_TRUE(login("li"));
  EXPECT_EQ(info("li").login_ns, clock_->now_ns());
}

TEST(MadePassword, IsLongAndNeverTheSame) {
  const auto one = make_password();
  ASSERT_TRUE(one);
  EXPECT_EQ(one->size(), 19u);
  EXPECT_NE(*one, *make_password());
}

}  // namespace
}  // namespace mw::security
