// Phi-3 (and what keeps its form): Llama's block with one tensor for Q, K and V and one for gate
// and up, RoPE on halves of part of a head, long factors. Source: arXiv:2404.14219.
#include "models/architectures/architecture.h"
#include "models/internal/rope_factors.h"

namespace mw::models {
namespace {

constexpr std::string_view kClasses[] = {"Phi3ForCausalLM"};

constexpr WeightSpec kGguf[] = {
    {"token_embedding", "token_embd.weight", "VD"},
    {"attention_norm", "blk.{}.attn_norm.weight", "D"},
    {"attention_query", "blk.{}.attn_qkv.weight", "QD", "QPP", 0},
    {"attention_key", "blk.{}.attn_qkv.weight", "PD", "QPP", 1},
    {"attention_value", "blk.{}.attn_qkv.weight", "PD", "QPP", 2},
    {"attention_output", "blk.{}.attn_output.weight", "DQ"},
    {"ffn_norm", "blk.{}.ffn_norm.weight", "D"},
    {"ffn_gate", "blk.{}.ffn_up.weight", "FD", "FF", 0},
    {"ffn_up", "blk.{}.ffn_up.weight", "FD", "FF", 1},
    {"ffn_down", "blk.{}.ffn_down.weight", "DF"},
    {"output_norm", "output_norm.weight", "D"},
    {"output", "output.weight", "VD"},
    {.name = "rope_divisors",
     .file_name = "rope_factors_short.weight",
     .shape = "R",
     .optional = true},
};
/// For sequences that we do not take (internal/rope_factors.cc).
constexpr std::string_view kLong[] = {"rope_factors_long.weight"};

constexpr WeightSpec kFolder[] = {
    {"token_embedding", "embed_tokens.weight", "VD"},
    {"attention_norm", "layers.{}.input_layernorm.weight", "D"},
    {"attention_query", "layers.{}.self_attn.qkv_proj.weight", "QD", "QPP", 0},
    {"attention_key", "layers.{}.self_attn.qkv_proj.weight", "PD", "QPP", 1},
    {"attention_value", "layers.{}.self_attn.qkv_proj.weight", "PD", "QPP", 2},
    {"attention_output", "layers.{}.self_attn.o_proj.weight", "DQ"},
    {"ffn_norm", "layers.{}.post_attention_layernorm.weight", "D"},
    {"ffn_gate", "layers.{}.mlp.gate_up_proj.weight", "FD", "FF", 0},
    {"ffn_up", "layers.{}.mlp.gate_up_proj.weight", "FD", "FF", 1},
    {"ffn_down", "layers.{}.mlp.down_proj.weight", "DF"},
    {"output_norm", "norm.weight", "D"},
    {"output", "lm_head.weight", "VD"},
};
constexpr std::string_view kFolderIgnored[] = {".rotary_emb.inv_freq"};

bool every_layer(int) { return true; }

Result<ModelConfig> from_gguf(const ConfigKeys& keys) {
  MW_ASSIGN(ModelConfig config, read_gguf_numbers(keys));
  MW_ASSIGN(config.rope, read_gguf_rope(keys, config));
  MW_ASSIGN(config.window, keys.integer("attention.sliding_window", 1, 1 << 24, 0));
  config.sliding = sliding_layers(config.layers, every_layer);
  return config;
}

Result<ModelConfig> from_folder(const ConfigKeys& keys) {
  MW_ASSIGN(ModelConfig config, read_folder_numbers(keys));
  MW_ASSIGN(double part, keys.number("partial_rotary_factor", 1e-3, 1, 1.0));
  if (keys.has("rope_parameters")) {
    MW_ASSIGN(const ConfigKeys parameters, keys.object("rope_parameters"));
    MW_ASSIGN(part, parameters.number("partial_rotary_factor", 1e-3, 1, part));
  }
  config.rope_dims = static_cast<int>(config.head_dim * part);
  MW_ASSIGN(config.rope, read_folder_rope(keys, config));
  MW_TRY(read_folder_window(keys, config, every_layer));
  return config;
}

}  // namespace

const Architecture kPhi3 = {"phi3",
                            kClasses,
                            from_gguf,
                            from_folder,
                            {kGguf, {}, "", kLong},
                            {kFolder, {}, "model.", kFolderIgnored}};

}  // namespace mw::models
