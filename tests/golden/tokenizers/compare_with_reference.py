#!/usr/bin/env python3
"""Compares `millwright tokenize` with Hugging Face's tokenizers, id by id.

  compare_with_reference.py [--program P] [--model M.gguf]... [--vectors FOLDER]
                            [--shared FOLDER] [--bench P] [--out FILE]

For each model (a GGUF with a vocabulary or, with --bench, a tokenizer.json; the default model without
--model): every text of
texts.json, and one megabyte of mixed English, Chinese and code: wikitext-2 and cmrc2018 from the
shared data folder, and this repository's own sources. With --vectors, a folder of llama.cpp's
ggml-vocab-*.gguf with their .inp and .out files, also those. Speed needs --bench (tokenizer_bench).
Exit status: 0 equal, 1 different, 77 skipped (no program, no model, or no PyPI gguf and tokenizers).
"""
import argparse
import json
import os
import pathlib
import subprocess
import sys
import tarfile
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[3]
SEPARATOR = "\n__ggml_vocab_test__\n"


def skip(why):
    print(f"skipped: {why}")
    sys.exit(77)


def ours_of_json(args, model, texts):
    """Ids of many texts with a tokenizer.json, special tokens found as the reference finds them."""
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(texts, file)
        file.flush()
        out = subprocess.run([args.bench, "--ids", model, file.name], capture_output=True, check=True)
    return [each["ids"] for each in json.loads(out.stdout)]


def ours(args, model, text):
    """Ids that the program gives for a text."""
    if model.endswith(".json"):
        return ours_of_json(args, model, [text])[0]
    with tempfile.NamedTemporaryFile() as file:
        file.write(text.encode())
        file.flush()
        out = subprocess.run([args.program, "tokenize", model, "--file", file.name, "--json"],
                             capture_output=True, check=True)
    return json.loads(out.stdout)["ids"]


def mixed_text(shared):
    """One megabyte in slices of English, Chinese and code; nothing where the archives are not."""
    archives = [shared / "data" / name for name in ("wikitext-2.tar.xz", "cmrc2018.tar.xz")]
    if not all(path.exists() for path in archives):
        return None
    with tarfile.open(archives[0]) as tar:
        member = next(m for m in tar if m.name.endswith("wiki.test.raw"))
        english = tar.extractfile(member).read().decode()
    with tarfile.open(archives[1]) as tar:
        member = next(m for m in tar if m.name.endswith("cmrc2018_dev.json"))
        data = json.load(tar.extractfile(member))["data"]
    chinese = "".join(p["context"] + "\n" + "".join(q["question"] + "\n" for q in p["qas"])
                      for entry in data for p in entry["paragraphs"])
    files = subprocess.run(["git", "ls-files", "src", "apps", "cmake", "tools"], cwd=ROOT,
                           capture_output=True, text=True, check=True).stdout.split()
    code = "".join((ROOT / f).read_text(encoding="utf-8", errors="strict") for f in files
                   if f.endswith((".cc", ".h", ".cmake", ".py", ".sh", ".txt")) and
                   (ROOT / f).exists())
    slices, size, step = [], 0, 0
    while size < 1 << 20:
        for text, length in ((english, 1400), (chinese, 500), (code, 600)):
            begin = step * length % max(1, len(text) - length)
            slices.append(text[begin:begin + length])
            size += len(slices[-1].encode())
        step += 1
    return "".join(slices)


def first_difference(a, b):
    return next((i for i, (x, y) in enumerate(zip(a, b)) if x != y), min(len(a), len(b)))


def compare(args, model, texts, mixed, reference_tokenizer):
    if model.endswith(".json"):
        from tokenizers import Tokenizer
        reference = Tokenizer.from_file(model)
        reference.no_truncation()
        reference.no_padding()
    else:
        reference = reference_tokenizer.from_gguf(model)

    def expected(text):
        return reference.encode(text, add_special_tokens=False).ids

    name = pathlib.Path(model)
    name = name.parts[-4] if name.name == "tokenizer.json" and len(name.parts) > 4 else name.name
    row = {"model": name, "texts": len(texts), "texts_different": 0}
    mine_all = ours_of_json(args, model, texts) if model.endswith(".json") else (
        ours(args, model, text) for text in texts)
    for text, mine in zip(texts, mine_all):
        if mine != expected(text):
            row["texts_different"] += 1
            print(f"{row['model']}: different: {text[:60]!r}", file=sys.stderr)
    if mixed is not None:
        mine, theirs = ours(args, model, mixed), expected(mixed)
        row["mixed_bytes"] = len(mixed.encode())
        row["mixed_ids"] = len(theirs)
        row["mixed_ids_different"] = 0
        if mine != theirs:
            at = first_difference(mine, theirs)
            row["mixed_ids_different"] = sum(x != y for x, y in zip(mine, theirs)) + abs(
                len(mine) - len(theirs))
            print(f"{row['model']}: id {at} differs: {mine[at:at + 5]} against "
                  f"{theirs[at:at + 5]}", file=sys.stderr)
        if args.bench:
            row.update(speed(args, model, mixed, expected))
    return row


def speed(args, model, mixed, expected):
    """Best of five on one thread by processor time, ours and the reference's."""
    with tempfile.NamedTemporaryFile() as file:
        file.write(mixed.encode())
        file.flush()
        out = subprocess.run([args.bench, model, file.name], capture_output=True, check=True)
    measured = json.loads(out.stdout)
    best = min(timed(lambda: expected(mixed)) for _ in range(5))
    # In pieces of some 2 KB the reference need not keep offsets of a whole megabyte.
    lines = [mixed[i:i + 1000] for i in range(0, len(mixed), 1000)]
    best_pieces = min(timed(lambda: [expected(line) for line in lines]) for _ in range(5))
    size = len(mixed.encode()) / 1e6
    return {"ours_mb_s": round(measured["best_mb_s"], 1),
            "ours_first_pass_mb_s": round(measured["first_mb_s"], 1),
            "ours_build_ms": round(measured["build_ms"], 1),
            "huggingface_mb_s": round(size / min(best, best_pieces), 1)}


def timed(work):
    begin = time.process_time()
    work()
    return time.process_time() - begin


def check_vectors(args, folder):
    """llama.cpp's own vectors for the vocabularies whose pre-tokenizer we know."""
    rows = []
    for inputs in sorted(pathlib.Path(folder).glob("ggml-vocab-*.gguf.inp")):
        model = str(inputs)[:-4]
        if not os.path.exists(model):
            continue
        probe = subprocess.run([args.program, "tokenize", model, "--text", "a", "--json"],
                               capture_output=True, text=True)
        if probe.returncode != 0:
            rows.append({"vocabulary": pathlib.Path(model).name, "refused": True})
            continue
        texts = inputs.read_bytes().decode().split(SEPARATOR)
        outputs = pathlib.Path(model + ".out").read_text().split("\n")
        different = sum(ours(args, model, text) != [int(i) for i in line.split()]
                        for text, line in zip(texts, outputs))
        rows.append({"vocabulary": pathlib.Path(model).name,
                     "vectors": min(len(texts), len(outputs)), "different": different})
    return rows


def commit():
    out = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True,
                         text=True)
    return out.stdout.strip()


def cpu():
    wanted = ("avx2", "avx512f", "avx_vnni", "avx512_vnni", "amx_int8")
    text = pathlib.Path("/proc/cpuinfo").read_text(encoding="ascii", errors="replace")
    name = next(line for line in text.splitlines() if line.startswith("model name"))
    flags = next(line for line in text.splitlines() if line.startswith("flags")).split()
    return name.split(":", 1)[1].strip(), [flag for flag in wanted if flag in flags]


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", default=os.environ.get("MILLWRIGHT_PROGRAM"))
    parser.add_argument("--model", action="append")
    parser.add_argument("--vectors")
    parser.add_argument("--shared", default=os.environ.get("MILLWRIGHT_SHARED",
                                                           str(ROOT.parent / "shared")))
    parser.add_argument("--bench")
    parser.add_argument("--out")
    args = parser.parse_args()
    if not args.program or not os.path.exists(args.program):
        skip("no program; set MILLWRIGHT_PROGRAM")
    models = args.model or [os.environ.get("MILLWRIGHT_TEST_MODEL") or
                            str(ROOT / "build/models/smollm2-135m-instruct.gguf")]
    if not os.path.exists(models[0]):
        skip(f"no model {models[0]}")
    try:
        import reference_tokenizer
    except ImportError as missing:
        skip(f"{missing}; pip install gguf tokenizers")
    import tokenizers
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")

    golden = json.loads((pathlib.Path(__file__).parent / "texts.json").read_text())
    mixed = mixed_text(pathlib.Path(args.shared))
    if mixed is None:
        print("no shared data folder: the megabyte of mixed text is left out")
    name, flags = cpu()
    result = {"what": "tokenizer ids against Hugging Face tokenizers", "commit": commit(),
              "cpu": name, "cpu_flags": flags,
              "reference": f"PyPI tokenizers {tokenizers.__version__}",
              "models": [compare(args, model, golden["texts"], mixed, reference_tokenizer)
                         for model in models]}
    if args.vectors:
        result["llama_cpp_vectors"] = check_vectors(args, args.vectors)
    line = json.dumps(result)
    print(line)
    if args.out:
        with open(args.out, "a", encoding="utf-8") as out:
            out.write(line + "\n")
    different = sum(row["texts_different"] + row.get("mixed_ids_different", 0)
                    for row in result["models"])
    different += sum(row.get("different", 0) for row in result.get("llama_cpp_vectors", []))
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())
