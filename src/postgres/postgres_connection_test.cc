#include "postgres/postgres_connection.h"

#include <gtest/gtest.h>

namespace mw::postgres {
namespace {

TEST(PostgresConnection, KnowsItsUrls) {
  EXPECT_TRUE(is_url("postgresql://plant@db/plant"));
  EXPECT_TRUE(is_url("postgres:///plant"));
  EXPECT_FALSE(is_url("plant.db"));
  EXPECT_FALSE(is_url("mysql://db/plant"));
}

TEST(PostgresConnection, DescribesAServerWithoutItsPassword) {
  const Result<std::string> name = describe({"postgresql://li:hunter2@db.example:6432/plant", ""});
  ASSERT_TRUE(name);
  EXPECT_EQ(*name, "PostgreSQL database plant on db.example:6432");
  EXPECT_EQ(describe({"postgresql:///plant?host=/run/pg", "x"}).value(),
            "PostgreSQL database plant on /run/pg");
}

TEST(PostgresConnection, RefusesABrokenUrlWithoutQuotingIt) {
  for (const char* url :
       {"plant.db", "postgresql://li:hunter2/@@x:y:z/", "host=db password=hunter2",
        "postgresql://li:x@hunter2@db/plant", "postgresql://li/hunter2@db/plant",
        "postgresql://li:hunter2@db:port/plant?what=ever&hunter2"}) {
    const Result<std::unique_ptr<Connection>> connection = Connection::open({url, "hunter2"});
    ASSERT_FALSE(connection) << url;
    EXPECT_EQ(connection.error().message.en.find("hunter2"), std::string::npos) << url;
    EXPECT_EQ(connection.error().message.zh.find("hunter2"), std::string::npos) << url;
  }
}

TEST(PostgresConnection, SaysWhereNobodyAnswers) {
  const auto connection =
      Connection::open({"postgresql://li:hunter2@127.0.0.1:1/plant", "hunter2"});
  ASSERT_FALSE(connection);
  EXPECT_EQ(connection.error().code, Code::kUnavailable);
  EXPECT_NE(connection.error().message.en.find("127.0.0.1:1"), std::string::npos);
  EXPECT_EQ(connection.error().message.en.find("hunter2"), std::string::npos);
}

}  // namespace
}  // namespace mw::postgres
