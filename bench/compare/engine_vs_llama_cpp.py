#!/usr/bin/env python3
"""Runs millwright and llama.cpp in turns on one machine and prints the ratio of each rate.

  bench/compare/engine_vs_llama_cpp.py --ours build/run/apps/millwright/millwright \
      --peer LLAMA_BUILD/bin/llama-bench --model M.gguf [--rounds 5] [--threads 2] [--out FILE]

The peer runs with flash attention on and off; its better figure of each round counts. One JSON line:
commit, CPU flags, ours, peer, ratio (medians, with the least and the largest).
"""
import argparse
import json
import statistics
import subprocess
import time


def ours(args, prompt, generate):
    out = subprocess.run(
        [args.ours, "bench", args.model, "--json", "--threads", str(args.threads), "--runs", "1",
         "--prompt-tokens", str(prompt), "--generate-tokens", str(generate)],
        check=True, capture_output=True, text=True)
    got = json.loads(out.stdout)
    return {"prefill": got["prefill_tok_s"], "decode": got["decode_tok_s"], "isa": got["isa"]}


def peer(args, prompt, generate, flash):
    out = subprocess.run(
        [args.peer, "-m", args.model, "-p", str(prompt), "-n", str(generate), "-t",
         str(args.threads), "-r", "1", "-fa", flash, "-o", "jsonl"],
        check=True, capture_output=True, text=True)
    rates = {}
    for line in out.stdout.splitlines():
        row = json.loads(line)
        rates["prefill" if row["n_prompt"] else "decode"] = row["avg_ts"]
        rates["build"] = row.get("build_commit", "")
    return rates


def spread(values):
    return {"median": round(statistics.median(values), 2), "min": round(min(values), 2),
            "max": round(max(values), 2)}


def cpu_flags():
    wanted = ["avx2", "fma", "avx_vnni", "avx512f", "avx512_vnni", "avx512_bf16", "amx_int8"]
    with open("/proc/cpuinfo", encoding="ascii", errors="replace") as info:
        text = info.read()
    flags = next(l for l in text.splitlines() if l.startswith("flags")).split()
    name = next(l for l in text.splitlines() if l.startswith("model name")).split(":")[1].strip()
    return name, [flag for flag in wanted if flag in flags]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--ours", required=True)
    parser.add_argument("--peer", required=True)
    parser.add_argument("--model", required=True)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--prompt-tokens", type=int, default=512)
    parser.add_argument("--generate-tokens", type=int, default=128)
    parser.add_argument("--out")
    args = parser.parse_args()
    rates = {("ours", "prefill"): [], ("ours", "decode"): [], ("peer", "prefill"): [],
             ("peer", "decode"): []}
    isa = build = ""
    for _ in range(args.rounds):
        mine = ours(args, args.prompt_tokens, args.generate_tokens)
        isa = mine["isa"]
        theirs = [peer(args, args.prompt_tokens, args.generate_tokens, flash)
                  for flash in ("on", "off")]
        build = theirs[0]["build"]
        for what in ("prefill", "decode"):
            rates["ours", what].append(mine[what])
            rates["peer", what].append(max(each[what] for each in theirs))
    name, flags = cpu_flags()
    commit = subprocess.run(["git", "rev-parse", "--short=12", "HEAD"], capture_output=True,
                            text=True).stdout.strip()
    line = {"date": time.strftime("%Y-%m-%d"), "what": "engine against llama.cpp, interleaved",
            "commit": commit, "cpu": name, "flags": flags, "isa": isa, "threads": args.threads,
            "rounds": args.rounds, "prompt_tokens": args.prompt_tokens,
            "generate_tokens": args.generate_tokens,
            "peer": "llama.cpp " + build + ", better of -fa on and off"}
    for what in ("prefill", "decode"):
        mine, theirs = rates["ours", what], rates["peer", what]
        line[what] = {"ours_tok_s": spread(mine), "peer_tok_s": spread(theirs),
                      "ratio": spread([a / b for a, b in zip(mine, theirs)])}
    text = json.dumps(line)
    print(text)
    if args.out:
        with open(args.out, "a", encoding="ascii") as out:
            out.write(text + "\n")


if __name__ == "__main__":
    main()
