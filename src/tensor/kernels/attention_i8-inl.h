// Attention over keys and values kept as 8-bit integers: exact integer products with queries and
// weights of 16 bits (ADR 0019), so that the same bits come out of every instruction set. Included
// after attention_f16-inl.h and dots_<isa>-inl.h, which gives
//   Quads       16 lanes of four bytes;  load_quads(bytes)
//   Dots        16 sums, zero at first;  add_quads(dots, quads, row, quad) adds the products of
//               each lane's bytes with entries [4 quad, 4 quad + 4) of a quantised row
//   to_floats   the sums less 128 times the row's sum (bytes are stored as value + 128)

namespace mw::tensor {
namespace {

constexpr int dots_wide(int rows) { return rows >= kTileDots ? 1 : kTileDots / rows; }

/// x (a multiple of 16, at most kQuantisedRow) as integers of 16 bits with one scale.
inline void quantise_into(const float* x, int width, QuantisedRow* row) {
  F32x16 largest = zero();
  for (int i = 0; i < width; i += 16) largest = max(largest, abs(load(x + i)));
  const float peak = max_lanes(largest);
  const float inverse = peak > 0.0F ? 32639.0F / peak : 0.0F;
  F32x16 sum = zero();  // exact: at most 256 x 32,639 < 2^24
  for (int i = 0; i < width; i += 16) {
    const F32x16 whole = round_even(mul(load(x + i), broadcast(inverse)));
    sum = add(sum, whole);
    store_bytes(row->high + i, row->low + i, whole);
    store_int16(row->whole + i, whole);
  }
  row->scale = peak / 32639.0F;
  row->sum = static_cast<int32_t>(sum_lanes(sum));
}

void quantise_row_kernel(const float* x, int width, QuantisedRow* row) {
  quantise_into(x, width, row);
}

float to_i8_kernel(const float* x, int width, uint8_t* y) {
  F32x16 largest = zero();
  for (int i = 0; i < width; i += 16) largest = max(largest, abs(load(x + i)));
  const float peak = max_lanes(largest);
  const float inverse = peak > 0.0F ? 127.0F / peak : 0.0F;
  for (int i = 0; i < width; i += 16) {
    int32_t q[16];
    store_int(q, mul(load(x + i), broadcast(inverse)));
    for (int j = 0; j < 16; ++j) y[i + j] = static_cast<uint8_t>(q[j] + 128);
  }
  return peak / 127.0F;
}

/// Scores of kRows queries against kBlocks blocks of 16 keys.
template <int kRows, int kBlocks>
inline void score_blocks_i8(const AttentionArgs& args, int row, int block, float* scores) {
  const uint8_t* const* keys = args.key_blocks + block;
  const uint8_t* const* values = args.value_blocks + block;
  Dots dots[kBlocks][kRows] = {};
  for (int quad = 0; quad < args.head_dim / 4; ++quad) {
    MW_UNROLL
    for (int b = 0; b < kBlocks; ++b) {
      fetch_ahead(values[b] + 64 * quad);
      fetch_ahead(keys[b + kBlocks] + 64 * quad);
      if (quad == 0) fetch_ahead(values[b] + kKvBlock * args.head_dim);  // its scales
      const Quads key = load_quads(keys[b] + 64 * quad);
      MW_UNROLL
      for (int r = 0; r < kRows; ++r) add_quads(dots[b][r], key, *args.quantised[row + r], quad);
    }
  }
  MW_UNROLL
  for (int b = 0; b < kBlocks; ++b) {
    const F32x16 scales = load(reinterpret_cast<const float*>(keys[b] + kKvBlock * args.head_dim));
    MW_UNROLL
    for (int r = 0; r < kRows; ++r) {
      const QuantisedRow& query = *args.quantised[row + r];
      const F32x16 exact = to_floats(dots[b][r], query.sum);
      store(scores + r * kAttentionChunk + b * kKvBlock,
            mul(mul(exact, broadcast(query.scale)), scales));
    }
  }
}

/// out[16 kVectors columns] = weights * values over the blocks of the chunk.
template <int kRows, int kVectors>
inline void mix_values_i8(const AttentionArgs& args, int row, int column, int blocks,
                          const QuantisedRow* weights) {
  Dots dots[kVectors][kRows] = {};
  for (int block = 0; block < blocks; ++block) {
    const uint8_t* values = args.value_blocks[block] + 4 * column;
    const uint8_t* next = args.key_blocks[block + kChunkBlocks] + 4 * column;
    if (column == 0) fetch_ahead(next + kKvBlock * args.head_dim);  // its scales
    MW_UNROLL
    for (int quad = 0; quad < kKvBlock / 4; ++quad) {
      MW_UNROLL
      for (int v = 0; v < kVectors; ++v) {
        const int at = 4 * quad * args.head_dim + 64 * v;
        fetch_ahead(next + at);
        const Quads value = load_quads(values + at);
        MW_UNROLL
        for (int r = 0; r < kRows; ++r) {
          add_quads(dots[v][r], value, weights[r], block * (kKvBlock / 4) + quad);
        }
      }
    }
  }
  MW_UNROLL
  for (int v = 0; v < kVectors; ++v) {
    MW_UNROLL
    for (int r = 0; r < kRows; ++r) {
      store(args.out + static_cast<ptrdiff_t>(row + r) * args.head_dim + column + 16 * v,
            mul(to_floats(dots[v][r], weights[r].sum), broadcast(weights[r].scale)));
    }
  }
}

/// A tile of kRows rows through one chunk.
template <int kRows>
inline void attend_rows_i8(const AttentionArgs& args, int row) {
  float scores[kRows * kAttentionChunk];
  QuantisedRow weights[kRows];
  const int positions = seen_positions<kRows>(args, row);
  const int blocks = (positions + kKvBlock - 1) / kKvBlock;
  constexpr int kWide = dots_wide(kRows);
  int block = 0;
  for (; block + kWide <= blocks; block += kWide) {
    score_blocks_i8<kRows, kWide>(args, row, block, scores + block * kKvBlock);
  }
  for (; block < blocks; ++block) {
    score_blocks_i8<kRows, 1>(args, row, block, scores + block * kKvBlock);
  }
  for (int r = 0; r < kRows; ++r) {
    float* mine = scores + r * kAttentionChunk;
    int seen = args.last_position[row + r] + 1 - args.chunk_begin;
    if (seen > positions) seen = positions;
    weigh_scores(args, row + r, blocks, seen, mine);
    for (int b = 0; b < blocks; ++b) {  // a position that is not written yet has any scale
      const int left = seen - b * kKvBlock < 0 ? 0 : seen - b * kKvBlock;
      const F32x16 scales =
          load(reinterpret_cast<const float*>(args.value_blocks[b] + kKvBlock * args.head_dim));
      store(mine + b * kKvBlock, first_lanes(mul(load(mine + b * kKvBlock), scales), left, 0.0F));
    }
    quantise_into(mine, blocks * kKvBlock, &weights[r]);
  }
  int column = 0;
  for (; column + 16 * kWide <= args.head_dim; column += 16 * kWide) {
    mix_values_i8<kRows, kWide>(args, row, column, blocks, weights);
  }
  for (; column < args.head_dim; column += 16) {
    mix_values_i8<kRows, 1>(args, row, column, blocks, weights);
  }
}

void attention_i8_kernel(const AttentionArgs& args) {
  int row = 0;
  for (; row + kTileDots <= args.rows; row += kTileDots) attend_rows_i8<kTileDots>(args, row);
  if constexpr (kTileDots > 3) {
    for (; row + 3 <= args.rows; row += 3) attend_rows_i8<3>(args, row);
  }
  for (; row < args.rows; ++row) attend_rows_i8<1>(args, row);
}

}  // namespace
}  // namespace mw::tensor
