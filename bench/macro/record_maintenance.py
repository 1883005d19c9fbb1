#!/usr/bin/env python3
"""Runs a bench of src/maintenance and appends each line it prints to bench/results/maintenance.jsonl.

  bench/macro/record_maintenance.py build/release/bench/bearing_bench --window 16384
"""

import json
import subprocess
import sys

import bench_line


def main() -> int:
    if len(sys.argv) < 2:
        print(__doc__)
        return 2
    run = subprocess.run(sys.argv[1:], stdout=subprocess.PIPE, text=True, check=False)
    for line in run.stdout.splitlines():
        bench_line.append("maintenance.jsonl", json.loads(line))
    return run.returncode


if __name__ == "__main__":
    sys.exit(main())
