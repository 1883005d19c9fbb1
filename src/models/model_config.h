#pragma once

#include <string>

#include "core/result.h"
#include "formats/gguf.h"

namespace mw::models {

/// The numbers that shape a decoder-only transformer, read from the model's own file.
struct ModelConfig {
  std::string architecture;  // "llama"
  int layers = 0;
  int width = 0;       // D
  int heads = 0;       // H
  int kv_heads = 0;    // K; H is a multiple
  int head_dim = 0;    // D/H unless the file says otherwise
  int ffn_width = 0;   // F
  int vocabulary = 0;  // V
  int context_length = 0;
  float rms_epsilon = 0;
  double rope_base = 10000.0;
  int rope_dims = 0;
};

/// Reads and checks the numbers of a `llama` file: each one in a range that real models keep to,
/// so that products of them cannot overflow.
Result<ModelConfig> read_llama_config(const formats::GgufFile& file);

}  // namespace mw::models
