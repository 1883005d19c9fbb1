#!/usr/bin/env python3
"""From exec of `millwright serve` to a model that answers: without kept weights and with them.

    bench/macro/second_start.py build/release/apps/millwright/millwright --data DIR [--rounds 9]

DIR is a data folder whose store holds the default model and its card. Each round throws the kept
weights away, starts (packing), waits until they are written, and starts again. Prints one JSON
line: times in ms and peak memory until then in MB. Exit status 1 when the second start's median is
over --limit-ms or its memory over the model file and 150 MB.
"""

import argparse
import json
import os
import pathlib
import re
import signal
import statistics
import subprocess
import sys
import time


def spread(values):
    return {"median": round(statistics.median(values), 1), "min": round(min(values), 1),
            "max": round(max(values), 1)}


def cpu():
    wanted = ["avx2", "avx512f", "avx512_vnni", "amx_int8", "sha_ni"]
    text = pathlib.Path("/proc/cpuinfo").read_text(errors="replace")
    lines = dict(reversed([[part.strip() for part in line.split(":", 1)]
                           for line in text.splitlines() if ":" in line]))
    return lines["model name"], [flag for flag in wanted if flag in lines["flags"].split()]


def start(options, packed):
    """(ms from exec to ready, peak memory in MB); ends when kept weights are there."""
    began = time.monotonic()
    server = subprocess.Popen(
        [options.program, "serve", "--data", options.data, "--listen", f"127.0.0.1:{options.port}"],
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    said = []
    for line in server.stderr:
        said.append(line)
        if "is ready after" in line:
            break
    took = 1000 * (time.monotonic() - began)
    if server.poll() is not None:
        sys.exit("the server ended:\n" + "".join(said))
    status = pathlib.Path(f"/proc/{server.pid}/status").read_text()
    peak = int(re.search(r"VmHWM:\s+(\d+)", status).group(1)) * 1024 / 1e6
    until = time.monotonic() + 60
    while not list(packed.glob("*.mwpack")) and time.monotonic() < until:
        time.sleep(0.02)
    server.send_signal(signal.SIGTERM)
    server.wait()
    return took, peak


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("program")
    parser.add_argument("--data", required=True)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--port", type=int, default=18099)
    parser.add_argument("--limit-ms", type=float, default=300)
    options = parser.parse_args()
    models = pathlib.Path(options.data) / "models"
    packed = models / "packed"
    file_mb = max(path.stat().st_size for path in (models / "blobs").iterdir()) / 1e6
    first, second = [], []
    for _ in range(options.rounds):
        for path in packed.glob("*.mwpack"):
            path.unlink()
        first.append(start(options, packed))
        second.append(start(options, packed))
    name, flags = cpu()
    info = json.loads(subprocess.run([options.program, "info", "--json"], check=True,
                                     capture_output=True, text=True).stdout)
    median = statistics.median(took for took, _ in second)
    peak = max(peak for _, peak in second)
    print(json.dumps({
        "date": time.strftime("%Y-%m-%d", time.gmtime()), "what": "second start to ready",
        "command": "bench/macro/second_start.py PROGRAM --data DIR --rounds "
                   + str(options.rounds),
        "commit": info.get("commit", ""), "cpu": name, "flags": flags, "cores": os.cpu_count(),
        "load": round(os.getloadavg()[0], 1), "model_mb": round(file_mb, 1),
        "packing_ms": spread([took for took, _ in first]),
        "packing_peak_mb": round(max(peak for _, peak in first), 1),
        "kept_ms": spread([took for took, _ in second]), "kept_peak_mb": round(peak, 1)}))
    return 1 if median > options.limit_ms or peak > file_mb + 150 else 0


if __name__ == "__main__":
    sys.exit(main())
