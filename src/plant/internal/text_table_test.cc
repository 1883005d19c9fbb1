#include "plant/internal/text_table.h"

#include <gtest/gtest.h>

#include "plant/internal/sqlite_session.h"
#include "plant/internal/test_plant.h"
#include "tests/support/temporary_folder.h"

namespace mw::plant {
namespace {

class TextTableTest : public testing::Test {
 protected:
  void SetUp() override {
    SqliteStoreOptions options;
    options.path = (folder_.path() / "plant.db").string();
    options.catalogue = test_catalogue();
    database_ = SqliteDatabase::open(options).value();
    tables_ = std::make_unique<StoreTables>(database_->connect(SqlSession::Access::kWrite).value());
  }
  testing_support::TemporaryFolder folder_;
  std::unique_ptr<SqlDatabase> database_;
  std::unique_ptr<StoreTables> tables_;
};

TEST_F(TextTableTest, WritesATextAgainWhoseCommitWasNotAnswered) {
  TextTable texts;
  EXPECT_EQ(texts.number("running", TextTable::Use::kState), 1u);
  ASSERT_TRUE(tables_->begin(SqlSession::Access::kWrite));
  ASSERT_TRUE(texts.save(*tables_));
  ASSERT_TRUE(tables_->commit());
  // The server committed, the answer was lost: nothing is marked as saved.
  EXPECT_EQ(texts.number("idle", TextTable::Use::kState), 2u);
  ASSERT_TRUE(tables_->begin(SqlSession::Access::kWrite));
  const Result<std::size_t> saved = texts.save(*tables_);
  ASSERT_TRUE(saved) << saved.error().message.en;
  ASSERT_TRUE(tables_->commit());
  texts.mark_saved(*saved);
  TextTable again;
  ASSERT_TRUE(again.load(*tables_));
  EXPECT_EQ(again.text(1), "running");
  EXPECT_EQ(again.text(2), "idle");
}

TEST_F(TextTableTest, RefusesATextThatHasAnotherNumberAlready) {
  ASSERT_TRUE(tables_->begin(SqlSession::Access::kWrite));
  ASSERT_TRUE(tables_->add_text(1, "running"));
  EXPECT_FALSE(tables_->add_text(2, "running")) << "numbers must not be mixed up in silence";
  tables_->rollback();
}

TEST(TextTableRoom, ADeviceThatSendsEverNewTextsLeavesRoomForStates) {
  TextTable texts;
  uint32_t last = 0;
  for (std::size_t i = 0; i < TextTable::kMostTexts; ++i) {
    const auto number = texts.number("message " + std::to_string(i), TextTable::Use::kText);
    if (!number) break;
    last = *number;
  }
  EXPECT_EQ(last, TextTable::kMostTexts - TextTable::kForStates);
  EXPECT_TRUE(texts.number("message 0", TextTable::Use::kText)) << "one that is there goes on";
  const auto state = texts.number("running", TextTable::Use::kState);
  ASSERT_TRUE(state);
  EXPECT_EQ(texts.text(*state), "running");
  EXPECT_EQ(texts.text(last), "message " + std::to_string(last - 1));
}

}  // namespace
}  // namespace mw::plant
