// Llama 2 and 3.x, SmolLM2, Mistral, the DeepSeek-R1 distillations of Llama: RMS norms, grouped
// heads, RoPE, SwiGLU. GGUF's converter reorders the rows of Q and K, so that the same model turns
// adjacent elements there and halves in a folder.
// Source: Touvron et al. 2023, arXiv:2302.13971; reference/engine.md 1.3 and 2.
#include "models/architectures/architecture.h"
#include "models/architectures/llama_names.h"
#include "models/internal/rope_factors.h"

namespace mw::models {
namespace {

constexpr std::string_view kClasses[] = {"LlamaForCausalLM", "MistralForCausalLM"};

// Transformers' attention_bias and mlp_bias; no released Llama has them, some made after it do.
constexpr WeightSpec optional(std::string_view name, std::string_view file_name,
                              std::string_view shape) {
  return {.name = name, .file_name = file_name, .shape = shape, .optional = true};
}
constexpr WeightSpec kMoreGguf[] = {
    optional("attention_query_bias", "blk.{}.attn_q.bias", "Q"),
    optional("attention_key_bias", "blk.{}.attn_k.bias", "P"),
    optional("attention_value_bias", "blk.{}.attn_v.bias", "P"),
    optional("attention_output_bias", "blk.{}.attn_output.bias", "D"),
    optional("ffn_gate_bias", "blk.{}.ffn_gate.bias", "F"),
    optional("ffn_up_bias", "blk.{}.ffn_up.bias", "F"),
    optional("ffn_down_bias", "blk.{}.ffn_down.bias", "D"),
    optional("rope_divisors", "rope_freqs.weight", "R"),
};
constexpr WeightSpec kMoreFolder[] = {
    optional("attention_query_bias", "layers.{}.self_attn.q_proj.bias", "Q"),
    optional("attention_key_bias", "layers.{}.self_attn.k_proj.bias", "P"),
    optional("attention_value_bias", "layers.{}.self_attn.v_proj.bias", "P"),
    optional("attention_output_bias", "layers.{}.self_attn.o_proj.bias", "D"),
    optional("ffn_gate_bias", "layers.{}.mlp.gate_proj.bias", "F"),
    optional("ffn_up_bias", "layers.{}.mlp.up_proj.bias", "F"),
    optional("ffn_down_bias", "layers.{}.mlp.down_proj.bias", "D"),
};

bool every_layer(int) { return true; }

Result<ModelConfig> from_gguf(const ConfigKeys& keys) {
  MW_ASSIGN(ModelConfig config, read_gguf_numbers(keys));
  config.rope_pairing = tensor::RopePairing::kAdjacent;
  MW_ASSIGN(config.rope, read_gguf_rope(keys, config));
  MW_ASSIGN(config.window, keys.integer("attention.sliding_window", 1, 1 << 24, 0));
  config.sliding = sliding_layers(config.layers, every_layer);
  config.even_keys = true;
  config.bears_byte_inputs = true;
  return config;
}

Result<ModelConfig> from_folder(const ConfigKeys& keys) {
  MW_ASSIGN(ModelConfig config, read_folder_numbers(keys));
  MW_ASSIGN(config.rope, read_folder_rope(keys, config));
  MW_TRY(read_folder_window(keys, config, every_layer));
  config.even_keys = true;
  config.bears_byte_inputs = true;
  return config;
}

}  // namespace

const Architecture kLlama = {"llama",
                             kClasses,
                             from_gguf,
                             from_folder,
                             {kLlamaGguf, kMoreGguf},
                             {kLlamaFolder, kMoreFolder, "model.", kLlamaIgnored},
                             true};

}  // namespace mw::models
