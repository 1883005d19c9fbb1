// A layer's attention: queries, keys and values, where they stand, and what is made of them.
#include <algorithm>
#include <vector>

#include "models/internal/decoder_parts.h"

namespace mw::models {

using tensor::ExecContext;
using tensor::MatmulJob;

tensor::AttentionShape DecoderModel::attention_shape(int layer) const {
  return {.heads = config_.heads,
          .kv_heads = config_.kv_heads,
          .head_dim = config_.head_dim,
          .scale = config_.query_scale,
          .window = config_.is_sliding(layer) ? config_.window : 0,
          .cap = config_.attention_cap};
}

/// Turns queries to their positions; keys likewise, and keeps them with their values.
void DecoderModel::place(const DecoderBatch& batch, int layer_index, Rows rows, Buffers& buffers,
                         const ExecContext& ctx) const {
  const Layer& layer = layers_[static_cast<std::size_t>(layer_index)];
  const tensor::AttentionShape shape = attention_shape(layer_index);
  const tensor::Rope& rope =
      config_.sliding_rope && config_.is_sliding(layer_index) ? sliding_rope_ : rope_;
  const auto turn = [&](float* row, int heads, const Norm& norm, int position) {
    for (int head = 0; !norm.weight.empty() && head < heads; ++head) {
      float* at = row + head * config_.head_dim;
      ctx.kernels->rms_norm(at, norm.weight.data(), config_.norm_epsilon, config_.head_dim, at);
    }
    if (config_.rope_dims > 0) rope.rotate(row, heads, config_.head_dim, position);
  };
  // A block's positions lie in the same cache lines: two threads that write them would take these
  // from each other.
  tensor::parallel_for(ctx, static_cast<int>(batch.slices.size()), 2, [&](int begin, int end) {
    for (int s = begin; s < end; ++s) {
      const BlockSlice& slice = batch.slices[static_cast<std::size_t>(s)];
      const tensor::AttentionSegment& segment = batch.attention[slice.segment];
      for (int i = slice.first; i < slice.first + slice.count; ++i) {
        const int position = segment.position + i;
        const int row = segment.row + i;
        if (rows != Rows::kKeys) {
          turn(buffers.query.row(row), config_.heads, layer.query_norm, position);
        }
        if (rows != Rows::kQueries) {
          turn(buffers.key.row(row), config_.kv_heads, layer.key_norm, position);
          store_kv(buffers.key.row(row), buffers.value.row(row), position, shape, segment.kv, ctx);
        }
      }
    }
  });
}

/// Queries, keys and values of a layer's input.
void DecoderModel::project(const DecoderBatch& batch, int layer_index, Rows rows, Buffers& buffers,
                           const ExecContext& ctx) const {
  const Layer& layer = layers_[static_cast<std::size_t>(layer_index)];
  const int tokens = batch.tokens;
  const auto x = buffers.x.view(tokens);
  const auto normed = buffers.normed.view(tokens);
  const Changed all[] = {{Product::kQuery, normed, buffers.query.view(tokens)},
                         {Product::kKey, normed, buffers.key.view(tokens)},
                         {Product::kValue, normed, buffers.value.view(tokens)}};
  const Linear* const linears[] = {&layer.query, &layer.key, &layer.value};
  const std::size_t begin = rows == Rows::kKeys ? 1 : 0;
  const std::size_t end = rows == Rows::kQueries ? 1 : 3;
  std::vector<MatmulJob> jobs;
  for (std::size_t i = begin; i < end; ++i) jobs.push_back({&linears[i]->weight, all[i].y});
  const ExecContext alone{&buffers.one_thread, ctx.kernels};
  multiply(normed, jobs, config_.inputs, buffers.input, ctx, [&](int first, int count) {
    normalise(x.rows_from(first, count), layer.attention_norm, normed.rows_from(first, count),
              alone);
  });
  for (std::size_t i = begin; i < end; ++i) add_bias(linears[i]->bias, all[i].y, ctx);
  adapt(batch.adapted, layer_index, std::span(all).subspan(begin, end - begin), ctx);
}

void DecoderModel::look_back(const DecoderBatch& batch, int layer_index, Buffers& buffers,
                             const ExecContext& ctx) const {
  const Layer& layer = layers_[static_cast<std::size_t>(layer_index)];
  const auto attended = buffers.attended.view(batch.tokens);
  buffers.attention.run(buffers.query.view(batch.tokens), batch.attention,
                        attention_shape(layer_index), attended, ctx);
  add_part(batch, layer_index, Product::kOutput, layer.output, attended, layer.post_attention_norm,
           buffers, ctx, kMade);
}

void DecoderModel::attend(const DecoderBatch& batch, int layer, Buffers& buffers,
                          const ExecContext& ctx) const {
  project(batch, layer, Rows::kAll, buffers, ctx);
  place(batch, layer, Rows::kAll, buffers, ctx);
  look_back(batch, layer, buffers, ctx);
}

/// Keeps the keys and values of all tokens; what else the last layer does, only the rows `ends` do,
/// which move to the front: a thirtieth less to do with a prompt for a model of 30 layers.
void DecoderModel::attend_last(const DecoderBatch& batch, const DecoderBatch& ends,
                               Buffers& buffers, const ExecContext& ctx) const {
  const int layer = config_.layers - 1;
  project(batch, layer, Rows::kKeys, buffers, ctx);
  place(batch, layer, Rows::kKeys, buffers, ctx);
  if (ends.tokens == 0) return;
  for (int i = 0; i < ends.tokens; ++i) {
    const int row = batch.logit_rows[static_cast<std::size_t>(i)];
    if (row != i) std::copy_n(buffers.x.row(row), config_.width, buffers.x.row(i));
  }
  project(ends, layer, Rows::kQueries, buffers, ctx);
  place(ends, layer, Rows::kQueries, buffers, ctx);
  look_back(ends, layer, buffers, ctx);
}

}  // namespace mw::models
