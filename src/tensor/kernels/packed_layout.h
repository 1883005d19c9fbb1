#pragma once

// Where the bytes of a packed matrix stand. Plain types only, as in table.h.

#include <stddef.h>
#include <stdint.h>

namespace mw::tensor {

/// Output rows of a panel, and elements of the vector that float kernels think in.
inline constexpr int kPanelRows = 16;
/// Inputs that share one scale in the integer formats.
inline constexpr int kGroup = 32;
/// Names the bytes below and the rules of models/internal/block_packers.cc. Packed weights are kept
/// on disk under it (ADR 0014): whoever changes what a packed matrix holds raises it, and older
/// files are not read any more. models/pack_weight_test.cc fails where that is forgotten.
inline constexpr uint32_t kPackedLayout = 3;

/// Groups under one head in the forms of K-quants, whose scales are small integers times the
/// head's floats: 256 inputs. The products of both are exact in f32. A head stands before its
/// groups: heads together at the front of a panel were read outside of the stream, at half the
/// rate.
inline constexpr int kHeadGroups = 8;
/// Where the head of a group stands in a panel, and the group itself.
constexpr size_t head_offset(size_t head_bytes, size_t group_bytes, int group) {
  return static_cast<size_t>(group / kHeadGroups) * (head_bytes + kHeadGroups * group_bytes);
}
constexpr size_t group_offset(size_t head_bytes, size_t group_bytes, int group) {
  if (head_bytes == 0) return static_cast<size_t>(group) * group_bytes;
  return head_offset(head_bytes, group_bytes, group) + head_bytes +
         static_cast<size_t>(group % kHeadGroups) * group_bytes;
}

/// Bytes of one group of 32 inputs of a panel of 16 rows.
///   w4          f16 d[16], f16 m[16], then 4 x [16 rows][4 bytes]: the low nibbles of chunk c are
///               inputs 8c..8c+3, the high ones 8c+4..8c+7
///   w4_centred  f16 d[16], then as w4
///   w4k         u8 s[16], u8 m[16], then as w4; of a head: f16 d[16], f16 e[16]
///   w5k         as w4k, then the upper bits, [16 rows][4 bytes]: bit j is of inputs 4j..4j+3
///   w8          f16 d[16], then 8 x [16 rows][4 inputs]
///   w8_affine   f32 d[2][16], f32 m[2][16] (a half group each), then as w8
///   w6k         i8 s[2][16] (a half group each), the lower four bits as w4, then the upper two,
///               2 x [16 rows][4 bytes]: bits 2j and 2j+1 of part p are of inputs 16p+4j..16p+4j+3;
///               of a head: f16 d[16]
inline constexpr size_t kNibbleBytes = kGroup * kPanelRows / 2;
inline constexpr size_t kW4GroupBytes = 2 * 2 * kPanelRows + kNibbleBytes;
inline constexpr size_t kW4CentredGroupBytes = 2 * kPanelRows + kNibbleBytes;
inline constexpr size_t kW4kGroupBytes = 2 * kPanelRows + kNibbleBytes;
inline constexpr size_t kW4kHeadBytes = 2 * 2 * kPanelRows;
inline constexpr size_t kW5kGroupBytes = kW4kGroupBytes + kGroup * kPanelRows / 8;
inline constexpr size_t kW5kHeadBytes = kW4kHeadBytes;
inline constexpr size_t kW8GroupBytes = 2 * kPanelRows + kGroup * kPanelRows;
inline constexpr size_t kW8AffineGroupBytes = 2 * 2 * 4 * kPanelRows + kGroup * kPanelRows;
inline constexpr size_t kW6kGroupBytes = 2 * kPanelRows + kNibbleBytes + kGroup * kPanelRows / 4;
inline constexpr size_t kW6kHeadBytes = 2 * kPanelRows;
/// q of w4_centred counts from 8, q of w6k from 32.
inline constexpr int kW4Centre = 8;
inline constexpr int kW6Centre = 32;

}  // namespace mw::tensor
