"""One JSON line of a bench with what it ran on, printed and appended to bench/results."""

import datetime
import json
import os
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
FLAGS = ("fma", "avx2", "avx512f", "avx512_bf16", "avx512_vnni", "amx_int8")


def machine():
    fields = {}
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        name, _, value = line.partition(":")
        fields.setdefault(name.strip(), value.strip())
    flags = set(fields.get("flags", "").split())
    return {"cpu": f'{fields.get("model name", "unknown")} ({os.cpu_count()} vCPU)',
            "flags": [flag for flag in FLAGS if flag in flags]}


def append(file, values):
    commit = subprocess.run(["git", "-C", ROOT, "rev-parse", "--short", "HEAD"],
                            capture_output=True, text=True).stdout.strip()
    line = {"date": datetime.date.today().isoformat(), "commit": commit, **machine(),
            "load": f"load average {os.getloadavg()[0]:.1f} at the end",
            "command": " ".join([os.path.relpath(sys.argv[0], ROOT), *sys.argv[1:]]), **values}
    print(json.dumps(line))
    with open(ROOT / "bench/results" / file, "a") as out:
        out.write(json.dumps(line) + "\n")
