// The writer: what it acknowledges is there after it is opened again, in another process's turn, in
// the next segment.
#include "security/audit_log.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "core/file.h"
#include "security/audit_check.h"
#include "tests/support/temporary_folder.h"

namespace mw::security {
namespace {

AuditEvent numbered(int number) {
  return {"person:li",         "10.0.0.7",
          "test.did",          "thing:" + std::to_string(number),
          AuditOutcome::kDone, "n=" + std::to_string(number)};
}

class AuditLogTest : public ::testing::Test {
 protected:
  std::unique_ptr<AuditLog> open() {
    auto log = try_open();
    EXPECT_TRUE(log) << log.error().message.en;
    return log ? std::move(*log) : nullptr;
  }
  Result<std::unique_ptr<AuditLog>> try_open() {
    AuditLogOptions options;
    options.folder = folder();
    options.clock = clock_;
    options.segment_bytes = segment_bytes_;
    return AuditLog::open(std::move(options));
  }
  std::filesystem::path folder() const { return temporary_.path() / "audit"; }
  std::vector<AuditRecord> records() const {
    std::vector<AuditRecord> all;
    AuditCheckOptions options;
    options.on_record = [&](const AuditRecord& record) {
      all.push_back(record);
      return true;
    };
    const auto report = check_audit(folder(), options);
    EXPECT_TRUE(report && report->intact())
        << (report ? report->broken->what.en : report.error().message.en);
    return all;
  }

  testing_support::TemporaryFolder temporary_;
  uint64_t segment_bytes_ = 4 << 20;
  std::shared_ptr<FixedClock> clock_ = std::make_shared<FixedClock>(1'760'000'000 * kNsPerSecond);
};

TEST_F(AuditLogTest, KeepsWhoDidWhatWhenWithWhatOutcome) {
  const auto log = open();
  clock_->set(5);
  AuditEvent event = numbered(1);
  event.outcome = AuditOutcome::kRefused;
  ASSERT_TRUE(log->record(event));
  const auto all = records();
  ASSERT_EQ(all.size(), 2u);
  EXPECT_EQ(all[0].event.action, "audit.begin");
  EXPECT_EQ(all[1].seq, 2u);
  EXPECT_EQ(all[1].ts_ns, 5);
  EXPECT_EQ(all[1].event.who, "person:li");
  EXPECT_EQ(all[1].event.address, "10.0.0.7");
  EXPECT_EQ(all[1].event.action, "test.did");
  EXPECT_EQ(all[1].event.object, "thing:1");
  EXPECT_EQ(all[1].event.outcome, AuditOutcome::kRefused);
  EXPECT_EQ(all[1].event.detail, "n=1");
}

TEST_F(AuditLogTest, GoesOnWhereItStoodWhenOpenedAgain) {
  for (int round = 0; round < 3; ++round) {
    const auto log = open();
    ASSERT_TRUE(log->record(numbered(round)));
  }
  EXPECT_EQ(records().size(), 4u);
}

TEST_F(AuditLogTest, TwoWritersTakeTurns) {
  const auto server = open();
  const auto command = open();
  for (int i = 0; i < 4; ++i) {
    ASSERT_TRUE((i % 2 == 0 ? server : command)->record(numbered(i)));
  }
  const auto all = records();
  ASSERT_EQ(all.size(), 5u);
  for (int i = 0; i < 4; ++i) EXPECT_EQ(all[i + 1].event.object, "thing:" + std::to_string(i));
}

TEST_F(AuditLogTest, BeginsANewSegmentWhenOneIsFull) {
  segment_bytes_ = 1000;
  auto log = open();
  for (int i = 0; i < 12; ++i) ASSERT_TRUE(log->record(numbered(i)));
  int segments = 0;
  for (const auto& each : std::filesystem::directory_iterator(folder())) {
    if (each.path().extension() == ".mwaudit") ++segments;
  }
  EXPECT_GE(segments, 3);
  log = open();
  ASSERT_TRUE(log->record(numbered(12)));
  EXPECT_EQ(records().size(), 14u);
}

TEST_F(AuditLogTest, ANewSegmentWhoseHeadWasNotWrittenYetCounts) {
  segment_bytes_ = 100;  // each record begins one
  std::string head;
  {
    const auto log = open();
    ASSERT_TRUE(log->record(numbered(0)));
    head = *read_file(folder() / "head", 1 << 10);
    ASSERT_TRUE(log->record(numbered(1)));
  }
  ASSERT_TRUE(write_file_atomically(folder() / "head", head));
  ASSERT_TRUE(open()->record(numbered(2)));
  EXPECT_EQ(records().size(), 4u);
}

TEST_F(AuditLogTest, KeepsItsKeyFromOthers) {
  open();
  struct stat status {};
  ASSERT_EQ(::stat((folder() / "signing.key").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
  ASSERT_EQ(::stat(folder().c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0700u);
  std::filesystem::permissions(folder() / "signing.key", std::filesystem::perms(0644));
  const auto again = try_open();
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, Code::kPermissionDenied);
}

TEST_F(AuditLogTest, RefusesToGoOnWithoutItsKey) {
  open();
  std::filesystem::remove(folder() / "signing.key");
  const auto again = try_open();
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, Code::kConflict);
}

TEST_F(AuditLogTest, TakesOffATornRecordAndSaysSo) {
  {
    const auto log = open();
    ASSERT_TRUE(log->record(numbered(1)));
  }
  const auto segment = folder() / "00000000000000000001.mwaudit";
  const std::string before = *read_file(segment, 1 << 20);
  std::ofstream(segment, std::ios::binary | std::ios::app) << std::string("\x50\0\0\0\x01torn", 9);
  const auto offline = check_audit(folder());
  ASSERT_TRUE(offline);
  EXPECT_TRUE(offline->intact());
  EXPECT_EQ(offline->torn_bytes, 9u);
  EXPECT_EQ(offline->records, 2u);
  open();
  const std::string after = *read_file(segment, 1 << 20);
  EXPECT_TRUE(after.starts_with(before));
  const auto all = records();
  ASSERT_EQ(all.size(), 3u);
  EXPECT_EQ(all[2].event.action, "audit.torn");
  EXPECT_TRUE(all[2].event.detail.starts_with("bytes=9 ")) << all[2].event.detail;
}

TEST_F(AuditLogTest, SeesATornRecordOfAnotherProcessWhileRunning) {
  const auto log = open();
  const auto segment = folder() / "00000000000000000001.mwaudit";
  std::ofstream(segment, std::ios::binary | std::ios::app) << std::string("\x50\0\0\0\x01torn", 9);
  ASSERT_TRUE(log->record(numbered(1)));
  const auto all = records();
  ASSERT_EQ(all.size(), 3u);
  EXPECT_EQ(all[1].event.action, "audit.torn");
  EXPECT_EQ(all[2].event.object, "thing:1");
}

TEST_F(AuditLogTest, RefusesToGoOnOverAChangedRecord) {
  {
    const auto log = open();
    ASSERT_TRUE(log->record(numbered(1)));
  }
  const auto segment = folder() / "00000000000000000001.mwaudit";
  std::string bytes = *read_file(segment, 1 << 20);
  bytes[bytes.size() - 150] ^= 1;
  ASSERT_TRUE(write_file_atomically(segment, bytes));
  const auto again = try_open();
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, Code::kCorrupt);
}

TEST_F(AuditLogTest, StopsAcknowledgingWhenItsFilesGo) {
  const auto log = open();
  std::filesystem::rename(folder(), temporary_.path() / "elsewhere");
  EXPECT_FALSE(log->record(numbered(1)));
}

TEST_F(AuditLogTest, CutsTextsThatAreTooLongAtACharacter) {
  const auto log = open();
  AuditEvent event = numbered(1);
  event.object.clear();
  for (int i = 0; i < 100; ++i) event.object += "\xE7\x82\x89";
  event.detail = "bad \xFF byte";
  ASSERT_TRUE(log->record(event));
  const auto all = records();
  ASSERT_EQ(all.size(), 2u);
  EXPECT_EQ(all[1].event.object.size(), 255u);
  EXPECT_EQ(all[1].event.detail, "bad \xEF\xBF\xBD byte");
}

}  // namespace
}  // namespace mw::security
