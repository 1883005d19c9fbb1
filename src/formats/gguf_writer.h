#pragma once

// Writes GGUF version 3 files, into memory or straight to disk from tensors that lie elsewhere.
// Not here: shards, tensors that do not fit memory or a mapping.

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "formats/ggml_type.h"
#include "formats/gguf.h"

namespace mw::formats {

/// Collects metadata and tensors, then builds the file. Nothing is checked until build(), which
/// reads the result back through GgufFile.
class GgufWriter {
 public:
  /// Of tensor data; the key general.alignment is written when it is not 32.
  explicit GgufWriter(uint32_t alignment = 32);

  void add_text(std::string_view key, std::string_view value);
  void add_u32(std::string_view key, uint32_t value);
  void add_u64(std::string_view key, uint64_t value);
  void add_f32(std::string_view key, float value);
  void add_bool(std::string_view key, bool value);
  void add_texts(std::string_view key, std::span<const std::string> values);
  void add_i32s(std::string_view key, std::span<const int32_t> values);
  void add_f32s(std::string_view key, std::span<const float> values);
  /// A value as another file holds it, whatever its type.
  void add_value(std::string_view key, const GgufValue& value);

  /// `shape` row-major, as in GgufTensor; `bytes` whole blocks of `type`, copied.
  void add_tensor(std::string_view name, GgmlType type, std::span<const int64_t> shape,
                  std::span<const std::byte> bytes);
  /// The same with f32 values.
  void add_tensor(std::string_view name, std::span<const int64_t> shape,
                  std::span<const float> values);
  /// The same without a copy: the bytes outlive the writer.
  void add_borrowed_tensor(std::string_view name, GgmlType type, std::span<const int64_t> shape,
                           std::span<const std::byte> bytes);

  /// Bytes of the file that build() and write() make.
  uint64_t file_bytes() const;
  /// The file. Errors: kCorrupt when what was added makes no valid file (a name twice, a size that
  /// does not fit the shape), as GgufFile::parse says it.
  Result<std::string> build() const;
  /// Writes the file whole or not at all (core/file.h), without a second copy of the tensors.
  /// Errors: as build(), of sizes and names by checks of its own; kIo.
  Result<void> write(const std::filesystem::path& path) const;

 private:
  struct Tensor {
    std::string name;
    GgmlType type;
    std::vector<int64_t> shape;
    std::vector<std::byte> own;
    std::span<const std::byte> bytes;
  };
  /// Everything before the first tensor's bytes.
  std::string head() const;
  Result<void> check_tensors() const;
  void begin_key(std::string_view key, uint32_t type);
  void begin_array(std::string_view key, uint32_t element_type, std::size_t count);

  uint32_t alignment_;
  uint64_t key_count_ = 0;
  std::string keys_;
  std::vector<Tensor> tensors_;
};

}  // namespace mw::formats
