#include "models/encoder_model.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "core/check.h"
#include "formats/dequantize.h"
#include "models/pack_w12.h"
#include "models/weight_file.h"
#include "tensor/activation.h"
#include "tensor/activations.h"
#include "tensor/attention.h"
#include "tensor/layer_norm.h"
#include "tensor/matmul.h"

namespace mw::models {

using tensor::ExecContext;
using tensor::MatmulJob;
using tensor::MatView;
using tensor::PackedMatrix;

namespace {

/// Tokens of one pass: enough for the products, few enough for the caches (MiniLM's widest rows
/// take 3 MB).
constexpr int kPassTokens = 256;

int rounded_up(int value) { return (value + 15) / 16 * 16; }

/// Of the keys, or of the values, of 16 positions.
int block_bytes(const ModelConfig& config) {
  return config.heads * static_cast<int>(tensor::kv_head_bytes(config.kv_format, config.head_dim));
}

constexpr std::array<const char*, 6> kLinears = {"attention_query", "attention_key",
                                                 "attention_value", "attention_output",
                                                 "ffn_up",          "ffn_down"};

/// Whether all products of the model can be those of 12 bits: those of one input have to be alike.
Result<bool> all_fit_w12(int layers, WeightRegistry& weights) {
  for (int layer = 0; layer < layers; ++layer) {
    for (const char* name : kLinears) {
      MW_ASSIGN(const formats::StoredTensor stored, weights.tensor(name, layer));
      if (!fits_w12(stored)) return false;
    }
  }
  return true;
}

Result<Linear> load_linear(const char* name, int layer, WeightRegistry& weights,
                           EncoderPrecision precision, const ExecContext& ctx) {
  if (precision == EncoderPrecision::kStored) return weights.linear(name, layer, ctx);
  MW_ASSIGN(const formats::StoredTensor stored, weights.tensor(name, layer));
  Linear linear;
  linear.name = stored.name;
  MW_ASSIGN(linear.bias, weights.maybe_vector(std::string(name) + "_bias", layer));
  MW_ASSIGN(linear.weight, pack_w12(stored, ctx));
  return linear;
}

bool is_w12(const Linear& linear) { return linear.weight.format() == tensor::WeightFormat::kW12; }

tensor::InputForm form_for(tensor::WeightFormat format) {
  return is_integer(format) ? tensor::InputForm::kWords : tensor::InputForm::kFloats;
}

/// Row by row, `finish(t)` makes row t of x, which becomes the input of `next` (null: of nothing)
/// while it is in the first-level cache.
template <class Finish>
void finish_rows(MatView<const float> x, const Linear* next, tensor::Activations& input,
                 const ExecContext& ctx, const Finish& finish) {
  const bool w12 = next != nullptr && is_w12(*next);
  if (w12) input.begin_w12(x);
  tensor::parallel_for(ctx, x.rows, 4, [&](int begin, int end) {
    for (int t = begin; t < end; ++t) {
      finish(t);
      if (w12) input.take_w12(t, *ctx.kernels);
    }
  });
  if (next != nullptr && !w12) input.assign(x, form_for(next->weight.format()), ctx);
}

/// y = x W^T for weights that share the input.
void products(const tensor::Activations& input,
              std::span<const std::pair<const Linear*, MatView<float>>> to,
              const ExecContext& ctx) {
  std::array<MatmulJob, 3> jobs;
  MW_CHECK(to.size() <= jobs.size());
  for (std::size_t i = 0; i < to.size(); ++i) jobs[i] = {&to[i].first->weight, to[i].second};
  matmul(input, std::span(jobs).first(to.size()), ctx);
}

/// y = x W^T + b.
void multiply(MatView<const float> x, const Linear& linear, MatView<float> y,
              tensor::Activations& input, const ExecContext& ctx) {
  input.assign(x, form_for(linear.weight.format()), ctx);
  const std::pair<const Linear*, MatView<float>> to[] = {{&linear, y}};
  products(input, to, ctx);
  add_bias(linear.bias, y, ctx);
}

}  // namespace

/// The inputs of one pass: their rows lie one after the other.
struct EncoderModel::Batch {
  std::span<const Input> inputs;
  int tokens = 0;
};

class EncoderModel::Buffers final : public Workspace {
 public:
  explicit Buffers(const EncoderConfig& config)
      : rows(std::max(kPassTokens, config.max_tokens)),
        x(rows, config.model.width),
        query(rows, config.model.width),
        key(rows, config.model.width),
        value(rows, config.model.width),
        attended(rows, config.model.width),
        wide(rows, config.model.ffn_width),
        head(rows, rounded_up(std::max(config.model.labels, 1))),
        input(rows, std::max(config.model.width, config.model.ffn_width)),
        // Each input may leave most of its last block empty.
        keys(rows, block_bytes(config.model)),
        values(rows, block_bytes(config.model)) {}

  int rows;
  tensor::Matrix<float> x;
  tensor::Matrix<float> query;
  tensor::Matrix<float> key;
  tensor::Matrix<float> value;
  tensor::Matrix<float> attended;
  tensor::Matrix<float> wide;
  tensor::Matrix<float> head;
  tensor::Activations input;
  tensor::Matrix<uint8_t> keys;  // a row a block of 16 positions; used by one layer at a time
  tensor::Matrix<uint8_t> values;
  ThreadPool one_thread{1};  // for what a thread does with its own rows
  std::vector<uint8_t*> key_blocks;
  std::vector<uint8_t*> value_blocks;
  std::vector<tensor::AttentionSegment> segments;
  tensor::Attention attention;
};

EncoderModel::EncoderModel() = default;
EncoderModel::~EncoderModel() = default;

Result<std::unique_ptr<EncoderModel>> EncoderModel::load(const formats::GgufFile& file,
                                                         EncoderPrecision precision,
                                                         const ExecContext& ctx) {
  MW_ASSIGN(EncoderConfig config, read_encoder_config(file));
  const WeightFile weight_file(file);
  WeightRegistry weights(weight_file, config.model, encoder_weights(file));
  return load(config, weights, precision, ctx);
}

Result<std::unique_ptr<EncoderModel>> EncoderModel::load(const ModelFolder& folder,
                                                         EncoderPrecision precision,
                                                         const ExecContext& ctx) {
  MW_ASSIGN(EncoderConfig config, read_encoder_config(folder));
  const WeightFile weight_file(folder.weights);
  WeightRegistry weights(weight_file, config.model, encoder_weights(folder));
  return load(config, weights, precision, ctx);
}

Result<EncoderModel::Layer> EncoderModel::load_layer(int index, WeightRegistry& weights,
                                                     EncoderPrecision precision,
                                                     const ExecContext& ctx) const {
  Layer layer;
  for (const auto& [name, linear] :
       {std::pair<const char*, Linear*>{"attention_query", &layer.query},
        {"attention_key", &layer.key},
        {"attention_value", &layer.value},
        {"attention_output", &layer.output},
        {"ffn_up", &layer.up},
        {"ffn_down", &layer.down}}) {
    MW_ASSIGN(*linear, load_linear(name, index, weights, precision, ctx));
  }
  MW_ASSIGN(layer.attention_norm.weight, weights.vector("attention_norm", index));
  MW_ASSIGN(layer.attention_norm.bias, weights.vector("attention_norm_bias", index));
  MW_ASSIGN(layer.ffn_norm.weight, weights.vector("ffn_norm", index));
  MW_ASSIGN(layer.ffn_norm.bias, weights.vector("ffn_norm_bias", index));
  return layer;
}

Result<std::unique_ptr<EncoderModel>> EncoderModel::load(EncoderConfig config,
                                                         WeightRegistry& weights,
                                                         EncoderPrecision precision,
                                                         const ExecContext& ctx) {
  std::unique_ptr<EncoderModel> model(new EncoderModel());
  model->config_ = std::move(config);
  const ModelConfig& shape = model->config_.model;
  MW_ASSIGN(model->words_, weights.tensor("token_embedding"));
  if (!formats::can_dequantize(model->words_.type)) {
    return Error::make(Code::kUnsupported,
                       "tensor " + model->words_.name + ": no reader for type " +
                           std::string(formats::type_name(model->words_.type)),
                       {}, model->words_.name);
  }
  if (precision == EncoderPrecision::kTwelveBit) {
    MW_ASSIGN(const bool fit, all_fit_w12(shape.layers, weights));
    if (!fit) precision = EncoderPrecision::kStored;
  }
  if (precision == EncoderPrecision::kStored && model->words_.type == formats::GgmlType::kF32) {
    model->config_.model.kv_format = tensor::KvFormat::kF32;
  }
  MW_ASSIGN(model->positions_, weights.vector("position_embedding"));
  MW_ASSIGN(model->types_, weights.vector("type_embedding"));
  MW_ASSIGN(model->embedding_norm_.weight, weights.vector("embedding_norm"));
  MW_ASSIGN(model->embedding_norm_.bias, weights.vector("embedding_norm_bias"));
  for (int i = 0; i < shape.layers; ++i) {
    MW_ASSIGN(Layer layer, model->load_layer(i, weights, precision, ctx));
    model->layers_.push_back(std::move(layer));
  }
  if (model->config_.head != EncoderHead::kNone) {
    MW_ASSIGN(model->head_dense_, weights.linear("head_dense", -1, ctx));
    MW_ASSIGN(model->head_output_, weights.linear("head_output", -1, ctx));
  }
  MW_TRY(weights.refuse_unused());
  return model;
}

uint64_t EncoderModel::weight_bytes() const {
  uint64_t bytes = head_dense_.weight.bytes() + head_output_.weight.bytes();
  for (const Layer& layer : layers_) {
    for (const Linear* each :
         {&layer.query, &layer.key, &layer.value, &layer.output, &layer.up, &layer.down}) {
      bytes += each->weight.bytes();
    }
  }
  return bytes;
}

std::unique_ptr<Workspace> EncoderModel::make_workspace() const {
  return std::make_unique<Buffers>(config_);
}

void EncoderModel::embed(const Batch& batch, Buffers& workspace, const ExecContext& ctx) const {
  const auto width = static_cast<std::size_t>(config_.model.width);
  const std::size_t row_bytes =
      words_.bytes.size() / static_cast<std::size_t>(config_.model.vocabulary);
  int row = 0;
  for (const Input& input : batch.inputs) {
    MW_CHECK(input.type_ids.empty() || input.type_ids.size() == input.ids.size());
    for (std::size_t i = 0; i < input.ids.size(); ++i) {
      const int32_t id = input.ids[i];
      const int32_t type = input.type_ids.empty() ? 0 : input.type_ids[i];
      MW_CHECK(id >= 0 && id < config_.model.vocabulary);
      MW_CHECK(type >= 0 && type < config_.model.token_types);
      float* x = workspace.x.row(row++);
      formats::dequantize(words_.type,
                          words_.bytes.subspan(static_cast<std::size_t>(id) * row_bytes, row_bytes),
                          {x, width});
      const float* position =
          &positions_[(i + static_cast<std::size_t>(config_.position_offset)) * width];
      const float* kind = &types_[static_cast<std::size_t>(type) * width];
      for (std::size_t d = 0; d < width; ++d) x[d] += kind[d] + position[d];
    }
  }
  const auto x = workspace.x.view(batch.tokens);
  layer_norm(x, embedding_norm_.weight, embedding_norm_.bias, config_.model.norm_epsilon, x, ctx);
}

void EncoderModel::attend(const Batch& batch, const Layer& layer, Buffers& workspace,
                          const ExecContext& ctx) const {
  const int tokens = batch.tokens;
  const ModelConfig& shape = config_.model;
  const auto x = workspace.x.view(tokens);
  const auto query = workspace.query.view(tokens);
  const std::pair<const Linear*, MatView<float>> projections[] = {
      {&layer.query, query},
      {&layer.key, workspace.key.view(tokens)},
      {&layer.value, workspace.value.view(tokens)}};
  products(workspace.input, projections, ctx);
  const ExecContext alone{&workspace.one_thread, ctx.kernels};
  tensor::parallel_for(ctx, tokens, 4, [&](int begin, int end) {
    for (const auto& [linear, y] : projections) {
      add_bias(linear->bias, y.rows_from(begin, end - begin), alone);
    }
  });

  const tensor::AttentionShape attention{
      .heads = shape.heads, .kv_heads = shape.heads, .head_dim = shape.head_dim, .both_ways = true};
  tensor::parallel_for(
      ctx, static_cast<int>(workspace.segments.size()), 1, [&](int begin, int end) {
        for (int i = begin; i < end; ++i) {
          const tensor::AttentionSegment& segment = workspace.segments[static_cast<std::size_t>(i)];
          for (int t = 0; t < segment.count; ++t) {
            store_kv(workspace.key.row(segment.row + t), workspace.value.row(segment.row + t), t,
                     attention, segment.kv, ctx);
          }
        }
      });
  const auto attended = workspace.attended.view(tokens);
  workspace.attention.run(query, workspace.segments, attention, attended, ctx);
  finish_rows(attended, &layer.output, workspace.input, ctx, [](int) {});
  const std::pair<const Linear*, MatView<float>> output[] = {{&layer.output, query}};
  products(workspace.input, output, ctx);
  finish_rows(x, &layer.up, workspace.input, ctx, [&](int t) {
    add_bias(layer.output.bias, query.rows_from(t, 1), alone);
    add_rows(query.rows_from(t, 1), x.rows_from(t, 1), alone);
    layer_norm(x.rows_from(t, 1), layer.attention_norm.weight, layer.attention_norm.bias,
               shape.norm_epsilon, x.rows_from(t, 1), alone);
  });
}

void EncoderModel::feed_forward(const Batch& batch, const Layer& layer, const Layer* next,
                                Buffers& workspace, const ExecContext& ctx) const {
  const auto x = workspace.x.view(batch.tokens);
  const auto wide = workspace.wide.view(batch.tokens);
  const auto narrow = workspace.query.view(batch.tokens);
  const ExecContext alone{&workspace.one_thread, ctx.kernels};
  const std::pair<const Linear*, MatView<float>> up[] = {{&layer.up, wide}};
  products(workspace.input, up, ctx);
  finish_rows(wide, &layer.down, workspace.input, ctx, [&](int t) {
    add_bias(layer.up.bias, wide.rows_from(t, 1), alone);
    activate(config_.model.activation, wide.rows_from(t, 1), wide.rows_from(t, 1), alone);
  });
  const std::pair<const Linear*, MatView<float>> down[] = {{&layer.down, narrow}};
  products(workspace.input, down, ctx);
  finish_rows(x, next == nullptr ? nullptr : &next->query, workspace.input, ctx, [&](int t) {
    add_bias(layer.down.bias, narrow.rows_from(t, 1), alone);
    add_rows(narrow.rows_from(t, 1), x.rows_from(t, 1), alone);
    layer_norm(x.rows_from(t, 1), layer.ffn_norm.weight, layer.ffn_norm.bias,
               config_.model.norm_epsilon, x.rows_from(t, 1), alone);
  });
}

void EncoderModel::pool(const Batch& batch, Buffers& workspace, MatView<float> out,
                        const ExecContext& ctx) const {
  const int width = config_.model.width;
  const int inputs = static_cast<int>(batch.inputs.size());
  const auto pooled = workspace.query.view(inputs);
  int row = 0;
  for (int i = 0; i < inputs; ++i) {
    const int count = static_cast<int>(batch.inputs[static_cast<std::size_t>(i)].ids.size());
    const int first = config_.pooling == Pooling::kLast ? row + count - 1 : row;
    const int rows = config_.pooling == Pooling::kMean ? count : 1;
    float* y = pooled.row(i);
    std::copy_n(workspace.x.row(first), width, y);
    for (int t = 1; t < rows; ++t) {
      for (int d = 0; d < width; ++d) y[d] += workspace.x.row(first + t)[d];
    }
    const auto divisor = static_cast<float>(rows);
    for (int d = 0; d < width; ++d) y[d] /= divisor;
    row += count;
  }
  if (config_.head != EncoderHead::kNone) {
    const auto dense = workspace.key.view(inputs);
    multiply(pooled, head_dense_, dense, workspace.input, ctx);
    for (int i = 0; i < inputs; ++i) {
      for (int d = 0; d < width; ++d) dense.row(i)[d] = std::tanh(dense.row(i)[d]);
    }
    MatView<float> scores = workspace.head.view(inputs);
    scores.cols = config_.model.labels;
    multiply(dense, head_output_, scores, workspace.input, ctx);
    for (int i = 0; i < inputs; ++i) {
      std::copy_n(scores.row(i), config_.model.labels, out.row(i));
    }
    return;
  }
  for (int i = 0; i < inputs; ++i) {
    double squares = 0;
    for (int d = 0; d < width; ++d) squares += double{pooled.row(i)[d]} * pooled.row(i)[d];
    const double length = config_.normalise ? std::max(std::sqrt(squares), 1e-12) : 1.0;
    for (int d = 0; d < width; ++d) {
      out.row(i)[d] = static_cast<float>(pooled.row(i)[d] / length);
    }
  }
}

void EncoderModel::run_batch(const Batch& batch, Buffers& workspace, MatView<float> out,
                             const ExecContext& ctx) const {
  const auto blocks_of = [](const Input& input) {
    return (input.ids.size() + tensor::kKvBlock - 1) / tensor::kKvBlock;
  };
  workspace.segments.clear();
  workspace.key_blocks.clear();
  workspace.value_blocks.clear();
  for (const Input& input : batch.inputs) {
    for (std::size_t i = 0; i < blocks_of(input); ++i) {
      const int block = static_cast<int>(workspace.key_blocks.size());
      workspace.key_blocks.push_back(workspace.keys.row(block));
      workspace.value_blocks.push_back(workspace.values.row(block));
    }
  }
  std::size_t block = 0;
  int row = 0;
  for (const Input& input : batch.inputs) {
    const std::size_t blocks = blocks_of(input);
    const auto count = static_cast<int>(input.ids.size());
    workspace.segments.push_back(
        {{std::span(workspace.key_blocks).subspan(block, blocks),
          std::span(workspace.value_blocks).subspan(block, blocks), config_.model.kv_format},
         row,
         count,
         0});
    block += blocks;
    row += count;
  }
  embed(batch, workspace, ctx);
  finish_rows(workspace.x.view(batch.tokens), &layers_[0].query, workspace.input, ctx, [](int) {});
  for (std::size_t i = 0; i < layers_.size(); ++i) {
    attend(batch, layers_[i], workspace, ctx);
    const Layer* const next = i + 1 < layers_.size() ? &layers_[i + 1] : nullptr;
    feed_forward(batch, layers_[i], next, workspace, ctx);
  }
  pool(batch, workspace, out, ctx);
}

void EncoderModel::run(std::span<const Input> inputs, Workspace& kept, MatView<float> out,
                       const ExecContext& ctx) const {
  auto& workspace = static_cast<Buffers&>(kept);
  MW_CHECK_EQ(static_cast<std::size_t>(out.rows), inputs.size());
  for (std::size_t begin = 0; begin < inputs.size();) {
    Batch batch;
    std::size_t end = begin;
    for (; end < inputs.size(); ++end) {
      const auto count = static_cast<int>(inputs[end].ids.size());
      MW_CHECK(count > 0 && count <= config_.max_tokens);
      if (end > begin && batch.tokens + count > workspace.rows) break;
      batch.tokens += count;
    }
    batch.inputs = inputs.subspan(begin, end - begin);
    run_batch(batch, workspace,
              out.rows_from(static_cast<int>(begin), static_cast<int>(end - begin)), ctx);
    begin = end;
  }
}

}  // namespace mw::models
