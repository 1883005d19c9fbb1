#pragma once

// The functions that exist once per instruction set. Plain types only: this header is included by
// the files that are compiled with -mavx*, where a std template would be emitted as a weak symbol
// and could be kept by the linker for everyone.

#include <stddef.h>
#include <stdint.h>

#include "tensor/kernels/packed_layout.h"

// Short loops over registers have to disappear, or the compiler keeps the arrays in memory.
#if defined(__clang__)
#define MW_UNROLL _Pragma("clang loop unroll(full)")
#else
#define MW_UNROLL _Pragma("GCC unroll 16")
#endif

namespace mw::tensor {

/// Tokens that share one pass over a panel.
inline constexpr int kTileTokens = 8;
/// The same on AMX, whose tiles have 16 rows.
inline constexpr int kAmxTileTokens = 16;
/// Tokens that a tile has room for: 8, but 1, 2 or 4 where no more are asked for at all. At 8 the
/// single token of a decoding step would lie a byte quad in every 32 bytes: 36 KB at width 2048,
/// more than the first-level cache holds beside the weights that stream through it.
/// Where the kernels have wider tiles (KernelTable::widest_tile) more than 8 tokens fill those: a
/// tile of AMX takes the time of 16 tokens whatever their number, as long as AVX-512 takes for 5.
constexpr int tile_tokens_for(int tokens, int widest) {
  return tokens <= 1             ? 1
         : tokens <= 2           ? 2
         : tokens <= 4           ? 4
         : tokens <= kTileTokens ? kTileTokens
                                 : widest;
}
/// Positions of one key/value block.
inline constexpr int kKvBlock = 16;
/// Positions whose scores are normalised together; chunks are merged in order.
inline constexpr int kAttentionChunk = 256;
inline constexpr int kChunkBlocks = kAttentionChunk / kKvBlock;

/// Activations of up to T tokens (tile_tokens_for) as integers, in one of two forms (ADR 0160),
/// ordered as the kernels read them.
/// Words: 16 bits with one scale a token, as a signed high and a signed low byte (a = 256 hi + lo):
///   a group of 32 inputs = hi[8 k-quads][T tokens][4 bytes], lo[the same],
///   sum[T tokens] f32 of the group, first[T tokens] f32 of its first half.
/// Bytes: 8 bits with one scale a token and group, and a low byte too for tokens that are fine
///   there (kFinePeak):
///   a group of 32 inputs = hi[8 k-quads][T tokens][4 bytes], u32 fine, a bit a token, in room
///   for T, f32 scale[T tokens], f32 scale x sum[T tokens], of its first half, of its second
///   half, i32 sum[T tokens], lo[8 k-quads][T tokens][4 bytes], 0 where a token is not fine
///   and anything where none is.
/// Of T = 16, the tile registers' own form: [16 tokens][32 inputs] for each [8 k-quads][...].
constexpr size_t words_group_bytes(int tile_tokens) {
  return static_cast<size_t>(tile_tokens) * (2 * kGroup + 2 * sizeof(float));
}
constexpr size_t bytes_group_bytes(int tile_tokens) {
  return static_cast<size_t>(tile_tokens) * (2 * kGroup + 4 * sizeof(float) + 2 * sizeof(int32_t));
}
/// A token is fine in a group whose largest input is more than this times the root mean square of
/// its row: such an input gives the others of its group coarse steps. 5 to 11 % of the groups had
/// six to nine tenths of what bytes lost (ADR 0160).
inline constexpr float kFinePeak = 6;

/// Where the parts of a group of bytes begin: `fine`, then what is kept beside the integers (its
/// room is Kept 0), then the low bytes.
constexpr size_t fine_at(int tile_tokens) { return static_cast<size_t>(tile_tokens) * kGroup; }
enum class Kept { kScale = 1, kSum, kFirstSum, kSecondSum, kWholeSum };
constexpr size_t kept_at(int tile_tokens, Kept what, int token) {
  return fine_at(tile_tokens) +
         4 * static_cast<size_t>(static_cast<int>(what) * tile_tokens + token);
}
constexpr size_t low_bytes_at(int tile_tokens) {
  return bytes_group_bytes(tile_tokens) - fine_at(tile_tokens);
}

/// One product of a packed matrix with tiles of activations.
struct MatmulArgs {
  const uint8_t* panels;  // first panel of the matrix
  size_t panel_bytes;     // distance of panels
  int panel_begin;        // panels to compute: [begin, end)
  int panel_end;
  int groups;            // input width / 32
  const uint8_t* tiles;  // first tile
  int tile_tokens;       // T of the tiles
  size_t tile_bytes;     // distance of tiles
  const float* scales;   // (tokens) scale of each token's words; 1 for bytes
  int tokens;
  float* y;  // (tokens, >= panels*16)
  ptrdiff_t y_stride;
  bool add;  // y += instead of y =
};

/// The same for weights kept as floats: x (tokens, width) row-major f32.
struct FloatMatmulArgs {
  const uint8_t* panels;
  size_t panel_bytes;
  int panel_begin;
  int panel_end;
  int width;
  const float* x;
  ptrdiff_t x_stride;
  int tokens;
  float* y;
  ptrdiff_t y_stride;
  bool add;
};

/// Up to 256 numbers as integers of at most 32,639 times one scale: whole = 256 high + low, both
/// signed. One form is for vpdpbusd, the other for vpmaddwd.
inline constexpr int kQuantisedRow = 256;
struct QuantisedRow {
  int8_t high[kQuantisedRow];
  int8_t low[kQuantisedRow];
  int16_t whole[kQuantisedRow];
  float scale;
  int32_t sum;  // of whole
};

/// Attention of a few query rows that share their keys: one key/value head, positions
/// [chunk_begin, chunk_end) of one sequence. Row r sees positions first_position[r] (where there
/// is a window; some of this chunk) to last_position[r].
struct AttentionArgs {
  /// Per 16 positions of the chunk, as tensor/attention.h says, and of the chunk after it, which is
  /// fetched while this one is worked on: a core that waits for memory at each block of 2 KB takes
  /// a third longer at 4,096 positions.
  const uint8_t* const* key_blocks;
  const uint8_t* const* value_blocks;  // of the chunk alone
  int head_dim;                        // a multiple of 16, at most 256
  int chunk_begin;                     // a multiple of kAttentionChunk
  int chunk_end;
  int rows;                              // 1..kAttentionRows
  const float* const* q;                 // per row: head_dim floats, already scaled
  const QuantisedRow* const* quantised;  // the same for attention_i8, which reads no q
  const int* last_position;
  const int* first_position;  // null: all from 0
  float cap;                  // scores become cap tanh(score / cap); 0: they stay
  float* max;                 // per row: the largest score of the chunk
  float* sum;                 // per row: sum of exp(score - max)
  float* out;                 // rows x head_dim: sum of exp(score - max) * value
};
inline constexpr int kAttentionRows = 12;

/// Weights as integers of 12 bits with a scale a row, inputs of 13 with one a token: inputs have
/// the outliers (MiniLM: 12 and 12 bits lose 2.7 times as much).
inline constexpr int kMostW12 = 2047;
inline constexpr int kMostW12Input = 4095;
/// Inputs whose products are summed in 32 bits: 256 x 2047 x 4095 < 2^31.
inline constexpr int kW12Inputs = 256;
/// Panel of 16 rows: f32 d[16], then [width / 2][16 rows][2 inputs] of 16 bits.
constexpr size_t w12_panel_bytes(int width) {
  return 4 * kPanelRows + 2 * kPanelRows * static_cast<size_t>(width);
}
struct W12Args {
  const uint8_t* panels;
  size_t panel_bytes;
  int panel_begin;
  int panel_end;
  int width;         // a multiple of 32
  const int16_t* x;  // (tokens, width)
  ptrdiff_t x_stride;
  const float* scales;  // (tokens)
  int tokens;
  float* y;
  ptrdiff_t y_stride;
  bool add;
};

/// Products of integer weights with activations of one form.
struct IntegerProducts {
  /// Weights of 4 bits on the file's own grid: w = d q + m per group, f16 d and m.
  void (*w4)(const MatmulArgs& args);
  /// Weights of 4 bits, w = d (q - 8), f16 d.
  void (*w4_centred)(const MatmulArgs& args);
  /// Weights of 4 bits under heads: w = d s q - e m, u8 s and m per group, f16 d and e per head.
  void (*w4k)(const MatmulArgs& args);
  /// The same of 5 bits.
  void (*w5k)(const MatmulArgs& args);
  /// Weights of 8 bits, w = d (q - 128), f16 d.
  void (*w8)(const MatmulArgs& args);
  /// Weights of 8 bits, w = d q + m with f32 d and m per half group of 16.
  void (*w8_affine)(const MatmulArgs& args);
  /// Weights of 6 bits under heads: w = d s (q - 32), i8 s per half group, f16 d per head.
  void (*w6k)(const MatmulArgs& args);
};

struct KernelTable {
  IntegerProducts of_words;
  IntegerProducts of_bytes;
  void (*matmul_f32)(const FloatMatmulArgs& args);
  void (*matmul_f16)(const FloatMatmulArgs& args);
  void (*matmul_bf16)(const FloatMatmulArgs& args);
  /// Sums of kW12Inputs inputs are exact; then one fma each, in order.
  void (*matmul_w12)(const W12Args& args);
  /// y = x / scale to nearest even, at most kMostW12Input in size; returns the scale. Width a
  /// multiple of 16.
  float (*quantise_w12)(const float* x, int width, int16_t* y);
  /// y += x; width a multiple of 16.
  void (*add_row)(const float* x, int width, float* y);
  /// A tile of words with room for `tile_tokens`, of `tokens` rows of x that are `stride` floats
  /// apart, and the scale of each.
  void (*quantise_words)(const float* x, ptrdiff_t stride, int tokens, int width, uint8_t* tile,
                         int tile_tokens, float* scales);
  /// The same of bytes.
  void (*quantise_bytes)(const float* x, ptrdiff_t stride, int tokens, int width, uint8_t* tile,
                         int tile_tokens);
  /// y = x / sqrt(mean(x^2) + eps) * weight; width a multiple of 16.
  void (*rms_norm)(const float* x, const float* weight, float eps, int width, float* y);
  /// y = gate / (1 + exp(-gate)) * up; width a multiple of 16; y may be gate.
  void (*swiglu)(const float* gate, const float* up, int width, float* y);
  void (*attention)(const AttentionArgs& args);
  /// Merges a chunk's (max, sum, out) into the running one.
  void (*attention_merge)(float* max, float* sum, float* out, float chunk_max, float chunk_sum,
                          const float* chunk_out, int head_dim);
  /// out /= sum
  void (*attention_finish)(float* out, float sum, int head_dim);
  /// y = x as f16, to nearest even, clamped to +-65504; width a multiple of 16.
  void (*to_f16)(const float* x, int width, uint16_t* y);
  /// y = exp(x), width a multiple of 16; the polynomial that the others use.
  void (*exp)(const float* x, int width, float* y);
  /// y = (x - mean) / sqrt(variance + eps) * weight + bias; width a multiple of 16.
  void (*layer_norm)(const float* x, const float* weight, const float* bias, float eps, int width,
                     float* y);
  /// y = gelu(gate) * up, or gelu(gate) where up is null; width a multiple of 16; y may be gate.
  void (*gelu_tanh)(const float* gate, const float* up, int width, float* y);
  void (*gelu_erf)(const float* gate, const float* up, int width, float* y);
  /// y = cap tanh(x / cap); width a multiple of 16; y may be x.
  void (*soft_cap)(const float* x, float cap, int width, float* y);
  /// Attention over f32 keys and values: the blocks hold floats.
  void (*attention_f32)(const AttentionArgs& args);
  /// Attention over 8-bit keys and values with quantised queries.
  void (*attention_i8)(const AttentionArgs& args);
  /// `width` (a multiple of 16, at most kQuantisedRow) numbers as 16-bit integers.
  void (*quantise_row)(const float* x, int width, QuantisedRow* row);
  /// y = x / scale + 128 to nearest even; returns the scale, largest |x| / 127.
  float (*to_i8)(const float* x, int width, uint8_t* y);
  /// Tokens of the widest tile that the integer products take: kTileTokens or kAmxTileTokens.
  int widest_tile;
};

/// What an instruction set does in its own way where it shares all else with a lower one.
struct OwnProducts {
  IntegerProducts of_words;
  IntegerProducts of_bytes;
  int widest_tile;
};

extern const KernelTable kScalarKernels;
extern const KernelTable kAvx2Kernels;
extern const KernelTable kAvx512Kernels;
extern const OwnProducts kAvxVnniProducts;  // beside kAvx2Kernels
extern const OwnProducts kAmxProducts;      // beside kAvx512Kernels

}  // namespace mw::tensor
