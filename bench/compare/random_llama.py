#!/usr/bin/env python3
"""Writes a Llama of random weights as GGUF: for speed only, its text means nothing.

    bench/compare/random_llama.py OUT.gguf [--size 1b] [--type q4_0|q8_0|q4_k_m]

The shapes of Llama-3.2-1B with a vocabulary of 32,000 byte-level tokens. Weights have the scale that
keeps activations finite; norms are one.
"""
import argparse
import os
import struct
import sys

SHAPES = {  # layers, width, heads, kv heads, ffn
    "1b": (16, 2048, 32, 8, 8192),
    "tiny": (2, 256, 4, 2, 512),
}
# GGUF type; bytes and weights of a block; where its f16 scales stand, each with its share of a weight's
# size (a random block then has weights around zero, as large as those of q4_0).
Q4_0 = (2, 18, 32, {0: 1})
Q8_0 = (8, 34, 32, {0: 1 / 16})
Q4_K = (12, 144, 256, {0: 1 / 40, 2: 7.5 / 40})
Q6_K = (14, 210, 256, {208: 1 / 300})
FILE_TYPES = {"q4_0": 2, "q8_0": 7, "q4_k_m": 15}
VOCABULARY = 32000
U32, F32, STRING, ARRAY, I32 = 4, 6, 8, 9, 5


def string(text):
    data = text.encode("utf-8")
    return struct.pack("<Q", len(data)) + data


def key(name, kind, payload):
    return string(name) + struct.pack("<I", kind) + payload


def strings(values):
    return struct.pack("<IQ", STRING, len(values)) + b"".join(string(value) for value in values)


def byte_letters():
    """GPT-2's letter for each byte."""
    same = [*range(33, 127), *range(161, 173), *range(174, 256)]
    other = iter(range(256, 512))
    return [chr(byte) if byte in same else chr(next(other)) for byte in range(256)]


def metadata(shape, file_type):
    layers, width, heads, kv_heads, ffn = shape
    words = ["th"] + [f"t{i}" for i in range(VOCABULARY - 259)]
    tokens = byte_letters() + words + ["<|start|>", "<|end|>"]
    kinds = [1] * (VOCABULARY - 2) + [3, 3]
    return [
        key("general.architecture", STRING, string("llama")),
        key("general.name", STRING, string("random weights")),
        key("general.file_type", U32, struct.pack("<I", file_type)),
        key("general.quantization_version", U32, struct.pack("<I", 2)),
        key("llama.context_length", U32, struct.pack("<I", 8192)),
        key("llama.embedding_length", U32, struct.pack("<I", width)),
        key("llama.block_count", U32, struct.pack("<I", layers)),
        key("llama.feed_forward_length", U32, struct.pack("<I", ffn)),
        key("llama.attention.head_count", U32, struct.pack("<I", heads)),
        key("llama.attention.head_count_kv", U32, struct.pack("<I", kv_heads)),
        key("llama.attention.layer_norm_rms_epsilon", F32, struct.pack("<f", 1e-5)),
        key("llama.rope.dimension_count", U32, struct.pack("<I", width // heads)),
        key("llama.rope.freq_base", F32, struct.pack("<f", 5e5)),
        key("llama.vocab_size", U32, struct.pack("<I", VOCABULARY)),
        key("tokenizer.ggml.model", STRING, string("gpt2")),
        key("tokenizer.ggml.pre", STRING, string("llama-bpe")),
        key("tokenizer.ggml.tokens", ARRAY, strings(tokens)),
        key("tokenizer.ggml.token_type", ARRAY,
            struct.pack("<IQ", I32, len(kinds)) + struct.pack(f"<{len(kinds)}i", *kinds)),
        key("tokenizer.ggml.merges", ARRAY, strings(["t h"])),
        key("tokenizer.ggml.bos_token_id", U32, struct.pack("<I", VOCABULARY - 2)),
        key("tokenizer.ggml.eos_token_id", U32, struct.pack("<I", VOCABULARY - 1)),
    ]


def tensors(shape):
    """(name, [inputs, outputs]); one number: a vector of f32 ones."""
    layers, width, heads, kv_heads, ffn = shape
    kv = width // heads * kv_heads
    yield "token_embd.weight", [width, VOCABULARY]
    for i in range(layers):
        yield f"blk.{i}.attn_norm.weight", [width]
        yield f"blk.{i}.attn_q.weight", [width, width]
        yield f"blk.{i}.attn_k.weight", [width, kv]
        yield f"blk.{i}.attn_v.weight", [width, kv]
        yield f"blk.{i}.attn_output.weight", [width, width]
        yield f"blk.{i}.ffn_norm.weight", [width]
        yield f"blk.{i}.ffn_gate.weight", [width, ffn]
        yield f"blk.{i}.ffn_up.weight", [width, ffn]
        yield f"blk.{i}.ffn_down.weight", [ffn, width]
    yield "output_norm.weight", [width]


def type_of(name, file_type, layers):
    """The type of a matrix; of q4_k_m as llama-quantize chooses."""
    if file_type != "q4_k_m":
        return {"q4_0": Q4_0, "q8_0": Q8_0}[file_type]
    if name == "token_embd.weight":
        return Q6_K
    layer, part = int(name.split(".")[1]), name.split(".")[2]
    eighth = layers // 8
    finer = layer < eighth or layer >= 7 * eighth or (layer - eighth) % 3 == 2
    return Q6_K if finer and part in ("attn_v", "ffn_down") else Q4_K


def bytes_of(dims, kind):
    if len(dims) == 1:
        return 4 * dims[0]
    return dims[0] * dims[1] // kind[2] * kind[1]


def data_of(dims, kind):
    if len(dims) == 1:
        return struct.pack("<f", 1.0) * dims[0]
    _, block_bytes, weights, scales = kind
    blocks = dims[0] * dims[1] // weights
    data = bytearray(os.urandom(blocks * block_bytes))
    for at, share in scales.items():
        scale = struct.pack("<e", share / 16 / dims[0] ** 0.5)
        data[at::block_bytes] = scale[:1] * blocks
        data[at + 1::block_bytes] = scale[1:] * blocks
    return bytes(data)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("out")
    parser.add_argument("--size", choices=SHAPES, default="1b")
    parser.add_argument("--type", choices=FILE_TYPES, default="q4_0")
    options = parser.parse_args()
    shape = SHAPES[options.size]
    pairs = metadata(shape, FILE_TYPES[options.type])
    infos, offset, parts = b"", 0, []
    for name, dims in tensors(shape):
        kind = (0,) if len(dims) == 1 else type_of(name, options.type, shape[0])
        size = bytes_of(dims, kind)
        infos += string(name) + struct.pack(f"<I{len(dims)}QIQ", len(dims), *dims, kind[0], offset)
        padding = -size % 32
        parts.append((dims, kind, padding))
        offset += size + padding
    with open(options.out, "wb") as out:
        head = b"GGUF" + struct.pack("<IQQ", 3, len(parts), len(pairs)) + b"".join(pairs) + infos
        out.write(head + bytes(-len(head) % 32))
        for dims, kind, padding in parts:
            out.write(data_of(dims, kind) + bytes(padding))
    return 0


if __name__ == "__main__":
    sys.exit(main())
