#include "core/control_group.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/file_tree.h"

namespace mw {
namespace {

using ::testing::ElementsAre;

TEST(ControlGroups, AreTheTopWhereTheSystemNamesNone) {
  const testing_support::FileTree tree;
  EXPECT_THAT(control_group_folders(tree.root()), ElementsAre(""));
}

TEST(ControlGroups, AreThoseOfBothLayoutsAndAllAboveThemOnce) {
  const testing_support::FileTree tree;
  tree.put("proc/self/cgroup", "5:memory:/plant/box\n4:cpu,cpuacct:/plant\n0::/\nno colons\n");
  EXPECT_THAT(control_group_folders(tree.root()), ElementsAre("", "plant/box", "plant"));
}

TEST(ControlGroups, NeverLeadOutOfTheFolderOfGroups) {
  const testing_support::FileTree tree;
  tree.put("proc/self/cgroup", "0::/../../../etc\n");
  for (const auto& folder : control_group_folders(tree.root())) {
    EXPECT_EQ(folder.string().find(".."), std::string::npos) << folder;
  }
}

}  // namespace
}  // namespace mw
