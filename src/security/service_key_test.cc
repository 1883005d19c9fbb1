// Service keys: what they may do, when they end, what is told of their use.
#include <algorithm>

#include "tests/support/test_people.h"

namespace mw::security {
namespace {

class ServiceKeyTest : public PeopleFixture {
 protected:
  std::string add_key(TimeNs expires_ns = 0) {
    const auto key =
        people_->add_key(kAdmin, {"mes", {Role::kOperator, {"line-1"}, {}}, {"plant"}, expires_ns});
    EXPECT_TRUE(key);
    return key.value_or("");
  }
};

TEST_F(ServiceKeyTest, CarriesItsGrantAndScopes) {
  const std::string key = add_key();
  EXPECT_TRUE(people_->anyone());
  EXPECT_TRUE(key.starts_with("mw_"));
  const auto use = people_->key(key, "10.0.0.7");
  ASSERT_TRUE(use) << use.error().message.en;
  EXPECT_EQ(use->who.kind, Identity::Kind::kApiKey);
  EXPECT_EQ(use->who.name, key.substr(0, key.find('.')));
  EXPECT_EQ(use->who.grants[0].lines, std::vector<std::string>{"line-1"});
  EXPECT_TRUE(use->who.has_role(Role::kOperator));
  EXPECT_EQ(use->scopes, std::vector<std::string>{"plant"});
}

TEST_F(ServiceKeyTest, NothingElseIsAKey) {
  const std::string key = add_key();
  std::string changed = key;
  changed.back() = changed.back() == 'a' ? 'b' : 'a';
  for (const std::string& wrong :
       {std::string(), std::string("mw"), std::string("mw_"), std::string("mw_."),
        key.substr(0, key.find('.')), key.substr(0, key.size() - 1), key + "a", changed,
        std::string("xx") + key}) {
    const auto use = people_->key(wrong, "10.0.0.7");
    ASSERT_FALSE(use) << wrong;
    EXPECT_EQ(use.error().code, Code::kUnauthenticated);
  }
}

TEST_F(ServiceKeyTest, EndsByExpiryAndRevocation) {
  const std::string key = add_key(clock_->now_ns() + kNsPerDay);
  pass(kNsPerDay - 1);
  EXPECT_TRUE(people_->key(key, "10.0.0.7"));
  pass(1);
  EXPECT_FALSE(people_->key(key, "10.0.0.7"));
  const std::string other = add_key();
  EXPECT_TRUE(people_->key(other, "10.0.0.7"));
  ASSERT_TRUE(people_->revoke_key(kAdmin, other.substr(0, other.find('.'))));
  EXPECT_FALSE(people_->key(other, "10.0.0.7"));
  EXPECT_TRUE(people_->anyone());
  EXPECT_TRUE(people_->keys()->at(1).revoked || people_->keys()->at(0).revoked);
}

TEST_F(ServiceKeyTest, TellsOfNewAddressesAndRefusalsOnce) {
  const std::string key = add_key();
  pass(5);
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(people_->key(key, "10.0.0.7"));
    ASSERT_TRUE(people_->key(key, "10.0.0.8"));
    ASSERT_FALSE(people_->key("mw_guess.x", "10.0.0.9"));
  }
  const auto all = people_->keys();  // writes what was noticed
  EXPECT_EQ(all->at(0).used_ns, clock_->now_ns());
  reopen();
  ASSERT_TRUE(people_->key(key, "10.0.0.7"));
  ASSERT_TRUE(people_->keys());
  std::vector<std::string> told;
  for (const AuditEvent& event : audit_->events()) {
    if (event.action == "key.use") {
      told.push_back(event.address + " " + std::string(outcome_name(event.outcome)));
    }
  }
  std::sort(told.begin(), told.end());  // a refusal may be told twice: its thread may come between
  EXPECT_EQ(std::count(told.begin(), told.end(), "10.0.0.7 done"), 1);
  EXPECT_EQ(std::count(told.begin(), told.end(), "10.0.0.8 done"), 1);
  told.erase(std::unique(told.begin(), told.end()), told.end());
  EXPECT_EQ(told, (std::vector<std::string>{"10.0.0.7 done", "10.0.0.8 done", "10.0.0.9 refused"}));
}

TEST_F(ServiceKeyTest, WhatCouldNotBeAuditedIsToldLater) {
  const std::string key = add_key();
  audit_->break_it(true);
  ASSERT_TRUE(people_->key(key, "10.0.0.7"));
  EXPECT_FALSE(people_->keys()) << "it cannot be written now";
  audit_->break_it(false);
  ASSERT_TRUE(people_->keys());
  const auto events = audit_->events();
  EXPECT_EQ(std::count_if(events.begin(), events.end(),
                          [](const AuditEvent& each) {
                            return each.action == "key.use" && each.address == "10.0.0.7";
                          }),
            1);
}

}  // namespace
}  // namespace mw::security
