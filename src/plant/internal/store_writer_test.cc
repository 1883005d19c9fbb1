#include "plant/internal/store_writer.h"

#include <chrono>
#include <thread>

#include "plant/testing/test_tables.h"
#include "sqlite/database.h"

namespace mw::plant {
namespace {

constexpr uint32_t kTag = 1;

class StoreWriterTest : public TablesTest {
 protected:
  void start(uint64_t buffer_samples) {
    BlockStoreOptions options;
    options.buffer_samples = buffer_samples;
    options.seal_samples = 10;
    options.retry_ms = 50;
    writer_ = StoreWriter::start(options, "plant.db", std::move(tables_), nullptr,
                                 {{}, {true, kNsPerSecond}}, tail_, texts_)
                  .value();
  }
  Result<AppendOutcome> append(TimeNs from_ns, int64_t count) {
    std::vector<JournalEntry> entries;
    for (const StoredSample& sample : ramp(from_ns, 1, count)) entries.push_back({kTag, sample});
    return writer_->append(std::move(entries));
  }

  TailTable tail_;
  TextTable texts_;
  std::unique_ptr<StoreWriter> writer_;
};

TEST_F(StoreWriterTest, AcknowledgesNothingThatIsNeitherStoredNorHeldWhileTheDatabaseRefuses) {
  start(5);
  ASSERT_EQ(append(0, 9).value(), AppendOutcome::kCommitted);
  refuse(true);
  // Too much for the buffer each time, so that nothing is to be written later; packing may go on.
  const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(400);
  for (TimeNs from_ns = 100; std::chrono::steady_clock::now() < end; from_ns += 100) {
    const Result<AppendOutcome> outcome = append(from_ns, 6);
    ASSERT_FALSE(outcome) << "nowhere, and called stored";
    EXPECT_NE(outcome.error().message.en.find("plant.db refuses"), std::string::npos)
        << outcome.error().message.en;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  EXPECT_EQ(writer_->counters().stored.load(), 9u);
  refuse(false);
  for (TimeNs from_ns = 100'000; !append(from_ns, 6); from_ns += 100) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  EXPECT_FALSE(writer_->problem().has_value());
}

TEST_F(StoreWriterTest, HoldsWhatFitsAndStoresItInOrderOnceItCan) {
  start(100);
  refuse(true);
  EXPECT_EQ(append(0, 6).value(), AppendOutcome::kBuffered);
  EXPECT_EQ(writer_->backlog(), 6u);
  ASSERT_TRUE(writer_->problem().has_value());
  EXPECT_NE(writer_->problem()->zh.find("plant.db"), std::string::npos);
  refuse(false);
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (writer_->backlog() > 0 && std::chrono::steady_clock::now() < end) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  EXPECT_EQ(writer_->backlog(), 0u);
  writer_.reset();
  EXPECT_EQ(other().integer("SELECT sum(count) FROM journal").value(), 6);
}

TEST_F(StoreWriterTest, CommitsWhatManyCallersBringAtOnce) {
  start(100);
  std::vector<std::thread> callers;
  for (int i = 0; i < 8; ++i) {
    callers.emplace_back([&, i] {
      for (int k = 0; k < 20; ++k) EXPECT_TRUE(append(1000 * i + 10 * k, 3));
    });
  }
  for (std::thread& caller : callers) caller.join();
  writer_.reset();
  EXPECT_EQ(other()
                .integer("SELECT (SELECT coalesce(sum(count), 0) FROM journal) + "
                         "(SELECT coalesce(sum(count), 0) FROM block)")
                .value(),
            8 * 20 * 3);
}

}  // namespace
}  // namespace mw::plant
