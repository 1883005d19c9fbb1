#include <algorithm>
#include <optional>

#include "core/check.h"
#include "formats/dequantize.h"
#include "models/decoder_model.h"
#include "models/internal/decoder_batch.h"
#include "tensor/activation.h"
#include "tensor/activations.h"
#include "tensor/layer_norm.h"
#include "tensor/low_rank.h"
#include "tensor/matmul.h"
#include "tensor/rms_norm.h"

namespace mw::models {

using tensor::ExecContext;
using tensor::InputForm;
using tensor::MatmulJob;
using tensor::MatView;

/// A product that an adapter may change; nothing for the logits.
struct DecoderModel::Changed {
  std::optional<Product> product;
  MatView<const float> x;
  MatView<float> y;
};

class DecoderModel::Buffers final : public Workspace {
 public:
  Buffers(const ModelConfig& config, int max_tokens, int max_logit_rows)
      : x(max_tokens, config.width),
        normed(std::max(max_tokens, max_logit_rows), config.width),
        query(max_tokens, config.heads * config.head_dim),
        key(max_tokens, config.kv_heads * config.head_dim),
        value(max_tokens, config.kv_heads * config.head_dim),
        attended(max_tokens, config.heads * config.head_dim),
        gate(max_tokens, config.ffn_width),
        up(max_tokens, config.ffn_width),
        input(std::max(max_tokens, max_logit_rows),
              std::max({config.width, config.ffn_width, config.heads * config.head_dim})) {}

  tensor::Matrix<float> x;
  tensor::Matrix<float> normed;
  tensor::Matrix<float> query;
  tensor::Matrix<float> key;
  tensor::Matrix<float> value;
  tensor::Matrix<float> attended;
  tensor::Matrix<float> gate;
  tensor::Matrix<float> up;
  tensor::Activations input;
  tensor::Attention attention;
  ThreadPool one_thread{1};  // for what a thread does with its own rows
};

namespace {

/// y (+)= x W^T for weights that share x, which integer ones meet in `form`. make(first, count)
/// writes these rows of x before.
template <class Make>
void multiply(MatView<const float> x, std::span<const MatmulJob> jobs, InputForm form,
              tensor::Activations& input, const ExecContext& ctx, const Make& make) {
  const bool integers = std::any_of(jobs.begin(), jobs.end(), [](const MatmulJob& job) {
    return is_integer(job.weight->format());
  });
  input.assign(x, integers ? form : InputForm::kFloats, ctx, make);
  matmul(input, jobs, ctx);
}

/// The rows are there.
constexpr auto kMade = [](int, int) {};

}  // namespace

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

/// x += [norm](input W^T + bias) for the input that `make` writes. The buffer `normed` is free by
/// now.
template <class Make>
void DecoderModel::add_part(const DecoderBatch& batch, int layer, Product product,
                            const Linear& linear, MatView<const float> input, const Norm& post_norm,
                            Buffers& buffers, const ExecContext& ctx, const Make& make) const {
  const auto x = buffers.x.view(batch.tokens);
  const bool apart = !post_norm.weight.empty();
  const auto part = apart ? buffers.normed.view(x.rows) : x;
  const MatmulJob job{&linear.weight, part, !apart};
  multiply(input, {&job, 1}, config_.inputs, buffers.input, ctx, make);
  add_bias(linear.bias, part, ctx);
  const Changed changed{product, input, part};
  adapt(batch.adapted, layer, {&changed, 1}, ctx);
  if (!apart) return;
  normalise(part, post_norm, part, ctx);
  add_rows(part, x, ctx);
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
