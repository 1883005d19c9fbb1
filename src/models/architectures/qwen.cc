// Qwen2 and 2.5 (and the DeepSeek-R1 distillations): Llama's block with biases on Q, K and V.
// Qwen3: without them, an RMS norm over each head of Q and K, and a head width of its own. Halves
// in both kinds of file. Source: arXiv:2407.10671, arXiv:2505.09388; reference/engine.md 1.4.
#include <algorithm>

#include "models/architectures/architecture.h"
#include "models/architectures/llama_names.h"
#include "models/internal/rope_factors.h"

namespace mw::models {
namespace {

constexpr std::string_view kQwen2Classes[] = {"Qwen2ForCausalLM"};
constexpr std::string_view kQwen3Classes[] = {"Qwen3ForCausalLM"};

constexpr WeightSpec kBiasesGguf[] = {
    {"attention_query_bias", "blk.{}.attn_q.bias", "Q"},
    {"attention_key_bias", "blk.{}.attn_k.bias", "P"},
    {"attention_value_bias", "blk.{}.attn_v.bias", "P"},
};
constexpr WeightSpec kBiasesFolder[] = {
    {"attention_query_bias", "layers.{}.self_attn.q_proj.bias", "Q"},
    {"attention_key_bias", "layers.{}.self_attn.k_proj.bias", "P"},
    {"attention_value_bias", "layers.{}.self_attn.v_proj.bias", "P"},
};
constexpr WeightSpec kNormsGguf[] = {
    {"query_norm", "blk.{}.attn_q_norm.weight", "H"},
    {"key_norm", "blk.{}.attn_k_norm.weight", "H"},
};
constexpr WeightSpec kNormsFolder[] = {
    {"query_norm", "layers.{}.self_attn.q_norm.weight", "H"},
    {"key_norm", "layers.{}.self_attn.k_norm.weight", "H"},
};

Result<ModelConfig> from_gguf(const ConfigKeys& keys) {
  MW_ASSIGN(ModelConfig config, read_gguf_numbers(keys));
  MW_ASSIGN(config.rope, read_gguf_rope(keys, config));
  return config;
}

/// The window is written down in all configurations, and off in almost all.
Result<ModelConfig> from_folder(const ConfigKeys& keys) {
  MW_ASSIGN(ModelConfig config, read_folder_numbers(keys));
  MW_ASSIGN(config.rope, read_folder_rope(keys, config));
  MW_ASSIGN(const bool slides, keys.flag("use_sliding_window", false));
  if (!slides) return config;
  MW_TRY(read_folder_window(keys, config, [](int) { return true; }));
  if (keys.has("layer_types")) return config;
  MW_ASSIGN(const int full, keys.integer("max_window_layers", 0, 512, config.layers));
  for (int layer = 0; layer < std::min(full, config.layers) && config.window > 0; ++layer) {
    config.sliding[static_cast<std::size_t>(layer)] = false;
  }
  return config;
}

}  // namespace

const Architecture kQwen2 = {"qwen2",
                             kQwen2Classes,
                             from_gguf,
                             from_folder,
                             {kLlamaGguf, kBiasesGguf},
                             {kLlamaFolder, kBiasesFolder, "model.", kLlamaIgnored}};
const Architecture kQwen3 = {"qwen3",
                             kQwen3Classes,
                             from_gguf,
                             from_folder,
                             {kLlamaGguf, kNormsGguf},
                             {kLlamaFolder, kNormsFolder, "model.", kLlamaIgnored}};

}  // namespace mw::models
