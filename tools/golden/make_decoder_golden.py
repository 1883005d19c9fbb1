#!/usr/bin/env python3
"""Logits of tiny random decoders by Hugging Face Transformers: tests/golden/models/decoders/*.json.

  python3 -m venv V && V/bin/pip install torch transformers
  V/bin/python tools/golden/make_decoder_golden.py

A case holds config.json as Transformers writes it (or as older versions did), how each tensor is
made (name, shape, scale, offset), token ids, the logits of every position in f32, and the same
model's GGUF: keys, and which tensor becomes which. Weights are not stored: element i of tensor NAME
is offset + scale * (top 24 bits of splitmix64(fnv1a(NAME) + i) - 2^23) / 2^23, in f32, here and in
tests/support/tiny_decoder.cc.
"""
import hashlib
import json
import pathlib

import numpy
import torch
import transformers

OUT = pathlib.Path(__file__).parents[2] / "tests/golden/models/decoders"
VOCABULARY = 64
TOKENS = 24


def hashed(name, count):
    state = numpy.uint64(0xCBF29CE484222325)
    with numpy.errstate(over="ignore"):
        for byte in name.encode():
            state = (state ^ numpy.uint64(byte)) * numpy.uint64(0x100000001B3)
        z = state + numpy.arange(count, dtype=numpy.uint64)
        z = z + numpy.uint64(0x9E3779B97F4A7C15)
        z = (z ^ (z >> numpy.uint64(30))) * numpy.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> numpy.uint64(27))) * numpy.uint64(0x94D049BB133111EB)
        return z ^ (z >> numpy.uint64(31))


def weights(name, shape, scale, offset):
    top = (hashed(name, int(numpy.prod(shape))) >> numpy.uint64(40)).astype(numpy.int64) - (1 << 23)
    values = top.astype(numpy.float32) * numpy.float32(scale / (1 << 23)) + numpy.float32(offset)
    return values.astype(numpy.float32).reshape(shape)


def rule(name, shape, offset_norms):
    """Scales are powers of two, so that the product is exact; matrices keep the size of rows."""
    if "norm" in name or ".ln_" in name or name.endswith(("ln_f.weight", "ln_f.bias")):
        if name.endswith(".bias"):
            return 0.25, 0.0
        return 0.5, 0.0 if offset_norms else 1.0
    if name.endswith(".bias"):
        return 0.5, 0.0
    if "embed" in name or "wte" in name or "wpe" in name:
        return 1.0, 0.0
    inputs = shape[0] if "c_attn" in name or "c_proj" in name or "c_fc" in name else shape[1]
    return 2.0 ** round(numpy.log2(2.5 / numpy.sqrt(inputs))), 0.0


def numbers(config, arch, extra):
    keys = {
        "block_count": config.num_hidden_layers,
        "context_length": config.max_position_embeddings,
        "embedding_length": config.hidden_size,
        "attention.head_count": config.num_attention_heads,
        "vocab_size": config.vocab_size,
    }
    keys.update(extra)
    return {"general.architecture": arch, **{f"{arch}.{key}": value for key, value in keys.items()}}


def rope_keys(config):
    return {
        "feed_forward_length": config.intermediate_size,
        "attention.head_count_kv": config.num_key_value_heads,
        "attention.key_length": head_dim(config),
        "attention.value_length": head_dim(config),
        "attention.layer_norm_rms_epsilon": config.rms_norm_eps,
        "rope.dimension_count": head_dim(config),
    }


def head_dim(config):
    return getattr(config, "head_dim", None) or config.hidden_size // config.num_attention_heads


BLOCK = {
    "input_layernorm": "attn_norm", "self_attn.q_proj": "attn_q", "self_attn.k_proj": "attn_k",
    "self_attn.v_proj": "attn_v", "self_attn.o_proj": "attn_output", "self_attn.q_norm": "attn_q_norm",
    "self_attn.k_norm": "attn_k_norm", "self_attn.qkv_proj": "attn_qkv",
    "post_attention_layernorm": "ffn_norm", "mlp.gate_proj": "ffn_gate", "mlp.up_proj": "ffn_up",
    "mlp.down_proj": "ffn_down", "mlp.gate_up_proj": "ffn_up",
    "attn.c_attn": "attn_qkv", "attn.c_proj": "attn_output", "mlp.c_fc": "ffn_up",
    "mlp.c_proj": "ffn_down", "ln_1": "attn_norm", "ln_2": "ffn_norm",
}
TOP = {
    "model.embed_tokens": "token_embd", "model.norm": "output_norm", "lm_head": "output",
    "transformer.wte": "token_embd", "transformer.wpe": "position_embd",
    "transformer.ln_f": "output_norm",
}
GEMMA = {"post_attention_layernorm": "post_attention_norm", "pre_feedforward_layernorm": "ffn_norm",
         "post_feedforward_layernorm": "post_ffw_norm"}


def gguf_tensor(name, arch):
    stem, kind = name.rsplit(".", 1)
    gemma = arch.startswith("gemma")
    if stem in TOP:
        new = TOP[stem]
    else:
        _, _, layer, rest = stem.split(".", 3)
        new = f"blk.{layer}." + ({**BLOCK, **GEMMA} if gemma else BLOCK)[rest]
    how = "as_is"
    if arch == "gpt2" and ".c_" in name and kind == "weight":
        how = "transpose"
    if arch == "llama" and ("q_proj" in name or "k_proj" in name):
        how = "pair_rows"
    if gemma and "norm" in name:
        how = "plus_one"
    return [f"{new}.{kind}", name, how]


def make(case, config, model_class, arch, keys, old_config=None):
    config._attn_implementation = "eager"
    model = model_class(config).float().eval()
    tied = config.tie_word_embeddings
    tensors = []
    state = model.state_dict()
    for name, parameter in state.items():
        if tied and name == "lm_head.weight":
            continue
        shape = list(parameter.shape)
        scale, offset = rule(name, shape, arch.startswith("gemma"))
        parameter.copy_(torch.from_numpy(weights(name, shape, scale, offset)))
        tensors.append([name, shape, scale, offset])
    model.tie_weights()
    ids = [int(each % VOCABULARY) for each in hashed("ids of " + case, TOKENS)]
    with torch.no_grad():
        logits = model(torch.tensor([ids])).logits[0].numpy()
    assert numpy.isfinite(logits).all()
    written = json.loads(config.to_json_string(use_diff=True))
    written.setdefault("architectures", [model_class.__name__])
    out = {
        "case": case,
        "config": old_config or written,
        "tensors": tensors,
        "ids": ids,
        "logits": [[float(f"{value:.7g}") for value in row] for row in logits],
        "gguf": {"keys": keys, "tensors": [gguf_tensor(each[0], arch) for each in tensors]},
    }
    path = OUT / f"{case}.json"
    lines = [f' "{key}": {json.dumps(value)}' for key, value in out.items()]
    path.write_text("{\n" + ",\n".join(lines) + "\n}\n")
    print(f"{case}: rms {numpy.sqrt((logits ** 2).mean()):.3f}, {path.stat().st_size} bytes")


def main():
    OUT.mkdir(parents=True, exist_ok=True)
    t = transformers
    common = dict(vocab_size=VOCABULARY, max_position_embeddings=64, bos_token_id=1, eos_token_id=2,
                  pad_token_id=0)

    config = t.GPT2Config(vocab_size=VOCABULARY, n_positions=32, n_embd=64, n_layer=2, n_head=2,
                          bos_token_id=1, eos_token_id=1)
    make("gpt2", config, t.GPT2LMHeadModel, "gpt2",
         numbers(config, "gpt2", {"feed_forward_length": 256,
                                  "attention.layer_norm_epsilon": config.layer_norm_epsilon}))

    config = t.LlamaConfig(**common, hidden_size=128, intermediate_size=96, num_hidden_layers=2,
                           num_attention_heads=2, num_key_value_heads=1, rms_norm_eps=1e-5)
    make("llama", config, t.LlamaForCausalLM, "llama",
         numbers(config, "llama", {**rope_keys(config), "rope.freq_base": 10000.0}))

    scaling = dict(rope_type="llama3", factor=4.0, low_freq_factor=1.0, high_freq_factor=4.0,
                   original_max_position_embeddings=16)
    config = t.LlamaConfig(**common, hidden_size=64, intermediate_size=96, num_hidden_layers=2,
                           num_attention_heads=4, num_key_value_heads=2, tie_word_embeddings=True,
                           rope_parameters=dict(rope_theta=500.0, **scaling))
    # As Llama 3.2's own config.json has it, written by an older Transformers.
    old = dict(architectures=["LlamaForCausalLM"], attention_bias=False, hidden_act="silu",
               hidden_size=64, intermediate_size=96, max_position_embeddings=64, mlp_bias=False,
               model_type="llama", num_attention_heads=4, num_hidden_layers=2,
               num_key_value_heads=2, pretraining_tp=1, rms_norm_eps=config.rms_norm_eps,
               rope_scaling=scaling, rope_theta=500.0, tie_word_embeddings=True,
               torch_dtype="bfloat16", transformers_version="4.43.0", use_cache=True,
               vocab_size=VOCABULARY)
    make("llama3_tied", config, t.LlamaForCausalLM, "llama", None, old)

    config = t.MistralConfig(**common, hidden_size=64, intermediate_size=112, num_hidden_layers=2,
                             num_attention_heads=4, num_key_value_heads=2, head_dim=80,
                             sliding_window=7)
    make("mistral_window", config, t.MistralForCausalLM, "llama",
         numbers(config, "llama", {**rope_keys(config), "rope.freq_base": 10000.0,
                                   "attention.sliding_window": 7}))

    config = t.Qwen2Config(**common, hidden_size=96, intermediate_size=128, num_hidden_layers=2,
                           num_attention_heads=6, num_key_value_heads=2, tie_word_embeddings=True,
                           rope_parameters=dict(rope_type="default", rope_theta=1e6))
    make("qwen2", config, t.Qwen2ForCausalLM, "qwen2",
         numbers(config, "qwen2", {**rope_keys(config), "rope.freq_base": 1e6}))

    config = t.Qwen2Config(**common, hidden_size=64, intermediate_size=128, num_hidden_layers=2,
                           num_attention_heads=2, num_key_value_heads=2,
                           rope_parameters=dict(rope_type="yarn", rope_theta=1e4, factor=4.0,
                                                original_max_position_embeddings=16))
    make("qwen2_yarn", config, t.Qwen2ForCausalLM, "qwen2",
         numbers(config, "qwen2", {**rope_keys(config), "rope.freq_base": 1e4,
                                   "rope.scaling.type": "yarn", "rope.scaling.factor": 4.0,
                                   "rope.scaling.original_context_length": 16}))

    config = t.Qwen3Config(**common, hidden_size=64, intermediate_size=96, num_hidden_layers=2,
                           num_attention_heads=4, num_key_value_heads=2, head_dim=128,
                           rope_parameters=dict(rope_type="default", rope_theta=1e6))
    make("qwen3", config, t.Qwen3ForCausalLM, "qwen3",
         numbers(config, "qwen3", {**rope_keys(config), "rope.freq_base": 1e6}))

    config = t.Gemma2Config(**common, hidden_size=64, intermediate_size=96, num_hidden_layers=4,
                            num_attention_heads=4, num_key_value_heads=2, head_dim=96,
                            query_pre_attn_scalar=96, sliding_window=6, attn_logit_softcapping=5.0,
                            final_logit_softcapping=3.0)
    make("gemma2", config, t.Gemma2ForCausalLM, "gemma2",
         numbers(config, "gemma2", {**rope_keys(config), "attention.sliding_window": 6,
                                    "attn_logit_softcapping": 5.0,
                                    "final_logit_softcapping": 3.0}))

    config = t.Gemma3TextConfig(**common, hidden_size=64, intermediate_size=96, num_hidden_layers=7,
                                num_attention_heads=2, num_key_value_heads=1, head_dim=256,
                                query_pre_attn_scalar=256, sliding_window=6)
    make("gemma3", config, t.Gemma3ForCausalLM, "gemma3",
         numbers(config, "gemma3", {**rope_keys(config), "attention.sliding_window": 6,
                                    "rope.freq_base": 1e6}))

    config = t.Phi3Config(**common, hidden_size=192, intermediate_size=96, num_hidden_layers=2,
                          num_attention_heads=2, num_key_value_heads=2, sliding_window=9)
    make("phi3", config, t.Phi3ForCausalLM, "phi3",
         numbers(config, "phi3", {**rope_keys(config), "rope.freq_base": 10000.0,
                                  "attention.sliding_window": 9}))

    short = [1.0 + 0.25 * each for each in range(12)]
    config = t.Phi3Config(**{**common, "max_position_embeddings": 128}, hidden_size=64,
                          intermediate_size=96, num_hidden_layers=2, num_attention_heads=2,
                          num_key_value_heads=1, original_max_position_embeddings=32,
                          rope_parameters=dict(rope_type="longrope", rope_theta=1e4,
                                               partial_rotary_factor=0.75, short_factor=short,
                                               long_factor=[2 * each for each in short],
                                               original_max_position_embeddings=32))
    make("phi3_long", config, t.Phi3ForCausalLM, "phi3", None)

    hashes = "".join(f'"{path.name}" = "{hashlib.sha256(path.read_bytes()).hexdigest()}"\n'
                     for path in sorted(OUT.glob("*.json")))
    (OUT / "MANIFEST.toml").write_text(f"""# Logits of tiny random decoders.
generator = "tools/golden/make_decoder_golden.py"
peer = "Hugging Face Transformers {transformers.__version__}, torch {torch.__version__.split('+')[0]}, f32, eager attention"
licence = "written for this test"
tolerance = "2e-5 relative (the bar is 1e-4), see src/models/decoder_golden_test.cc"

[sha256]
{hashes}""")


if __name__ == "__main__":
    main()
