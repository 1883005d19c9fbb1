#include "apps/millwright/limit_shares.h"

namespace mw::app {

namespace {

/// Weights before attention, which meet words, and all others of the layers.
struct LayerWeights {
  double projections = 0;
  double inner = 0;
};
LayerWeights layer_weights(const models::ModelConfig& config) {
  const double width = config.width;
  const double head = config.layers * config.head_dim * width;
  return {head * (config.heads + 2.0 * config.kv_heads),
          head * config.heads + config.layers * 3.0 * width * config.ffn_width};
}

}  // namespace

double weights_a_token(const models::ModelConfig& config) {
  const LayerWeights weights = layer_weights(config);
  return weights.projections + weights.inner;
}

double macs_a_token(const models::ModelConfig& config, tensor::Isa isa) {
  const LayerWeights weights = layer_weights(config);
  return weights.projections * tensor::macs_a_weight(isa, tensor::InputForm::kWords) +
         weights.inner * tensor::macs_a_weight(isa, config.inner_inputs);
}

double kv_bytes_at(const models::ModelConfig& config, double position) {
  const auto block = static_cast<double>(tensor::kv_head_bytes(config.kv_format, config.head_dim));
  return position * 2.0 * config.layers * config.kv_heads * block / tensor::kKvBlock;
}

void add_shares(Json& out, const models::ModelConfig& config, const tensor::MachineLimits& limits,
                const BenchRates& rates) {
  const tensor::ThreadRates& most = limits.at(rates.threads);
  const double position = rates.context + rates.generate_tokens / 2.0;
  const double step_bytes = rates.weight_bytes + rates.batch * kv_bytes_at(config, position);
  const tensor::LimitShare decode =
      tensor::decode_share(limits, rates.threads, rates.decode_tok_s, rates.batch, step_bytes);
  out["limits"] = {{"int_gmac_s", most.int_gmac_s},
                   {"f32_gmac_s", most.f32_gmac_s},
                   {"l2_gb_s", most.l2_gb_s},
                   {"memory_gb_s", most.memory_gb_s},
                   {"threads", most.threads},
                   {"busy", limits.busy},
                   {"measured_at_s", limits.measured_at_s}};
  const double macs = macs_a_token(config, limits.isa);
  out["macs_a_weight"] = macs / weights_a_token(config);
  out["prefill_share"] = tensor::mac_share(limits, rates.threads, rates.prefill_tok_s, macs);
  out["decode_share"] = decode.share;
  out["weights_fit_l3"] = decode.in_l3;
  // The output matrix is multiplied for each token that is decoded.
  const double decoded = macs + 1.0 * config.vocabulary * config.width *
                                    tensor::macs_a_weight(limits.isa, tensor::InputForm::kWords);
  out["decode_mac_share"] = tensor::mac_share(limits, rates.threads, rates.decode_tok_s, decoded);
}

}  // namespace mw::app
