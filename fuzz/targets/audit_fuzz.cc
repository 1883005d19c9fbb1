// An audit segment, or the root of one, from a disk that somebody else had. What is believed must
// lie in the bytes as the writer puts it there; the same bytes give the same report.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "security/internal/audit_chain.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, std::size_t size) {
  using namespace mw::security;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  if (const auto root = parse_audit_root(bytes)) {
    if (!parse_audit_root(audit_root_text(*root))) std::abort();
  }
  if (const auto header = decode_segment_header(bytes)) {
    if (encode(*header) != bytes.substr(0, kSegmentHeaderBytes)) std::abort();
  }
  AuditChain chain(3, std::nullopt);
  std::size_t bodies = kSegmentHeaderBytes;
  uint64_t records = 0;
  chain.take_segment("fuzz", bytes, true, [&](const AuditRecord& record, const AuditRoot& root) {
    const std::string body = encode_body(record);
    if (bytes.substr(bodies + 4, body.size()) != body || root.seq != record.seq) std::abort();
    bodies += 4 + body.size() + kRecordTailBytes;
    ++records;
    return true;
  });
  if (chain.report().records != records) std::abort();
  if (records > 0 && chain.good_bytes() != bodies) std::abort();
  if (chain.report().torn_bytes > kMaxRecordBytes) std::abort();
  return 0;
}
