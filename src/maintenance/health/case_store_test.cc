#include "maintenance/health/case_store.h"

#include <gtest/gtest.h>

#include "tests/support/temporary_folder.h"

namespace mw::maintenance {
namespace {

HealthCase opened(const std::string& asset, TimeNs at_ns) {
  HealthCase one;
  one.asset = asset;
  one.line = "line-of-" + asset;
  one.opened_ns = at_ns;
  return one;
}

class CaseStoreTest : public testing::Test {
 protected:
  CaseStore open(const std::string& name) {
    return std::move(CaseStore::open((folder_.path() / name).string()).value());
  }
  const testing_support::TemporaryFolder folder_;
};

TEST_F(CaseStoreTest, ANumberTellsNothingOfOtherCases) {
  CaseStore alone = open("alone.db");
  CaseStore busy = open("busy.db");
  for (int i = 0; i < 20; ++i) ASSERT_TRUE(busy.add(opened("m2", 1'000 + i)));
  const auto number = alone.add(opened("m1", 5'000));
  ASSERT_TRUE(number);
  EXPECT_EQ(*busy.add(opened("m1", 5'000)), *number);
}

TEST_F(CaseStoreTest, EachCaseHasANumberOfItsOwn) {
  CaseStore store = open("a.db");
  const auto first = store.add(opened("m1", 5'000));
  ASSERT_TRUE(first);
  EXPECT_EQ(*store.add(opened("m1", 5'000)), *first + 1) << "the same machine and time";
}

TEST_F(CaseStoreTest, GivesCasesNewestFirst) {
  CaseStore store = open("a.db");
  for (const TimeNs at_ns : {30, 10, 20}) ASSERT_TRUE(store.add(opened("m1", at_ns)));
  const auto all = store.all();
  ASSERT_TRUE(all);
  ASSERT_EQ(all->size(), 3u);
  EXPECT_EQ(all->at(0).opened_ns, 30);
  EXPECT_EQ(all->at(2).opened_ns, 10);
}

}  // namespace
}  // namespace mw::maintenance
