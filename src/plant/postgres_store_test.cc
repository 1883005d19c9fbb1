// The contract of every store over a private PostgreSQL server, and what only this one can meet: a
// server that goes away, a password that must not show. Skipped by name where there is no server.
#include "plant/postgres_store.h"

#include <mutex>
#include <random>
#include <thread>

#include "plant/internal/store_contract.h"
#include "postgres/postgres_connection.h"
#include "tests/support/killed_child.h"
#include "tests/support/private_postgres.h"

namespace mw::plant {
namespace {

constexpr TimeNs kStart = 1'760'000'000 * kNsPerSecond;
constexpr TagIndex kTemperature = 1;

/// One for all tests of this program; null where it cannot be had.
testing_support::PrivatePostgres* server() {
  static const std::unique_ptr<testing_support::PrivatePostgres> one =
      testing_support::PrivatePostgres::start();
  return one.get();
}

PostgresStoreOptions options_for(const std::string& database) {
  PostgresStoreOptions options;
  options.url = server()->url(database);
  options.catalogue = test_catalogue();
  options.retry_ms = 50;
  return options;
}

class PostgresUnderTest final : public StoreUnderTest {
 public:
  PostgresUnderTest() : database_(server()->make_database()) {}
  Result<std::unique_ptr<SampleStore>> open(uint64_t seal_samples) override {
    PostgresStoreOptions options = options_for(database_);
    options.seal_samples = seal_samples;
    MW_ASSIGN(std::unique_ptr<PostgresStore> store, PostgresStore::open(std::move(options)));
    return std::unique_ptr<SampleStore>(std::move(store));
  }

 private:
  const std::string database_;
};

INSTANTIATE_TEST_SUITE_P(Postgres, StoreContract,
                         testing::Values(StoreMaker{"a PostgreSQL server",
                                                    []() -> std::unique_ptr<StoreUnderTest> {
                                                      if (server() == nullptr) return nullptr;
                                                      return std::make_unique<PostgresUnderTest>();
                                                    }}),
                         [](const auto&) { return "server"; });

class PostgresStoreTest : public testing::Test {
 protected:
  void SetUp() override {
    if (server() == nullptr) GTEST_SKIP() << "there is no PostgreSQL server on this machine";
  }
  static Sample numbered(int64_t number) {
    return number_at(kTemperature, kStart + number * kNsPerMs, static_cast<double>(number));
  }
  static std::vector<Sample> run_of(int64_t from, int64_t to) {
    std::vector<Sample> samples;
    for (int64_t i = from; i < to; ++i) samples.push_back(numbered(i));
    return samples;
  }
};

TEST_F(PostgresStoreTest, BuffersWhileTheServerIsAwayAndStoresAllOfItOnceItIsBack) {
  PostgresStoreOptions options = options_for(server()->make_database());
  options.password = "hunter2";
  std::mutex mutex;
  std::string logged;
  options.log = [&](LogLevel, std::string_view, std::string_view message) {
    const std::lock_guard lock(mutex);
    logged += std::string(message) + "\n";
  };
  const auto store = PostgresStore::open(options).value();
  ASSERT_EQ(store->append(run_of(0, 100)).value(), AppendOutcome::kCommitted);
  server()->kill();
  ASSERT_EQ(store->append(run_of(100, 200)).value(), AppendOutcome::kBuffered);
  const StoreStats away = store->stats();
  ASSERT_TRUE(away.problem.has_value());
  EXPECT_NE(away.problem->en.find("does not answer"), std::string::npos) << away.problem->en;
  EXPECT_EQ(away.problem->en.find("hunter2"), std::string::npos);
  EXPECT_EQ(away.backlog_samples, 100u);
  EXPECT_FALSE(store->scan(kTemperature, {0, INT64_MAX}, [](const Sample&) { return true; }));
  ASSERT_TRUE(server()->start_again());
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (store->stats().backlog_samples > 0 && std::chrono::steady_clock::now() < deadline) {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  EXPECT_EQ(store->stats().backlog_samples, 0u);
  EXPECT_FALSE(store->stats().problem.has_value());
  ASSERT_EQ(store->append(run_of(200, 300)).value(), AppendOutcome::kCommitted);
  const std::vector<Sample> all = samples_in(*store, kTemperature);
  ASSERT_EQ(all.size(), 300u);
  for (std::size_t i = 0; i < all.size(); ++i) ASSERT_EQ(all[i].value, static_cast<double>(i));
  const std::lock_guard lock(mutex);
  EXPECT_NE(logged.find("does not answer"), std::string::npos) << logged;
  EXPECT_EQ(logged.find("hunter2"), std::string::npos) << logged;
}

TEST_F(PostgresStoreTest, LosesNothingAcknowledgedWhenKilledAtAnyMoment) {
  PostgresStoreOptions options = options_for(server()->make_database());
  options.seal_samples = 500;
  // The server lets go of a dead writer's lock when it notices that its socket is closed.
  const auto open = [&] {
    while (true) {
      auto store = PostgresStore::open(options);
      if (store || store.error().code != Code::kConflict) return store;
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
  };
  std::mt19937 random(17);
  int64_t next = 0;
  for (int round = 0; round < 5; ++round) {
    const int64_t acknowledged = testing_support::kill_while_working(
        static_cast<useconds_t>(random() % 120'000), [&](const auto& acknowledge) {
          const auto store = open();
          if (!store) return;
          for (int64_t batch = next;; ++batch) {
            const auto outcome = (*store)->append(run_of(batch * 20, batch * 20 + 20));
            if (!outcome || *outcome != AppendOutcome::kCommitted) return;
            acknowledge(batch);
          }
        });
    const auto store = open();
    ASSERT_TRUE(store) << store.error().message.en;
    const std::vector<Sample> all = samples_in(**store, kTemperature);
    ASSERT_GE(static_cast<int64_t>(all.size()), (acknowledged + 1) * 20) << "round " << round;
    for (std::size_t i = 0; i < all.size(); ++i) ASSERT_EQ(all[i].value, static_cast<double>(i));
    next = static_cast<int64_t>(all.size()) / 20;
  }
}

TEST_F(PostgresStoreTest, KeepsAcknowledgedSamplesWhenTheServerEndsWithoutACheckpoint) {
  const PostgresStoreOptions options = options_for(server()->make_database());
  {
    const auto store = PostgresStore::open(options).value();
    ASSERT_EQ(store->append(run_of(0, 1000)).value(), AppendOutcome::kCommitted);
    server()->kill();
  }
  ASSERT_TRUE(server()->start_again());
  const auto store = PostgresStore::open(options).value();
  EXPECT_EQ(samples_in(*store, kTemperature).size(), 1000u);
}

TEST_F(PostgresStoreTest, RefusesADatabaseThatCannotHoldEveryLanguage) {
  const std::string database = server()->make_database();
  {
    const auto connection = postgres::Connection::open({server()->url(database), ""});
    ASSERT_TRUE(connection);
    ASSERT_TRUE((*connection)
                    ->execute("CREATE DATABASE latin ENCODING 'LATIN1' LC_COLLATE 'C' "
                              "LC_CTYPE 'C' TEMPLATE template0"));
  }
  const auto store = PostgresStore::open(options_for("latin"));
  ASSERT_FALSE(store);
  EXPECT_EQ(store.error().code, Code::kUnsupported);
  EXPECT_NE(store.error().message.en.find("LATIN1"), std::string::npos);
}

TEST_F(PostgresStoreTest, RefusesANewerSchema) {
  const std::string database = server()->make_database();
  { ASSERT_TRUE(PostgresStore::open(options_for(database))); }
  {
    const auto connection = postgres::Connection::open({server()->url(database), ""});
    ASSERT_TRUE(connection);
    ASSERT_TRUE((*connection)->execute("UPDATE millwright.store SET version = 99"));
  }
  const auto store = PostgresStore::open(options_for(database));
  ASSERT_FALSE(store);
  EXPECT_EQ(store.error().code, Code::kUnsupported);
}

}  // namespace
}  // namespace mw::plant
