#pragma once

#include "core/result.h"
#include "models/internal/config_keys.h"
#include "models/model_config.h"

namespace mw::models {

/// RoPE as config.json has it: `rope_parameters` (Transformers 5), by kind of layer where `kind` is
/// given ("full_attention"), or `rope_theta` and `rope_scaling`. Needs head_dim, rope_dims and
/// context_length of `config`; a long context that needs other factors is cut to what the model
/// was trained on.
///
/// Types    default, linear, llama3, yarn, longrope (also su): by the formulas of Transformers.
/// Errors   kUnsupported naming the key of another type.
Result<RopeConfig> read_folder_rope(const ConfigKeys& keys, ModelConfig& config,
                                    std::string_view kind = {});

/// The same from GGUF: `rope.freq_base` and `rope.scaling.*`. Factors that the file keeps as a
/// tensor (Llama 3, Phi-3) are read with the weights.
Result<RopeConfig> read_gguf_rope(const ConfigKeys& keys, ModelConfig& config);

}  // namespace mw::models
