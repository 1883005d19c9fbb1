// Over a private server; skipped by name where there is none.
#include "plant/internal/postgres_session.h"

#include <gtest/gtest.h>

#include "postgres/postgres_connection.h"
#include "tests/support/private_postgres.h"

namespace mw::plant {
namespace {

class PostgresSessionTest : public testing::Test {
 protected:
  void SetUp() override {
    server_ = testing_support::PrivatePostgres::start();
    if (server_ == nullptr) GTEST_SKIP() << "no PostgreSQL server on this machine";
    url_ = server_->url(server_->make_database());
    database_ = PostgresDatabase::open({url_, ""}, no_log()).value();
  }
  int64_t asked(const std::string& sql) {
    const auto connection = postgres::Connection::open({url_, ""}).value();
    EXPECT_TRUE(connection->prepare("q", sql));
    return connection->run("q", {}).value().integer(0, 0);
  }

  std::unique_ptr<testing_support::PrivatePostgres> server_;
  std::string url_;
  std::unique_ptr<SqlDatabase> database_;
};

TEST_F(PostgresSessionTest, LetsOneWriteAndManyRead) {
  const auto writer = database_->connect(SqlSession::Access::kWrite);
  ASSERT_TRUE(writer) << writer.error().message.en;
  const auto second = database_->connect(SqlSession::Access::kWrite);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, Code::kConflict);
  const auto reader = database_->connect(SqlSession::Access::kRead);
  ASSERT_TRUE(reader);
  ASSERT_TRUE((*reader)->begin(SqlSession::Access::kRead));
  EXPECT_FALSE((*reader)->prepare("INSERT INTO text(id, text) VALUES(1, 'x')").value()->step());
}

TEST_F(PostgresSessionTest, AsksTheServerToLookForUsAsOftenAsWeLookForIt) {
  const auto writer = database_->connect(SqlSession::Access::kWrite).value();
  for (const auto& [name, value] : {std::pair{"lock_timeout", 2000}, {"statement_timeout", 0}}) {
    const auto query =
        writer
            ->prepare(std::string("SELECT setting::bigint FROM pg_settings WHERE name = '") + name +
                      "'")
            .value();
    ASSERT_TRUE(query->step().value());
    EXPECT_EQ(query->integer(0), value) << name;
  }
}

TEST_F(PostgresSessionTest, MakesANewConnectionAndForgetsWhatWasPreparedOnceItIsLost) {
  const auto writer = database_->connect(SqlSession::Access::kWrite).value();
  EXPECT_FALSE(writer->reconnect().value()) << "it is not lost";
  ASSERT_EQ(asked("SELECT pg_terminate_backend(pid)::int::bigint FROM pg_locks WHERE "
                  "locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname "
                  "= current_database())"),
            1);
  EXPECT_FALSE(writer->begin(SqlSession::Access::kWrite));
  EXPECT_TRUE(writer->reconnect().value());
  ASSERT_TRUE(writer->begin(SqlSession::Access::kWrite));
  ASSERT_TRUE(writer->prepare("INSERT INTO text(id, text) VALUES(1, 'x')").value()->step());
  ASSERT_TRUE(writer->commit());
  EXPECT_EQ(asked("SELECT count(*) FROM millwright.text"), 1);
}

TEST_F(PostgresSessionTest, EndsATransactionThatFailedSoThatTheNextOneCanBegin) {
  const auto writer = database_->connect(SqlSession::Access::kWrite).value();
  ASSERT_TRUE(writer->begin(SqlSession::Access::kWrite));
  const auto twice = writer->prepare("INSERT INTO text(id, text) VALUES(1, 'x')").value();
  ASSERT_TRUE(twice->step());
  twice->reset();
  EXPECT_FALSE(twice->step());
  writer->rollback();
  ASSERT_TRUE(writer->begin(SqlSession::Access::kWrite));
  ASSERT_TRUE(writer->commit());
  EXPECT_EQ(asked("SELECT count(*) FROM millwright.text"), 0);
}

}  // namespace
}  // namespace mw::plant
