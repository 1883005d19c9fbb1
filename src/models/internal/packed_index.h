#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "core/sha256.h"
#include "tensor/packed_matrix.h"

namespace mw::models {

inline constexpr std::size_t kPackedHeaderBytes = 128;
inline constexpr std::size_t kPackedEntryBytes = 128;
/// Where matrices begin: what kernels load with one instruction.
inline constexpr std::size_t kPackedAlignment = 64;

/// A matrix of the file. `checksum` is XXH64 over its bytes and the zeros up to the next boundary.
struct PackedEntry {
  std::string name;
  tensor::WeightFormat format = tensor::WeightFormat::kF32;
  int rows = 0;
  int width = 0;
  uint64_t offset = 0;  // from the file's begin
  uint64_t checksum = 0;

  uint64_t bytes() const { return tensor::packed_bytes(format, rows, width); }
  /// The same, rounded up to kPackedAlignment.
  uint64_t extent() const;
};

/// Bytes of header and index together, from the first kPackedHeaderBytes of a file of `file_bytes`.
Result<uint64_t> packed_head_bytes(std::span<const std::byte> header, uint64_t file_bytes);

/// Checks header and index, and that the matrices fill the rest of the file without a gap.
///
/// Errors   kUnsupported for another version or layout, kConflict for another model, else kCorrupt
///          with the field named.
Result<std::vector<PackedEntry>> parse_packed_head(std::span<const std::byte> head,
                                                   uint64_t file_bytes,
                                                   std::string_view model_sha256);

/// Header and index over `entries`, whose offsets are set here.
std::string build_packed_head(std::span<PackedEntry> entries, std::string_view model_sha256);

/// The digest that stands in `head`, computed again. For writers, and for tests that forge one.
Sha256Digest digest_of_packed_head(std::string_view head);

}  // namespace mw::models
