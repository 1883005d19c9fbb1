#include "models/decoder_model.h"

#include <algorithm>
#include <optional>

#include "core/check.h"
#include "formats/dequantize.h"
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

/// Rows that run with one adapter.
struct DecoderModel::Adapted {
  const Adapter* adapter = nullptr;
  int row = 0;
  int count = 0;
};

/// A product that an adapter may change; nothing for the logits.
struct DecoderModel::Changed {
  std::optional<Product> product;
  MatView<const float> x;
  MatView<float> y;
};

/// Consecutive tokens of a segment whose keys and values go into one block.
struct DecoderModel::Slice {
  std::size_t segment;
  int first = 0;  // of the segment
  int count = 0;
};

/// One forward pass: how many rows, which rows want logits, where each segment starts.
struct DecoderModel::Batch {
  std::span<const ForwardSegment> segments;
  int tokens = 0;
  std::vector<tensor::AttentionSegment> attention;  // kv is set a layer at a time
  std::vector<Slice> slices;                        // of all segments
  std::vector<int> logit_rows;
  std::vector<Adapted> adapted;         // of the tokens
  std::vector<Adapted> adapted_logits;  // of the rows of logits
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
};

namespace {

/// y (+)= x W^T for weights that share x, which integer ones meet in `form`.
void multiply(MatView<const float> x, std::span<const MatmulJob> jobs, InputForm form,
              tensor::Activations& input, const ExecContext& ctx) {
  const bool integers = std::any_of(jobs.begin(), jobs.end(), [](const MatmulJob& job) {
    return is_integer(job.weight->format());
  });
  input.assign(x, integers ? form : InputForm::kFloats, ctx);
  matmul(input, jobs, ctx);
}

}  // namespace

Result<DecoderModel::Norm> DecoderModel::load_norm(const char* name, int layer,
                                                   WeightRegistry& weights) const {
  Norm norm;
  MW_ASSIGN(norm.weight, weights.vector(name, layer));
  if (config_.norm == NormKind::kLayer) {
    MW_ASSIGN(norm.bias, weights.vector(std::string(name) + "_bias", layer));
  }
  return norm;
}

Result<DecoderModel::Layer> DecoderModel::load_layer(int index, WeightRegistry& weights,
                                                     const ExecContext& ctx) const {
  Layer layer;
  MW_ASSIGN(layer.attention_norm, load_norm("attention_norm", index, weights));
  MW_ASSIGN(layer.query, weights.linear("attention_query", index, ctx));
  MW_ASSIGN(layer.key, weights.linear("attention_key", index, ctx));
  MW_ASSIGN(layer.value, weights.linear("attention_value", index, ctx));
  MW_ASSIGN(layer.query_norm.weight, weights.maybe_vector("query_norm", index));
  MW_ASSIGN(layer.key_norm.weight, weights.maybe_vector("key_norm", index));
  MW_ASSIGN(layer.output, weights.linear("attention_output", index, ctx));
  MW_ASSIGN(layer.post_attention_norm.weight, weights.maybe_vector("post_attention_norm", index));
  MW_ASSIGN(layer.ffn_norm, load_norm("ffn_norm", index, weights));
  if (config_.gated_ffn) {
    MW_ASSIGN(layer.gate, weights.linear("ffn_gate", index, ctx));
  }
  MW_ASSIGN(layer.up, weights.linear("ffn_up", index, ctx));
  MW_ASSIGN(layer.down, weights.linear("ffn_down", index, ctx));
  MW_ASSIGN(layer.post_ffn_norm.weight, weights.maybe_vector("post_ffn_norm", index));
  return layer;
}

/// How positions enter: by rows of their own, or by turning queries and keys.
Result<void> DecoderModel::load_positions(WeightRegistry& weights) {
  if (config_.learned_positions) {
    MW_ASSIGN(positions_, weights.vector("position_embedding"));
  }
  if (config_.rope_dims == 0) return {};
  if (weights.has("rope_divisors")) {
    MW_ASSIGN(config_.rope.divisors, weights.vector("rope_divisors"));
  }
  const auto make = [&](const RopeConfig& rope) {
    return tensor::Rope({.dims = config_.rope_dims,
                         .base = rope.base,
                         .divisors = rope.divisors,
                         .pairing = config_.rope_pairing,
                         .magnitude = rope.magnitude},
                        config_.context_length);
  };
  rope_ = make(config_.rope);
  if (config_.sliding_rope) sliding_rope_ = make(*config_.sliding_rope);
  return {};
}

Result<std::unique_ptr<Model>> DecoderModel::load(ModelConfig config, WeightRegistry& weights,
                                                  const ExecContext& ctx) {
  auto model = std::make_unique<DecoderModel>();
  model->config_ = std::move(config);
  MW_ASSIGN(model->embedding_, weights.tensor("token_embedding"));
  if (!formats::can_dequantize(model->embedding_.type)) {
    return Error::make(Code::kUnsupported,
                       "tensor " + model->embedding_.name + ": no reader for type " +
                           std::string(formats::type_name(model->embedding_.type)),
                       {}, model->embedding_.name);
  }
  if (model->embedding_.type == formats::GgmlType::kF32 && !weights.rounds_floats() &&
      model->config_.kv_format == tensor::KvFormat::kF16) {
    model->config_.kv_format = tensor::KvFormat::kF32;
  }
  for (int i = 0; i < model->config_.layers; ++i) {
    MW_ASSIGN(Layer layer, model->load_layer(i, weights, ctx));
    model->layers_.push_back(std::move(layer));
  }
  MW_ASSIGN(model->output_norm_, model->load_norm("output_norm", -1, weights));
  const char* output = model->config_.tied_output ? "token_embedding" : "output";
  MW_ASSIGN(model->output_, weights.linear(output, -1, ctx));
  if (model->config_.tied_output && weights.has("output")) {
    MW_TRY(weights.skip("output"));  // a copy of the embedding, which some checkpoints keep
  }
  MW_TRY(model->load_positions(weights));
  MW_TRY(weights.refuse_unused());
  return std::unique_ptr<Model>(std::move(model));
}

std::vector<NamedMatrix> DecoderModel::matrices() const {
  std::vector<NamedMatrix> all;
  const auto add = [&](const Linear& linear) { all.push_back({linear.name, &linear.weight}); };
  for (const Layer& layer : layers_) {
    for (const Linear* each : {&layer.query, &layer.key, &layer.value, &layer.output}) add(*each);
    if (config_.gated_ffn) add(layer.gate);
    add(layer.up);
    add(layer.down);
  }
  add(output_);
  return all;
}

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

void DecoderModel::embed(const Batch& batch, Buffers& buffers) const {
  const auto width = static_cast<std::size_t>(config_.width);
  const std::size_t row_bytes =
      embedding_.bytes.size() / static_cast<std::size_t>(config_.vocabulary);
  int row = 0;
  for (const ForwardSegment& segment : batch.segments) {
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

/// Turns queries and keys to their positions, and keeps keys and values.
void DecoderModel::place(const Batch& batch, int layer_index, Buffers& buffers,
                         const ExecContext& ctx) const {
  const Layer& layer = layers_[static_cast<std::size_t>(layer_index)];
  const tensor::AttentionShape shape = attention_shape(layer_index);
  const tensor::Rope& rope =
      config_.sliding_rope && config_.is_sliding(layer_index) ? sliding_rope_ : rope_;
  const auto norm_heads = [&](float* row, int heads, const Norm& norm) {
    if (norm.weight.empty()) return;
    for (int head = 0; head < heads; ++head) {
      float* at = row + head * config_.head_dim;
      ctx.kernels->rms_norm(at, norm.weight.data(), config_.norm_epsilon, config_.head_dim, at);
    }
  };
  // A block's positions lie in the same cache lines: two threads that write them would take these
  // from each other.
  tensor::parallel_for(ctx, static_cast<int>(batch.slices.size()), 2, [&](int begin, int end) {
    for (int s = begin; s < end; ++s) {
      const Slice& slice = batch.slices[static_cast<std::size_t>(s)];
      const tensor::AttentionSegment& segment = batch.attention[slice.segment];
      for (int i = slice.first; i < slice.first + slice.count; ++i) {
        const int position = segment.position + i;
        float* query = buffers.query.row(segment.row + i);
        float* key = buffers.key.row(segment.row + i);
        norm_heads(query, config_.heads, layer.query_norm);
        norm_heads(key, config_.kv_heads, layer.key_norm);
        if (config_.rope_dims > 0) {
          rope.rotate(query, config_.heads, config_.head_dim, position);
          rope.rotate(key, config_.kv_heads, config_.head_dim, position);
        }
        store_kv(key, buffers.value.row(segment.row + i), position, shape, segment.kv, ctx);
      }
    }
  });
}

/// y += up (down x) of each adapter, on its rows.
void DecoderModel::adapt(std::span<const Adapted> rows, int layer,
                         std::initializer_list<Changed> products, const ExecContext& ctx) const {
  if (rows.empty()) return;
  std::vector<tensor::LowRankJob> jobs;
  for (const Adapted& run : rows) {
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

/// x += [norm](input W^T + bias). The buffer `normed` is free by now.
void DecoderModel::add_part(const Batch& batch, int layer, Product product, const Linear& linear,
                            MatView<const float> input, const Norm& post_norm, Buffers& buffers,
                            const ExecContext& ctx) const {
  const auto x = buffers.x.view(batch.tokens);
  if (post_norm.weight.empty()) {
    const MatmulJob job{&linear.weight, x, true};
    multiply(input, {&job, 1}, config_.inputs, buffers.input, ctx);
    add_bias(linear.bias, x, ctx);
    adapt(batch.adapted, layer, {{product, input, x}}, ctx);
    return;
  }
  const auto part = buffers.normed.view(x.rows);
  const MatmulJob job{&linear.weight, part};
  multiply(input, {&job, 1}, config_.inputs, buffers.input, ctx);
  add_bias(linear.bias, part, ctx);
  adapt(batch.adapted, layer, {{product, input, part}}, ctx);
  normalise(part, post_norm, part, ctx);
  tensor::parallel_for(ctx, x.rows, 16, [&](int begin, int end) {
    for (int t = begin; t < end; ++t) {
      for (int i = 0; i < x.cols; ++i) x.row(t)[i] += part.row(t)[i];
    }
  });
}

void DecoderModel::attend(const Batch& batch, int layer_index, Buffers& buffers,
                          const ExecContext& ctx) const {
  const Layer& layer = layers_[static_cast<std::size_t>(layer_index)];
  const int tokens = batch.tokens;
  const auto x = buffers.x.view(tokens);
  const auto normed = buffers.normed.view(tokens);
  normalise(x, layer.attention_norm, normed, ctx);
  const MatmulJob projections[] = {{&layer.query.weight, buffers.query.view(tokens)},
                                   {&layer.key.weight, buffers.key.view(tokens)},
                                   {&layer.value.weight, buffers.value.view(tokens)}};
  multiply(normed, projections, config_.inputs, buffers.input, ctx);
  add_bias(layer.query.bias, buffers.query.view(tokens), ctx);
  add_bias(layer.key.bias, buffers.key.view(tokens), ctx);
  add_bias(layer.value.bias, buffers.value.view(tokens), ctx);
  adapt(batch.adapted, layer_index,
        {{Product::kQuery, normed, buffers.query.view(tokens)},
         {Product::kKey, normed, buffers.key.view(tokens)},
         {Product::kValue, normed, buffers.value.view(tokens)}},
        ctx);
  place(batch, layer_index, buffers, ctx);
  const auto attended = buffers.attended.view(tokens);
  buffers.attention.run(buffers.query.view(tokens), batch.attention, attention_shape(layer_index),
                        attended, ctx);
  add_part(batch, layer_index, Product::kOutput, layer.output, attended, layer.post_attention_norm,
           buffers, ctx);
}

void DecoderModel::feed_forward(const Batch& batch, int layer_index, Buffers& buffers,
                                const ExecContext& ctx) const {
  const Layer& layer = layers_[static_cast<std::size_t>(layer_index)];
  const auto x = buffers.x.view(batch.tokens);
  const auto normed = buffers.normed.view(batch.tokens);
  const auto gate = buffers.gate.view(batch.tokens);
  const auto up = buffers.up.view(batch.tokens);
  normalise(x, layer.ffn_norm, normed, ctx);
  if (config_.gated_ffn) {
    const MatmulJob wide[] = {{&layer.gate.weight, gate}, {&layer.up.weight, up}};
    multiply(normed, wide, config_.inputs, buffers.input, ctx);
    add_bias(layer.gate.bias, gate, ctx);
    add_bias(layer.up.bias, up, ctx);
    adapt(batch.adapted, layer_index, {{Product::kGate, normed, gate}, {Product::kUp, normed, up}},
          ctx);
    activate_gated(config_.activation, gate, up, gate, ctx);
  } else {
    const MatmulJob wide{&layer.up.weight, gate};
    multiply(normed, {&wide, 1}, config_.inputs, buffers.input, ctx);
    add_bias(layer.up.bias, gate, ctx);
    adapt(batch.adapted, layer_index, {{Product::kUp, normed, gate}}, ctx);
    activate(config_.activation, gate, gate, ctx);
  }
  add_part(batch, layer_index, Product::kDown, layer.down, gate, layer.post_ffn_norm, buffers, ctx);
}

void DecoderModel::project_logits(const Batch& batch, Buffers& buffers, MatView<float> logits,
                                  const ExecContext& ctx) const {
  const int rows = static_cast<int>(batch.logit_rows.size());
  MW_CHECK_EQ(rows, logits.rows);
  if (rows == 0) return;
  const auto normed = buffers.normed.view(rows);
  for (int i = 0; i < rows; ++i) {
    const int row = batch.logit_rows[static_cast<std::size_t>(i)];
    normalise(buffers.x.view().rows_from(row, 1), output_norm_, normed.rows_from(i, 1), ctx);
  }
  const MatmulJob head{&output_.weight, logits};
  multiply(normed, {&head, 1}, config_.inputs, buffers.input, ctx);
  add_bias(output_.bias, logits, ctx);
  adapt(batch.adapted_logits, -1, {{std::nullopt, normed, logits}}, ctx);
  if (config_.logit_cap > 0) soft_cap(config_.logit_cap, logits, ctx);
}

/// Segments of one adapter that lie together are one run: they share its weights' way to the core.
void DecoderModel::add_rows(const Adapter* adapter, int row, int count,
                            std::vector<Adapted>& runs) {
  if (!runs.empty() && runs.back().adapter == adapter &&
      runs.back().row + runs.back().count == row) {
    runs.back().count += count;
  } else {
    runs.push_back({adapter, row, count});
  }
}

void DecoderModel::add_slices(Batch& batch, std::size_t segment) {
  const tensor::AttentionSegment& of = batch.attention[segment];
  for (int first = 0; first < of.count;) {
    const int left_in_block = tensor::kKvBlock - (of.position + first) % tensor::kKvBlock;
    const int count = std::min(left_in_block, of.count - first);
    batch.slices.push_back({segment, first, count});
    first += count;
  }
}

void DecoderModel::forward(std::span<const ForwardSegment> segments, Workspace& workspace,
                           MatView<float> logits, const ExecContext& ctx) const {
  auto& buffers = static_cast<Buffers&>(workspace);
  Batch batch{.segments = segments,
              .tokens = 0,
              .attention = {},
              .slices = {},
              .logit_rows = {},
              .adapted = {},
              .adapted_logits = {}};
  for (const ForwardSegment& segment : segments) {
    const int count = static_cast<int>(segment.ids.size());
    batch.attention.push_back({{}, batch.tokens, count, segment.kv->length()});
    add_slices(batch, batch.attention.size() - 1);
    const int first = segment.logits == ForwardSegment::Logits::kAll    ? 0
                      : segment.logits == ForwardSegment::Logits::kLast ? count - 1
                                                                        : count;
    if (segment.adapter != nullptr) {
      MW_CHECK_EQ(segment.adapter->layers(), config_.layers);
      const int logit_row = static_cast<int>(batch.logit_rows.size());
      add_rows(segment.adapter, batch.tokens, count, batch.adapted);
      add_rows(segment.adapter, logit_row, count - first, batch.adapted_logits);
    }
    for (int i = first; i < count; ++i) batch.logit_rows.push_back(batch.tokens + i);
    batch.tokens += count;
  }
  MW_CHECK(batch.tokens > 0 && batch.tokens <= buffers.x.rows());
  embed(batch, buffers);
  for (int layer = 0; layer < config_.layers; ++layer) {
    for (std::size_t i = 0; i < segments.size(); ++i) {
      batch.attention[i].kv = segments[i].kv->layer(layer);
    }
    attend(batch, layer, buffers, ctx);
    feed_forward(batch, layer, buffers, ctx);
  }
  for (const ForwardSegment& segment : segments) {
    segment.kv->advance(static_cast<int>(segment.ids.size()));
  }
  project_logits(batch, buffers, logits, ctx);
}

}  // namespace mw::models
