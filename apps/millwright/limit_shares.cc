#include "apps/millwright/limit_shares.h"

namespace mw::app {

double weights_a_token(const models::ModelConfig& config) {
  const double width = config.width;
  const double heads = config.layers * config.head_dim * width;
  return heads * 2.0 * (config.heads + config.kv_heads) +
         config.layers * 3.0 * width * config.ffn_width;
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
  const double weights = weights_a_token(config);
  out["macs_a_weight"] = macs_a_weight;
  out["prefill_share"] =
      tensor::mac_share(limits, rates.threads, rates.prefill_tok_s, weights * macs_a_weight);
  out["decode_share"] = decode.share;
  out["weights_fit_l3"] = decode.in_l3;
  // The output matrix is multiplied for each token that is decoded.
  const double decoded = weights + 1.0 * config.vocabulary * config.width;
  out["decode_mac_share"] =
      tensor::mac_share(limits, rates.threads, rates.decode_tok_s, decoded * macs_a_weight);
}

}  // namespace mw::app
