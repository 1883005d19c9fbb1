#include "plant/internal/journal_codec.h"

#include <bit>

#include "core/check.h"
#include "plant/internal/byte_coding.h"

namespace mw::plant {
namespace {

constexpr uint8_t kVersion = 1;

Error damaged(const char* what) {
  return Error::make(Code::kCorrupt, std::string("journal row: ") + what,
                     std::string("日志记录已损坏：") + what);
}

}  // namespace

std::string encode_journal(std::span<const JournalEntry> entries) {
  MW_CHECK(!entries.empty() && entries.size() <= kJournalEntries);
  ByteWriter out;
  out.byte(kVersion);
  out.varint(entries.size());
  TimeNs last_ts_ns = 0, last_delay_ns = 0;
  for (const JournalEntry& entry : entries) {
    const StoredSample& sample = entry.sample;
    const int64_t delay_ns = wrapping_sub(sample.server_ts_ns, sample.ts_ns);
    out.varint(entry.tag_id);
    out.signed_varint(wrapping_sub(sample.ts_ns, last_ts_ns));
    out.signed_varint(wrapping_sub(delay_ns, last_delay_ns));
    out.byte(sample.status);
    if ((sample.status & kStatusNoValue) == 0) out.word64(std::bit_cast<uint64_t>(sample.value));
    last_ts_ns = sample.ts_ns;
    last_delay_ns = delay_ns;
  }
  out.word32(crc32(std::as_bytes(std::span(out.bytes()))));
  return out.take();
}

Result<std::vector<JournalEntry>> decode_journal(std::span<const std::byte> bytes) {
  if (bytes.size() < 4) return damaged("too short");
  const std::span<const std::byte> body = bytes.first(bytes.size() - 4);
  ByteReader trailer(bytes.last(4));
  if (trailer.word32() != crc32(body)) return damaged("checksum differs");
  ByteReader in(body);
  if (in.byte() != kVersion) return damaged("unknown version");
  const uint64_t count = in.varint();
  if (!in.ok() || count == 0 || count > kJournalEntries) return damaged("bad count of samples");
  std::vector<JournalEntry> entries(count);
  TimeNs ts_ns = 0, delay_ns = 0;
  for (JournalEntry& entry : entries) {
    const uint64_t tag_id = in.varint();
    ts_ns = wrapping_add(ts_ns, in.signed_varint());
    delay_ns = wrapping_add(delay_ns, in.signed_varint());
    const uint8_t status = in.byte();
    const double value = (status & kStatusNoValue) == 0 ? std::bit_cast<double>(in.word64()) : 0.0;
    if (!in.ok()) return damaged("ends early");
    if (tag_id == 0 || tag_id > UINT32_MAX) return damaged("bad tag number");
    entry = {static_cast<uint32_t>(tag_id), {ts_ns, wrapping_add(ts_ns, delay_ns), value, status}};
  }
  if (in.left() != 0) return damaged("bytes after the end");
  return entries;
}

}  // namespace mw::plant
