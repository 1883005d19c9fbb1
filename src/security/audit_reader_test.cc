#include "security/audit_reader.h"

#include <gtest/gtest.h>

#include "core/file.h"
#include "security/audit_log.h"
#include "security/internal/audit_codec.h"
#include "tests/support/temporary_folder.h"

namespace mw::security {
namespace {

constexpr TimeNs kStart = 1'760'000'000 * kNsPerSecond;

class AuditReaderTest : public ::testing::Test {
 protected:
  /// `count` records a second apart, in segments of a few.
  void write(int count) {
    auto clock = std::make_shared<FixedClock>(kStart);
    auto log = AuditLog::open({folder(), clock, no_log(), 2000});
    ASSERT_TRUE(log) << log.error().message.en;
    for (int i = 0; i < count; ++i) {
      clock->set(kStart + i * kNsPerSecond);
      const bool odd = i % 2 == 1;
      ASSERT_TRUE(
          (*log)->record({odd ? "person:Li" : "person:wang", "10.0.0.7",
                          odd ? "user.add" : "session.login", "person:x" + std::to_string(i),
                          odd ? AuditOutcome::kDone : AuditOutcome::kRefused, "detail"}));
    }
  }
  std::filesystem::path folder() const { return folder_.path() / "audit"; }
  std::vector<uint64_t> seqs(const AuditFilter& filter) {
    std::vector<uint64_t> out;
    AuditFilter next = filter;
    do {
      const auto page = read_audit(folder(), next);
      EXPECT_TRUE(page);
      if (!page) return out;
      EXPECT_LE(page->records.size(), filter.limit);
      for (const AuditRecord& record : page->records) out.push_back(record.seq);
      next.before = page->before;
    } while (next.before != 0);
    return out;
  }

  testing_support::TemporaryFolder folder_;
};

TEST_F(AuditReaderTest, ReadsNewestFirstPageByPageOverSegments) {
  write(40);
  AuditFilter filter;
  filter.limit = 7;
  filter.most_bytes = 1;  // a segment a call
  const auto all = seqs(filter);
  ASSERT_GE(all.size(), 40u);  // the log begins with a record of its own
  for (std::size_t i = 1; i < all.size(); ++i) EXPECT_EQ(all[i] + 1, all[i - 1]);
  EXPECT_EQ(all.back(), 1u);
}

TEST_F(AuditReaderTest, FindsByWhoWhatWhenAndObject) {
  write(40);
  AuditFilter filter;
  filter.who = "LI";
  EXPECT_EQ(seqs(filter).size(), 20u);
  filter.object = "X1";  // x1, x11, x13, ... x19
  EXPECT_EQ(seqs(filter).size(), 6u);
  filter = {};
  filter.action = "user.";
  filter.from_ns = kStart + 30 * kNsPerSecond;
  filter.to_ns = kStart + 34 * kNsPerSecond;
  EXPECT_EQ(seqs(filter).size(), 2u);
  filter = {};
  filter.outcome = AuditOutcome::kRefused;
  EXPECT_EQ(seqs(filter).size(), 20u);
  filter.who = "nobody";
  EXPECT_TRUE(seqs(filter).empty());
}

TEST_F(AuditReaderTest, ShowsWhatNamesNoObjectAndNoDetail) {
  auto clock = std::make_shared<FixedClock>(kStart);
  auto log = AuditLog::open({folder(), clock, no_log(), 2000});
  ASSERT_TRUE(log);
  ASSERT_TRUE((*log)->record({"person:wang", "", "session.end", "", AuditOutcome::kDone, ""}));
  EXPECT_EQ(seqs({}), (std::vector<uint64_t>{2, 1}));
}

TEST_F(AuditReaderTest, OneCallReadsSoMuchOnlyAndSaysWhereToGoOn) {
  write(200);
  AuditFilter filter;
  filter.who = "nobody";
  filter.most_bytes = 1;
  const auto page = read_audit(folder(), filter);
  ASSERT_TRUE(page);
  EXPECT_TRUE(page->records.empty());
  EXPECT_GT(page->before, 100u);
}

TEST_F(AuditReaderTest, TellsOfDamageAndReadsTheRest) {
  write(40);
  std::vector<std::filesystem::path> segments;
  for (const auto& each : std::filesystem::directory_iterator(folder())) {
    if (each.path().extension() == ".mwaudit") segments.push_back(each.path());
  }
  std::sort(segments.begin(), segments.end());
  ASSERT_GT(segments.size(), 2u);
  std::string bytes = read_file(segments[0], 1 << 20).value();
  bytes[kSegmentHeaderBytes + 1] = '\x7f';  // the length of the first record
  ASSERT_TRUE(write_file_atomically(segments[0], bytes));
  const auto page = read_audit(folder(), {});
  ASSERT_TRUE(page);
  EXPECT_TRUE(page->damaged);
  EXPECT_GT(page->records.size(), 20u);
  // At the end of the last one it is a record that is being written.
  bytes = read_file(segments.back(), 1 << 20).value();
  ASSERT_TRUE(write_file_atomically(segments.back(), bytes + "begun"));
  AuditFilter newest;
  newest.limit = 1;
  EXPECT_FALSE(read_audit(folder(), newest)->damaged);
}

TEST_F(AuditReaderTest, WithoutALogThereIsNothingToRead) {
  EXPECT_EQ(read_audit(folder(), {}).error().code, Code::kNotFound);
}

}  // namespace
}  // namespace mw::security
