// Gemma 2 and 3: norms on both sides of each part, gated GELU by tanh, the embedding scaled by the
// root of its width (in f32, as llama.cpp does; Transformers rounds it to the weights' type),
// windows on most layers. Gemma 2 caps scores and logits; Gemma 3 norms the heads of Q and K, and
// turns sliding layers by a base of their own. Folders keep norms around 0, GGUF around 1.
// Source: arXiv:2408.00118, arXiv:2503.19786; reference/engine.md 1.5.
#include <cmath>

#include "models/architectures/architecture.h"
#include "models/internal/rope_factors.h"

namespace mw::models {
namespace {

constexpr std::string_view kGemma2Classes[] = {"Gemma2ForCausalLM"};
constexpr std::string_view kGemma3Classes[] = {"Gemma3ForCausalLM"};
constexpr double kSlidingBase = 10000.0;  // Gemma 3; GGUF has no key for it

constexpr WeightSpec kGguf[] = {
    {"token_embedding", "token_embd.weight", "VD"},
    {"attention_norm", "blk.{}.attn_norm.weight", "D"},
    {"attention_query", "blk.{}.attn_q.weight", "QD"},
    {"attention_key", "blk.{}.attn_k.weight", "PD"},
    {"attention_value", "blk.{}.attn_v.weight", "PD"},
    {"attention_output", "blk.{}.attn_output.weight", "DQ"},
    {"post_attention_norm", "blk.{}.post_attention_norm.weight", "D"},
    {"ffn_norm", "blk.{}.ffn_norm.weight", "D"},
    {"ffn_gate", "blk.{}.ffn_gate.weight", "FD"},
    {"ffn_up", "blk.{}.ffn_up.weight", "FD"},
    {"ffn_down", "blk.{}.ffn_down.weight", "DF"},
    {"post_ffn_norm", "blk.{}.post_ffw_norm.weight", "D"},
    {"output_norm", "output_norm.weight", "D"},
    {"output", "output.weight", "VD"},
};

constexpr WeightSpec norm(std::string_view name, std::string_view file_name,
                          std::string_view shape) {
  return {.name = name, .file_name = file_name, .shape = shape, .plus = 1};
}

constexpr WeightSpec kFolder[] = {
    {"token_embedding", "embed_tokens.weight", "VD"},
    norm("attention_norm", "layers.{}.input_layernorm.weight", "D"),
    {"attention_query", "layers.{}.self_attn.q_proj.weight", "QD"},
    {"attention_key", "layers.{}.self_attn.k_proj.weight", "PD"},
    {"attention_value", "layers.{}.self_attn.v_proj.weight", "PD"},
    {"attention_output", "layers.{}.self_attn.o_proj.weight", "DQ"},
    norm("post_attention_norm", "layers.{}.post_attention_layernorm.weight", "D"),
    norm("ffn_norm", "layers.{}.pre_feedforward_layernorm.weight", "D"),
    {"ffn_gate", "layers.{}.mlp.gate_proj.weight", "FD"},
    {"ffn_up", "layers.{}.mlp.up_proj.weight", "FD"},
    {"ffn_down", "layers.{}.mlp.down_proj.weight", "DF"},
    norm("post_ffn_norm", "layers.{}.post_feedforward_layernorm.weight", "D"),
    norm("output_norm", "norm.weight", "D"),
    {"output", "lm_head.weight", "VD"},
};

// Gemma 3 adds:
constexpr WeightSpec kHeadNormsGguf[] = {
    {"query_norm", "blk.{}.attn_q_norm.weight", "H"},
    {"key_norm", "blk.{}.attn_k_norm.weight", "H"},
};
constexpr WeightSpec kHeadNormsFolder[] = {
    norm("query_norm", "layers.{}.self_attn.q_norm.weight", "H"),
    norm("key_norm", "layers.{}.self_attn.k_norm.weight", "H"),
};

bool every_second(int layer) { return layer % 2 == 0; }
bool five_of_six(int layer) { return layer % 6 != 5; }

/// What the largest model of a family does with queries, told by its depth: GGUF has no key for it.
float query_scale(const ModelConfig& config, int layers_of_largest) {
  const double width = config.layers == layers_of_largest
                           ? static_cast<double>(config.width) / config.heads
                           : config.head_dim;
  return static_cast<float>(1.0 / std::sqrt(width));
}

void add_traits(ModelConfig& config) {
  config.activation = tensor::Activation::kGeluTanh;
  config.embedding_scale = std::sqrt(static_cast<float>(config.width));
}

Result<ModelConfig> gemma2_from_gguf(const ConfigKeys& keys) {
  MW_ASSIGN(ModelConfig config, read_gguf_numbers(keys));
  MW_ASSIGN(config.rope, read_gguf_rope(keys, config));
  MW_ASSIGN(config.window, keys.integer("attention.sliding_window", 1, 1 << 24, 4096));
  config.sliding = sliding_layers(config.layers, every_second);
  MW_ASSIGN(const double scores, keys.number("attn_logit_softcapping", 0, 1e4, 50.0));
  MW_ASSIGN(const double logits, keys.number("final_logit_softcapping", 0, 1e4, 30.0));
  config.attention_cap = static_cast<float>(scores);
  config.logit_cap = static_cast<float>(logits);
  config.query_scale = query_scale(config, 46);
  add_traits(config);
  return config;
}

Result<ModelConfig> gemma3_from_gguf(const ConfigKeys& keys) {
  MW_ASSIGN(ModelConfig config, read_gguf_numbers(keys));
  MW_ASSIGN(config.rope, read_gguf_rope(keys, config));
  MW_ASSIGN(const double base, keys.number("rope.freq_base_swa", 1, 1e12, kSlidingBase));
  config.sliding_rope = RopeConfig{base, {}, 1.0};
  MW_ASSIGN(config.window, keys.integer("attention.sliding_window", 1, 1 << 24));
  config.sliding = sliding_layers(config.layers, five_of_six);
  config.query_scale = query_scale(config, 62);
  add_traits(config);
  return config;
}

Result<ModelConfig> common_from_folder(const ConfigKeys& keys) {
  MW_ASSIGN(ModelConfig config, read_folder_numbers(keys));
  MW_ASSIGN(config.tied_output, keys.flag("tie_word_embeddings", true));
  MW_ASSIGN(const double scalar, keys.number("query_pre_attn_scalar", 1e-3, 1e6, 256.0));
  config.query_scale = static_cast<float>(1.0 / std::sqrt(scalar));
  MW_ASSIGN(const double scores, keys.number("attn_logit_softcapping", 0, 1e4, 0.0));
  MW_ASSIGN(const double logits, keys.number("final_logit_softcapping", 0, 1e4, 0.0));
  config.attention_cap = static_cast<float>(scores);
  config.logit_cap = static_cast<float>(logits);
  MW_TRY(keys.refuse({"use_bidirectional_attention"}));
  MW_ASSIGN(config.activation, read_activation(keys, "hidden_activation", "gelu_pytorch_tanh"));
  config.embedding_scale = std::sqrt(static_cast<float>(config.width));
  return config;
}

Result<ModelConfig> gemma2_from_folder(const ConfigKeys& keys) {
  MW_ASSIGN(ModelConfig config, common_from_folder(keys));
  MW_ASSIGN(config.rope, read_folder_rope(keys, config));
  MW_TRY(read_folder_window(keys, config, every_second));
  return config;
}

Result<ModelConfig> gemma3_from_folder(const ConfigKeys& keys) {
  MW_ASSIGN(ModelConfig config, common_from_folder(keys));
  MW_ASSIGN(config.rope, read_folder_rope(keys, config, "full_attention"));
  if (keys.has("rope_parameters")) {
    MW_ASSIGN(config.sliding_rope, read_folder_rope(keys, config, "sliding_attention"));
  } else {
    MW_ASSIGN(const double base, keys.number("rope_local_base_freq", 1, 1e12, kSlidingBase));
    config.sliding_rope = RopeConfig{base, {}, 1.0};
  }
  MW_TRY(read_folder_window(keys, config, five_of_six));
  MW_ASSIGN(const int pattern, keys.integer("sliding_window_pattern", 1, 512, 6));
  if (pattern != 6 && !keys.has("layer_types")) {
    return keys.unsupported("sliding_window_pattern", "expected 6, or 'layer_types'");
  }
  return config;
}

}  // namespace

const Architecture kGemma2 = {"gemma2",           kGemma2Classes, gemma2_from_gguf,
                              gemma2_from_folder, {kGguf, {}},    {kFolder, {}, "model."}};
const Architecture kGemma3 = {
    "gemma3",           kGemma3Classes,          gemma3_from_gguf,
    gemma3_from_folder, {kGguf, kHeadNormsGguf}, {kFolder, kHeadNormsFolder, "model."}};

}  // namespace mw::models
