#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "tensor/buffer.h"
#include "tensor/kernels/table.h"

namespace mw::tensor {

/// How a weight matrix is held. The integer formats keep a file's own grid: no value is rounded
/// again. Byte layouts: kernels/table.h. The numbers stand in files
/// (docs/formats/packed_weights.md).
enum class WeightFormat : uint32_t {
  kW4 = 0,        // w = d q + m, q 0..15, f16 d and m per 32 inputs (Q4_1): 5 bits a weight
  kW8 = 1,        // w = d (q - 128), f16 d per 32 inputs (Q8_0, Q5_0): 8.5 bits
  kW8Affine = 2,  // w = d q + m, f32 d and m per 16 inputs (Q5_1): 12 bits
  kF32 = 3,
  kF16 = 4,
  kBf16 = 5,
  kW4Centred = 6,  // w = d (q - 8), f16 d per 32 inputs (Q4_0): 4.5 bits
  kW4k = 7,   // w = d s q - e m, f16 d and e per 256 inputs, u8 s and m per 32 (Q4_K): 4.6 bits
  kW5k = 8,   // the same with q 0..31 (Q5_K): 5.6 bits
  kW6k = 9,   // w = d s (q - 32), f16 d per 256 inputs, i8 s per 16 (Q6_K): 6.6 bits
  kW12 = 10,  // w = d q, q of 12 bits in 16, f32 d a row; of encoders, never in a file
};

std::string_view format_name(WeightFormat format);
/// True where the product runs on tiles of quantised activations, in groups of 32 inputs.
bool is_integer(WeightFormat format);
/// What the width of a matrix is a multiple of: 1, 32 or 256.
int width_step(WeightFormat format);
/// Bytes of a packed matrix. Rows and width are positive, and at most 2^30 each: no overflow.
uint64_t packed_bytes(WeightFormat format, int rows, int width);

/// A weight matrix W (rows N, width D) in panels of 16 rows; rows past N are zero.
///
/// Memory   its own, or a part of what somebody else read; copies of neither are made.
class PackedMatrix {
 public:
  PackedMatrix() = default;
  /// All weights zero. The integer formats need a width that is a multiple of 32.
  PackedMatrix(WeightFormat format, int rows, int width);
  /// Looks at packed bytes on a 64-byte boundary, which `owner` keeps alive. Cannot be filled.
  PackedMatrix(WeightFormat format, int rows, int width, std::span<const std::byte> bytes,
               std::shared_ptr<const void> owner);

  WeightFormat format() const { return format_; }
  int rows() const { return rows_; }
  int width() const { return width_; }
  int panels() const { return (rows_ + kPanelRows - 1) / kPanelRows; }
  std::size_t panel_bytes() const { return panel_bytes_; }
  std::size_t bytes() const { return panel_bytes_ * static_cast<std::size_t>(panels()); }
  const uint8_t* data() const { return data_; }
  /// Whether it was packed here, and not read packed.
  bool owns_memory() const { return owner_ == nullptr; }

  // Filling, one group of 32 inputs of one row at a time; `group` counts from 0.
  /// q of 0..15; d and m as f16 bits.
  void set_w4(int row, int group, uint16_t d, uint16_t m, std::span<const uint8_t, 32> q);
  /// q of 0..15; d as f16 bits.
  void set_w4_centred(int row, int group, uint16_t d, std::span<const uint8_t, 32> q);
  /// The head of 8 groups, `head` counts from 0: d and e as f16 bits.
  void set_w4k_head(int row, int head, uint16_t d, uint16_t e);
  /// q of 0..15, of kW5k 0..31.
  void set_w4k(int row, int group, uint8_t s, uint8_t m, std::span<const uint8_t, 32> q);
  /// q + 128 of 0..255; d as f16 bits.
  void set_w8(int row, int group, uint16_t d, std::span<const uint8_t, 32> q);
  /// q of 0..255; d and m of both half groups.
  void set_w8_affine(int row, int group, std::span<const float, 2> d, std::span<const float, 2> m,
                     std::span<const uint8_t, 32> q);
  /// The head of 8 groups: d as f16 bits.
  void set_w6k_head(int row, int head, uint16_t d);
  /// q of 0..63; s of both half groups.
  void set_w6k(int row, int group, std::span<const int8_t, 2> s, std::span<const uint8_t, 32> q);
  /// A row of kF16 or kBf16 as its 16-bit patterns.
  void set_row_16(int row, std::span<const uint16_t> bits);
  void set_row_f32(int row, std::span<const float> values);
  /// q at most kMostW12 in size.
  void set_row_w12(int row, float d, std::span<const int16_t> q);

 private:
  uint8_t* panel_of(int row);
  uint8_t* group_at(int row, int group);
  uint8_t* head_at(int row, int head);

  WeightFormat format_ = WeightFormat::kF32;
  int rows_ = 0;
  int width_ = 0;
  std::size_t panel_bytes_ = 0;
  Buffer buffer_;  // empty where owner_ has the bytes
  std::shared_ptr<const void> owner_;
  const uint8_t* data_ = nullptr;
};

}  // namespace mw::tensor
