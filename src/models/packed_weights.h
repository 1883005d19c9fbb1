#pragma once

// Packed weights in a file of their own (docs/formats/packed_weights.md, ADR 0014).
// Goals: what is read is bit for bit what was packed from that model file, or it is refused; a
// hostile file can neither crash us nor make us allocate more than its own size.
// Not here: when a file is read, written or thrown away (packed_cache.h).

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "core/result.h"
#include "core/thread_pool.h"
#include "models/model.h"
#include "models/weight_file.h"
#include "tensor/buffer.h"
#include "tensor/packed_matrix.h"

namespace mw::models {

/// The matrices of a verified file, all in one piece of memory that each of them keeps alive.
class PackedWeights {
 public:
  /// Reads and verifies everything: the file has to belong to this user and be writable by nobody
  /// else, to be of this build's layout, packed from the model of this hash, and each byte of it
  /// under a checksum that fits.
  ///
  /// Errors   kNotFound where there is none; kPermissionDenied (owner, mode), kUnsupported
  ///          (version, layout), kConflict (of another model), kCorrupt, kIo otherwise.
  /// Threads  read and verified on all threads of `pool`.
  static Result<PackedWeights> read(const std::filesystem::path& path,
                                    std::string_view model_sha256, ThreadPool& pool);

  /// The matrices of a loaded model for another that shares them: without those that are, or are
  /// parts of, a tensor in `replaced`.
  static PackedWeights shared_with(std::shared_ptr<const Model> model,
                                   const ReplacedTensors& replaced);

  /// Nothing where there is no matrix of that name, format and shape.
  std::optional<tensor::PackedMatrix> matrix(std::string_view name, tensor::WeightFormat format,
                                             int64_t rows, int64_t width) const;

 private:
  struct Place {
    tensor::WeightFormat format;
    int rows;
    int width;
    std::span<const std::byte> bytes;
  };
  std::map<std::string, Place, std::less<>> places_;
  std::shared_ptr<const void> memory_;
};

/// Writes such a file, whole or not at all. A name has 1 to 64 bytes, as in GGUF.
Result<void> write_packed_weights(const std::filesystem::path& path, std::string_view model_sha256,
                                  std::span<const NamedMatrix> matrices);

}  // namespace mw::models
