// Activations as the integers that the products take (table.h), over sixteen lanes like
// float_ops-inl.h, which is included before this file: the same bits in each instruction set.

namespace mw::tensor {
namespace {

/// A group's bytes of tokens from `first` on, into a tile with room for kRoom.
template <int kRoom>
inline void put_quads(uint8_t* part, int first, int tokens, const uint8_t (*bytes)[kGroup]) {
  for (int t = 0; t < tokens; ++t) {
    MW_UNROLL
    for (int quad = 0; quad < kGroup / 4; ++quad) {
      memcpy(part + 4 * (quad * kRoom + first + t), bytes[t] + 4 * quad, 4);
    }
  }
}
inline void put_group(uint8_t* part, int tile_tokens, int first, int tokens,
                      const uint8_t (*bytes)[kGroup]) {
  switch (tile_tokens) {
    case 1:
      return put_quads<1>(part, first, tokens, bytes);
    case 2:
      return put_quads<2>(part, first, tokens, bytes);
    case 4:
      return put_quads<4>(part, first, tokens, bytes);
    case kTileTokens:
      return put_quads<kTileTokens>(part, first, tokens, bytes);
    default:  // the form of a tile register
      for (int t = 0; t < tokens; ++t) {
        memcpy(part + kGroup * (first + t), bytes[t], 16);
        memcpy(part + kGroup * (first + t) + 16, bytes[t] + 16, 16);
      }
  }
}

/// Both threads read a tile that one has written: each line has to be taken back from the other
/// core before the next tile is written to it. Asked for ahead, that takes half of the time.
constexpr int kFetchedGroups = 3;
inline void fetch_to_write(const uint8_t* from, size_t bytes) {
  for (size_t line = 0; line < bytes; line += 64) __builtin_prefetch(from + line, 1, 3);
}

/// How a token's row becomes integers in [-32639, 32639], whose two bytes are both signed.
struct WordStep {
  float inverse;
  float scale;
};
inline WordStep word_step_of(const float* x, int width) {
  F32x16 largest = zero();
  for (int i = 0; i < width; i += 16) largest = max(largest, abs(load(x + i)));
  const float peak = max_lanes(largest);
  return {peak > 0.0F ? 32639.0F / peak : 0.0F, peak / 32639.0F};
}

inline void quantise_words_of_any(const float* x, ptrdiff_t stride, int tokens, int width,
                                  uint8_t* tile, int tile_tokens, float* scales) {
  const size_t low_part = static_cast<size_t>(kGroup) * static_cast<size_t>(tile_tokens);
  for (int token = 0; token < tokens; ++token) {
    const float* row = x + token * stride;
    const WordStep step = word_step_of(row, width);
    scales[token] = step.scale;
    for (int group = 0; group < width / kGroup; ++group) {
      uint8_t* out = tile + static_cast<size_t>(group) * words_group_bytes(tile_tokens);
      if (token == 0 && group + kFetchedGroups < width / kGroup) {
        fetch_to_write(out + kFetchedGroups * words_group_bytes(tile_tokens),
                       words_group_bytes(tile_tokens));
      }
      float sums[2] = {0.0F, 0.0F};  // of the group, of its first half
      uint8_t high[1][kGroup];
      uint8_t low[1][kGroup];
      for (int half = 0; half < 2; ++half) {
        const F32x16 scaled = mul(load(row + group * kGroup + half * 16), broadcast(step.inverse));
        const F32x16 whole = round_even(scaled);
        store_bytes(high[0] + 16 * half, low[0] + 16 * half, whole);
        // Exact, as at most 16 * 32,639 < 2^24, and never -0.
        const float sum = sum_lanes(whole) + 0.0F;
        sums[0] = half == 0 ? sum : sums[0] + sum;
        if (half == 0) sums[1] = sum;
      }
      put_group(out, tile_tokens, token, 1, high);
      put_group(out + low_part, tile_tokens, token, 1, low);
      memcpy(out + 2 * low_part + 4 * token, &sums[0], 4);
      memcpy(out + 2 * low_part + 4 * (tile_tokens + token), &sums[1], 4);
    }
  }
}

/// What a token is fine above in a group: the square of kFinePeak times its root mean square.
inline float fine_above(const float* x, int width) {
  F32x16 squares[2] = {zero(), zero()};
  for (int i = 0; i < width; i += kGroup) {
    squares[0] = fma(load(x + i), load(x + i), squares[0]);
    squares[1] = fma(load(x + i + 16), load(x + i + 16), squares[1]);
  }
  const float sum = sum_lanes(add(squares[0], squares[1]));
  return kFinePeak * kFinePeak * (sum / static_cast<float>(width));
}

/// The bytes of a group of a tile's tokens. Whatever is stored is read in pieces of at most its
/// size: a wider load would have to wait for the stores to reach the cache.
struct ByteGroup {
  alignas(64) uint8_t high[kAmxTileTokens][kGroup];
  alignas(64) uint8_t low[kAmxTileTokens][kGroup];
};

/// How a token's part of a group becomes integers.
struct GroupStep {
  bool fine;
  float inverse;
  float scale;
};
/// A group of less is nothing beside any other; 127 / peak has to be finite.
constexpr float kLeastPeak = 1e-30F;
inline GroupStep step_of(float peak, float fine_square) {
  const bool fine = peak * peak > fine_square;
  const bool any = peak > kLeastPeak;
  return {fine, any ? (fine ? 32639.0F : 127.0F) / peak : 0.0F,
          any ? peak * (fine ? 1 / 32639.0F : 1 / 127.0F) : 0.0F};
}

inline float peak_of(const float* group) {
  return max_lanes(max(abs(load(group)), abs(load(group + 16))));
}

/// One token's part of a group: integers in [-127, 127] of the group's own scale, or in
/// [-32639, 32639] where it is fine.
inline void quantise_group(const float* x, GroupStep step, int token, int tile_tokens,
                           ByteGroup& bytes, uint8_t* tile) {
  uint8_t unused[kGroup];
  uint8_t* high = step.fine ? bytes.high[token] : unused;
  uint8_t* low = step.fine ? bytes.low[token] : bytes.high[token];
  float sums[2];  // exact, and never -0
  for (int half = 0; half < 2; ++half) {
    const F32x16 whole = round_even(mul(load(x + 16 * half), broadcast(step.inverse)));
    store_bytes(high + 16 * half, low + 16 * half, whole);
    sums[half] = sum_lanes(whole) + 0.0F;
  }
  if (!step.fine) memset(bytes.low[token], 0, kGroup);
  const float sum = sums[0] + sums[1];
  const float kept[4] = {step.scale, step.scale * sum, step.scale * sums[0], step.scale * sums[1]};
  for (int i = 0; i < 4; ++i) {
    memcpy(tile + kept_at(tile_tokens, static_cast<Kept>(i + 1), token), &kept[i], 4);
  }
  const auto whole_sum = static_cast<int32_t>(sum);
  memcpy(tile + kept_at(tile_tokens, Kept::kWholeSum, token), &whole_sum, 4);
}

inline void quantise_bytes_of_any(const float* x, ptrdiff_t stride, int tokens, int width,
                                  uint8_t* tile, int tile_tokens) {
  float fine_squares[kAmxTileTokens];
  for (int t = 0; t < tokens; ++t) fine_squares[t] = fine_above(x + t * stride, width);
  ByteGroup bytes;
  for (int at = 0; at < width; at += kGroup) {
    // Step by step for all tokens: each waits long for the one before, so tokens go side by side.
    uint32_t fine = 0;
    float peaks[kAmxTileTokens];
    GroupStep steps[kAmxTileTokens];
    for (int t = 0; t < tokens; ++t) peaks[t] = peak_of(x + t * stride + at);
    for (int t = 0; t < tokens; ++t) {
      steps[t] = step_of(peaks[t], fine_squares[t]);
      fine |= static_cast<uint32_t>(steps[t].fine) << t;
    }
    for (int t = 0; t < tokens; ++t) {
      quantise_group(x + t * stride + at, steps[t], t, tile_tokens, bytes, tile);
    }
    if (at + kFetchedGroups * kGroup < width) {
      fetch_to_write(tile + kFetchedGroups * bytes_group_bytes(tile_tokens),
                     low_bytes_at(tile_tokens));
    }
    put_group(tile, tile_tokens, 0, tokens, bytes.high);
    memcpy(tile + fine_at(tile_tokens), &fine, 4);
    // Nobody reads it where none is fine.
    if (fine != 0) {
      put_group(tile + low_bytes_at(tile_tokens), tile_tokens, 0, tokens, bytes.low);
    }
    tile += bytes_group_bytes(tile_tokens);
  }
}

}  // namespace
}  // namespace mw::tensor
