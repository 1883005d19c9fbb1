#include "models/internal/prefix_head.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "core/check.h"
#include "core/checked.h"
#include "tensor/attention.h"

namespace mw::models {
namespace {

static_assert(std::endian::native == std::endian::little, "the file is little-endian");

constexpr char kMagic[8] = {'M', 'W', 'P', 'R', 'E', 'F', 'I', 'X'};
constexpr uint32_t kVersion = 1;
constexpr uint32_t kMostBlocks = 65535;  // a million tokens; chunks of one ThreadPool::run
constexpr uint64_t kMostBlockBytes = uint64_t{1} << 30;
constexpr uint64_t kAlignment = 4096;

struct Start {
  char magic[8];
  uint32_t version;
  uint32_t block_tokens;
  uint64_t block_bytes;
  uint32_t blocks;
  uint32_t reserved;
  uint8_t owner[32];
};
static_assert(sizeof(Start) == kPrefixStartBytes);

constexpr std::size_t kDigestBytes = std::tuple_size_v<Sha256Digest>;

/// Bytes of start, ids and checksums: what the digest after them covers.
uint64_t covered_bytes(uint64_t blocks) {
  return sizeof(Start) + blocks * (tensor::kKvBlock * sizeof(int32_t) + sizeof(uint64_t));
}

uint64_t offset_of_data(uint64_t blocks) {
  return (covered_bytes(blocks) + kDigestBytes + kAlignment - 1) / kAlignment * kAlignment;
}

Error corrupt(const std::string& field, const std::string& problem) {
  return Error::make(Code::kCorrupt, field + ": " + problem, {}, field);
}

Sha256Digest digest_of(std::string_view bytes) {
  Sha256 hash;
  hash.update(bytes);
  return hash.digest();
}

}  // namespace

uint64_t PrefixHead::data_offset() const { return offset_of_data(blocks()); }

Sha256Digest prefix_owner(const std::string& model, const std::string& rights) {
  return digest_of(model + '\0' + rights);
}

Result<uint64_t> prefix_head_bytes(std::span<const std::byte> bytes, uint64_t file_bytes) {
  if (bytes.size() < sizeof(Start)) return corrupt("start", "the file ends inside it");
  Start start;
  std::memcpy(&start, bytes.data(), sizeof start);
  if (std::memcmp(start.magic, kMagic, sizeof kMagic) != 0) {
    return corrupt("magic", "this is no file of a shared beginning");
  }
  if (start.version != kVersion) {
    return Error::make(Code::kUnsupported,
                       "version: expected 1, got " + std::to_string(start.version), {}, "version");
  }
  if (start.block_tokens != tensor::kKvBlock) {
    return corrupt("block_tokens", "expected 16, got " + std::to_string(start.block_tokens));
  }
  if (start.block_bytes == 0 || start.block_bytes % 32 != 0 ||
      start.block_bytes > kMostBlockBytes) {
    return corrupt("block_bytes", "expected a multiple of 32 up to 2^30, got " +
                                      std::to_string(start.block_bytes));
  }
  if (start.blocks == 0 || start.blocks > kMostBlocks) {
    return corrupt("blocks", "expected 1 to 65535, got " + std::to_string(start.blocks));
  }
  if (start.reserved != 0) return corrupt("reserved", "is not zero");
  const auto data = checked_mul(start.blocks, start.block_bytes);
  const auto all = data ? checked_add(offset_of_data(start.blocks), *data) : std::nullopt;
  if (all != file_bytes) {
    return corrupt("size", "the file has " + std::to_string(file_bytes) + " bytes, not " +
                               (all ? std::to_string(*all) : std::string("as many as it says")));
  }
  return offset_of_data(start.blocks);
}

Result<PrefixHead> parse_prefix_head(std::span<const std::byte> bytes, uint64_t file_bytes) {
  MW_ASSIGN(const uint64_t wanted, prefix_head_bytes(bytes, file_bytes));
  if (bytes.size() < wanted) return corrupt("head", "the file ends inside it");
  Start start;
  std::memcpy(&start, bytes.data(), sizeof start);
  const auto covered = static_cast<std::size_t>(covered_bytes(start.blocks));
  const auto digest = digest_of({reinterpret_cast<const char*>(bytes.data()), covered});
  if (std::memcmp(digest.data(), bytes.data() + covered, kDigestBytes) != 0) {
    return corrupt("digest", "does not fit the head");
  }
  const auto padding = bytes.subspan(covered + kDigestBytes, wanted - covered - kDigestBytes);
  if (std::any_of(padding.begin(), padding.end(), [](std::byte b) { return b != std::byte{0}; })) {
    return corrupt("padding", "is not zero");
  }
  PrefixHead head;
  std::memcpy(head.owner.data(), start.owner, sizeof start.owner);
  head.block_bytes = start.block_bytes;
  head.ids.resize(std::size_t{start.blocks} * tensor::kKvBlock);
  head.checksums.resize(start.blocks);
  const std::byte* at = bytes.data() + sizeof start;
  std::memcpy(head.ids.data(), at, head.ids.size() * sizeof(int32_t));
  at += head.ids.size() * sizeof(int32_t);
  std::memcpy(head.checksums.data(), at, head.checksums.size() * sizeof(uint64_t));
  return head;
}

std::string build_prefix_head(const PrefixHead& head) {
  MW_CHECK_EQ(head.ids.size(), head.blocks() * tensor::kKvBlock);
  MW_CHECK(head.blocks() >= 1 && head.blocks() <= kMostBlocks && head.block_bytes % 32 == 0);
  Start start{.magic = {},
              .version = kVersion,
              .block_tokens = tensor::kKvBlock,
              .block_bytes = head.block_bytes,
              .blocks = static_cast<uint32_t>(head.blocks()),
              .reserved = 0,
              .owner = {}};
  std::memcpy(start.magic, kMagic, sizeof kMagic);
  std::memcpy(start.owner, head.owner.data(), sizeof start.owner);
  std::string out(reinterpret_cast<const char*>(&start), sizeof start);
  out.append(reinterpret_cast<const char*>(head.ids.data()), head.ids.size() * sizeof(int32_t));
  out.append(reinterpret_cast<const char*>(head.checksums.data()),
             head.checksums.size() * sizeof(uint64_t));
  const Sha256Digest digest = digest_of(out);
  out.append(reinterpret_cast<const char*>(digest.data()), digest.size());
  out.resize(static_cast<std::size_t>(head.data_offset()), '\0');
  return out;
}

}  // namespace mw::models
