#include "security/internal/audit_codec.h"

#include <algorithm>
#include <cstring>

#include "core/check.h"
#include "security/internal/clean_text.h"

namespace mw::security {
namespace {

constexpr std::string_view kMagic("MWAUDIT\x01", 8);
constexpr uint8_t kEventKind = 1;
constexpr std::size_t kMaxNameBytes = 256;
constexpr std::size_t kMaxDetailBytes = 4096;

template <class T>
void put(std::string& out, T value) {
  for (std::size_t i = 0; i < sizeof(T); ++i) {
    out += static_cast<char>(static_cast<uint64_t>(value) >> (8 * i));
  }
}

template <std::size_t kSize>
void put(std::string& out, const std::array<uint8_t, kSize>& bytes) {
  out.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
}

/// Takes fields off the front; `good` stays false once one was not there.
struct Fields {
  std::string_view rest;
  bool good = true;

  std::string_view take(std::size_t count) {
    if (!good || rest.size() < count) {
      good = false;
      return {};
    }
    const std::string_view taken = rest.substr(0, count);
    rest.remove_prefix(count);
    return taken;
  }
  template <class T>
  T number() {
    uint64_t value = 0;
    const std::string_view bytes = take(sizeof(T));
    for (std::size_t i = 0; i < bytes.size(); ++i) {
      value |= uint64_t{static_cast<uint8_t>(bytes[i])} << (8 * i);
    }
    return static_cast<T>(value);
  }
  template <std::size_t kSize>
  std::array<uint8_t, kSize> bytes() {
    std::array<uint8_t, kSize> out{};
    const std::string_view from = take(kSize);
    std::copy(from.begin(), from.end(), out.begin());
    return out;
  }
  std::string text() { return std::string(take(number<uint16_t>())); }
};

void put_text(std::string& out, std::string_view text, std::size_t most) {
  const std::string clean = clean_utf8(text, most);
  put(out, static_cast<uint16_t>(clean.size()));
  out += clean;
}

}  // namespace

std::string encode(const SegmentHeader& header) {
  std::string out(kMagic);
  put(out, header.log);
  put(out, header.key);
  put(out, header.first_seq);
  put(out, header.link);
  return out;
}

std::optional<SegmentHeader> decode_segment_header(std::string_view bytes) {
  if (bytes.size() < kSegmentHeaderBytes || !bytes.starts_with(kMagic)) return std::nullopt;
  Fields fields{bytes.substr(kMagic.size(), kSegmentHeaderBytes - kMagic.size())};
  SegmentHeader header;
  header.log = fields.bytes<16>();
  header.key = fields.bytes<32>();
  header.first_seq = fields.number<uint64_t>();
  header.link = fields.bytes<32>();
  return header.first_seq == 0 ? std::nullopt : std::optional(header);
}

Sha256Digest link_after_header(std::string_view header_bytes) {
  Sha256 hash;
  hash.update(header_bytes);
  return hash.digest();
}

Sha256Digest link_after_record(const Sha256Digest& hash, const Signature& signature) {
  std::string bytes;
  put(bytes, hash);
  put(bytes, signature);
  return link_after_header(bytes);
}

std::string encode_body(const AuditRecord& record) {
  std::string out;
  put(out, kEventKind);
  put(out, record.seq);
  put(out, record.ts_ns);
  // A record without one would be signed and could never be read again.
  MW_CHECK(record.event.outcome >= AuditOutcome::kDone &&
           record.event.outcome <= AuditOutcome::kFailed);
  put(out, static_cast<uint8_t>(record.event.outcome));
  put_text(out, record.event.who, kMaxNameBytes);
  put_text(out, record.event.address, kMaxNameBytes);
  put_text(out, record.event.action, kMaxNameBytes);
  put_text(out, record.event.object, kMaxNameBytes);
  put_text(out, record.event.detail, kMaxDetailBytes);
  return out;
}

std::optional<AuditRecord> decode_body(std::string_view body) {
  Fields fields{body};
  if (fields.number<uint8_t>() != kEventKind) return std::nullopt;
  AuditRecord record;
  record.seq = fields.number<uint64_t>();
  record.ts_ns = fields.number<int64_t>();
  const uint8_t outcome = fields.number<uint8_t>();
  if (outcome < 1 || outcome > 3) return std::nullopt;
  record.event.outcome = static_cast<AuditOutcome>(outcome);
  record.event.who = fields.text();
  record.event.address = fields.text();
  record.event.action = fields.text();
  record.event.object = fields.text();
  record.event.detail = fields.text();
  if (!fields.good || encode_body(record) != body) return std::nullopt;
  return record;
}

Sha256Digest record_hash(const Sha256Digest& link, std::string_view body) {
  std::string bytes;
  put(bytes, link);
  put(bytes, static_cast<uint32_t>(body.size()));
  bytes += body;
  return link_after_header(bytes);
}

std::string root_message(const AuditLogId& log, uint64_t seq, TimeNs ts_ns,
                         const Sha256Digest& hash) {
  std::string message = "millwright audit root 1\n";
  put(message, log);
  put(message, seq);
  put(message, ts_ns);
  put(message, hash);
  return message;
}

std::optional<RawRecord> split_record(std::string_view rest) {
  Fields fields{rest};
  const uint32_t size = fields.number<uint32_t>();
  if (!fields.good || size > kMaxBodyBytes) return std::nullopt;
  RawRecord raw;
  raw.body = fields.take(size);
  raw.hash = fields.bytes<32>();
  raw.signature = fields.bytes<64>();
  raw.bytes = rest.size() - fields.rest.size();
  return fields.good ? std::optional(raw) : std::nullopt;
}

std::string join_record(std::string_view body, const Sha256Digest& hash,
                        const Signature& signature) {
  std::string out;
  put(out, static_cast<uint32_t>(body.size()));
  out += body;
  put(out, hash);
  put(out, signature);
  return out;
}

}  // namespace mw::security
