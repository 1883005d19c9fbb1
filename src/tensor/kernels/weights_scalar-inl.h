// What the scalar products take of a panel: the weights of a group as pairs. Included after
// vector_scalar-inl.h.
#include <stdint.h>
#include <string.h>

#include "tensor/kernels/packed_layout.h"

namespace mw::tensor {
namespace {

/// A group of 32 weights of the 16 rows of a panel, unpacked once for the tokens of a tile: each
/// row's 1st and 2nd weight, each row's 3rd and 4th, and so on.
using Pairs = I32x16[kGroup / 2];

/// Four bytes of each row.
inline uint32_t four_at(const uint8_t* p, int row) {
  uint32_t four;
  memcpy(&four, p + 4 * row, 4);
  return four;
}

/// Puts the four weights `four_of(row)` of each row where pairs belong.
template <class FourOf>
void put_quad(int quad, Pairs& pairs, FourOf four_of) {
  for (int row = 0; row < kPanelRows; ++row) {
    const uint32_t four = four_of(row);
    pairs[2 * quad].v[row] = static_cast<int32_t>((four & 0xFF) | (four & 0xFF00) << 8);
    pairs[2 * quad + 1].v[row] = static_cast<int32_t>((four >> 16 & 0xFF) | (four >> 24) << 16);
  }
}

/// The low nibbles of 64 bytes are one quad, the high ones the next; `upper_of(quad, row)` has what
/// weights have above a nibble.
template <class UpperOf>
void unpack_nibbles(const uint8_t* nibbles, Pairs& pairs, UpperOf upper_of) {
  for (int quad = 0; quad < kGroup / 4; ++quad) {
    const uint8_t* from = nibbles + quad / 2 * 4 * kPanelRows;
    put_quad(quad, pairs, [&](int row) {
      return (four_at(from, row) >> quad % 2 * 4 & 0x0F0F0F0F) | upper_of(quad, row) << 4;
    });
  }
}

inline void unpack_bytes(const uint8_t* bytes, Pairs& pairs) {
  for (int quad = 0; quad < kGroup / 4; ++quad) {
    const uint8_t* from = bytes + quad * 4 * kPanelRows;
    put_quad(quad, pairs, [&](int row) { return four_at(from, row); });
  }
}

}  // namespace
}  // namespace mw::tensor
