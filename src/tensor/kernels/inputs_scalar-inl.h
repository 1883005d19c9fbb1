// What the scalar products take of a tile: a token's part of a group, in either form (table.h).
#include <stdint.h>
#include <string.h>

#include "tensor/kernels/table.h"

namespace mw::tensor {
namespace {

/// Integers of a group of 32 weights or inputs in the order of a panel: [8 quads][16 rows][4].
using Integers = int16_t[kGroup / 4][4 * kPanelRows];

/// Where a token's quad of inputs stands in its group of a tile.
inline int place_of(int quad, int token, int tile_tokens) {
  return 4 * (quad * tile_tokens + token);
}

/// Four inputs of 16 bits, the first in the lowest: 256 high + low, or the high bytes alone. In one
/// number, as a load of what was stored in four parts waits for all of them.
inline uint64_t four_of(const uint8_t* high, const uint8_t* low) {
  uint64_t four = 0;
  for (int i = 3; i >= 0; --i) {
    const int upper = static_cast<int8_t>(high[i]);
    const int input = low == nullptr ? upper : 256 * upper + static_cast<int8_t>(low[i]);
    four = four << 16 | static_cast<uint16_t>(input);
  }
  return four;
}

/// Puts four inputs of a token beside the weights of each row.
inline void spread(uint64_t four, int16_t (&quad)[4 * kPanelRows]) {
  for (int row = 0; row < kPanelRows; ++row) memcpy(quad + 4 * row, &four, sizeof(four));
}

/// One token's words in a group of a tile. What is put together once for all rows of a panel was
/// nine tenths of the time of this reference.
class Words {
 public:
  static constexpr size_t group_bytes(int tile_tokens) { return words_group_bytes(tile_tokens); }

  Words(const uint8_t* group, int token, int tile_tokens)
      : sums_(group + 2 * kGroup * tile_tokens + 4 * token), tile_tokens_(tile_tokens) {
    for (int quad = 0; quad < kGroup / 4; ++quad) {
      const uint8_t* high = group + place_of(quad, token, tile_tokens);
      spread(four_of(high, high + kGroup * tile_tokens), inputs[quad]);
    }
  }

  Integers inputs;
  /// What a sum over the group stands for, but for the scale of the token.
  static float number(int32_t dot) { return static_cast<float>(dot); }
  /// The sum of the inputs of the group, as an integer, and of a half of it.
  float sum() const { return kept(0); }
  int32_t whole_sum() const { return static_cast<int32_t>(sum()); }
  float half_sum(int half) const { return half == 0 ? kept(1) : sum() - kept(1); }

 private:
  float kept(int index) const {
    float value;
    memcpy(&value, sums_ + 4 * index * tile_tokens_, 4);
    return value;
  }

  const uint8_t* sums_;
  int tile_tokens_;
};

/// One token's bytes in a group of a tile; where the token is fine, a high and a low byte.
class Bytes {
 public:
  static constexpr size_t group_bytes(int tile_tokens) { return bytes_group_bytes(tile_tokens); }

  Bytes(const uint8_t* group, int token, int tile_tokens)
      : group_(group), token_(token), tile_tokens_(tile_tokens) {
    uint32_t fine;
    memcpy(&fine, group + fine_at(tile_tokens), 4);
    const bool is_fine = (fine >> token & 1) != 0;
    for (int quad = 0; quad < kGroup / 4; ++quad) {
      const uint8_t* high = group + place_of(quad, token, tile_tokens);
      spread(four_of(high, is_fine ? high + low_bytes_at(tile_tokens) : nullptr), inputs[quad]);
    }
  }

  Integers inputs;
  float number(int32_t dot) const { return kept(Kept::kScale) * static_cast<float>(dot); }
  float sum() const { return kept(Kept::kSum); }
  float half_sum(int half) const { return kept(half == 0 ? Kept::kFirstSum : Kept::kSecondSum); }
  int32_t whole_sum() const { return kept<int32_t>(Kept::kWholeSum); }

 private:
  template <class Number = float>
  Number kept(Kept what) const {
    Number value;
    memcpy(&value, group_ + kept_at(tile_tokens_, what, token_), 4);
    return value;
  }

  const uint8_t* group_;
  int token_;
  int tile_tokens_;
};

}  // namespace
}  // namespace mw::tensor
