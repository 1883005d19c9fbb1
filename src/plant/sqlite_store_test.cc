#include "plant/sqlite_store.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cmath>
#include <limits>
#include <random>
#include <thread>

#include "core/file.h"
#include "plant/internal/test_plant.h"
#include "sqlite/database.h"
#include "tests/support/temporary_folder.h"

namespace mw::plant {
namespace {

constexpr TimeNs kStart = 1'760'000'000 * kNsPerSecond;
constexpr TagIndex kState = 0, kTemperature = 1, kOther = 4;

class SqliteStoreTest : public testing::Test {
 protected:
  SqliteStoreOptions options() {
    SqliteStoreOptions options;
    options.path = (folder_.path() / "plant.db").string();
    options.catalogue = test_catalogue();
    options.seal_samples = 1000;
    options.retry_ms = 20;
    return options;
  }
  std::unique_ptr<SqliteStore> open() { return open(options()); }
  static std::unique_ptr<SqliteStore> open(const SqliteStoreOptions& options) {
    auto store = SqliteStore::open(options);
    EXPECT_TRUE(store) << store.error().message.en;
    return std::move(store).value();
  }
  static std::vector<Sample> ramp(TagIndex tag, int64_t from_s, int64_t to_s) {
    std::vector<Sample> samples;
    for (int64_t s = from_s; s < to_s; ++s) {
      samples.push_back(number_at(tag, kStart + s * kNsPerSecond, static_cast<double>(s)));
    }
    return samples;
  }

  testing_support::TemporaryFolder folder_;
};

TEST_F(SqliteStoreTest, GivesBackWhatWasAppendedAcrossRestartsAndPacking) {
  const int64_t batch_s = 130;  // not a divisor of the packing threshold
  for (int64_t round = 0; round < 3; ++round) {
    const auto store = open();
    for (int64_t i = 0; i < 10; ++i) {
      const int64_t from_s = (round * 10 + i) * batch_s;
      ASSERT_EQ(store->append(ramp(kTemperature, from_s, from_s + batch_s)).value(),
                AppendOutcome::kCommitted);
    }
    const std::vector<Sample> all = samples_in(*store, kTemperature);
    ASSERT_EQ(all.size(), static_cast<std::size_t>((round + 1) * 10 * batch_s));
    for (std::size_t i = 0; i < all.size(); ++i) {
      ASSERT_EQ(all[i].ts_ns, kStart + static_cast<int64_t>(i) * kNsPerSecond);
      ASSERT_EQ(all[i].server_ts_ns, all[i].ts_ns + kNsPerMs);
      ASSERT_EQ(all[i].value, static_cast<double>(i));
    }
  }
}

TEST_F(SqliteStoreTest, ReadsAHalfOpenWindowAndTheLastValueBeforeATime) {
  const auto store = open();
  ASSERT_TRUE(store->append(ramp(kTemperature, 0, 2500)));
  const auto window =
      samples_in(*store, kTemperature, {kStart + 990 * kNsPerSecond, kStart + 1010 * kNsPerSecond});
  ASSERT_EQ(window.size(), 20u);
  EXPECT_EQ(window.front().value, 990);
  EXPECT_EQ(window.back().value, 1009);
  EXPECT_EQ(store->last_before(kTemperature, kStart + 990 * kNsPerSecond).value()->value, 989);
  EXPECT_EQ(store->last_before(kTemperature, kStart + 1).value()->value, 0);
  EXPECT_FALSE(store->last_before(kTemperature, kStart).value().has_value());
  EXPECT_EQ(store->latest(kTemperature).value()->value, 2499);
  EXPECT_FALSE(store->latest(kOther).value().has_value());
  EXPECT_TRUE(samples_in(*store, kTemperature, {kStart, kStart}).empty());
}

TEST_F(SqliteStoreTest, KeepsStatesQualitiesReasonsAndMarks) {
  Sample mark =
      number_at(kState, kStart + 5, std::numeric_limits<double>::quiet_NaN(), Quality::kBad);
  mark.reason = QualityReason::kNoCommunication;
  const std::vector<Sample> samples = {state_at(kState, kStart, "running"), mark,
                                       state_at(kState, kStart + 9, "空闲", Quality::kUncertain)};
  { ASSERT_TRUE(open()->append(samples)); }
  const auto store = open();
  const std::vector<Sample> back = samples_in(*store, kState);
  ASSERT_EQ(back.size(), 3u);
  EXPECT_EQ(back[0].text, "running");
  EXPECT_TRUE(std::isnan(back[0].value));
  EXPECT_EQ(back[1].text, "");
  EXPECT_TRUE(std::isnan(back[1].value));
  EXPECT_EQ(back[1].quality, Quality::kBad);
  EXPECT_EQ(back[1].reason, QualityReason::kNoCommunication);
  EXPECT_EQ(back[2].text, "空闲");
  EXPECT_EQ(back[2].quality, Quality::kUncertain);
}

TEST_F(SqliteStoreTest, StoresASampleOnceHoweverOftenAndInWhateverOrderItComes) {
  std::vector<Sample> samples = ramp(kTemperature, 0, 4000);
  std::mt19937 random(3);
  const auto store = open();
  for (int round = 0; round < 3; ++round) {
    std::shuffle(samples.begin(), samples.end(), random);
    for (std::size_t at = 0; at < samples.size(); at += 333) {
      const std::size_t count = std::min<std::size_t>(333, samples.size() - at);
      ASSERT_TRUE(store->append(std::span(samples).subspan(at, count)));
    }
  }
  // A second opinion about a time that is there already does not replace the first.
  ASSERT_TRUE(store->append(std::vector{number_at(kTemperature, kStart, 99)}));
  const std::vector<Sample> all = samples_in(*store, kTemperature);
  ASSERT_EQ(all.size(), 4000u);
  for (std::size_t i = 0; i < all.size(); ++i) ASSERT_EQ(all[i].value, static_cast<double>(i));
}

TEST_F(SqliteStoreTest, ReadsNeverMissASampleWhileOthersArePacked) {
  const auto store = open();
  std::atomic<int64_t> committed{0};
  std::thread writer([&] {
    for (int64_t s = 0; s < 20'000; s += 50) {
      ASSERT_TRUE(store->append(ramp(kTemperature, s, s + 50)));
      committed = s + 50;
    }
  });
  while (committed < 20'000) {
    const int64_t before = committed;
    const std::vector<Sample> all = samples_in(*store, kTemperature);
    ASSERT_GE(all.size(), static_cast<std::size_t>(before));
    for (std::size_t i = 0; i < all.size(); ++i) {
      ASSERT_EQ(all[i].value, static_cast<double>(i)) << "a hole or a repeat";
    }
  }
  writer.join();
}

TEST_F(SqliteStoreTest, KeepsAnsweringOnAFullDiskAndStoresTheRestOnceThereIsRoom) {
  SqliteStoreOptions small = options();
  small.max_pages = 60;
  small.buffer_samples = 30'000;
  // Values that do not pack: a ramp of any length would fit.
  const auto noise = [](int64_t from_s, int64_t to_s) {
    std::vector<Sample> samples = ramp(kTemperature, from_s, to_s);
    for (Sample& sample : samples) sample.value = std::sin(sample.value);
    return samples;
  };
  {
    const auto store = open(small);
    int64_t s = 0;
    AppendOutcome outcome = AppendOutcome::kCommitted;
    while (outcome == AppendOutcome::kCommitted && s < 200'000) {
      outcome = store->append(noise(s, s + 5000)).value();
      s += 5000;
    }
    ASSERT_EQ(outcome, AppendOutcome::kBuffered) << "the page limit never bit";
    const StoreStats full = store->stats();
    ASSERT_TRUE(full.problem.has_value());
    EXPECT_NE(full.problem->en.find("full"), std::string::npos) << full.problem->en;
    EXPECT_FALSE(full.problem->zh.empty());
    EXPECT_GE(full.backlog_samples, 5000u);
    EXPECT_EQ(full.dropped_samples, 0u);
    EXPECT_EQ(samples_in(*store, kTemperature).size(), static_cast<std::size_t>(s));
    // The buffer is bounded: what does not fit is refused and counted.
    Result<AppendOutcome> last = AppendOutcome::kBuffered;
    int64_t refused_s = s;
    while (last && refused_s < s + 100'000) {
      last = store->append(noise(refused_s, refused_s + 5000));
      if (last) refused_s += 5000;
    }
    ASSERT_FALSE(last);
    EXPECT_EQ(last.error().code, Code::kResourceExhausted);
    EXPECT_EQ(store->stats().dropped_samples, 5000u);
    EXPECT_EQ(samples_in(*store, kTemperature).size(), static_cast<std::size_t>(refused_s));
  }
  const auto store = open();  // without the limit: what was committed is there
  EXPECT_FALSE(store->stats().problem.has_value());
  EXPECT_GT(samples_in(*store, kTemperature).size(), 1000u);
}

TEST_F(SqliteStoreTest, StoresTheBufferByItselfOnceTheDiskAcceptsAgain) {
  const auto store = open();
  ASSERT_TRUE(store->append(ramp(kTemperature, 0, 10)));
  // Another connection that holds the write lock makes every commit fail after the busy timeout.
  auto blocker = sqlite::Database::open((folder_.path() / "plant.db").string(),
                                        sqlite::Database::Mode::kReadWrite)
                     .value();
  ASSERT_TRUE(blocker.execute("BEGIN IMMEDIATE"));
  ASSERT_EQ(store->append(ramp(kTemperature, 10, 20)).value(), AppendOutcome::kBuffered);
  EXPECT_TRUE(store->stats().problem.has_value());
  EXPECT_EQ(samples_in(*store, kTemperature).size(), 20u);
  ASSERT_TRUE(blocker.execute("ROLLBACK"));
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (store->stats().backlog_samples > 0 && std::chrono::steady_clock::now() < deadline) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  EXPECT_EQ(store->stats().backlog_samples, 0u);
  EXPECT_FALSE(store->stats().problem.has_value());
  EXPECT_EQ(store->stats().stored_samples, 20u);
}

TEST_F(SqliteStoreTest, PacksByItselfAfterAFailureThoughNoSamplesComeAnyMore) {
  const auto store = open();
  ASSERT_TRUE(store->append(ramp(kTemperature, 0, 10)));
  auto other = sqlite::Database::open((folder_.path() / "plant.db").string(),
                                      sqlite::Database::Mode::kReadWrite)
                   .value();
  ASSERT_TRUE(other.execute(
      "CREATE TRIGGER no_blocks BEFORE INSERT ON block BEGIN SELECT RAISE(ABORT, 'not now'); END"));
  ASSERT_EQ(store->append(ramp(kTemperature, 10, 1500)).value(), AppendOutcome::kCommitted);
  const auto wait_for_problem = [&](bool wanted) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (store->stats().problem.has_value() != wanted &&
           std::chrono::steady_clock::now() < deadline) {
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    return store->stats().problem.has_value() == wanted;
  };
  ASSERT_TRUE(wait_for_problem(true));
  ASSERT_TRUE(other.execute("DROP TRIGGER no_blocks"));
  ASSERT_TRUE(wait_for_problem(false)) << "a folder connector waits for this before it reads on";
  EXPECT_EQ(other.integer("SELECT count(*) FROM journal").value(), 0);
  EXPECT_EQ(other.integer("SELECT count(*) FROM block").value(), 1);
  EXPECT_EQ(samples_in(*store, kTemperature).size(), 1500u);
}

TEST_F(SqliteStoreTest, ShowsADamagedBlockAsAGapAndCountsIt) {
  {
    const auto store = open();
    ASSERT_TRUE(store->append(ramp(kTemperature, 0, 5000)));
  }
  {
    auto database = sqlite::Database::open((folder_.path() / "plant.db").string(),
                                           sqlite::Database::Mode::kReadWrite)
                        .value();
    ASSERT_EQ(database.integer("SELECT count(*) FROM block").value(), 3);
    ASSERT_TRUE(database.execute(
        "UPDATE block SET body = zeroblob(40) WHERE start_ns = (SELECT min(start_ns) FROM block)"));
  }
  const auto store = open();
  EXPECT_EQ(samples_in(*store, kTemperature).size(), 5000u - 2048u);
  EXPECT_GE(store->stats().damaged_blocks, 1u);
}

TEST_F(SqliteStoreTest, RefusesASecondProcessANewerSchemaAndForeignFiles) {
  {
    const auto store = open();
    const auto second = SqliteStore::open(options());
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code, Code::kConflict);
  }
  {
    auto database = sqlite::Database::open((folder_.path() / "plant.db").string(),
                                           sqlite::Database::Mode::kReadWrite)
                        .value();
    ASSERT_TRUE(database.execute("PRAGMA user_version = 99"));
  }
  EXPECT_EQ(SqliteStore::open(options()).error().code, Code::kUnsupported);
  SqliteStoreOptions other = options();
  other.path = (folder_.path() / "text.db").string();
  ASSERT_TRUE(write_file_atomically(other.path, std::string(4096, 'x')));
  EXPECT_EQ(SqliteStore::open(other).error().code, Code::kCorrupt);
  other.path = (folder_.path() / "none/plant.db").string();
  EXPECT_EQ(SqliteStore::open(other).error().code, Code::kNotFound);
}

TEST_F(SqliteStoreTest, BringsAFileOfVersion1UpAndRollsItsHoursUp) {
  { ASSERT_TRUE(open()->append(ramp(kTemperature, 0, 3 * 3600))); }
  {
    auto database = sqlite::Database::open((folder_.path() / "plant.db").string(),
                                           sqlite::Database::Mode::kReadWrite)
                        .value();
    // As version 1 left it: without the tables of version 2, and blocks in a table without row ids.
    ASSERT_TRUE(database.execute(
        "DROP TABLE rollup; DROP TABLE due; DROP TABLE thinned; DROP TABLE record;"
        "ALTER TABLE block RENAME TO newer;"
        "CREATE TABLE block(tag INTEGER NOT NULL, start_ns INTEGER NOT NULL, end_ns INTEGER NOT "
        "NULL, count INTEGER NOT NULL, body BLOB NOT NULL, PRIMARY KEY(tag, start_ns)) WITHOUT "
        "ROWID;"
        "INSERT INTO block SELECT * FROM newer; DROP TABLE newer; PRAGMA user_version = 1"));
  }
  const auto store = open();
  ASSERT_TRUE(store->append(ramp(kTemperature, 3 * 3600, 3 * 3600 + 1500)));
  EXPECT_EQ(samples_in(*store, kTemperature).size(), 3u * 3600 + 1500);
  uint64_t hours = 0;
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (hours == 0 && std::chrono::steady_clock::now() < deadline) {
    ASSERT_TRUE(store->pieces(
        kTemperature, {kStart, kStart + 3 * kNsPerHour}, kNsPerHour,
        SampleStore::PieceUse::kStatistics, [](const Sample&) { return true; },
        [&](const Rollup& rollup) {
          EXPECT_EQ(rollup.count, 3600u);
          ++hours;
          return true;
        }));
  }
  EXPECT_GT(hours, 0u);
}

TEST_F(SqliteStoreTest, RefusesToMixSimulatedAndRealSamples) {
  { ASSERT_TRUE(open()->append(ramp(kTemperature, 0, 1))); }
  SqliteStoreOptions simulated = options();
  simulated.catalogue = Catalogue::parse(R"json({"site": "test", "simulated": true,
      "lines": [{"id": "a"}], "kinds": [{"id": "machine", "tags": [{"id": "temperature"}]}],
      "assets": [{"id": "m1", "kind": "machine", "line": "a"}]})json")
                            .value();
  const auto store = SqliteStore::open(simulated);
  ASSERT_FALSE(store);
  EXPECT_NE(store.error().message.en.find("m1/temperature"), std::string::npos);
}

TEST_F(SqliteStoreTest, RefusesADamagedJournalInsteadOfGuessing) {
  { ASSERT_TRUE(open()->append(ramp(kTemperature, 0, 10))); }
  {
    auto database = sqlite::Database::open((folder_.path() / "plant.db").string(),
                                           sqlite::Database::Mode::kReadWrite)
                        .value();
    ASSERT_TRUE(database.execute("UPDATE journal SET body = x'01020304050607'"));
  }
  const auto store = SqliteStore::open(options());
  ASSERT_FALSE(store);
  EXPECT_EQ(store.error().code, Code::kCorrupt);
  EXPECT_NE(store.error().message.en.find("journal row"), std::string::npos);
}

}  // namespace
}  // namespace mw::plant
