#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/result.h"
#include "core/sha256.h"

namespace mw::models {

/// What a file of a shared beginning says of itself (docs/formats/prefix_file.md).
struct PrefixHead {
  Sha256Digest owner{};             // of model and rights, see prefix_owner
  uint64_t block_bytes = 0;         // a multiple of 32
  std::vector<int32_t> ids;         // 16 a block
  std::vector<uint64_t> checksums;  // XXH64 of each block

  std::size_t blocks() const { return checksums.size(); }
  /// Where the blocks begin.
  uint64_t data_offset() const;
};

/// Whose beginnings these are: a digest, so that the file tells nobody about rights.
Sha256Digest prefix_owner(const std::string& model, const std::string& rights);

/// Bytes to read before parse_prefix_head can be called, from the first kPrefixStartBytes of a
/// file.
inline constexpr std::size_t kPrefixStartBytes = 64;
Result<uint64_t> prefix_head_bytes(std::span<const std::byte> start, uint64_t file_bytes);

/// Errors   kUnsupported for another version, else kCorrupt with the field named.
Result<PrefixHead> parse_prefix_head(std::span<const std::byte> head, uint64_t file_bytes);

/// The bytes before the blocks, padded to data_offset().
std::string build_prefix_head(const PrefixHead& head);

}  // namespace mw::models
