#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/result.h"
#include "tensor/activation.h"
#include "tensor/activations.h"
#include "tensor/attention.h"
#include "tensor/rope.h"

namespace mw::models {

enum class NormKind { kRms, kLayer };

/// How positions turn queries and keys.
struct RopeConfig {
  double base = 10000.0;
  std::vector<float> divisors;  // of the frequencies; empty: none
  double magnitude = 1.0;
};

/// What shapes a decoder-only transformer, read from the model's own file: numbers, and the choices
/// by which the families differ (models/architectures). models/decoder_model.h computes it.
struct ModelConfig {
  std::string architecture;  // "llama"
  std::string origin;        // the hub's repository that its file names; empty: it names none
  int layers = 0;
  int width = 0;       // D
  int heads = 0;       // H
  int kv_heads = 0;    // K; H is a multiple
  int head_dim = 0;    // D/H unless the file says otherwise
  int ffn_width = 0;   // F
  int vocabulary = 0;  // V
  int context_length = 0;
  int token_types = 0;  // rows of an encoder's second embedding; 0: none
  int labels = 0;       // outputs of an encoder's classifier; 0: none

  NormKind norm = NormKind::kRms;
  float norm_epsilon = 0;
  tensor::Activation activation = tensor::Activation::kSilu;
  bool gated_ffn = true;      // down(activation(gate) * up), else down(activation(up))
  bool tied_output = false;   // logits by the embedding, whatever else the file holds
  float embedding_scale = 1;  // of the embedding's rows
  float query_scale = 0;      // of scores; 0: 1 / sqrt(head_dim)
  float attention_cap = 0;    // soft limit of scores; 0: none
  float logit_cap = 0;        // soft limit of logits; 0: none

  bool learned_positions = false;  // a row a position, added to the embedding
  int rope_dims = 0;               // rotated elements of a head; 0: none
  tensor::RopePairing rope_pairing = tensor::RopePairing::kHalves;
  RopeConfig rope;

  int window = 0;                          // positions that a sliding layer sees, its own included
  std::vector<bool> sliding;               // by layer; empty: none is
  std::optional<RopeConfig> sliding_rope;  // of sliding layers where it differs

  tensor::KvFormat kv_format = tensor::KvFormat::kF16;  // f32 where weights are (ADR 0025)
  bool even_keys = false;  // of a family whose keys bytes hold well (ADR 0156)
  tensor::InputForm inputs = tensor::InputForm::kWords;  // what integer weights are multiplied with
  /// Of a family that answers as well with inputs of bytes (ADR 0162).
  bool bears_byte_inputs = false;

  bool is_sliding(int layer) const {
    return window > 0 && !sliding.empty() && sliding[static_cast<std::size_t>(layer)];
  }
};

/// Whether the numbers fit each other and our kernels. Errors: kCorrupt or kUnsupported, naming the
/// number.
Result<void> check_config(const ModelConfig& config);

}  // namespace mw::models
