#!/usr/bin/env python3
"""Encodes Chinese and English text with Millwright and with Hugging Face tokenizers, one thread each, in turns:
with the tokenizer.json files given or, where none is, with a Unigram tokenizer like XLM-R's (12,000 tokens)
that is trained here on other text.

  python3 -m venv V && V/bin/pip install tokenizers==0.23.3
  V/bin/python bench/compare/tokenizer_vs_hugging_face.py --ours build/release/bench/tokenizer_bench [--rounds 3] [FILE...]

The ids have to be the same; rates are bytes over processor time of the thread. A line each goes to
bench/results/tokenizer.jsonl.
"""
import argparse
import json
import os
import pathlib
import re
import subprocess
import sys
import tarfile
import tempfile
import time

os.environ["RAYON_NUM_THREADS"] = "1"
os.environ["TOKENIZERS_PARALLELISM"] = "false"
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers  # noqa: E402
import tokenizers  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parents[2]
DATA = ROOT.parent / "shared/data"
sys.path.insert(0, str(ROOT / "bench/macro"))
import bench_line  # noqa: E402


def member(archive, name):
    with tarfile.open(DATA / archive) as tar:
        return tar.extractfile(name).read().decode()


def texts():
    """English and Chinese lines: to train on, and others to encode."""
    english = [line for line in member("wikitext-2.tar.xz", "wikitext-2/wiki.test.raw").replace("<unk>", "unk").split("\n") if line.strip()]
    chinese = re.findall(r"[\u4e00-\u9fff，。、；：“”（）]{20,}",
                         member("cmrc2018.tar.xz", "cmrc2018/squad-style-data/cmrc2018_dev.json"))
    halves = [lines[:len(lines) // 2] for lines in (english, chinese)], [lines[len(lines) // 2:] for lines in (english, chinese)]
    train = [line for lines in halves[0] for line in lines]
    mixed = [line for pair in zip(*halves[1]) for line in pair]
    return train, "\n".join(mixed)


def trained(lines, path):
    tokenizer = Tokenizer(models.Unigram())
    tokenizer.normalizer = normalizers.NFKC()
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Metaspace()])
    tokenizer.decoder = decoders.Metaspace()
    tokenizer.train_from_iterator(lines, trainers.UnigramTrainer(
        vocab_size=12000, unk_token="<unk>", special_tokens=["<s>", "<pad>", "</s>", "<unk>"], show_progress=False))
    tokenizer.save(str(path))
    return tokenizer


def compare(name, theirs, file, mixed, args):
    folder = pathlib.Path(args.folder)
    (folder / "mixed.txt").write_text(mixed)
    (folder / "texts.json").write_text(json.dumps([mixed]))
    said = subprocess.run([args.ours, "--ids", file, folder / "texts.json"], capture_output=True, text=True, check=True)
    ids = theirs.encode(mixed, add_special_tokens=False).ids
    if json.loads(said.stdout)[0]["ids"] != ids:
        sys.exit(f"{name}: the ids differ")
    rates = []
    for _ in range(args.rounds):
        best = min(timed(theirs, mixed) for _ in range(3))
        done = subprocess.run([args.ours, file, folder / "mixed.txt", "8"], capture_output=True, text=True, check=True)
        rates.append((json.loads(done.stdout)["best_mb_s"], len(mixed.encode()) / best / 1e6))
    bench_line.append("tokenizer.jsonl", {
        "what": f"{name} against Hugging Face tokenizers", "peer": f"PyPI tokenizers {tokenizers.__version__}", "threads": 1,
        "bytes": len(mixed.encode()), "ids": len(ids), "ids_different": 0,
        "ours_mb_s": [round(ours, 2) for ours, _ in rates], "peer_mb_s": [round(peer, 2) for _, peer in rates],
        "ratio": [round(ours / peer, 1) for ours, peer in rates], "bar": 10})


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--ours", required=True)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("files", nargs="*", type=pathlib.Path)
    args = parser.parse_args()
    train, mixed = texts()
    with tempfile.TemporaryDirectory() as args.folder:
        for file in args.files:
            model = json.loads(file.read_text())["model"]
            name = f"{model['type']} of {len(model['vocab'])} tokens"
            theirs = Tokenizer.from_file(str(file))
            theirs.no_truncation()
            theirs.no_padding()
            compare(name, theirs, file, mixed, args)
        if not args.files:
            file = pathlib.Path(args.folder) / "tokenizer.json"
            compare("Unigram", trained(train, file), file, mixed, args)


def timed(tokenizer, text):
    start = time.thread_time()
    tokenizer.encode(text, add_special_tokens=False)
    return time.thread_time() - start


if __name__ == "__main__":
    main()
