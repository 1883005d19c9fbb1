// What the scalar products take of a tile: a token's part of a group, in either form (table.h).
// Included after vector_scalar-inl.h.
#include <stdint.h>
#include <string.h>

#include "tensor/kernels/table.h"

namespace mw::tensor {
namespace {

/// Where a token's quad of inputs stands in its group of a tile.
inline int place_of(int quad, int token, int tile_tokens) {
  return 4 * (quad * tile_tokens + token);
}

/// A token's inputs of a group: 256 high + low where low bytes stand `to_low_bytes` behind the high
/// ones, the high ones alone where that is 0.
struct Inputs {
  int16_t values[kGroup];
};

inline Inputs inputs_of(const uint8_t* group, int token, int tile_tokens, size_t to_low_bytes) {
  Inputs out;
  for (int quad = 0; quad < kGroup / 4; ++quad) {
    const uint8_t* high = group + place_of(quad, token, tile_tokens);
    for (int i = 0; i < 4; ++i) {
      const int upper = static_cast<int8_t>(high[i]);
      const int input =
          to_low_bytes == 0 ? upper : 256 * upper + static_cast<int8_t>(high[to_low_bytes + i]);
      out.values[4 * quad + i] = static_cast<int16_t>(input);
    }
  }
  return out;
}

/// One token's words in a group of a tile.
class Words {
 public:
  static constexpr size_t group_bytes(int tile_tokens) { return words_group_bytes(tile_tokens); }

  Words(const uint8_t* group, int token, int tile_tokens)
      : inputs(inputs_of(group, token, tile_tokens, static_cast<size_t>(kGroup) * tile_tokens)),
        sums_(group + 2 * kGroup * tile_tokens + 4 * token),
        tile_tokens_(tile_tokens) {}

  Inputs inputs;
  /// What sums over the group stand for, but for the scale of the token.
  static F32x16 numbers(I32x16 dots) { return to_float(dots); }
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
      : inputs(inputs_of(group, token, tile_tokens,
                         is_fine(group, token, tile_tokens) ? low_bytes_at(tile_tokens) : 0)),
        group_(group),
        token_(token),
        tile_tokens_(tile_tokens) {}

  Inputs inputs;
  F32x16 numbers(I32x16 dots) const { return mul(broadcast(kept(Kept::kScale)), to_float(dots)); }
  float sum() const { return kept(Kept::kSum); }
  float half_sum(int half) const { return kept(half == 0 ? Kept::kFirstSum : Kept::kSecondSum); }
  int32_t whole_sum() const { return kept<int32_t>(Kept::kWholeSum); }

 private:
  static bool is_fine(const uint8_t* group, int token, int tile_tokens) {
    uint32_t fine;
    memcpy(&fine, group + fine_at(tile_tokens), 4);
    return (fine >> token & 1) != 0;
  }
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
