// A decoder's forward pass: embedding, layers, logits. Attention: decoder_attention.cc.
#include <optional>

#include "core/check.h"
#include "formats/dequantize.h"
#include "models/internal/decoder_parts.h"
#include "tensor/activation.h"
#include "tensor/layer_norm.h"
#include "tensor/low_rank.h"
#include "tensor/rms_norm.h"

namespace mw::models {

using tensor::ExecContext;
using tensor::MatmulJob;
using tensor::MatView;

std::unique_ptr<Workspace> DecoderModel::make_workspace(int max_tokens, int max_logit_rows) const {
  return std::make_unique<Buffers>(config_, max_tokens, max_logit_rows);
}

void DecoderModel::normalise(MatView<const float> x, const Norm& norm, MatView<float> y,
                             const ExecContext& ctx) const {
  if (config_.norm == NormKind::kLayer) {
    layer_norm(x, norm.weight, norm.bias, config_.norm_epsilon, y, ctx);
  } else {
    rms_norm(x, norm.weight, config_.norm_epsilon, y, ctx);
  }
}

void DecoderModel::embed(std::span<const ForwardSegment> segments, Buffers& buffers) const {
  const auto width = static_cast<std::size_t>(config_.width);
  const std::size_t row_bytes =
      embedding_.bytes.size() / static_cast<std::size_t>(config_.vocabulary);
  int row = 0;
  for (const ForwardSegment& segment : segments) {
    auto position = static_cast<std::size_t>(segment.kv->length());
    for (const int32_t id : segment.ids) {
      MW_CHECK(id >= 0 && id < config_.vocabulary);
      float* x = buffers.x.row(row++);
      formats::dequantize(
          embedding_.type,
          embedding_.bytes.subspan(static_cast<std::size_t>(id) * row_bytes, row_bytes),
          {x, width});
      if (config_.embedding_scale != 1) {
        for (std::size_t i = 0; i < width; ++i) x[i] *= config_.embedding_scale;
      }
      if (config_.learned_positions) {
        MW_CHECK(position < static_cast<std::size_t>(config_.context_length));
        for (std::size_t i = 0; i < width; ++i) x[i] += positions_[position * width + i];
      }
      ++position;
    }
  }
}

/// y += up (down x) of each adapter, on its rows.
void DecoderModel::adapt(std::span<const AdaptedRows> rows, int layer,
                         std::span<const Changed> products, const ExecContext& ctx) const {
  if (rows.empty()) return;
  std::vector<tensor::LowRankJob> jobs;
  for (const AdaptedRows& run : rows) {
    for (const Changed& each : products) {
      const tensor::LowRank* change =
          each.product ? run.adapter->change(*each.product, layer) : run.adapter->logits_change();
      if (change == nullptr) continue;
      jobs.push_back(
          {change, each.x.rows_from(run.row, run.count), each.y.rows_from(run.row, run.count)});
    }
  }
  add_low_rank(jobs, ctx);
}

void DecoderModel::feed_forward(const DecoderBatch& batch, int layer_index, Buffers& buffers,
                                const ExecContext& ctx) const {
  const Layer& layer = layers_[static_cast<std::size_t>(layer_index)];
  const auto x = buffers.x.view(batch.tokens);
  const auto normed = buffers.normed.view(batch.tokens);
  const auto gate = buffers.gate.view(batch.tokens);
  const auto up = buffers.up.view(batch.tokens);
  const ExecContext alone{&buffers.one_thread, ctx.kernels};
  const auto make_input = [&](int first, int count) {
    normalise(x.rows_from(first, count), layer.ffn_norm, normed.rows_from(first, count), alone);
  };
  if (config_.gated_ffn) {
    const MatmulJob wide[] = {{&layer.gate.weight, gate}, {&layer.up.weight, up}};
    multiply(normed, wide, config_.inputs, buffers.input, ctx, make_input);
    add_bias(layer.gate.bias, gate, ctx);
    add_bias(layer.up.bias, up, ctx);
    const Changed changed[] = {{Product::kGate, normed, gate}, {Product::kUp, normed, up}};
    adapt(batch.adapted, layer_index, changed, ctx);
  } else {
    const MatmulJob wide{&layer.up.weight, gate};
    multiply(normed, {&wide, 1}, config_.inputs, buffers.input, ctx, make_input);
    add_bias(layer.up.bias, gate, ctx);
    const Changed changed{Product::kUp, normed, gate};
    adapt(batch.adapted, layer_index, {&changed, 1}, ctx);
  }
  add_part(batch, layer_index, Product::kDown, layer.down, gate, layer.post_ffn_norm, buffers, ctx,
           [&](int first, int count) {
             const auto rows = gate.rows_from(first, count);
             if (config_.gated_ffn) {
               activate_gated(config_.activation, rows, up.rows_from(first, count), rows, alone);
             } else {
               activate(config_.activation, rows, rows, alone);
             }
           });
}

/// Of the rows `ends`, which lie at the front.
void DecoderModel::project_logits(const DecoderBatch& ends, Buffers& buffers, MatView<float> logits,
                                  const ExecContext& ctx) const {
  MW_CHECK_EQ(ends.tokens, logits.rows);
  if (ends.tokens == 0) return;
  const auto x = buffers.x.view(ends.tokens);
  const auto normed = buffers.normed.view(ends.tokens);
  const ExecContext alone{&buffers.one_thread, ctx.kernels};
  const MatmulJob head{&output_.weight, logits};
  multiply(normed, {&head, 1}, config_.inputs, buffers.input, ctx, [&](int first, int count) {
    normalise(x.rows_from(first, count), output_norm_, normed.rows_from(first, count), alone);
  });
  add_bias(output_.bias, logits, ctx);
  const Changed changed{std::nullopt, normed, logits};
  adapt(ends.adapted, -1, {&changed, 1}, ctx);
  if (config_.logit_cap > 0) soft_cap(config_.logit_cap, logits, ctx);
}

void DecoderModel::forward(std::span<const ForwardSegment> segments, Workspace& workspace,
                           MatView<float> logits, const ExecContext& ctx) const {
  auto& buffers = static_cast<Buffers&>(workspace);
  for (const ForwardSegment& segment : segments) {
    if (segment.adapter != nullptr) MW_CHECK_EQ(segment.adapter->layers(), config_.layers);
  }
  DecoderBatch batch(segments);
  DecoderBatch ends = DecoderBatch::ends(segments);
  MW_CHECK(batch.tokens > 0 && batch.tokens <= buffers.x.rows());
  embed(segments, buffers);
  for (int layer = 0; layer < config_.layers; ++layer) {
    batch.use_layer(segments, layer);
    if (layer == config_.layers - 1 && ends.tokens < batch.tokens) {
      ends.use_layer(segments, layer);
      attend_last(batch, ends, buffers, ctx);
      if (ends.tokens > 0) feed_forward(ends, layer, buffers, ctx);
    } else {
      attend(batch, layer, buffers, ctx);
      feed_forward(batch, layer, buffers, ctx);
    }
  }
  for (const ForwardSegment& segment : segments) {
    segment.kv->advance(static_cast<int>(segment.ids.size()));
  }
  project_logits(ends, buffers, logits, ctx);
}

}  // namespace mw::models
