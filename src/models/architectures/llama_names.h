#pragma once

#include "models/weight_registry.h"

namespace mw::models {

/// Names of weights that most families took over from Llama; what a family adds stands beside it.
inline constexpr WeightSpec kLlamaGguf[] = {
    {"token_embedding", "token_embd.weight", "VD"},
    {"attention_norm", "blk.{}.attn_norm.weight", "D"},
    {"attention_query", "blk.{}.attn_q.weight", "QD"},
    {"attention_key", "blk.{}.attn_k.weight", "PD"},
    {"attention_value", "blk.{}.attn_v.weight", "PD"},
    {"attention_output", "blk.{}.attn_output.weight", "DQ"},
    {"ffn_norm", "blk.{}.ffn_norm.weight", "D"},
    {"ffn_gate", "blk.{}.ffn_gate.weight", "FD"},
    {"ffn_up", "blk.{}.ffn_up.weight", "FD"},
    {"ffn_down", "blk.{}.ffn_down.weight", "DF"},
    {"output_norm", "output_norm.weight", "D"},
    {"output", "output.weight", "VD"},
};

inline constexpr WeightSpec kLlamaFolder[] = {
    {"token_embedding", "embed_tokens.weight", "VD"},
    {"attention_norm", "layers.{}.input_layernorm.weight", "D"},
    {"attention_query", "layers.{}.self_attn.q_proj.weight", "QD"},
    {"attention_key", "layers.{}.self_attn.k_proj.weight", "PD"},
    {"attention_value", "layers.{}.self_attn.v_proj.weight", "PD"},
    {"attention_output", "layers.{}.self_attn.o_proj.weight", "DQ"},
    {"ffn_norm", "layers.{}.post_attention_layernorm.weight", "D"},
    {"ffn_gate", "layers.{}.mlp.gate_proj.weight", "FD"},
    {"ffn_up", "layers.{}.mlp.up_proj.weight", "FD"},
    {"ffn_down", "layers.{}.mlp.down_proj.weight", "DF"},
    {"output_norm", "norm.weight", "D"},
    {"output", "lm_head.weight", "VD"},
};

/// Frequencies that older checkpoints keep as tensors; they follow from the configuration.
inline constexpr std::string_view kLlamaIgnored[] = {".rotary_emb.inv_freq"};

}  // namespace mw::models
