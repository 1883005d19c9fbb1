#pragma once

// The bytes of an audit segment (docs/formats/audit.md): a header and signed records, each hashed
// over the one before. Nothing here touches a disk.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "security/audit_event.h"
#include "security/audit_root.h"

namespace mw::security {

inline constexpr std::size_t kSegmentHeaderBytes = 96;
inline constexpr std::size_t kMaxBodyBytes = 8192;
inline constexpr std::size_t kRecordTailBytes = 32 + 64;  // hash and signature
inline constexpr std::size_t kMaxRecordBytes = 4 + kMaxBodyBytes + kRecordTailBytes;

struct SegmentHeader {
  AuditLogId log{};
  PublicKey key{};
  uint64_t first_seq = 0;
  Sha256Digest link{};  // of the record before; zeros for the first segment
};

std::string encode(const SegmentHeader& header);
std::optional<SegmentHeader> decode_segment_header(std::string_view bytes);

/// What the next record's hash starts from.
Sha256Digest link_after_header(std::string_view header_bytes);
Sha256Digest link_after_record(const Sha256Digest& hash, const Signature& signature);

/// Cuts texts that are too long and mends what is not UTF-8, so that every event has bytes.
std::string encode_body(const AuditRecord& record);
/// Nothing unless these are the very bytes that encode_body gives for the result.
std::optional<AuditRecord> decode_body(std::string_view body);

Sha256Digest record_hash(const Sha256Digest& link, std::string_view body);
/// What is signed.
std::string root_message(const AuditLogId& log, uint64_t seq, TimeNs ts_ns,
                         const Sha256Digest& hash);

/// One record as it lies in the file, before anything but its extent is believed.
struct RawRecord {
  std::string_view body;
  Sha256Digest hash{};
  Signature signature{};
  std::size_t bytes = 0;  // of the whole
};
/// Nothing when `rest` does not begin with a whole record.
std::optional<RawRecord> split_record(std::string_view rest);
std::string join_record(std::string_view body, const Sha256Digest& hash,
                        const Signature& signature);

}  // namespace mw::security
