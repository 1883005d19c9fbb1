#include "models/architectures/architecture.h"

namespace mw::models {
namespace {

constexpr const Architecture* kAll[] = {&kGpt2,   &kLlama,  &kQwen2, &kQwen3,
                                        &kGemma2, &kGemma3, &kPhi3};

}  // namespace

std::span<const Architecture* const> architectures() { return kAll; }

Result<ModelConfig> read_gguf_numbers(const ConfigKeys& keys) {
  ModelConfig config;
  MW_ASSIGN(config.layers, keys.integer("block_count", 1, 512));
  MW_ASSIGN(config.width, keys.integer("embedding_length", 16, 65536));
  MW_ASSIGN(config.heads, keys.integer("attention.head_count", 1, 1024));
  MW_ASSIGN(config.kv_heads, keys.integer("attention.head_count_kv", 1, 1024, config.heads));
  MW_ASSIGN(config.ffn_width, keys.integer("feed_forward_length", 16, 1 << 20));
  MW_ASSIGN(config.context_length, keys.integer("context_length", 1, 1 << 20));
  MW_ASSIGN(config.head_dim,
            keys.integer("attention.key_length", 1, 4096, config.width / config.heads));
  MW_ASSIGN(const int value_dim, keys.integer("attention.value_length", 1, 4096, config.head_dim));
  if (value_dim != config.head_dim) {
    return keys.unsupported("attention.value_length", "values of another width than keys");
  }
  MW_ASSIGN(config.rope_dims, keys.integer("rope.dimension_count", 2, 4096, config.head_dim));
  const char* epsilon = keys.has("attention.layer_norm_rms_epsilon")
                            ? "attention.layer_norm_rms_epsilon"
                            : "attention.layer_norm_epsilon";
  MW_ASSIGN(const double value, keys.number(epsilon, 1e-12, 0.1));
  config.norm_epsilon = static_cast<float>(value);
  (void)keys.has("vocab_size");  // the embedding says it
  return config;
}

Result<ModelConfig> read_folder_numbers(const ConfigKeys& keys) {
  ModelConfig config;
  MW_ASSIGN(config.layers, keys.integer("num_hidden_layers", 1, 512));
  MW_ASSIGN(config.width, keys.integer("hidden_size", 16, 65536));
  MW_ASSIGN(config.heads, keys.integer("num_attention_heads", 1, 1024));
  MW_ASSIGN(config.kv_heads, keys.integer("num_key_value_heads", 1, 1024, config.heads));
  MW_ASSIGN(config.ffn_width, keys.integer("intermediate_size", 16, 1 << 20));
  MW_ASSIGN(config.vocabulary, keys.integer("vocab_size", 1, 1 << 22));
  MW_ASSIGN(config.context_length, keys.integer("max_position_embeddings", 1, 1 << 20));
  MW_ASSIGN(config.head_dim, keys.integer("head_dim", 1, 4096, config.width / config.heads));
  config.rope_dims = config.head_dim;
  MW_ASSIGN(const double epsilon, keys.number("rms_norm_eps", 1e-12, 0.1, 1e-6));
  config.norm_epsilon = static_cast<float>(epsilon);
  const char* activation = keys.has("hidden_activation") ? "hidden_activation" : "hidden_act";
  MW_ASSIGN(config.activation, read_activation(keys, activation, "silu"));
  MW_ASSIGN(config.tied_output, keys.flag("tie_word_embeddings", false));
  MW_TRY(keys.refuse({"quantization_config", "num_local_experts", "num_experts"}));
  return config;
}

std::vector<bool> sliding_layers(int layers, bool (*slides)(int layer)) {
  std::vector<bool> out;
  for (int layer = 0; layer < layers; ++layer) out.push_back(slides(layer));
  return out;
}

Result<void> read_folder_window(const ConfigKeys& keys, ModelConfig& config,
                                bool (*slides)(int layer)) {
  MW_ASSIGN(config.window, keys.integer("sliding_window", 1, 1 << 24, 0));
  if (config.window == 0) return {};
  if (!keys.has("layer_types")) {
    config.sliding = sliding_layers(config.layers, slides);
    return {};
  }
  MW_ASSIGN(const std::vector<std::string> kinds, keys.texts("layer_types"));
  for (const std::string& kind : kinds) {
    if (kind != "sliding_attention" && kind != "full_attention") {
      return keys.unsupported("layer_types", "'" + kind + "' is not supported by this version");
    }
    config.sliding.push_back(kind == "sliding_attention");
  }
  if (kinds.size() != static_cast<std::size_t>(config.layers)) {
    return keys.corrupt("layer_types", "expected one for each of " + std::to_string(config.layers) +
                                           " layers, got " + std::to_string(kinds.size()));
  }
  return {};
}

Result<tensor::Activation> read_activation(const ConfigKeys& keys, std::string_view key,
                                           std::string_view fallback) {
  MW_ASSIGN(const std::string name, keys.text(key, fallback));
  if (name == "silu" || name == "swish") return tensor::Activation::kSilu;
  if (name == "gelu_new" || name == "gelu_pytorch_tanh") return tensor::Activation::kGeluTanh;
  if (name == "gelu") return tensor::Activation::kGeluErf;
  return keys.unsupported(key, "'" + name +
                                   "' is not supported by this version; supported: silu, gelu, "
                                   "gelu_new, gelu_pytorch_tanh");
}

}  // namespace mw::models
