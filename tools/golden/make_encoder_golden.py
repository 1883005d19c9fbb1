#!/usr/bin/env python3
"""Vectors and scores of tiny random encoders by Hugging Face Transformers:
tests/golden/models/encoders/*.json, in the form of make_decoder_golden.py.

  V/bin/python tools/golden/make_encoder_golden.py     (the environment that it names)

`ids` are those of three inputs one after the other, of 7, 40 and 17 tokens; `logits` holds a row for
each: the mean (or the first, as `pooling` says) of the hidden states to length 1, or the scores of
the labels.
"""
import json
import pathlib

import numpy
import torch
import transformers

from make_decoder_golden import hashed, weights

OUT = pathlib.Path(__file__).parents[2] / "tests/golden/models/encoders"
VOCABULARY = 64
LENGTHS = [7, 40, 17]
BLOCK = {"attention.self.query": "attn_q", "attention.self.key": "attn_k", "attention.self.value": "attn_v",
         "attention.output.dense": "attn_output", "attention.output.LayerNorm": "attn_output_norm",
         "intermediate.dense": "ffn_up", "output.dense": "ffn_down", "output.LayerNorm": "layer_output_norm"}
TOP = {"embeddings.word_embeddings": "token_embd", "embeddings.position_embeddings": "position_embd",
       "embeddings.token_type_embeddings": "token_types", "embeddings.LayerNorm": "token_embd_norm"}


def rule(name, shape):
    if "LayerNorm" in name:
        return (0.25, 0.0) if name.endswith(".bias") else (0.5, 1.0)
    if name.endswith(".bias"):
        return 0.5, 0.0
    if "embeddings" in name:
        return 1.0, 0.0
    return 2.0 ** round(numpy.log2(2.5 / numpy.sqrt(shape[1]))), 0.0


def gguf_tensor(name):
    stem, kind = name.rsplit(".", 1)
    if stem in TOP:
        return [f"{TOP[stem]}.{kind}", name, "as_is"]
    _, _, layer, rest = stem.split(".", 3)
    return [f"blk.{layer}.{BLOCK[rest]}.{kind}", name, "as_is"]


def make(case, config, model_class, pooling, gguf):
    config._attn_implementation = "eager"
    model = model_class(config).float().eval()
    tensors = []
    for name, parameter in model.state_dict().items():
        if not parameter.is_floating_point():
            continue
        shape = list(parameter.shape)
        scale, offset = rule(name, shape)
        parameter.copy_(torch.from_numpy(weights(name, shape, scale, offset)))
        tensors.append([name, shape, scale, offset])
    # Transformers tells padding apart by its id: no input holds it.
    ids = [int(each % (VOCABULARY - 4)) + 4 for each in hashed("ids of " + case, sum(LENGTHS))]
    rows, at = [], 0
    for length in LENGTHS:
        tokens = torch.tensor([ids[at:at + length]])
        at += length
        with torch.no_grad():
            out = model(tokens)
        if pooling == "scores":
            rows.append(out.logits[0].numpy())
            continue
        hidden = out.last_hidden_state[0].numpy().astype(numpy.float64)
        row = hidden.mean(0) if pooling == "mean" else hidden[0]
        rows.append(row / numpy.linalg.norm(row))
    written = json.loads(config.to_json_string(use_diff=True))
    written["architectures"] = [model_class.__name__]
    keys = {"general.architecture": "bert", "bert.block_count": config.num_hidden_layers,
            "bert.embedding_length": config.hidden_size, "bert.context_length": config.max_position_embeddings,
            "bert.feed_forward_length": config.intermediate_size,
            "bert.attention.head_count": config.num_attention_heads,
            "bert.attention.layer_norm_epsilon": config.layer_norm_eps, "bert.pooling_type": 1} if gguf else None
    out = {"case": case, "config": written, "pooling": pooling, "tensors": tensors, "ids": ids,
           "logits": [[float(f"{value:.7g}") for value in row] for row in rows],
           "gguf": {"keys": keys,
                    "tensors": [gguf_tensor(each[0]) for each in tensors if "pooler" not in each[0]] if gguf else []}}
    path = OUT / f"{case}.json"
    lines = [f' "{key}": {json.dumps(value)}' for key, value in out.items()]
    path.write_text("{\n" + ",\n".join(lines) + "\n}\n")
    print(f"{case}: {path.stat().st_size} bytes")


def main():
    OUT.mkdir(parents=True, exist_ok=True)
    t = transformers
    common = dict(vocab_size=VOCABULARY, hidden_size=64, num_hidden_layers=2, num_attention_heads=4,
                  intermediate_size=96, max_position_embeddings=48, pad_token_id=0)
    make("bert", t.BertConfig(**common), t.BertModel, "mean", True)
    make("bert_first", t.BertConfig(**common, hidden_act="gelu_new"), t.BertModel, "first", False)
    make("bert_rerank", t.BertConfig(**common, num_labels=1), t.BertForSequenceClassification, "scores", False)
    roberta = {**common, "pad_token_id": 1, "type_vocab_size": 1, "layer_norm_eps": 1e-5}
    make("xlm_roberta", t.XLMRobertaConfig(**roberta), t.XLMRobertaModel, "mean", False)
    make("xlm_roberta_rerank", t.XLMRobertaConfig(**roberta, num_labels=3), t.XLMRobertaForSequenceClassification,
         "scores", False)
    (OUT / "MANIFEST.toml").write_text(f"""# Vectors and scores of tiny random encoders.
generator = "tools/golden/make_encoder_golden.py"
peer = "Hugging Face Transformers {t.__version__}, torch {torch.__version__.split('+')[0]}, f32, eager attention"
licence = "written for this test"
tolerance = "see src/models/encoder_golden_test.cc"
""")


if __name__ == "__main__":
    main()
