// Any bytes, under a right digest, as header and index of packed weights: what is accepted is laid
// out without gap or overlap inside the file, and is built again to the same bytes.
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>

#include "core/check.h"
#include "models/internal/packed_index.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, std::size_t size) {
  using namespace mw::models;
  std::string head(reinterpret_cast<const char*>(data), size);
  const auto bytes = [&] { return std::as_bytes(std::span(head)); };
  // The file's size is the field's own, so that the index is what is tested.
  uint64_t file_bytes = 0;
  if (size >= kPackedHeaderBytes) std::memcpy(&file_bytes, head.data() + 24, sizeof file_bytes);
  const auto wanted = packed_head_bytes(bytes(), file_bytes);
  if (!wanted) {
    MW_CHECK(!wanted.error().message.en.empty());
    return 0;
  }
  MW_CHECK(*wanted <= file_bytes && *wanted >= kPackedHeaderBytes + kPackedEntryBytes);
  if (*wanted > (std::size_t{1} << 16)) return 0;  // zeros would be most of it
  head.resize(*wanted, '\0');
  std::string model;
  for (std::size_t i = 32; i < 64; ++i) {
    constexpr char kDigits[] = "0123456789abcdef";
    model += kDigits[static_cast<uint8_t>(head[i]) >> 4];
    model += kDigits[static_cast<uint8_t>(head[i]) & 15];
  }
  const mw::Sha256Digest digest = digest_of_packed_head(head);
  std::memcpy(head.data() + 64, digest.data(), digest.size());
  auto entries = parse_packed_head(bytes(), file_bytes, model);
  if (!entries) return 0;
  uint64_t end = *wanted;
  for (const PackedEntry& entry : *entries) {
    MW_CHECK(entry.offset == end && entry.extent() >= entry.bytes());
    end += entry.extent();
    MW_CHECK(end > entry.offset && end <= file_bytes);
  }
  MW_CHECK(end == file_bytes);
  MW_CHECK(build_packed_head(*entries, model) == head);
  return 0;
}
