#pragma once

#include <span>
#include <string_view>

#include "core/result.h"
#include "models/internal/config_keys.h"
#include "models/model_config.h"
#include "models/weight_registry.h"

namespace mw::models {

/// One family of models as data: how its files describe it. A file of this folder has one or a few;
/// what they describe is computed by DecoderModel.
struct Architecture {
  std::string_view name;                      // `general.architecture` in GGUF
  std::span<const std::string_view> classes;  // `architectures` in config.json
  Result<ModelConfig> (*from_gguf)(const ConfigKeys& keys);
  Result<ModelConfig> (*from_folder)(const ConfigKeys& keys);
  WeightNames gguf_weights;
  WeightNames folder_weights;
  /// GGUF keeps the rows of Q and K with the two that turn together side by side.
  bool gguf_pairs_rows = false;
};

extern const Architecture kGpt2;
extern const Architecture kLlama;
extern const Architecture kQwen2;
extern const Architecture kQwen3;
extern const Architecture kGemma2;
extern const Architecture kGemma3;
extern const Architecture kPhi3;

/// All of them.
std::span<const Architecture* const> architectures();

// What the families share.

/// Layers, widths, heads, context, epsilon under GGUF's names.
Result<ModelConfig> read_gguf_numbers(const ConfigKeys& keys);
/// The same under the names of most config.json, with activation and the tied output.
Result<ModelConfig> read_folder_numbers(const ConfigKeys& keys);
/// `sliding_window` and which layers it is for: `layer_types`, else `slides(layer)`.
Result<void> read_folder_window(const ConfigKeys& keys, ModelConfig& config,
                                bool (*slides)(int layer));
/// An activation by the name that config.json has for it under `key`.
Result<tensor::Activation> read_activation(const ConfigKeys& keys, std::string_view key,
                                           std::string_view fallback);
/// Layers by a rule.
std::vector<bool> sliding_layers(int layers, bool (*slides)(int layer));

}  // namespace mw::models
