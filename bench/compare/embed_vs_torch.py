#!/usr/bin/env python3
"""Embeds 256 texts of 128 tokens with all-MiniLM-L6-v2 in Millwright, and runs a model of its shape in
PyTorch (shared/tools/torch_peer.py embed: the model alone, tokens given), two threads each, in turns.

  python3 -m venv V && V/bin/pip install torch transformers
  V/bin/python bench/compare/embed_vs_torch.py --ours build/release/apps/millwright/millwright [--rounds 3]

Rates are texts a second of wall time; ours begins with text. `exact` is `millwright embed --exact`, `torch_bf16`
PyTorch with autocast, whose vectors are further from those of f32 than ours. One line goes to bench/results/embeddings.jsonl.
"""
import argparse
import json
import os
import pathlib
import random
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "bench/macro"))
import bench_line  # noqa: E402

TEXTS, TOKENS = 256, 128


def texts(folder):
    """Random words that are one token each; the model's two special tokens make 128."""
    vocabulary = json.loads((folder / "tokenizer.json").read_text())["model"]["vocab"]
    words = sorted(word for word in vocabulary if word.isascii() and word.isalpha() and len(word) > 2)
    random.seed(7)
    return "\n".join(" ".join(random.choices(words, k=TOKENS - 2)) for _ in range(TEXTS))


def ours(args, file, *flags):
    done = subprocess.run([args.ours, "embed", args.model, "--file", file, "--measure", "--json", "--threads", "2", *flags],
                          capture_output=True, text=True, check=True)
    said = json.loads(done.stdout)
    if said["tokens"] != TEXTS * TOKENS:
        sys.exit(f"{said['tokens']} tokens, not {TEXTS * TOKENS}")
    return said["texts_s"]


def theirs(dtype):
    environment = {name: value for name, value in os.environ.items() if not name.startswith("OPENBLAS_")}
    done = subprocess.run([sys.executable, ROOT.parent / "shared/tools/torch_peer.py", "embed", "--threads", "2", "--dtype", dtype],
                          capture_output=True, text=True, check=True, env=environment)
    return json.loads(done.stdout.splitlines()[-1])["texts_per_s"]["median"]


def spread(values):
    values = sorted(values)
    return {"median": round(values[len(values) // 2], 2), "least": round(values[0], 2), "most": round(values[-1], 2)}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--ours", required=True)
    parser.add_argument("--model", type=pathlib.Path, default=ROOT / "build/models/all-MiniLM-L6-v2")
    parser.add_argument("--rounds", type=int, default=3)
    args = parser.parse_args()
    rates = {"ours": [], "exact": [], "torch_f32": [], "torch_bf16": []}
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
        file.write(texts(args.model))
        file.flush()
        for _ in range(args.rounds):
            rates["ours"].append(ours(args, file.name))
            rates["torch_f32"].append(theirs("f32"))
            rates["exact"].append(ours(args, file.name, "--exact"))
            rates["torch_bf16"].append(theirs("bf16"))

    def ratio(a, b):
        return spread([x / y for x, y in zip(rates[a], rates[b])])

    bench_line.append("embeddings.jsonl", {
        "what": "all-MiniLM-L6-v2 embeddings against PyTorch, in turns", "rounds": args.rounds, "threads": 2,
        "texts": f"{TEXTS} of {TOKENS} tokens", "texts_s": {name: spread(each) for name, each in rates.items()},
        "ratio": ratio("ours", "torch_f32"), "ratio_to_bf16": ratio("ours", "torch_bf16"),
        "ratio_exact": ratio("exact", "torch_f32"), "bar": 2})


if __name__ == "__main__":
    main()
