// Any bytes, under a right checksum, as a sample block and as a journal row: what is accepted
// encodes to something that decodes to the same.
#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "core/check.h"
#include "plant/internal/block_codec.h"
#include "plant/internal/byte_coding.h"
#include "plant/internal/journal_codec.h"

namespace {

using namespace mw::plant;  // NOLINT: a program of one file

std::span<const std::byte> bytes_of(const std::string& text) {
  return std::as_bytes(std::span(text));
}

bool same(const StoredSample& a, const StoredSample& b) {
  return a.ts_ns == b.ts_ns && a.server_ts_ns == b.server_ts_ns && a.status == b.status &&
         std::bit_cast<uint64_t>(a.value) == std::bit_cast<uint64_t>(b.value);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, std::size_t size) {
  ByteWriter sealed;
  for (std::size_t i = 0; i < size; ++i) sealed.byte(data[i]);
  sealed.word32(crc32(std::as_bytes(std::span(data, size))));
  const std::string bytes = sealed.take();
  const auto block = decode_block(bytes_of(bytes));
  if (block) {
    const auto again = decode_block(bytes_of(encode_block(*block)));
    MW_CHECK(again.has_value() && again->size() == block->size());
    for (std::size_t i = 0; i < block->size(); ++i) MW_CHECK(same((*again)[i], (*block)[i]));
  }
  const auto journal = decode_journal(bytes_of(bytes));
  if (journal) {
    const auto again = decode_journal(bytes_of(encode_journal(*journal)));
    MW_CHECK(again.has_value() && again->size() == journal->size());
    for (std::size_t i = 0; i < journal->size(); ++i) {
      MW_CHECK((*again)[i].tag_id == (*journal)[i].tag_id);
      MW_CHECK(same((*again)[i].sample, (*journal)[i].sample));
    }
  }
  return 0;
}
