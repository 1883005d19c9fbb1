#include "models/decoder_model.h"

#include "formats/dequantize.h"

namespace mw::models {

using tensor::ExecContext;

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

}  // namespace mw::models
