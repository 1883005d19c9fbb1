#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "tensor/buffer.h"
#include "tensor/exec_context.h"

namespace mw::tensor {

/// How keys and values of 16 positions and one head are kept.
///   kF16, kF32   keys [head_dim][16], values [16][head_dim]
///   kI8          bytes of value + 128 in fours, then f32 scale[16], one a position:
///                keys [head_dim / 4][16][4], values [4][head_dim][4 positions]
enum class KvFormat : uint8_t { kF16 = 0, kF32 = 1, kI8 = 2 };

/// "f16", "f32", "int8".
std::string_view kv_format_name(KvFormat format);

/// Bytes of the keys, or of the values, of one head and 16 positions.
uint64_t kv_head_bytes(KvFormat format, int head_dim);

/// Where one layer of one sequence keeps its keys and values: per block of 16 positions, K heads
/// of keys and K of values (KvFormat), `head_stride` bytes from one to the next.
struct KvBlocks {
  std::span<uint8_t* const> keys;
  std::span<uint8_t* const> values;
  KvFormat format = KvFormat::kF16;
  std::ptrdiff_t head_stride = 0;  // 0: heads lie side by side
};

/// Consecutive new tokens of one sequence: rows [row, row + count) of the batch at positions
/// [position, position + count).
struct AttentionSegment {
  KvBlocks kv;
  int row = 0;
  int count = 0;
  int position = 0;
};

struct AttentionShape {
  int heads = 0;           // H
  int kv_heads = 0;        // K; H is a multiple
  int head_dim = 0;        // a multiple of 16
  float scale = 0;         // of scores; 0: 1 / sqrt(head_dim)
  int window = 0;          // positions that a token sees, its own included; 0: all before it
  float cap = 0;           // scores become cap tanh(score / cap); 0: they stay
  bool both_ways = false;  // a token sees all tokens of its segment, also those after it
};

/// Writes a token's keys and values (K * head_dim f32 each) at `position`, rounded to the format
/// of the blocks.
void store_kv(const float* key, const float* value, int position, const AttentionShape& shape,
              const KvBlocks& kv, const ExecContext& ctx);

/// Attention of new tokens over the positions of their sequence up to their own, all or those of a
/// window; or over those of their whole segment (encoders):
///   out[t,h,:] = sum_p softmax_p(cap(q[t,h,:] . k[p] scale)) v[p]
///
/// Shapes   q, out (T, H*head_dim); q is scaled in place.
/// Numbers  f32 over f16 or f32 keys and values; over 8-bit ones exact integer products of 16-bit
///          queries and weights, one scale a row and 256 positions. Positions are taken in chunks
///          of 256 that are merged in order, whatever the batch: same bits alone or in company, on
///          any thread count or ISA.
/// Threads  (segment, head group) pairs, and chunks when there are few pairs, split over ctx.
/// Source   Dao et al. 2022, arXiv:2205.14135 (online softmax); Ainslie et al. 2023,
///          arXiv:2305.13245 (grouped heads).
class Attention {
 public:
  void run(MatView<float> q, std::span<const AttentionSegment> segments,
           const AttentionShape& shape, MatView<float> out, const ExecContext& ctx);

 private:
  struct Task {
    const AttentionSegment* segment = nullptr;
    int first = 0;  // token of the segment
    int tokens = 0;
    int kv_head = 0;
  };
  void collect(std::span<const AttentionSegment> segments, const AttentionShape& shape);

  std::vector<Task> tasks_;
  Buffer partial_;
  std::vector<QuantisedRow> quantised_;  // [token][head]
};

}  // namespace mw::tensor
