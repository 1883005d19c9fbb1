#include "apps/millwright/schedule_rights.h"

#include <gtest/gtest.h>

#include "tests/support/test_people.h"

namespace mw::app {
namespace {

using security::kAdmin;
using security::kPassword;

class ScheduleRights : public security::PeopleFixture {
 protected:
  ScheduleRights() { shared_ = std::move(people_); }
  bool may(Identity::Kind kind, const std::string& name, std::vector<std::string> keys = {}) const {
    return engineers_of_today(shared_, std::move(keys))({kind, name, {}}, "line-1");
  }
  bool person(const std::string& name) const { return may(Identity::Kind::kPerson, name); }

  std::shared_ptr<security::People> shared_;
};

TEST_F(ScheduleRights, FollowWhatAPersonIsToday) {
  EXPECT_TRUE(person("local")) << "as long as nobody is known";
  ASSERT_TRUE(shared_->add_person(kAdmin, {"li", kPassword, {Role::kEngineer, {"line-1"}, {}}}));
  ASSERT_TRUE(shared_->add_person(kAdmin, {"wang", kPassword, {Role::kEngineer, {"line-2"}, {}}}));
  EXPECT_TRUE(person("li"));
  EXPECT_FALSE(person("wang"));
  EXPECT_FALSE(person("local"));
  EXPECT_FALSE(person("?"));
  EXPECT_TRUE(person("local:root")) << "set at the command line";
  ASSERT_TRUE(shared_->add_group(kAdmin, "all", {Role::kEngineer, {"*"}, {}}));
  ASSERT_TRUE(shared_->set_member(kAdmin, "all", "wang", true));
  EXPECT_TRUE(person("wang"));
  ASSERT_TRUE(shared_->set_disabled(kAdmin, "wang", true));
  EXPECT_FALSE(person("wang"));
  ASSERT_TRUE(shared_->set_grant(kAdmin, "li", {Role::kOperator, {"line-1"}, {}}));
  EXPECT_FALSE(person("li"));
  ASSERT_TRUE(shared_->remove_person(kAdmin, "li"));
  EXPECT_FALSE(person("li"));
}

TEST_F(ScheduleRights, FollowWhatAKeyIsToday) {
  const auto key = shared_->add_key(kAdmin, {"k", {Role::kEngineer, {"line-1"}, {}}, {"*"}, 0});
  const std::string id = key->substr(0, key->find('.'));
  EXPECT_TRUE(may(Identity::Kind::kApiKey, id));
  ASSERT_TRUE(shared_->revoke_key(kAdmin, id));
  EXPECT_FALSE(may(Identity::Kind::kApiKey, id));
  EXPECT_TRUE(may(Identity::Kind::kApiKey, "mes", {"mes"})) << "of the configuration";
  EXPECT_FALSE(may(Identity::Kind::kApiKey, "mes"));
  EXPECT_FALSE(may(Identity::Kind::kService, "li"));
}

}  // namespace
}  // namespace mw::app
