#pragma once

#include "core/json.h"
#include "models/model_config.h"
#include "tensor/machine_limits.h"

namespace mw::app {

/// Weights that each token that is written is multiplied with, beside the output matrix: all
/// matrices of all layers. The embedding is looked up; attention grows with the context and is not
/// counted.
double weights_a_token(const models::ModelConfig& config);
/// Of these, those that each token of a prompt is multiplied with: of the last layer only what
/// makes keys and values, but for the prompt's last token.
double weights_a_prompt_token(const models::ModelConfig& config);

/// Bytes of keys and values that a token of this position reads.
double kv_bytes_at(const models::ModelConfig& config, double position);

struct BenchRates {
  double prefill_tok_s = 0;
  double decode_tok_s = 0;
  int threads = 1;
  int batch = 1;
  int context = 0;  // positions before the first decoded one
  int generate_tokens = 0;
  double weight_bytes = 0;  // packed
};

/// "limits" {int_gmac_s, f32_gmac_s, l2_gb_s, memory_gb_s, ...}, "prefill_share" (of the integer
/// multiply-adds, macs_a_weight of them a weight: low bytes of outliers are not counted),
/// "decode_share" (of memory_gb_s, counting weights once a step and keys and values of each
/// sequence), "weights_fit_l3", and "decode_mac_share" (of the integer multiply-adds: the nearer
/// limit of a large batch).
void add_shares(Json& out, const models::ModelConfig& config, const tensor::MachineLimits& limits,
                const BenchRates& rates);

}  // namespace mw::app
