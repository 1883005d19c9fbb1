// The contract of every store over a private PostgreSQL server, and what only this one can meet: a
// server that goes away, a password that must not show. Skipped by name where there is no server.
#include "plant/postgres_store.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <atomic>
#include <mutex>
#include <random>
#include <thread>

#include "plant/internal/store_contract.h"
#include "plant/rollup.h"
#include "postgres/postgres_connection.h"
#include "tests/support/killed_child.h"
#include "tests/support/private_postgres.h"
#include "tests/support/temporary_folder.h"

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

/// Stands between a store and the server. A cut ends our side only: the server goes on believing in
/// its connections, as behind a cable that was pulled.
class PulledCable {
 public:
  PulledCable() {
    const std::string url = server()->url("x");
    const std::size_t at = url.find("host=") + 5;
    target_ = url.substr(at, url.find('&', at) - at) + kSocket;
    listener_ = ::socket(AF_UNIX, SOCK_STREAM, 0);
    const sockaddr_un address = address_of(folder_.path().string() + kSocket);
    EXPECT_EQ(::bind(listener_, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    EXPECT_EQ(::listen(listener_, 16), 0);
    thread_ = std::thread([this] { run(); });
  }
  ~PulledCable() {
    stopping_ = true;
    thread_.join();
    for (const auto& [ours, theirs] : pairs_) {
      if (ours >= 0) ::close(ours);
      ::close(theirs);
    }
    ::close(listener_);
  }
  std::string url(const std::string& database) const {
    return "postgresql:///" + database + "?host=" + folder_.path().string() + "&user=millwright";
  }
  void cut() {
    cut_ = true;
    while (cut_) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }

 private:
  static constexpr const char* kSocket = "/.s.PGSQL.5432";
  static sockaddr_un address_of(const std::string& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    return address;
  }
  void run() {
    while (!stopping_) {
      if (cut_) {
        for (auto& [ours, theirs] : pairs_) {
          if (ours >= 0) ::close(ours);
          ours = -1;
        }
        cut_ = false;
      }
      std::vector<pollfd> ready = {{listener_, POLLIN, 0}};
      for (const auto& [ours, theirs] : pairs_) {
        ready.push_back({ours, POLLIN, 0});
        ready.push_back({ours >= 0 ? theirs : -1, POLLIN, 0});
      }
      if (::poll(ready.data(), ready.size(), 5) <= 0) continue;
      for (std::size_t i = 0; i < pairs_.size(); ++i) {
        auto& [ours, theirs] = pairs_[i];
        if (ready[2 * i + 1].revents != 0 && !pass(ours, theirs)) end(ours, theirs);
        if (ours >= 0 && ready[2 * i + 2].revents != 0 && !pass(theirs, ours)) end(ours, theirs);
      }
      if (ready[0].revents != 0) accept_one();
    }
  }
  void accept_one() {
    const int ours = ::accept(listener_, nullptr, nullptr);
    const int theirs = ::socket(AF_UNIX, SOCK_STREAM, 0);
    const sockaddr_un address = address_of(target_);
    if (::connect(theirs, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
      ::close(ours);
      ::close(theirs);
      return;
    }
    pairs_.push_back({ours, theirs});
  }
  static bool pass(int from, int to) {
    char bytes[16384];
    const ssize_t count = ::recv(from, bytes, sizeof bytes, 0);
    return count > 0 && ::send(to, bytes, static_cast<std::size_t>(count), MSG_NOSIGNAL) == count;
  }
  static void end(int& ours, int theirs) {
    ::close(ours);
    ours = -1;
    ::shutdown(theirs, SHUT_RDWR);
  }

  testing_support::TemporaryFolder folder_;
  std::string target_;
  int listener_ = -1;
  std::vector<std::pair<int, int>> pairs_;  // ours (-1: ended), the server's
  std::atomic<bool> stopping_{false}, cut_{false};
  std::thread thread_;
};

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
  /// Whether all that waits is stored within half a minute.
  static bool empties(const SampleStore& store) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    while (store.stats().backlog_samples > 0 && std::chrono::steady_clock::now() < deadline) {
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    return store.stats().backlog_samples == 0;
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
  EXPECT_TRUE(empties(*store));
  EXPECT_FALSE(store->stats().problem.has_value());
  ASSERT_EQ(store->append(run_of(200, 300)).value(), AppendOutcome::kCommitted);
  const std::vector<Sample> all = samples_in(*store, kTemperature);
  ASSERT_EQ(all.size(), 300u);
  for (std::size_t i = 0; i < all.size(); ++i) ASSERT_EQ(all[i].value, static_cast<double>(i));
  const std::lock_guard lock(mutex);
  EXPECT_NE(logged.find("does not answer"), std::string::npos) << logged;
  EXPECT_EQ(logged.find("hunter2"), std::string::npos) << logged;
}

TEST_F(PostgresStoreTest, WritesOnAfterAPulledCableThoughTheServerStillKeepsTheOldSession) {
  PulledCable cable;
  const std::string database = server()->make_database();
  PostgresStoreOptions options = options_for(database);
  options.url = cable.url(database);
  const auto store = PostgresStore::open(options).value();
  ASSERT_EQ(store->append(run_of(0, 100)).value(), AppendOutcome::kCommitted);
  cable.cut();
  ASSERT_EQ(store->append(run_of(100, 200)).value(), AppendOutcome::kBuffered);
  EXPECT_TRUE(empties(*store)) << "our own old session keeps the writer's lock";
  EXPECT_FALSE(store->stats().problem.has_value());
  EXPECT_EQ(samples_in(*store, kTemperature).size(), 200u);
}

TEST_F(PostgresStoreTest, ThinsOutOverANewConnectionThoughNoSamplesCome) {
  const std::string database = server()->make_database();
  const auto store = PostgresStore::open(options_for(database)).value();
  ASSERT_TRUE(store->append(run_of(0, 100)));
  const KeptFrom target{kStart - kStart % kHourNs + 2 * kHourNs, INT64_MIN, INT64_MIN};
  {
    const auto other = postgres::Connection::open({server()->url(database), ""});
    ASSERT_TRUE(other);
    ASSERT_TRUE(
        (*other)->execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE "
                          "datname = current_database() AND pid <> pg_backend_pid()"));
  }
  (void)store->thin(kTemperature, target);  // finds out
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  Result<ThinStep> step = store->thin(kTemperature, target);
  while (!step && std::chrono::steady_clock::now() < deadline) {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    step = store->thin(kTemperature, target);
  }
  EXPECT_TRUE(step) << step.error().message.en;
}

TEST_F(PostgresStoreTest, WaitsForNobodyWhoLocksItsTables) {
  const std::string database = server()->make_database();
  auto store = PostgresStore::open(options_for(database)).value();
  ASSERT_TRUE(store->append(run_of(0, 10)));
  const auto other = postgres::Connection::open({server()->url(database), ""});
  ASSERT_TRUE(other);
  // What VACUUM FULL takes.
  ASSERT_TRUE((*other)->execute("BEGIN; LOCK TABLE millwright.journal IN ACCESS EXCLUSIVE MODE"));
  const auto begun = std::chrono::steady_clock::now();
  ASSERT_EQ(store->append(run_of(10, 20)).value(), AppendOutcome::kBuffered);
  EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::seconds(30));
  EXPECT_EQ(samples_in(*store, kTemperature).size(), 20u);
  ASSERT_TRUE((*other)->execute("ROLLBACK"));
  EXPECT_TRUE(empties(*store));
  ASSERT_TRUE((*other)->execute("BEGIN; LOCK TABLE millwright.journal IN ACCESS EXCLUSIVE MODE"));
  ASSERT_EQ(store->append(run_of(20, 30)).value(), AppendOutcome::kBuffered);
  store.reset();
  EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::seconds(60)) << "it must end";
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
