// The bytes of a record and a segment's header; broken inputs give nothing.
#include "security/internal/audit_codec.h"

#include <gtest/gtest.h>

namespace mw::security {
namespace {

AuditRecord sample() {
  return {
      7, 123456789, {"person:li", "::1", "user.add", "person:wang", AuditOutcome::kFailed, "x"}};
}

TEST(AuditCodec, GivesBackARecord) {
  const auto again = decode_body(encode_body(sample()));
  ASSERT_TRUE(again);
  EXPECT_EQ(encode_body(*again), encode_body(sample()));
  EXPECT_EQ(again->event.object, "person:wang");
}

TEST(AuditCodec, LayoutIsTheDocumentedOne) {
  const std::string body = encode_body(sample());
  EXPECT_EQ(body.substr(0, 9), std::string("\x01\x07\0\0\0\0\0\0\0", 9));
  EXPECT_EQ(body.substr(9, 9), std::string("\x15\xCD\x5B\x07\0\0\0\0\x03", 9));
  EXPECT_EQ(body.substr(18, 11), std::string("\x09\0person:li", 11));
}

TEST(AuditCodec, RefusesBodiesThatAreNotCanonical) {
  const std::string good = encode_body(sample());
  EXPECT_FALSE(decode_body(""));
  EXPECT_FALSE(decode_body(good + "x"));
  for (std::size_t size = 0; size < good.size(); ++size) {
    EXPECT_FALSE(decode_body(good.substr(0, size))) << size;
  }
  std::string kind = good;
  kind[0] = 2;
  EXPECT_FALSE(decode_body(kind));
  std::string outcome = good;
  outcome[17] = 0;
  EXPECT_FALSE(decode_body(outcome));
  outcome[17] = 4;
  EXPECT_FALSE(decode_body(outcome));
  std::string text = good;
  text[20] = '\xFF';  // not UTF-8
  EXPECT_FALSE(decode_body(text));
}

TEST(AuditCodec, SplitsOnlyWholeRecords) {
  const std::string record = join_record(encode_body(sample()), {}, {});
  EXPECT_TRUE(split_record(record));
  EXPECT_EQ(split_record(record + "more")->bytes, record.size());
  for (std::size_t size = 0; size < record.size(); ++size) {
    EXPECT_FALSE(split_record(record.substr(0, size))) << size;
  }
  EXPECT_FALSE(split_record(std::string("\xFF\xFF\xFF\xFF", 4) + std::string(20000, 'x')));
}

TEST(AuditCodec, ReadsOnlyItsOwnHeaders) {
  const SegmentHeader header{{1}, {2}, 3, {4}};
  const std::string bytes = encode(header);
  ASSERT_EQ(bytes.size(), kSegmentHeaderBytes);
  EXPECT_EQ(encode(*decode_segment_header(bytes)), bytes);
  EXPECT_FALSE(decode_segment_header(bytes.substr(1)));
  EXPECT_FALSE(decode_segment_header(bytes.substr(0, 95)));
  EXPECT_FALSE(decode_segment_header(encode({{1}, {2}, 0, {4}})));
}

}  // namespace
}  // namespace mw::security
