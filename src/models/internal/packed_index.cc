#include "models/internal/packed_index.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <set>

#include "core/check.h"
#include "core/checked.h"

namespace mw::models {
namespace {

using tensor::WeightFormat;

static_assert(std::endian::native == std::endian::little, "the file is little-endian");

constexpr char kMagic[8] = {'M', 'W', 'P', 'A', 'C', 'K', 'E', 'D'};
constexpr uint32_t kVersion = 1;
constexpr uint32_t kMostMatrices = 65535;  // chunks of one ThreadPool::run
constexpr uint32_t kMostRows = 1U << 30;   // as in pack_weight

struct Header {
  char magic[8];
  uint32_t version;
  uint32_t layout;
  uint32_t matrices;
  uint32_t reserved;
  uint64_t file_bytes;
  uint8_t model[32];
  uint8_t digest[32];  // of header and index, with this field zero
  uint8_t zero[32];
};
static_assert(sizeof(Header) == kPackedHeaderBytes);

struct Entry {
  char name[64];  // padded with zeros
  uint32_t format;
  uint32_t rows;
  uint32_t width;
  uint32_t reserved;
  uint64_t offset;
  uint64_t bytes;
  uint64_t checksum;
  uint8_t zero[24];
};
static_assert(sizeof(Entry) == kPackedEntryBytes);

Error bad(Code code, const std::string& field, const std::string& problem) {
  return Error::make(code, field + ": " + problem, {}, field);
}

Error corrupt(const std::string& field, const std::string& problem) {
  return bad(Code::kCorrupt, field, problem);
}

std::string differs(uint64_t expected, uint64_t actual) {
  return "expected " + std::to_string(expected) + ", got " + std::to_string(actual);
}

uint64_t round_up(uint64_t bytes) {
  return (bytes + kPackedAlignment - 1) / kPackedAlignment * kPackedAlignment;
}

bool all_zero(auto&& range) {
  return std::all_of(std::begin(range), std::end(range), [](auto each) { return each == 0; });
}

std::string hex_of(const uint8_t (&bytes)[32]) {
  Sha256Digest digest;
  std::memcpy(digest.data(), bytes, sizeof bytes);
  return to_hex(digest);
}

/// Header fields that say whose file this is and how long its index is.
Result<void> check_header(const Header& header, uint64_t file_bytes) {
  if (std::memcmp(header.magic, kMagic, sizeof kMagic) != 0) {
    return corrupt("magic", "this is no file of packed weights");
  }
  if (header.version != kVersion) {
    return bad(Code::kUnsupported, "version", differs(kVersion, header.version));
  }
  if (header.layout != tensor::kPackedLayout) {
    return bad(Code::kUnsupported, "layout", differs(tensor::kPackedLayout, header.layout));
  }
  if (header.matrices == 0 || header.matrices > kMostMatrices) {
    return corrupt("matrices", "expected 1 to 65535, got " + std::to_string(header.matrices));
  }
  if (header.file_bytes != file_bytes) {
    return corrupt("file bytes", differs(header.file_bytes, file_bytes));
  }
  return {};
}

Result<PackedEntry> read_entry(const Entry& from) {
  const std::size_t length = ::strnlen(from.name, sizeof from.name);
  PackedEntry entry;
  entry.name.assign(from.name, length);
  const bool printable = std::all_of(entry.name.begin(), entry.name.end(),
                                     [](char c) { return c > 0x20 && c < 0x7f; });
  const bool padded = all_zero(std::span(from.name).subspan(length));
  if (length == 0 || !printable || !padded) return corrupt("name", "not 1 to 64 plain characters");
  if (from.format > static_cast<uint32_t>(WeightFormat::kW6k)) {
    return corrupt(entry.name, "unknown format " + std::to_string(from.format));
  }
  entry.format = static_cast<WeightFormat>(from.format);
  if (from.rows == 0 || from.rows > kMostRows || from.width == 0 || from.width > kMostRows ||
      from.width % static_cast<uint32_t>(tensor::width_step(entry.format)) != 0) {
    return corrupt(entry.name, "no such shape: " + std::to_string(from.rows) + " x " +
                                   std::to_string(from.width));
  }
  entry.rows = static_cast<int>(from.rows);
  entry.width = static_cast<int>(from.width);
  if (from.reserved != 0 || !all_zero(from.zero)) {
    return corrupt(entry.name, "reserved bytes are not zero");
  }
  if (from.bytes != entry.bytes()) {
    return corrupt(entry.name, "bytes: " + differs(entry.bytes(), from.bytes));
  }
  entry.offset = from.offset;
  entry.checksum = from.checksum;
  return entry;
}

}  // namespace

uint64_t PackedEntry::extent() const { return round_up(bytes()); }

Result<uint64_t> packed_head_bytes(std::span<const std::byte> bytes, uint64_t file_bytes) {
  if (bytes.size() < sizeof(Header)) return corrupt("header", "the file ends inside it");
  Header header;
  std::memcpy(&header, bytes.data(), sizeof header);
  MW_TRY(check_header(header, file_bytes));
  const uint64_t head = sizeof(Header) + uint64_t{header.matrices} * sizeof(Entry);
  if (head > file_bytes) return corrupt("index", "the file ends inside it");
  return head;
}

Result<std::vector<PackedEntry>> parse_packed_head(std::span<const std::byte> head,
                                                   uint64_t file_bytes,
                                                   std::string_view model_sha256) {
  MW_ASSIGN(const uint64_t head_bytes, packed_head_bytes(head, file_bytes));
  if (head.size() != head_bytes) return corrupt("index", differs(head_bytes, head.size()));
  Header header;
  std::memcpy(&header, head.data(), sizeof header);
  if (hex_of(header.model) != model_sha256) {
    return bad(Code::kConflict, "model", "these weights are of " + hex_of(header.model));
  }
  const std::string_view text(reinterpret_cast<const char*>(head.data()), head.size());
  if (hex_of(header.digest) != to_hex(digest_of_packed_head(text))) {
    return corrupt("digest", "header or index were changed");
  }
  if (header.reserved != 0 || !all_zero(header.zero)) {
    return corrupt("header", "reserved bytes are not zero");
  }
  std::vector<PackedEntry> entries;
  std::set<std::string> names;
  uint64_t end = head_bytes;
  for (uint32_t i = 0; i < header.matrices; ++i) {
    Entry from;
    std::memcpy(&from, head.data() + sizeof(Header) + i * sizeof(Entry), sizeof from);
    MW_ASSIGN(PackedEntry entry, read_entry(from));
    // One after the other: so nothing overlaps, and no byte of the file is without a digest.
    if (entry.offset != end) return corrupt(entry.name, "offset: " + differs(end, entry.offset));
    const auto next = checked_add(end, entry.extent());
    if (!next || *next > file_bytes) return corrupt(entry.name, "the file ends inside it");
    end = *next;
    if (!names.insert(entry.name).second) return corrupt(entry.name, "stands in the index twice");
    entries.push_back(std::move(entry));
  }
  if (end != file_bytes) return corrupt("file bytes", differs(end, file_bytes));
  return entries;
}

std::string build_packed_head(std::span<PackedEntry> entries, std::string_view model_sha256) {
  MW_CHECK(!entries.empty() && entries.size() <= kMostMatrices);
  MW_CHECK(is_sha256_hex(model_sha256));
  Header header{};
  std::memcpy(header.magic, kMagic, sizeof kMagic);
  header.version = kVersion;
  header.layout = tensor::kPackedLayout;
  header.matrices = static_cast<uint32_t>(entries.size());
  for (std::size_t i = 0; i < sizeof header.model; ++i) {
    const auto nibble = [&](std::size_t at) {
      const char digit = model_sha256[at];
      return digit <= '9' ? digit - '0' : digit - 'a' + 10;
    };
    header.model[i] = static_cast<uint8_t>(nibble(2 * i) * 16 + nibble(2 * i + 1));
  }
  std::string head(sizeof(Header) + entries.size() * sizeof(Entry), '\0');
  uint64_t end = head.size();
  for (std::size_t i = 0; i < entries.size(); ++i) {
    PackedEntry& entry = entries[i];
    MW_CHECK(!entry.name.empty() && entry.name.size() <= sizeof(Entry::name));
    entry.offset = end;
    end += entry.extent();
    Entry to{};
    std::memcpy(to.name, entry.name.data(), entry.name.size());
    to.format = static_cast<uint32_t>(entry.format);
    to.rows = static_cast<uint32_t>(entry.rows);
    to.width = static_cast<uint32_t>(entry.width);
    to.offset = entry.offset;
    to.bytes = entry.bytes();
    to.checksum = entry.checksum;
    std::memcpy(head.data() + sizeof(Header) + i * sizeof(Entry), &to, sizeof to);
  }
  header.file_bytes = end;
  std::memcpy(head.data(), &header, sizeof header);
  const Sha256Digest digest = digest_of_packed_head(head);
  std::memcpy(head.data() + offsetof(Header, digest), digest.data(), digest.size());
  return head;
}

Sha256Digest digest_of_packed_head(std::string_view head) {
  MW_CHECK(head.size() >= sizeof(Header));
  constexpr std::size_t kAt = offsetof(Header, digest);
  constexpr std::size_t kBytes = sizeof(Header::digest);
  Sha256 hash;
  hash.update(head.substr(0, kAt));
  hash.update(std::string(kBytes, '\0'));
  hash.update(head.substr(kAt + kBytes));
  return hash.digest();
}

}  // namespace mw::models
