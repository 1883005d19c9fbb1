#!/usr/bin/env python3
"""Runs millwright and llama.cpp in turns on one machine and prints the ratio of their rates.

  bench/compare/engine_vs_llama_cpp.py --ours build/release/apps/millwright/millwright \\
      --peer LLAMA_BUILD/bin --model M.gguf [--case NAME ...] [--rounds 3] [--out FILE]

A round measures the machine's limits anew, then runs ours and the peer once; the peer with flash
attention on and off, of which its better figure counts. One JSON line a case: medians, least and
largest of rates and ratios, and our share of the limits. Without --case the short ones run.
"""
import argparse
import json
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

# name: what is timed, tokens of the prompt, tokens before the first decoded one, sequences
CASES = {
    "prefill-512": ("prefill", 512, 0, 1),
    "prefill-8192": ("prefill", 8192, 0, 1),
    "decode-0": ("decode", 0, 0, 1),
    "decode-1024": ("decode", 0, 1024, 1),
    "decode-4096": ("decode", 0, 4096, 1),
    "batch-16": ("decode", 0, 256, 16),
}
QUICK = ["prefill-512", "decode-0", "decode-1024", "batch-16"]
LIMIT = {"prefill": "integer multiply-adds, attention not counted",
         "decode": "memory reads of weights, keys and values"}


def output_of(words):
    done = subprocess.run([str(word) for word in words], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f"{words[0]}: exit {done.returncode}: {done.stderr[-2000:]}")
    return done.stdout


def measure_limits(args, data):
    info = json.loads(output_of([args.ours, "info", "--calibrate", "--json", "--data", data]))
    return info["limits"]


def ours(args, case, data):
    what, prompt, context, batch = CASES[case]
    got = json.loads(output_of(
        [args.ours, "bench", args.model, "--json", "--threads", args.threads, "--runs", 1,
         "--prompt-tokens", prompt, "--context", context, "--batch", batch, "--data", data,
         "--generate-tokens", args.generate_tokens if what == "decode" else 0]
        + ["--kv", args.kv, "--activations", args.activations]))
    return {"tok_s": got[what + "_tok_s"], "share": got[what + "_share"], "isa": got["isa"],
            "mac_share": got["decode_mac_share" if what == "decode" else "prefill_share"],
            "limits": got["limits"], "kv": got["kv"], "activations": got["activations"],
            "macs_a_weight": got["macs_a_weight"], "weights_fit_l3": got["weights_fit_l3"]}


def peer(args, case, flash):
    what, prompt, context, batch = CASES[case]
    generate = args.generate_tokens if what == "decode" else 0
    if batch > 1:
        size = batch * (context + generate) + 256
        out = output_of(
            [args.peer / "llama-batched-bench", "-m", args.model, "-c", size, "-t", args.threads,
             "-npp", context, "-ntg", generate, "-npl", batch, "-fa", flash,
             "--output-format", "jsonl"])
        rows = [json.loads(line) for line in out.splitlines() if line.startswith("{")]
        return rows[-1]["speed_tg"]
    out = output_of(
        [args.peer / "llama-bench", "-m", args.model, "-p", prompt, "-n", generate, "-d", context,
         "-t", args.threads, "-r", 1, "-fa", flash, "-o", "jsonl"])
    return json.loads(out.splitlines()[-1])["avg_ts"]


def peer_version(args):
    out = output_of([args.peer / "llama-bench", "-m", args.model, "-p", 1, "-n", 0, "-r", 1,
                     "-o", "jsonl"])
    return json.loads(out.splitlines()[-1]).get("build_commit", "unknown")


def spread(values, digits=2):
    return {"median": round(statistics.median(values), digits), "min": round(min(values), digits),
            "max": round(max(values), digits)}


def cpu_flags():
    wanted = ["avx2", "fma", "avx_vnni", "avx512f", "avx512_vnni", "avx512_bf16", "amx_int8"]
    with open("/proc/cpuinfo", encoding="ascii", errors="replace") as info:
        text = info.read()
    flags = next(l for l in text.splitlines() if l.startswith("flags")).split()
    name = next(l for l in text.splitlines() if l.startswith("model name")).split(":")[1].strip()
    return name, [flag for flag in wanted if flag in flags]


def case_line(args, case, mine, theirs):
    """What one case came to, of the runs of all rounds."""
    what, prompt, context, batch = CASES[case]
    ratio = [a["tok_s"] / b for a, b in zip(mine, theirs)]
    line = {"case": case, "rounds": len(mine), "threads": args.threads, "isa": mine[0]["isa"],
            "ours_tok_s": spread([run["tok_s"] for run in mine]), "peer_tok_s": spread(theirs),
            "ratio": spread(ratio), "ours_share": spread([run["share"] for run in mine], 3),
            "share_of": LIMIT[what], "ours_kv": mine[0]["kv"],
            "ours_activations": mine[0]["activations"]}
    if what == "prefill":
        line["prompt_tokens"] = prompt
        line["macs_a_weight"] = mine[0]["macs_a_weight"]
    else:
        line.update({"context": context, "batch": batch, "generate_tokens": args.generate_tokens,
                     "weights_fit_l3": mine[0]["weights_fit_l3"],
                     "ours_mac_share": spread([run["mac_share"] for run in mine], 3)})
    # The best that any round measured; busy where none was undisturbed.
    keys = ("int_gmac_s", "f32_gmac_s", "l2_gb_s", "memory_gb_s")
    line["limits"] = {key: round(max(run["limits"][key] for run in mine), 1) for key in keys}
    line["limits"]["busy"] = all(run["limits"]["busy"] for run in mine)
    return line


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--ours", required=True, type=pathlib.Path, help="the millwright program")
    parser.add_argument("--peer", required=True, type=pathlib.Path,
                        help="folder of llama-bench and llama-batched-bench")
    parser.add_argument("--model", required=True, type=pathlib.Path)
    parser.add_argument("--case", action="append", choices=[*CASES, "all"],
                        help="may be given again; default: " + ", ".join(QUICK))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--generate-tokens", type=int, default=32)
    parser.add_argument("--kv", default="auto", choices=["auto", "f16", "int8"],
                        help="how ours keeps keys and values; the peer stays as it is best (f16)")
    parser.add_argument("--activations", default="auto", choices=["auto", "int16", "int8"],
                        help="what ours multiplies weights with")
    parser.add_argument("--out", help="file to append the lines to")
    args = parser.parse_args()
    chosen = list(CASES) if "all" in (args.case or []) else args.case or QUICK
    name, flags = cpu_flags()
    commit = subprocess.run(["git", "rev-parse", "--short=12", "HEAD"], capture_output=True,
                            text=True, check=False).stdout.strip()
    head = {"date": time.strftime("%Y-%m-%d"), "what": "engine against llama.cpp, interleaved",
            "commit": commit, "cpu": name, "flags": flags, "model": args.model.name,
            "peer": f"llama.cpp {peer_version(args)}, better of -fa on and off"}
    with tempfile.TemporaryDirectory(prefix="mw_compare_") as data:
        for case in chosen:
            mine, theirs = [], []
            for turn in range(args.rounds):
                measure_limits(args, data)
                mine.append(ours(args, case, data))
                theirs.append(max(peer(args, case, flash) for flash in ("on", "off")))
                print(f"{case} {turn + 1}/{args.rounds}: ours {mine[-1]['tok_s']:.1f}, peer "
                      f"{theirs[-1]:.1f} tok/s", file=sys.stderr)
            text = json.dumps({**head, **case_line(args, case, mine, theirs)})
            print(text, flush=True)
            if args.out:
                with open(args.out, "a", encoding="ascii") as out:
                    out.write(text + "\n")


if __name__ == "__main__":
    main()
