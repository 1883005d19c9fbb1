// Activations as the integers that the products take (table.h), over sixteen lanes like
// float_ops-inl.h, which is included before this file: the same bits in each instruction set.

namespace mw::tensor {
namespace {

/// Half a group's bytes of one token into a tile's [8 k-quads][T tokens][4 bytes].
inline void put_bytes(uint8_t* part, int token, int tile_tokens, int half, const uint8_t* bytes) {
  if (tile_tokens == kAmxTileTokens) {
    memcpy(part + kGroup * token + 16 * half, bytes, 16);
    return;
  }
  for (int quad = 0; quad < 4; ++quad) {
    memcpy(part + 4 * ((half * 4 + quad) * tile_tokens + token), bytes + 4 * quad, 4);
  }
}

/// Integers in [-32639, 32639], so that both bytes are signed.
float quantise_words_kernel(const float* x, int width, uint8_t* tile, int token, int tile_tokens) {
  F32x16 largest = zero();
  for (int i = 0; i < width; i += 16) largest = max(largest, abs(load(x + i)));
  const float peak = max_lanes(largest);
  const float inverse = peak > 0.0F ? 32639.0F / peak : 0.0F;
  const size_t low_part = static_cast<size_t>(kGroup) * static_cast<size_t>(tile_tokens);
  for (int group = 0; group < width / kGroup; ++group) {
    uint8_t* out = tile + static_cast<size_t>(group) * words_group_bytes(tile_tokens);
    float sums[2] = {0.0F, 0.0F};  // of the group, of its first half
    for (int half = 0; half < 2; ++half) {
      uint8_t high[16];
      uint8_t low[16];
      const F32x16 scaled = mul(load(x + group * kGroup + half * 16), broadcast(inverse));
      const F32x16 whole = round_even(scaled);
      store_bytes(high, low, whole);
      // Exact, as at most 16 * 32,639 < 2^24, and never -0.
      const float sum = sum_lanes(whole) + 0.0F;
      put_bytes(out, token, tile_tokens, half, high);
      put_bytes(out + low_part, token, tile_tokens, half, low);
      sums[0] = half == 0 ? sum : sums[0] + sum;
      if (half == 0) sums[1] = sum;
    }
    memcpy(out + 2 * low_part + 4 * token, &sums[0], 4);
    memcpy(out + 2 * low_part + 4 * (tile_tokens + token), &sums[1], 4);
  }
  return peak / 32639.0F;
}

/// Integers in [-127, 127] of each group's own scale.
void quantise_bytes_kernel(const float* x, int width, uint8_t* tile, int token, int tile_tokens) {
  // A group of less is nothing beside any other; 127 / peak has to be finite.
  constexpr float kLeastPeak = 1e-30F;
  const size_t part = static_cast<size_t>(kGroup) * static_cast<size_t>(tile_tokens);
  for (int group = 0; group < width / kGroup; ++group) {
    uint8_t* out = tile + static_cast<size_t>(group) * bytes_group_bytes(tile_tokens);
    const F32x16 halves[2] = {load(x + group * kGroup), load(x + group * kGroup + 16)};
    const float peak = max_lanes(max(abs(halves[0]), abs(halves[1])));
    const float inverse = peak > kLeastPeak ? 127.0F / peak : 0.0F;
    const float scale = peak > kLeastPeak ? peak / 127.0F : 0.0F;
    float sums[2] = {0.0F, 0.0F};  // of both halves
    for (int half = 0; half < 2; ++half) {
      uint8_t unused[16];
      uint8_t bytes[16];
      const F32x16 whole = round_even(mul(halves[half], broadcast(inverse)));
      store_bytes(unused, bytes, whole);
      sums[half] = sum_lanes(whole) + 0.0F;  // exact, and never -0
      put_bytes(out, token, tile_tokens, half, bytes);
    }
    const float sum = sums[0] + sums[1];
    const float kept[4] = {scale, scale * sum, scale * sums[0], scale * sums[1]};
    for (int i = 0; i < 4; ++i) memcpy(out + part + 4 * (i * tile_tokens + token), &kept[i], 4);
    const auto whole_sum = static_cast<int32_t>(sum);
    memcpy(out + part + 4 * (4 * tile_tokens + token), &whole_sum, 4);
  }
}

}  // namespace
}  // namespace mw::tensor
