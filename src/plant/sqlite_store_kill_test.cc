// A child process appends and writes the number of each acknowledged batch to a pipe; it is killed
// with SIGKILL at a random moment. Whatever it acknowledged must be there afterwards, to the bit,
// and the store must open without repair. (What a loss of power does is not tested here.)
#include <gtest/gtest.h>

#include <random>

#include "plant/internal/test_plant.h"
#include "plant/sqlite_store.h"
#include "tests/support/killed_child.h"
#include "tests/support/temporary_folder.h"

namespace mw::plant {
namespace {

constexpr TimeNs kStart = 1'760'000'000 * kNsPerSecond;
constexpr int64_t kBatch = 20;

SqliteStoreOptions options(const std::string& path) {
  SqliteStoreOptions options;
  options.path = path;
  options.catalogue = test_catalogue();
  options.seal_samples = 500;  // often, so that kills land while blocks are packed
  options.sync_interval_ms = 50;
  return options;
}

Sample numbered(int64_t number) {
  return number_at(1, kStart + number * kNsPerMs, static_cast<double>(number));
}

/// Appends from batch `first` on until killed.
void append_for_ever(const std::string& path, int64_t first,
                     const std::function<void(int64_t)>& acknowledge) {
  auto store = SqliteStore::open(options(path));
  if (!store) return;
  for (int64_t batch = first;; ++batch) {
    std::vector<Sample> samples;
    for (int64_t i = 0; i < kBatch; ++i) samples.push_back(numbered(batch * kBatch + i));
    const auto outcome = (*store)->append(samples);
    if (!outcome || *outcome != AppendOutcome::kCommitted) return;
    acknowledge(batch);
  }
}

TEST(SqliteStoreKill, LosesNothingAcknowledgedWhenKilledAtAnyMoment) {
  const testing_support::TemporaryFolder folder;
  const std::string path = (folder.path() / "plant.db").string();
  std::mt19937 random(17);
  int64_t next_batch = 0;
  int64_t acknowledged = -1;
  for (int round = 0; round < 12; ++round) {
    acknowledged = testing_support::kill_while_working(
        static_cast<useconds_t>(random() % 120'000),
        [&](const auto& acknowledge) { append_for_ever(path, next_batch, acknowledge); });
    ASSERT_GE(acknowledged, 0);

    const auto store = SqliteStore::open(options(path));
    ASSERT_TRUE(store) << store.error().message.en;
    const std::vector<Sample> all = samples_in(**store, 1);
    ASSERT_GE(static_cast<int64_t>(all.size()), (acknowledged + 1) * kBatch) << "round " << round;
    ASSERT_EQ(all.size() % kBatch, 0u) << "a batch is there in part";
    for (std::size_t i = 0; i < all.size(); ++i) {
      ASSERT_EQ(all[i].value, static_cast<double>(i)) << "round " << round;
      ASSERT_EQ(all[i].ts_ns, numbered(static_cast<int64_t>(i)).ts_ns);
    }
    next_batch = static_cast<int64_t>(all.size()) / kBatch;
  }
  EXPECT_GT(acknowledged, 12);
}

}  // namespace
}  // namespace mw::plant
