#include "apps/millwright/limit_shares.h"

namespace mw::app {

namespace {

/// Of one layer: keys and values, and all the rest.
double key_value_weights(const models::ModelConfig& config) {
  return 2.0 * config.kv_heads * config.head_dim * config.width;
}
double other_weights(const models::ModelConfig& config) {
  return (2.0 * config.heads * config.head_dim + 3.0 * config.ffn_width) * config.width;
}

}  // namespace

double weights_a_token(const models::ModelConfig& config) {
  return config.layers * (key_value_weights(config) + other_weights(config));
}

double weights_a_prompt_token(const models::ModelConfig& config) {
  return weights_a_token(config) - other_weights(config);
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
  const int macs_a_weight = tensor::macs_a_weight(limits.isa, config.inputs);
  out["macs_a_weight"] = macs_a_weight;
  out["prefill_share"] = tensor::mac_share(limits, rates.threads, rates.prefill_tok_s,
                                           weights_a_prompt_token(config) * macs_a_weight);
  out["decode_share"] = decode.share;
  out["weights_fit_l3"] = decode.in_l3;
  // The output matrix is multiplied for each token that is decoded.
  const double decoded = weights_a_token(config) + 1.0 * config.vocabulary * config.width;
  out["decode_mac_share"] =
      tensor::mac_share(limits, rates.threads, rates.decode_tok_s, decoded * macs_a_weight);
}

}  // namespace mw::app
