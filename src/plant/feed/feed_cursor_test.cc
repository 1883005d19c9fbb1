// What goes out, in which order, and that nothing is left behind: late samples, restarts, samples
// that overtake each other on their way into the store.
#include "plant/feed/feed_cursor.h"

#include <gtest/gtest.h>

#include <atomic>
#include <random>
#include <thread>

#include "plant/feed/fed_store.h"
#include "plant/internal/reference_store.h"
#include "plant/internal/test_plant.h"
#include "plant/sqlite_store.h"
#include "tests/support/temporary_folder.h"

namespace mw::plant {
namespace {

class FeedCursorTest : public testing::Test {
 protected:
  FeedCursorTest() : store_(std::make_unique<ReferenceStore>(), no_log()) {}
  ~FeedCursorTest() override { close(); }

  void open(bool from_start = false) {
    cursor_ = FeedCursor::open((folder_.path() / "feed.db").string(), *catalogue_, {hot_, cold_},
                               from_start, store_, store_.gate())
                  .value();
    store_.add(*cursor_);
  }
  void close() {
    if (cursor_ != nullptr) store_.remove(*cursor_);
    cursor_.reset();
  }
  void append(TagIndex tag, std::vector<TimeNs> times) {
    std::vector<Sample> samples;
    for (const TimeNs each : times) {
      samples.push_back(number_at(tag, each, static_cast<double>(each)));
      samples.back().server_ts_ns = 1000;
    }
    ASSERT_TRUE(store_.append(samples));
  }
  FeedBatch read(std::size_t most = 1000) { return cursor_->read(most, {hot_, cold_}).value(); }
  /// Reads and confirms; times, the late ones negative.
  std::vector<TimeNs> take(std::size_t most = 1000) {
    const FeedBatch batch = read(most);
    std::vector<TimeNs> out;
    for (const FeedItem& each : batch.items) {
      out.push_back(each.late ? -each.sample.ts_ns : each.sample.ts_ns);
    }
    EXPECT_TRUE(cursor_->done(batch));
    return out;
  }

  using Times = std::vector<TimeNs>;
  testing_support::TemporaryFolder folder_;
  const std::shared_ptr<const Catalogue> catalogue_ = test_catalogue();
  const TagIndex hot_ = catalogue_->tag("m1/temperature")->index;
  const TagIndex cold_ = catalogue_->tag("m2/temperature")->index;
  const TagIndex other_ = catalogue_->tag("m1/parts")->index;
  FedStore store_;
  std::unique_ptr<FeedCursor> cursor_;
};

TEST_F(FeedCursorTest, BeginsWithWhatComesNow) {
  append(hot_, {1, 2, 3});
  open();
  EXPECT_EQ(cursor_->backlog().samples, 0u);
  append(hot_, {4, 5});
  append(cold_, {1});
  append(other_, {9});
  EXPECT_EQ(cursor_->backlog().samples, 3u);
  EXPECT_EQ(cursor_->backlog().since_ns, 1000);
  EXPECT_EQ(take(), (Times{1, 4, 5})) << "by time, and only of its tags";
  EXPECT_EQ(cursor_->backlog().samples, 0u);
  EXPECT_EQ(cursor_->backlog().since_ns, 0);
  EXPECT_TRUE(read().empty());
}

TEST_F(FeedCursorTest, BeginsAtTheStartWhenAsked) {
  append(hot_, {1, 2, 3});
  open(true);
  ASSERT_TRUE(cursor_->count());
  EXPECT_EQ(cursor_->backlog().samples, 3u);
  EXPECT_EQ(take(), (Times{1, 2, 3}));
}

TEST_F(FeedCursorTest, GivesAgainWhatWasNotConfirmed) {
  open();
  append(hot_, {1, 2});
  EXPECT_EQ(read().items.size(), 2u);
  EXPECT_EQ(read().items.size(), 2u) << "though nothing came meanwhile";
  append(hot_, {3});
  EXPECT_EQ(take(), (Times{1, 2, 3}));
  append(hot_, {4});
  EXPECT_EQ(read().items.size(), 1u);
  close();  // as a killed process
  open();
  ASSERT_TRUE(cursor_->count());
  EXPECT_EQ(cursor_->backlog().samples, 1u);
  EXPECT_EQ(take(), (Times{4}));
  close();
  append(hot_, {5, 6});  // while it is away
  open();
  ASSERT_TRUE(cursor_->count());
  EXPECT_EQ(cursor_->backlog().samples, 2u);
  EXPECT_EQ(take(), (Times{5, 6}));
}

TEST_F(FeedCursorTest, GivesALongBacklogInPiecesAndInOrder) {
  open();
  Times all;
  for (TimeNs i = 1; i <= 3000; ++i) all.push_back(i);
  append(hot_, all);
  Times got;
  for (int i = 0; i < 100 && got.size() < all.size(); ++i) {
    const Times some = take(700);
    EXPECT_LE(some.size(), 700u);
    got.insert(got.end(), some.begin(), some.end());
    EXPECT_EQ(cursor_->backlog().samples, all.size() - got.size());
  }
  EXPECT_EQ(got, all);
}

TEST_F(FeedCursorTest, GivesWhatComesLate) {
  open();
  append(hot_, {10, 20});
  EXPECT_EQ(take(), (Times{10, 20}));
  append(hot_, {15});
  EXPECT_EQ(cursor_->backlog().samples, 1u);
  EXPECT_EQ(take(), (Times{-15}));
  EXPECT_EQ(cursor_->backlog().samples, 0u);
  append(hot_, {5, 12});
  EXPECT_EQ(take(), (Times{-5, -10, -12})) << "all of the stretch that they came in";
  EXPECT_TRUE(read().empty());
}

TEST_F(FeedCursorTest, KeepsWhatCameLateOverARestart) {
  open();
  append(hot_, {10, 20});
  EXPECT_EQ(take(), (Times{10, 20}));
  append(hot_, {15});
  close();
  open();
  EXPECT_EQ(cursor_->backlog().samples, 1u);
  EXPECT_EQ(take(), (Times{-15}));
}

TEST_F(FeedCursorTest, GivesALongLateStretchInPieces) {
  open();
  append(hot_, {10'000});
  EXPECT_EQ(take(), (Times{10'000}));
  Times late;
  for (TimeNs i = 1; i <= 1000; ++i) late.push_back(i);
  append(hot_, late);
  Times got;
  for (int i = 0; i < 20; ++i) {
    for (const TimeNs each : take(300)) got.push_back(-each);
  }
  EXPECT_EQ(got, late);
  EXPECT_EQ(cursor_->backlog().samples, 0u);
}

TEST_F(FeedCursorTest, LeavesTagsThatItMayNotSeeWhereTheyAre) {
  open();
  append(hot_, {1});
  append(cold_, {2});
  const FeedBatch batch = cursor_->read(100, {cold_}).value();
  ASSERT_EQ(batch.items.size(), 1u);
  EXPECT_EQ(batch.items[0].sample.tag, cold_);
  ASSERT_TRUE(cursor_->done(batch));
  EXPECT_TRUE(cursor_->read(100, {cold_})->empty());
  EXPECT_EQ(cursor_->backlog().samples, 1u);
  EXPECT_EQ(take(), (Times{1})) << "once it may again";
}

TEST_F(FeedCursorTest, CountsExactlyAgainAfterDuplicates) {
  open();
  append(hot_, {1, 1, 2});
  EXPECT_EQ(take(), (Times{1, 2}));
  EXPECT_EQ(cursor_->backlog().samples, 0u);
}

/// Samples of many threads, some of them late, into a real store while the feed reads.
TEST(FeedCursorRace, NothingIsLeftBehindWhileManyWrite) {
  testing_support::TemporaryFolder folder;
  const std::shared_ptr<const Catalogue> catalogue = test_catalogue();
  SqliteStoreOptions options;
  options.catalogue = catalogue;
  options.path = (folder.path() / "plant.db").string();
  options.seal_samples = 500;
  FedStore store(SqliteStore::open(options).value(), no_log());
  const TagIndex tag = catalogue->tag("m1/temperature")->index;
  const auto cursor = FeedCursor::open((folder.path() / "feed.db").string(), *catalogue, {tag},
                                       false, store, store.gate())
                          .value();
  store.add(*cursor);

  constexpr int kThreads = 4, kEach = 150;
  std::atomic<TimeNs> clock{1};
  std::atomic<int> running{kThreads};
  std::vector<std::thread> writers;
  for (int t = 0; t < kThreads; ++t) {
    writers.emplace_back([&, t] {
      std::mt19937 random(static_cast<uint32_t>(t));
      for (int i = 0; i < kEach; ++i) {
        // Taken here, stored somewhat later: others overtake it.
        const TimeNs ts_ns = clock.fetch_add(1);
        if (random() % 4 == 0) std::this_thread::sleep_for(std::chrono::microseconds(300));
        EXPECT_TRUE(store.append(std::vector<Sample>{number_at(tag, ts_ns, 1)}));
      }
      --running;
    });
  }
  std::set<TimeNs> got;
  while (true) {
    const bool last = running == 0;
    const FeedBatch batch = cursor->read(50, {tag}).value();
    for (const FeedItem& each : batch.items) got.insert(each.sample.ts_ns);
    ASSERT_TRUE(cursor->done(batch));
    if (last && batch.empty()) break;
  }
  for (std::thread& each : writers) each.join();
  EXPECT_EQ(got.size(), static_cast<std::size_t>(kThreads * kEach));
  EXPECT_EQ(cursor->backlog().samples, 0u);
  store.remove(*cursor);
}

}  // namespace
}  // namespace mw::plant
