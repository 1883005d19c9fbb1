#pragma once

// Writes GGUF version 3 files into memory. Made for small models: tests, tools, conversions that
// fit memory. Not here: streaming, shards.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "formats/ggml_type.h"

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

  /// `shape` row-major, as in GgufTensor; `bytes` whole blocks of `type`, copied.
  void add_tensor(std::string_view name, GgmlType type, std::span<const int64_t> shape,
                  std::span<const std::byte> bytes);
  /// The same with f32 values.
  void add_tensor(std::string_view name, std::span<const int64_t> shape,
                  std::span<const float> values);

  /// The file. Errors: kCorrupt when what was added makes no valid file (a name twice, a size that
  /// does not fit the shape), as GgufFile::parse says it.
  Result<std::string> build() const;

 private:
  struct Tensor {
    std::string name;
    GgmlType type;
    std::vector<int64_t> shape;
    std::string bytes;
  };
  void begin_key(std::string_view key, uint32_t type);
  void begin_array(std::string_view key, uint32_t element_type, std::size_t count);

  uint32_t alignment_;
  uint64_t key_count_ = 0;
  std::string keys_;
  std::vector<Tensor> tensors_;
};

}  // namespace mw::formats
