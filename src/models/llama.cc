#include "models/llama.h"

#include <algorithm>

#include "core/check.h"
#include "formats/dequantize.h"
#include "models/weight_registry.h"
#include "tensor/activations.h"
#include "tensor/attention.h"
#include "tensor/matmul.h"
#include "tensor/rms_norm.h"
#include "tensor/swiglu.h"

namespace mw::models {

using tensor::ExecContext;
using tensor::MatmulJob;
using tensor::MatView;
using tensor::PackedMatrix;

/// One forward pass: how many rows, which rows want logits, where each segment starts.
struct LlamaModel::Batch {
  std::span<const ForwardSegment> segments;
  int tokens = 0;
  std::vector<tensor::AttentionSegment> attention;  // kv is set a layer at a time
  std::vector<int> logit_rows;
};

class LlamaModel::Buffers final : public Workspace {
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

/// y (+)= x W^T for weights that share x.
void multiply(MatView<const float> x, std::span<const MatmulJob> jobs, tensor::Activations& input,
              const ExecContext& ctx) {
  const bool integers = std::any_of(jobs.begin(), jobs.end(), [](const MatmulJob& job) {
    return is_integer(job.weight->format());
  });
  input.assign(x, integers, ctx);
  matmul(input, jobs, ctx);
}

}  // namespace

Result<std::unique_ptr<Model>> LlamaModel::load(const formats::GgufFile& file,
                                                const ExecContext& ctx,
                                                const PackedWeights* packed) {
  auto model = std::make_unique<LlamaModel>();
  MW_ASSIGN(model->config_, read_llama_config(file));
  const ModelConfig& config = model->config_;
  const WeightRegistry weights(file, config, llama_weights(), packed);
  MW_ASSIGN(const formats::GgufTensor* embedding, weights.tensor("token_embedding"));
  model->embedding_ = *embedding;
  for (int i = 0; i < config.layers; ++i) {
    Layer layer;
    MW_ASSIGN(layer.attention_norm, weights.vector("attention_norm", i));
    MW_ASSIGN(layer.query, weights.matrix("attention_query", i, ctx));
    MW_ASSIGN(layer.key, weights.matrix("attention_key", i, ctx));
    MW_ASSIGN(layer.value, weights.matrix("attention_value", i, ctx));
    MW_ASSIGN(layer.output, weights.matrix("attention_output", i, ctx));
    MW_ASSIGN(layer.ffn_norm, weights.vector("ffn_norm", i));
    MW_ASSIGN(layer.gate, weights.matrix("ffn_gate", i, ctx));
    MW_ASSIGN(layer.up, weights.matrix("ffn_up", i, ctx));
    MW_ASSIGN(layer.down, weights.matrix("ffn_down", i, ctx));
    model->layers_.push_back(std::move(layer));
  }
  MW_ASSIGN(model->output_norm_, weights.vector("output_norm"));
  model->tied_ = !weights.has("output");
  MW_ASSIGN(model->output_, weights.matrix(model->output_weight(), -1, ctx));
  std::vector<float> divisors;
  if (weights.has("rope_divisors")) {
    MW_ASSIGN(divisors, weights.vector("rope_divisors"));
  }
  model->rope_ =
      tensor::Rope({.dims = config.rope_dims, .base = config.rope_base, .divisors = divisors},
                   config.context_length);
  return std::unique_ptr<Model>(std::move(model));
}

std::vector<NamedMatrix> LlamaModel::matrices() const {
  std::vector<NamedMatrix> all;
  for (std::size_t i = 0; i < layers_.size(); ++i) {
    const Layer& layer = layers_[i];
    const auto add = [&](std::string_view name, const PackedMatrix& matrix) {
      all.push_back({name_in_file(llama_weights(), name, static_cast<int>(i)), &matrix});
    };
    add("attention_query", layer.query);
    add("attention_key", layer.key);
    add("attention_value", layer.value);
    add("attention_output", layer.output);
    add("ffn_gate", layer.gate);
    add("ffn_up", layer.up);
    add("ffn_down", layer.down);
  }
  all.push_back({name_in_file(llama_weights(), output_weight(), -1), &output_});
  return all;
}

std::unique_ptr<Workspace> LlamaModel::make_workspace(int max_tokens, int max_logit_rows) const {
  return std::make_unique<Buffers>(config_, max_tokens, max_logit_rows);
}

void LlamaModel::embed(const Batch& batch, Buffers& buffers) const {
  const std::size_t row_bytes =
      embedding_.bytes.size() / static_cast<std::size_t>(config_.vocabulary);
  int row = 0;
  for (const ForwardSegment& segment : batch.segments) {
    for (const int32_t id : segment.ids) {
      MW_CHECK(id >= 0 && id < config_.vocabulary);
      formats::dequantize(
          embedding_.type,
          embedding_.bytes.subspan(static_cast<std::size_t>(id) * row_bytes, row_bytes),
          {buffers.x.row(row++), static_cast<std::size_t>(config_.width)});
    }
  }
}

void LlamaModel::attend(const Batch& batch, int layer_index, Buffers& buffers,
                        const ExecContext& ctx) const {
  const Layer& layer = layers_[static_cast<std::size_t>(layer_index)];
  const int tokens = batch.tokens;
  const auto x = buffers.x.view(tokens);
  const auto normed = buffers.normed.view(tokens);
  rms_norm(x, layer.attention_norm, config_.rms_epsilon, normed, ctx);
  const MatmulJob projections[] = {{&layer.query, buffers.query.view(tokens)},
                                   {&layer.key, buffers.key.view(tokens)},
                                   {&layer.value, buffers.value.view(tokens)}};
  multiply(normed, projections, buffers.input, ctx);

  const tensor::AttentionShape shape{config_.heads, config_.kv_heads, config_.head_dim};
  for (const tensor::AttentionSegment& segment : batch.attention) {
    tensor::parallel_for(ctx, segment.count, 8, [&](int begin, int end) {
      for (int i = begin; i < end; ++i) {
        const int row = segment.row + i;
        const int position = segment.position + i;
        rope_.rotate(buffers.query.row(row), config_.heads, config_.head_dim, position);
        rope_.rotate(buffers.key.row(row), config_.kv_heads, config_.head_dim, position);
        store_kv(buffers.key.row(row), buffers.value.row(row), position, shape, segment.kv, ctx);
      }
    });
  }
  const auto attended = buffers.attended.view(tokens);
  buffers.attention.run(buffers.query.view(tokens), batch.attention, shape, attended, ctx);
  const MatmulJob output{&layer.output, x, true};
  multiply(attended, {&output, 1}, buffers.input, ctx);
}

void LlamaModel::feed_forward(const Batch& batch, int layer_index, Buffers& buffers,
                              const ExecContext& ctx) const {
  const Layer& layer = layers_[static_cast<std::size_t>(layer_index)];
  const auto x = buffers.x.view(batch.tokens);
  const auto normed = buffers.normed.view(batch.tokens);
  const auto gate = buffers.gate.view(batch.tokens);
  const auto up = buffers.up.view(batch.tokens);
  rms_norm(x, layer.ffn_norm, config_.rms_epsilon, normed, ctx);
  const MatmulJob wide[] = {{&layer.gate, gate}, {&layer.up, up}};
  multiply(normed, wide, buffers.input, ctx);
  swiglu(gate, up, gate, ctx);
  const MatmulJob down{&layer.down, x, true};
  multiply(gate, {&down, 1}, buffers.input, ctx);
}

void LlamaModel::project_logits(const Batch& batch, Buffers& buffers, MatView<float> logits,
                                const ExecContext& ctx) const {
  const int rows = static_cast<int>(batch.logit_rows.size());
  MW_CHECK_EQ(rows, logits.rows);
  if (rows == 0) return;
  const auto normed = buffers.normed.view(rows);
  for (int i = 0; i < rows; ++i) {
    const int row = batch.logit_rows[static_cast<std::size_t>(i)];
    rms_norm(buffers.x.view().rows_from(row, 1), output_norm_, config_.rms_epsilon,
             normed.rows_from(i, 1), ctx);
  }
  const MatmulJob head{&output_, logits};
  multiply(normed, {&head, 1}, buffers.input, ctx);
}

void LlamaModel::forward(std::span<const ForwardSegment> segments, Workspace& workspace,
                         MatView<float> logits, const ExecContext& ctx) const {
  auto& buffers = static_cast<Buffers&>(workspace);
  Batch batch{.segments = segments, .tokens = 0, .attention = {}, .logit_rows = {}};
  for (const ForwardSegment& segment : segments) {
    const int count = static_cast<int>(segment.ids.size());
    batch.attention.push_back({{}, batch.tokens, count, segment.kv->length()});
    const int first = segment.logits == ForwardSegment::Logits::kAll    ? 0
                      : segment.logits == ForwardSegment::Logits::kLast ? count - 1
                                                                        : count;
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

uint64_t Model::weight_bytes() const {
  uint64_t bytes = 0;
  for (const NamedMatrix& each : matrices()) bytes += each.matrix->bytes();
  return bytes;
}

Result<std::unique_ptr<Model>> load_model(const formats::GgufFile& file, const ExecContext& ctx,
                                          const PackedWeights* packed) {
  return LlamaModel::load(file, ctx, packed);
}

}  // namespace mw::models
