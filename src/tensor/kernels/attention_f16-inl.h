// Attention over keys and values kept as f16, in tiles of rows that share their keys; and what the
// other formats share with it: scores to weights, merging chunks. Included after float_ops-inl.h.

namespace mw::tensor {
namespace {

/// Blocks of keys, or vectors of a value, that a tile of `rows` rows takes at once. A sum waits
/// four cycles for its last multiply-add: with one block a tile of three rows would be idle most of
/// the time, and read a value's line once for each vector of it.
constexpr int wide_of(int rows) { return rows >= kTileSums ? 1 : kTileSums / rows; }

inline const uint16_t* halves_of(const uint8_t* bytes) {
  return reinterpret_cast<const uint16_t*>(bytes);
}

/// Into the second-level cache, which holds two chunks: fetched into the first (32 KB, as much as a
/// chunk's values), lines are thrown out before they are read and keep its few misses busy. 30
/// layers of 4,096 positions in f16 took 5.2 ms that way with AVX2 and 4.8 with AVX-512, now 3.1
/// and 3.5 (two threads, Zen 4).
inline void fetch_ahead(const void* line) { __builtin_prefetch(line, 0, 2); }

/// sums[r] += the factor of row r, at factor(r), times 16 numbers at p.
template <int kRows, class Factor>
inline void add_products(const uint16_t* p, const Factor& factor, F32x16 (&sums)[kRows]) {
  const F32x16 x = load_f16(p);
  MW_UNROLL
  for (int r = 0; r < kRows; ++r) sums[r] = fma(broadcast_here(factor(r)), x, sums[r]);
}

/// Scores of kRows queries against kBlocks blocks of 16 keys.
template <int kRows, int kBlocks>
inline void score_blocks(const AttentionArgs& args, int row, int block, float* scores) {
  const uint8_t* const* keys = args.key_blocks + block;
  const uint8_t* const* values = args.value_blocks + block;
  F32x16 sums[kBlocks][kRows];
  MW_UNROLL
  for (int b = 0; b < kBlocks; ++b) {
    MW_UNROLL
    for (int r = 0; r < kRows; ++r) sums[b][r] = zero();
  }
  const float* q[kRows];
  MW_UNROLL
  for (int r = 0; r < kRows; ++r) q[r] = args.q[row + r];
  for (int d = 0; d < args.head_dim; ++d) {
    const auto factor = [&](int r) { return q[r] + d; };
    MW_UNROLL
    for (int b = 0; b < kBlocks; ++b) {
      if (d % 2 == 0) {
        fetch_ahead(values[b] + 2 * d * kKvBlock);
        fetch_ahead(keys[b + kBlocks] + 2 * d * kKvBlock);
      }
      add_products(halves_of(keys[b]) + d * kKvBlock, factor, sums[b]);
    }
  }
  MW_UNROLL
  for (int b = 0; b < kBlocks; ++b) {
    MW_UNROLL
    for (int r = 0; r < kRows; ++r) {
      store(scores + r * kAttentionChunk + b * kKvBlock, sums[b][r]);
    }
  }
}

/// out[16 kVectors columns] += weights * values over the positions of the chunk, in order.
template <int kRows, int kVectors>
inline void mix_values(const AttentionArgs& args, int row, int column, int positions,
                       const float* weights) {
  F32x16 sums[kVectors][kRows];
  MW_UNROLL
  for (int v = 0; v < kVectors; ++v) {
    MW_UNROLL
    for (int r = 0; r < kRows; ++r) sums[v][r] = zero();
  }
  for (int begin = 0; begin < positions; begin += kKvBlock) {
    const uint16_t* values = halves_of(args.value_blocks[begin / kKvBlock]) + column;
    const uint16_t* next = halves_of(args.key_blocks[begin / kKvBlock + kChunkBlocks]) + column;
    const int end = positions - begin < kKvBlock ? positions : begin + kKvBlock;
    for (int p = begin; p < end; ++p, values += args.head_dim, next += args.head_dim) {
      MW_UNROLL
      for (int v = 0; v < kVectors; v += 2) fetch_ahead(next + 16 * v);
      const auto weight = [&](int r) { return weights + r * kAttentionChunk + p; };
      MW_UNROLL
      for (int v = 0; v < kVectors; ++v) add_products(values + 16 * v, weight, sums[v]);
    }
  }
  MW_UNROLL
  for (int v = 0; v < kVectors; ++v) {
    MW_UNROLL
    for (int r = 0; r < kRows; ++r) {
      store(args.out + static_cast<ptrdiff_t>(row + r) * args.head_dim + column + 16 * v,
            sums[v][r]);
    }
  }
}

/// The soft cap and the window, where a model has them.
inline void limit_scores(const AttentionArgs& args, int row, int positions, float* scores) {
  if (args.cap > 0.0F) {
    const F32x16 cap = broadcast(args.cap);
    for (int i = 0; i < positions; i += 16) store(scores + i, soft_cap16(load(scores + i), cap));
  }
  if (args.first_position == nullptr) return;
  const int hidden = args.first_position[row] - args.chunk_begin;
  for (int i = 0; i < hidden && i < positions; ++i) scores[i] = -3.0e38F;
}

/// Scores of one row to weights, exp(score - max), with the largest and the sum for the merge.
inline void weigh_scores(const AttentionArgs& args, int row, int blocks, int seen, float* mine) {
  limit_scores(args, row, blocks * kKvBlock, mine);
  F32x16 largest = broadcast(-3.0e38F);
  for (int i = 0; i < blocks * kKvBlock; i += 16) {
    const int left = seen - i < 0 ? 0 : seen - i;
    const F32x16 masked = first_lanes(load(mine + i), left, -3.0e38F);
    store(mine + i, masked);
    largest = max(largest, masked);
  }
  const float peak = max_lanes(largest);
  F32x16 total = zero();
  for (int i = 0; i < blocks * kKvBlock; i += 16) {
    const int left = seen - i < 0 ? 0 : seen - i;
    const F32x16 weight = first_lanes(exp16(sub(load(mine + i), broadcast(peak))), left, 0.0F);
    store(mine + i, weight);
    total = add(total, weight);
  }
  args.max[row] = peak;
  args.sum[row] = sum_lanes(total);
}

/// Positions of the chunk that any row of a tile sees.
template <int kRows>
inline int seen_positions(const AttentionArgs& args, int row) {
  int positions = 0;
  MW_UNROLL
  for (int r = 0; r < kRows; ++r) {
    const int seen = args.last_position[row + r] + 1 - args.chunk_begin;
    positions = seen > positions ? seen : positions;
  }
  const int chunk = args.chunk_end - args.chunk_begin;
  return positions > chunk ? chunk : positions;
}

/// A tile of kRows rows through one chunk: scores, exp(score - max), weighted values.
template <int kRows>
inline void attend_rows(const AttentionArgs& args, int row) {
  float scores[kRows * kAttentionChunk];
  const int positions = seen_positions<kRows>(args, row);
  const int blocks = (positions + kKvBlock - 1) / kKvBlock;
  constexpr int kWide = wide_of(kRows);
  int block = 0;
  for (; block + kWide <= blocks; block += kWide) {
    score_blocks<kRows, kWide>(args, row, block, scores + block * kKvBlock);
  }
  for (; block < blocks; ++block) {
    score_blocks<kRows, 1>(args, row, block, scores + block * kKvBlock);
  }
  MW_UNROLL
  for (int r = 0; r < kRows; ++r) {
    float* mine = scores + r * kAttentionChunk;
    int seen = args.last_position[row + r] + 1 - args.chunk_begin;
    if (seen > positions) seen = positions;
    weigh_scores(args, row + r, blocks, seen, mine);
  }
  int column = 0;
  for (; column + 16 * kWide <= args.head_dim; column += 16 * kWide) {
    mix_values<kRows, kWide>(args, row, column, positions, scores);
  }
  for (; column < args.head_dim; column += 16) {
    mix_values<kRows, 1>(args, row, column, positions, scores);
  }
}

void attention_kernel(const AttentionArgs& args) {
  int row = 0;
  if constexpr (kTileSums >= 12) {
    for (; row + 12 <= args.rows; row += 12) attend_rows<12>(args, row);
  }
  for (; row + 6 <= args.rows; row += 6) attend_rows<6>(args, row);
  for (; row + 3 <= args.rows; row += 3) attend_rows<3>(args, row);
  for (; row < args.rows; ++row) attend_rows<1>(args, row);
}

void attention_merge_kernel(float* max, float* sum, float* out, float chunk_max, float chunk_sum,
                            const float* chunk_out, int head_dim) {
  const float peak = *max > chunk_max ? *max : chunk_max;
  float factors[16];
  store(factors, exp16(sub(broadcast(*max), broadcast(peak))));
  const F32x16 keep = broadcast(factors[0]);
  store(factors, exp16(sub(broadcast(chunk_max), broadcast(peak))));
  const F32x16 take = broadcast(factors[0]);
  float sums[16];
  store(sums, fma(broadcast(chunk_sum), take, mul(broadcast(*sum), keep)));
  *sum = sums[0];
  *max = peak;
  for (int i = 0; i < head_dim; i += 16) {
    store(out + i, fma(load(chunk_out + i), take, mul(load(out + i), keep)));
  }
}

void attention_finish_kernel(float* out, float sum, int head_dim) {
  const F32x16 divisor = broadcast(sum);
  for (int i = 0; i < head_dim; i += 16) store(out + i, div(load(out + i), divisor));
}

}  // namespace
}  // namespace mw::tensor
