#!/usr/bin/env python3
"""C-MAPSS and AI4I through src/maintenance: unpacks the archives of ../shared/data to build/data, runs
the two programs and appends their lines to bench/results/maintenance.jsonl.

  bench/macro/maintenance_bench.py [life [FD001 ...] | failures]
"""

import gzip
import json
import pathlib
import subprocess
import sys
import tarfile
import time

import bench_line

ROOT = bench_line.ROOT
PROGRAMS = ROOT / "build/release/bench"


def unpacked(name):
    """build/data/`name`, with what was gzipped beside it."""
    folder = ROOT / "build/data" / name
    if not folder.is_dir():
        archive = next((each for each in (ROOT / "../shared/data", pathlib.Path("/work/shared/data"))
                        if (each / f"{name}.tar.xz").is_file()), None)
        if archive is None:
            sys.exit(f"{name}.tar.xz is not in ../shared/data: nothing measured")
        with tarfile.open(archive / f"{name}.tar.xz") as tar:
            tar.extractall(ROOT / "build/data", filter="data")
    for packed in folder.glob("*.gz"):
        plain = packed.with_suffix("")
        if not plain.is_file():
            plain.write_bytes(gzip.decompress(packed.read_bytes()))
    return folder


def measure(program, *words):
    start = time.monotonic()
    with subprocess.Popen([PROGRAMS / program, *words], stdout=subprocess.PIPE, text=True) as running:
        for line in running.stdout:
            bench_line.append("maintenance.jsonl", json.loads(line))
    if running.returncode != 0:
        sys.exit(f"{program} failed")
    print(f"{program}: {time.monotonic() - start:.1f} s in all", file=sys.stderr)


def main():
    what = sys.argv[1:] or ["life", "failures"]
    if "life" in what:
        measure("maintenance_life", unpacked("cmapss"), *(each for each in what if each.startswith("FD")))
    if "failures" in what:
        measure("maintenance_failures", unpacked("ai4i2020") / "ai4i2020.csv")


main()
