#include "core/identity.h"

#include <gtest/gtest.h>

namespace mw {
namespace {

Identity with(std::vector<Grant> grants) {
  return {Identity::Kind::kPerson, "li", std::move(grants)};
}

TEST(Identity, WithoutAGrantMayNothing) {
  const Identity nobody = with({});
  EXPECT_FALSE(nobody.has_role(Role::kViewer));
  EXPECT_FALSE(nobody.may_see_line("a"));
  EXPECT_FALSE(nobody.may_see_label("manuals"));
  EXPECT_FALSE(with({{Role::kAdmin, {}, {}}}).may_see_line("a")) << "an empty list sees nothing";
}

TEST(Identity, ARoleOfOneGrantDoesNotReachTheLinesOfAnother) {
  const Identity who =
      with({{Role::kViewer, {"a"}, {"manuals"}}, {Role::kEngineer, {"b"}, {"drawings"}}});
  EXPECT_TRUE(who.may_see_line("a"));
  EXPECT_TRUE(who.may(Role::kEngineer, "b"));
  EXPECT_TRUE(who.may(Role::kOperator, "b"));
  EXPECT_FALSE(who.may(Role::kOperator, "a"));
  EXPECT_FALSE(who.may(Role::kAdmin, "b"));
  EXPECT_FALSE(who.may_see_line("c"));
  EXPECT_TRUE(who.has_role(Role::kEngineer));
  EXPECT_TRUE(who.may_see_label("manuals"));
  EXPECT_TRUE(who.may_see_label("drawings"));
  EXPECT_FALSE(who.may_see_label("wages"));
  const Identity operating = who.at_least(Role::kOperator);
  EXPECT_FALSE(operating.may_see_line("a"));
  EXPECT_TRUE(operating.may_see_line("b"));
  EXPECT_EQ(operating.name, "li");
}

TEST(Identity, AStarIsEveryLineOfItsOwnGrantOnly) {
  const Identity who = with({{Role::kViewer, {"*"}, {}}, {Role::kOperator, {"b"}, {}}});
  EXPECT_TRUE(who.may_see_line("anything"));
  EXPECT_TRUE(who.may_see_line("*"));
  EXPECT_TRUE(who.may(Role::kOperator, "b"));
  EXPECT_FALSE(who.may(Role::kOperator, "a"));
  EXPECT_FALSE(who.may(Role::kOperator, "*"));
}

TEST(Identity, RightsAreOneTextForTheSameRightsAndNoOthers) {
  const Grant viewer_of_a{Role::kViewer, {"a"}, {}};
  const Grant operator_of_b{Role::kOperator, {"b", "c"}, {}};
  EXPECT_EQ(with({viewer_of_a, operator_of_b}).rights(),
            with({{Role::kOperator, {"c", "b"}, {}}, viewer_of_a, viewer_of_a}).rights());
  EXPECT_NE(with({viewer_of_a, operator_of_b}).rights(),
            with({{Role::kOperator, {"a"}, {}}, {Role::kViewer, {"b", "c"}, {}}}).rights());
  EXPECT_NE(with({{Role::kViewer, {"a"}, {"b"}}}).rights(),
            with({{Role::kViewer, {"a", "b"}, {}}}).rights());
  EXPECT_NE(with({{Role::kViewer, {"a"}, {}}, {Role::kViewer, {}, {"b"}}}).rights(),
            with({{Role::kViewer, {"a"}, {"b"}}, {Role::kViewer, {}, {}}}).rights());
}

}  // namespace
}  // namespace mw
