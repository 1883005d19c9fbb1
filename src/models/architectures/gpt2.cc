// GPT-2: layer norms, biases everywhere, learned positions, one tensor for Q, K and V, GELU by
// tanh. Source: Radford et al. 2019; reference/engine.md 1.2. Folders keep products inputs first
// (Conv1D).
#include "models/architectures/architecture.h"

namespace mw::models {
namespace {

constexpr std::string_view kClasses[] = {"GPT2LMHeadModel"};

constexpr WeightSpec kGguf[] = {
    {"token_embedding", "token_embd.weight", "VD"},
    {"position_embedding", "position_embd.weight", "CD"},
    {"attention_norm", "blk.{}.attn_norm.weight", "D"},
    {"attention_norm_bias", "blk.{}.attn_norm.bias", "D"},
    {"attention_query", "blk.{}.attn_qkv.weight", "QD", "QPP", 0},
    {"attention_query_bias", "blk.{}.attn_qkv.bias", "Q", "QPP", 0},
    {"attention_key", "blk.{}.attn_qkv.weight", "PD", "QPP", 1},
    {"attention_key_bias", "blk.{}.attn_qkv.bias", "P", "QPP", 1},
    {"attention_value", "blk.{}.attn_qkv.weight", "PD", "QPP", 2},
    {"attention_value_bias", "blk.{}.attn_qkv.bias", "P", "QPP", 2},
    {"attention_output", "blk.{}.attn_output.weight", "DQ"},
    {"attention_output_bias", "blk.{}.attn_output.bias", "D"},
    {"ffn_norm", "blk.{}.ffn_norm.weight", "D"},
    {"ffn_norm_bias", "blk.{}.ffn_norm.bias", "D"},
    {"ffn_up", "blk.{}.ffn_up.weight", "FD"},
    {"ffn_up_bias", "blk.{}.ffn_up.bias", "F"},
    {"ffn_down", "blk.{}.ffn_down.weight", "DF"},
    {"ffn_down_bias", "blk.{}.ffn_down.bias", "D"},
    {"output_norm", "output_norm.weight", "D"},
    {"output_norm_bias", "output_norm.bias", "D"},
    {"output", "output.weight", "VD"},
};

constexpr bool kInputsFirst = true;
constexpr WeightSpec kFolder[] = {
    {"token_embedding", "wte.weight", "VD"},
    {"position_embedding", "wpe.weight", "CD"},
    {"attention_norm", "h.{}.ln_1.weight", "D"},
    {"attention_norm_bias", "h.{}.ln_1.bias", "D"},
    {"attention_query", "h.{}.attn.c_attn.weight", "QD", "QPP", 0, kInputsFirst},
    {"attention_query_bias", "h.{}.attn.c_attn.bias", "Q", "QPP", 0},
    {"attention_key", "h.{}.attn.c_attn.weight", "PD", "QPP", 1, kInputsFirst},
    {"attention_key_bias", "h.{}.attn.c_attn.bias", "P", "QPP", 1},
    {"attention_value", "h.{}.attn.c_attn.weight", "PD", "QPP", 2, kInputsFirst},
    {"attention_value_bias", "h.{}.attn.c_attn.bias", "P", "QPP", 2},
    {"attention_output", "h.{}.attn.c_proj.weight", "DQ", "", 0, kInputsFirst},
    {"attention_output_bias", "h.{}.attn.c_proj.bias", "D"},
    {"ffn_norm", "h.{}.ln_2.weight", "D"},
    {"ffn_norm_bias", "h.{}.ln_2.bias", "D"},
    {"ffn_up", "h.{}.mlp.c_fc.weight", "FD", "", 0, kInputsFirst},
    {"ffn_up_bias", "h.{}.mlp.c_fc.bias", "F"},
    {"ffn_down", "h.{}.mlp.c_proj.weight", "DF", "", 0, kInputsFirst},
    {"ffn_down_bias", "h.{}.mlp.c_proj.bias", "D"},
    {"output_norm", "ln_f.weight", "D"},
    {"output_norm_bias", "ln_f.bias", "D"},
    {"output", "lm_head.weight", "VD"},
};
/// The causal mask and its filler, which older checkpoints keep as tensors.
constexpr std::string_view kMasks[] = {".attn.bias", ".attn.masked_bias"};

void add_traits(ModelConfig& config) {
  config.norm = NormKind::kLayer;
  config.gated_ffn = false;
  config.learned_positions = true;
  config.rope_dims = 0;
}

Result<ModelConfig> from_gguf(const ConfigKeys& keys) {
  MW_ASSIGN(ModelConfig config, read_gguf_numbers(keys));
  add_traits(config);
  config.activation = tensor::Activation::kGeluTanh;
  return config;
}

Result<ModelConfig> from_folder(const ConfigKeys& keys) {
  ModelConfig config;
  MW_ASSIGN(config.layers, keys.integer("n_layer", 1, 512));
  MW_ASSIGN(config.width, keys.integer("n_embd", 16, 65536));
  MW_ASSIGN(config.heads, keys.integer("n_head", 1, 1024));
  config.kv_heads = config.heads;
  config.head_dim = config.width / config.heads;
  MW_ASSIGN(config.ffn_width, keys.integer("n_inner", 16, 1 << 20, 4 * config.width));
  MW_ASSIGN(config.vocabulary, keys.integer("vocab_size", 1, 1 << 22));
  MW_ASSIGN(config.context_length, keys.integer("n_positions", 1, 1 << 20));
  MW_ASSIGN(const double epsilon, keys.number("layer_norm_epsilon", 1e-12, 0.1, 1e-5));
  config.norm_epsilon = static_cast<float>(epsilon);
  MW_ASSIGN(config.tied_output, keys.flag("tie_word_embeddings", true));
  MW_TRY(keys.refuse(
      {"scale_attn_by_inverse_layer_idx", "add_cross_attention", "quantization_config"}));
  MW_ASSIGN(const bool scaled, keys.flag("scale_attn_weights", true));
  if (!scaled) config.query_scale = 1;
  add_traits(config);
  MW_ASSIGN(config.activation, read_activation(keys, "activation_function", "gelu_new"));
  if (config.activation == tensor::Activation::kSilu) {
    return keys.unsupported("activation_function", "silu without a gate");
  }
  return config;
}

}  // namespace

const Architecture kGpt2 = {"gpt2",      kClasses,    from_gguf,
                            from_folder, {kGguf, {}}, {kFolder, {}, "transformer.", kMasks}};

}  // namespace mw::models
