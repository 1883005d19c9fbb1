#!/usr/bin/env python3
"""Many people with the console open: each logged in with a session of their own, reading /api/events as a tab does and
asking for a chart every few seconds. How old is what they see, and what does it cost?

    bench/macro/console_users.py --users 200 --seconds 60 [--record]

The plant is the demo's (a real broker, simulated machines). A value's age is its arrival at the reader less its source
time, one clock; values told first with a whole picture are left out. Prints one JSON object; exit status 1 when a stream
or a request failed. --record appends it to bench/results/console.jsonl.
"""

import argparse
import asyncio
import datetime
import http.client
import json
import os
import pathlib
import subprocess
import sys
import time

from http_stream import events, percentile, read_head

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/integration"))
from harness import PROGRAM, DataFolder, Server  # noqa: E402

PASSWORD = "two hundred at once"


def add_people(data, count):
    for n in range(count):
        subprocess.run([PROGRAM, "user", "add", f"user{n}", "--line", "*", "--data", data, "--password-file", "-",
                        "--role", ("viewer", "operator", "engineer")[n % 3]],
                       input=PASSWORD + "\n", text=True, capture_output=True, check=True)


def log_in(port, name):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("POST", "/api/session", json.dumps({"name": name, "password": PASSWORD}),
                       {"Content-Type": "application/json"})
    answer = connection.getresponse()
    body = answer.read()
    if answer.status != 200:
        raise RuntimeError(f"login of {name}: {answer.status} {body[:300]}")
    cookie = answer.getheader("Set-Cookie").split(";")[0]
    connection.close()
    return cookie


def head(port, path, cookie):
    return (f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nCookie: {cookie}\r\n\r\n").encode()


async def watch(port, cookie, until, found):
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1 << 22)
    writer.write(head(port, "/api/events", cookie))
    await read_head(reader)
    first = True
    try:
        async with asyncio.timeout_at(until):
            async for data in events(reader):
                now_ms = time.time() * 1000
                event = json.loads(data)
                if "values" not in event:
                    continue
                found["events"] += 1
                for value in [] if first else event["values"]:
                    if value.get("quality") == "good":
                        found["ages_ms"].append(now_ms - value["ts_ms"])
                first = False
        found["problems"].append("the stream ended")
    except TimeoutError:
        pass
    except (OSError, RuntimeError, ValueError, asyncio.IncompleteReadError) as problem:
        found["problems"].append(f"{type(problem).__name__}: {problem}")
    finally:
        writer.close()


async def look_at_charts(port, cookie, tag, until, every_s, found):
    loop = asyncio.get_running_loop()
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1 << 22)
    while loop.time() < until:
        began = loop.time()
        try:
            from_ms = int(time.time() * 1000) - 900_000
            writer.write(head(port, f"/api/plant/series?tag={tag}&from_ms={from_ms}&points=600", cookie))
            fields = await read_head(reader)
            await reader.readexactly(int(fields[b"content-length"]))
            found["charts_ms"].append((loop.time() - began) * 1000)
        except Exception as problem:  # noqa: BLE001: whatever it was, it is a failure of this run
            found["problems"].append(f"chart: {type(problem).__name__}: {problem}")
            break
        await asyncio.sleep(max(0, min(every_s, until - loop.time())))
    writer.close()


def cpu_s(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(") ", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


async def run(server, options, cookies, tag):
    loop = asyncio.get_running_loop()
    found = {"events": 0, "ages_ms": [], "charts_ms": [], "problems": []}
    until = loop.time() + options.seconds
    before_s = cpu_s(server.process.pid)
    async with asyncio.TaskGroup() as group:
        for n, cookie in enumerate(cookies):
            group.create_task(watch(server.port, cookie, until, found))
            group.create_task(look_at_charts(server.port, cookie, tag, until, options.every_s, found))
            await asyncio.sleep(2 / len(cookies))  # not all in one instant
    return found, cpu_s(server.process.pid) - before_s


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--users", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--every-s", type=float, default=5, help="between two charts of one person")
    parser.add_argument("--record", action="store_true")
    options = parser.parse_args()
    data = DataFolder()
    try:
        add_people(data.path, options.users)
        with Server(data.path) as server:
            cookies = [log_in(server.port, f"user{n}") for n in range(options.users)]
            tag = "cnc-2/spindle_temperature"
            found, used_s = asyncio.run(run(server, options, cookies, tag))
            memory = pathlib.Path(f"/proc/{server.process.pid}/status").read_text()
    finally:
        data.close()
    flags = pathlib.Path("/proc/cpuinfo").read_text()
    result = {
        "what": "console_users", "date": datetime.date.today().isoformat(),
        "commit": subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True,
                                 text=True).stdout.strip(),
        "cpu": flags.split("model name\t: ", 1)[1].split("\n", 1)[0], "cores": os.cpu_count(),
        "users": options.users, "seconds": options.seconds, "plant_events": found["events"],
        "values": len(found["ages_ms"]),
        "value_age_ms": {"p50": round(percentile(found["ages_ms"], 0.5) or -1, 1),
                         "p99": round(percentile(found["ages_ms"], 0.99) or -1, 1)},
        "charts": len(found["charts_ms"]),
        "chart_ms": {"p50": round(percentile(found["charts_ms"], 0.5) or -1, 1),
                     "p99": round(percentile(found["charts_ms"], 0.99) or -1, 1)},
        "cores_used": round(used_s / options.seconds, 3),
        "rss_mb": int(memory.split("VmRSS:")[1].split()[0]) // 1024,
        "load_of_machine": os.getloadavg()[0], "problems": len(found["problems"]),
    }
    for problem in found["problems"][:5]:
        print(problem, file=sys.stderr)
    print(json.dumps(result, indent=2))
    if options.record:
        with open(ROOT / "bench/results/console.jsonl", "a") as file:
            file.write(json.dumps(result) + "\n")
    return 1 if found["problems"] else 0


if __name__ == "__main__":
    sys.exit(main())
