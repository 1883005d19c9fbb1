// Any bytes as the head of a file of a shared beginning, with a right digest where there is room
// for one: what is accepted says how long the file is, and is built again to the same bytes.
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>

#include "core/check.h"
#include "models/internal/prefix_head.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, std::size_t size) {
  using namespace mw::models;
  std::string head(reinterpret_cast<const char*>(data), size);
  const auto bytes = [&] { return std::as_bytes(std::span(head)); };
  if (size < kPrefixStartBytes) {
    MW_CHECK(!prefix_head_bytes(bytes(), size));
    return 0;
  }
  // The file's size is what the fields say, so that what comes after them is tested.
  uint64_t block_bytes = 0;
  uint32_t blocks = 0;
  std::memcpy(&block_bytes, head.data() + 16, sizeof block_bytes);
  std::memcpy(&blocks, head.data() + 24, sizeof blocks);
  PrefixHead shape;
  shape.checksums.resize(blocks % 1024);
  const uint64_t file_bytes = shape.data_offset() + uint64_t{blocks} * (block_bytes % (1U << 31));
  const auto wanted = prefix_head_bytes(bytes(), file_bytes);
  if (!wanted) {
    MW_CHECK(!wanted.error().message.en.empty());
    return 0;
  }
  head.resize(static_cast<std::size_t>(*wanted), '\0');
  const std::size_t covered = kPrefixStartBytes + std::size_t{blocks} * (16 * 4 + 8);
  mw::Sha256 hash;
  hash.update(std::string_view(head).substr(0, covered));
  const mw::Sha256Digest digest = hash.digest();
  std::memcpy(head.data() + covered, digest.data(), digest.size());
  const auto parsed = parse_prefix_head(bytes(), file_bytes);
  if (!parsed) {
    MW_CHECK(parsed.error().code == mw::Code::kCorrupt);
    return 0;
  }
  MW_CHECK_EQ(parsed->blocks(), std::size_t{blocks});
  MW_CHECK(build_prefix_head(*parsed) == head);
  return 0;
}
