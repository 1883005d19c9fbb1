// Tampering: whatever is done to the files without the key is found, and the first broken record
// named.
#include "security/audit_check.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "core/file.h"
#include "security/audit_log.h"
#include "security/internal/audit_codec.h"
#include "security/internal/signing_key.h"
#include "tests/support/temporary_folder.h"

namespace mw::security {
namespace {

class AuditCheckTest : public ::testing::Test {
 protected:
  AuditCheckTest() {
    write(1, 6);
    bytes_ = *read_file(segment(), 1 << 20);
    std::size_t at = kSegmentHeaderBytes;
    while (at < bytes_.size()) {
      places_.push_back({at, split_record(std::string_view(bytes_).substr(at))->bytes});
      at += places_.back().second;
    }
    EXPECT_EQ(places_.size(), 6u);  // audit.begin and five
  }
  void write(int first, int end) {
    AuditLogOptions options;
    options.folder = folder();
    options.clock = std::make_shared<FixedClock>(1000);
    const auto log = AuditLog::open(options);
    ASSERT_TRUE(log) << log.error().message.en;
    for (int i = first; i < end; ++i) {
      ASSERT_TRUE((*log)->record({"person:li", "", "did", std::to_string(i)}));
    }
  }
  std::filesystem::path folder() const { return temporary_.path() / "audit"; }
  std::filesystem::path segment() const { return folder() / "00000000000000000001.mwaudit"; }
  std::string record(std::size_t seq) const {
    return bytes_.substr(places_[seq - 1].first, places_[seq - 1].second);
  }
  std::string header() const { return bytes_.substr(0, kSegmentHeaderBytes); }
  void replace(const std::string& bytes) const {
    std::ofstream(segment(), std::ios::binary | std::ios::trunc) << bytes;
  }
  AuditReport check(std::vector<AuditRoot> roots = {}) const {
    AuditCheckOptions options;
    options.roots = std::move(roots);
    const auto report = check_audit(folder(), options);
    EXPECT_TRUE(report);
    return report.value_or({});
  }
  void expect_broken(AuditFault fault, uint64_t seq, std::vector<AuditRoot> roots = {}) const {
    const AuditReport report = check(std::move(roots));
    ASSERT_TRUE(report.broken);
    EXPECT_EQ(fault_name(report.broken->fault), fault_name(fault)) << report.broken->what.en;
    EXPECT_EQ(report.broken->seq, seq) << report.broken->what.en;
    EXPECT_EQ(report.records, seq - 1);
  }

  testing_support::TemporaryFolder temporary_;
  std::string bytes_;
  std::vector<std::pair<std::size_t, std::size_t>> places_;  // offset and size by record
};

TEST_F(AuditCheckTest, ALogThatNobodyTouchedHolds) {
  const AuditReport report = check();
  EXPECT_TRUE(report.intact());
  EXPECT_EQ(report.records, 6u);
  EXPECT_EQ(report.torn_bytes, 0u);
  EXPECT_EQ(report.last_root->seq, 6u);
}

TEST_F(AuditCheckTest, FindsEveryFlippedBit) {
  for (std::size_t i = 0; i < bytes_.size(); ++i) {
    std::string flipped = bytes_;
    flipped[i] ^= static_cast<char>(1 << (i % 8));
    replace(flipped);
    const AuditReport report = check();
    ASSERT_TRUE(report.broken) << "byte " << i;
    uint64_t at = 1;  // the header's bytes break everything
    for (std::size_t k = 0; k < places_.size(); ++k) {
      if (i >= places_[k].first) at = k + 1;
    }
    ASSERT_EQ(report.broken->seq, at) << "byte " << i << ": " << report.broken->what.en;
  }
}

TEST_F(AuditCheckTest, FindsADeletedRecord) {
  replace(header() + record(1) + record(2) + record(4) + record(5) + record(6));
  expect_broken(AuditFault::kSequence, 3);
}

TEST_F(AuditCheckTest, FindsSwappedRecords) {
  replace(header() + record(1) + record(2) + record(4) + record(3) + record(5) + record(6));
  expect_broken(AuditFault::kSequence, 3);
}

TEST_F(AuditCheckTest, FindsARepeatedRecord) {
  replace(bytes_ + record(6));
  const AuditReport report = check();  // after the end: kept out, whatever it is
  EXPECT_TRUE(report.intact());
  EXPECT_EQ(report.records, 6u);
  EXPECT_EQ(report.torn_bytes, record(6).size());
  replace(header() + record(1) + record(2) + record(2) + record(3));
  expect_broken(AuditFault::kSequence, 3);
}

TEST_F(AuditCheckTest, FindsTruncationAtEveryLength) {
  for (std::size_t size = 0; size < bytes_.size(); size += 7) {
    replace(bytes_.substr(0, size));
    const AuditReport report = check();
    ASSERT_TRUE(report.broken) << size;
    ASSERT_LE(report.broken->seq, 6u);
  }
  replace(header() + record(1) + record(2));
  expect_broken(AuditFault::kCut, 3);
}

TEST_F(AuditCheckTest, FindsAnOldCopyOnlyByARootKeptElsewhere) {
  const std::string old_head = *read_file(folder() / "head", 1 << 10);
  write(6, 9);
  const AuditRoot kept = *check().last_root;
  EXPECT_EQ(kept.seq, 9u);
  replace(bytes_);
  ASSERT_TRUE(write_file_atomically(folder() / "head", old_head));
  EXPECT_TRUE(check().intact());  // consistent in itself: nothing in the folder says otherwise
  expect_broken(AuditFault::kCut, 7, {kept});
}

TEST_F(AuditCheckTest, FindsAnOldSegmentByItsHead) {
  write(6, 9);
  replace(bytes_);
  expect_broken(AuditFault::kCut, 7);
}

TEST_F(AuditCheckTest, FindsMissingSegments) {
  AuditLogOptions options;
  options.folder = folder();
  options.segment_bytes = 100;  // each record begins one
  {
    const auto log = AuditLog::open(options);
    ASSERT_TRUE(log);
    for (int i = 0; i < 3; ++i) ASSERT_TRUE((*log)->record({"x", "", "did", "y"}));
  }
  EXPECT_EQ(check().records, 9u);
  const auto eighth = folder() / "00000000000000000008.mwaudit";
  std::filesystem::rename(eighth, temporary_.path() / "kept");
  expect_broken(AuditFault::kSequence, 8);
  std::filesystem::rename(temporary_.path() / "kept", eighth);
  std::filesystem::remove(folder() / "00000000000000000009.mwaudit");
  expect_broken(AuditFault::kCut, 9);
}

TEST_F(AuditCheckTest, FindsAMissingOrDamagedHead) {
  const std::string head = *read_file(folder() / "head", 1 << 10);
  std::filesystem::remove(folder() / "head");
  expect_broken(AuditFault::kHead, 7);
  std::string changed = head;
  changed[head.find("\"seq\":6") + 6] = '4';
  ASSERT_TRUE(write_file_atomically(folder() / "head", changed));
  expect_broken(AuditFault::kHead, 7);
}

/// Writes `seq` anew with another object, its chain and all after it, under `key`.
std::string forge(const std::string& bytes, const SigningKey& key, uint64_t seq) {
  auto header = *decode_segment_header(bytes);
  std::string out = bytes.substr(0, kSegmentHeaderBytes);
  Sha256Digest link = link_after_header(out);
  std::string_view rest = std::string_view(bytes).substr(kSegmentHeaderBytes);
  while (!rest.empty()) {
    const auto raw = *split_record(rest);
    AuditRecord record = *decode_body(raw.body);
    if (record.seq < seq) {
      out += rest.substr(0, raw.bytes);
      link = link_after_record(raw.hash, raw.signature);
    } else {
      if (record.seq == seq) record.event.object = "forged";
      const std::string body = encode_body(record);
      const Sha256Digest hash = record_hash(link, body);
      const Signature signature =
          *key.sign(root_message(header.log, record.seq, record.ts_ns, hash));
      out += join_record(body, hash, signature);
      link = link_after_record(hash, signature);
    }
    rest.remove_prefix(raw.bytes);
  }
  return out;
}

TEST_F(AuditCheckTest, FindsRecordsWrittenAnewWithAForeignKey) {
  replace(forge(bytes_, *SigningKey::generate(), 4));
  expect_broken(AuditFault::kSignature, 4);
}

TEST_F(AuditCheckTest, FindsRecordsWrittenAnewWithItsOwnKeyByHeadOrRoot) {
  const AuditRoot kept = *check().last_root;
  const auto key = SigningKey::load(folder() / "signing.key");
  ASSERT_TRUE(key);
  replace(forge(bytes_, *key, 4));
  expect_broken(AuditFault::kHash, 6);
  std::filesystem::remove(folder() / "head");  // or made to fit: a root kept elsewhere still tells
  expect_broken(AuditFault::kHash, 6, {kept});
}

TEST_F(AuditCheckTest, FindsALogExchangedForAnother) {
  const AuditRoot kept = *check().last_root;
  std::filesystem::remove_all(folder());
  write(1, 9);
  EXPECT_TRUE(check().intact());
  expect_broken(AuditFault::kForeign, 6, {kept});
}

TEST_F(AuditCheckTest, FindsASegmentUnderAForeignKey) {
  std::string changed = bytes_;
  changed[30] ^= 1;  // the key in the header
  replace(changed);
  expect_broken(AuditFault::kForeign, 1);
}

TEST_F(AuditCheckTest, KeepsOutWhatSomebodyAppendedWithoutTheKey) {
  const std::string sixth = record(6);
  const auto raw = *split_record(sixth);
  AuditRecord forged = *decode_body(raw.body);
  forged.seq = 7;
  const std::string body = encode_body(forged);
  const Sha256Digest hash = record_hash(link_after_record(raw.hash, raw.signature), body);
  replace(bytes_ + join_record(body, hash, raw.signature));
  const AuditReport report = check();
  EXPECT_TRUE(report.intact());
  EXPECT_EQ(report.records, 6u);
  EXPECT_GT(report.torn_bytes, 0u);
  replace(bytes_ + std::string(kMaxRecordBytes + 1, '\0'));  // more than one record
  expect_broken(AuditFault::kRecord, 7);
}

TEST_F(AuditCheckTest, SaysThatThereIsNoLog) {
  const auto report = check_audit(temporary_.path() / "nothing");
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().code, Code::kNotFound);
}

}  // namespace
}  // namespace mw::security
