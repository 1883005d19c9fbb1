// Attention over keys and values kept as f32, a row at a time: for models whose weights are f32,
// where the rounding of f16 keys would be the largest error there is (ADR 0025). Included after
// attention_f16-inl.h. Not here: tiles of rows; such models wait for their weights.

namespace mw::tensor {
namespace {

void attention_f32_kernel(const AttentionArgs& args) {
  float scores[kAttentionChunk];
  for (int row = 0; row < args.rows; ++row) {
    int seen = args.last_position[row] + 1 - args.chunk_begin;
    if (seen > args.chunk_end - args.chunk_begin) seen = args.chunk_end - args.chunk_begin;
    if (seen < 0) seen = 0;
    const int blocks = (seen + kKvBlock - 1) / kKvBlock;
    for (int block = 0; block < blocks; ++block) {
      const float* keys = reinterpret_cast<const float*>(args.key_blocks[block]);
      F32x16 sum = zero();
      for (int d = 0; d < args.head_dim; ++d) {
        sum = fma(broadcast(args.q[row][d]), load(keys + d * kKvBlock), sum);
      }
      store(scores + block * kKvBlock, sum);
    }
    weigh_scores(args, row, blocks, seen, scores);
    for (int column = 0; column < args.head_dim; column += 16) {
      F32x16 sum = zero();
      for (int p = 0; p < seen; ++p) {
        const float* values = reinterpret_cast<const float*>(args.value_blocks[p / kKvBlock]);
        sum =
            fma(broadcast(scores[p]), load(values + (p % kKvBlock) * args.head_dim + column), sum);
      }
      store(args.out + static_cast<ptrdiff_t>(row) * args.head_dim + column, sum);
    }
  }
}

}  // namespace
}  // namespace mw::tensor
