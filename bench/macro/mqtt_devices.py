#!/usr/bin/env python3
"""A thousand devices, each a client of its own at a Mosquitto, each with one value a second.

    bench/macro/mqtt_devices.py --devices 1000 --seconds 60 --watchers 1

Starts the broker and the server, connects the devices over real connections (QoS 1, a session each),
and reads GET /api/events as a browser does: the delay of a value is from its time, when it is
published, to the event that shows it. At the end each value that the broker acknowledged must be
stored exactly once, and every device must never have been seen bad after the first second. Appends one
JSON line to bench/results/mqtt_devices.jsonl. Exit status 1 when something was lost or doubled.
"""

import argparse
import asyncio
import csv
import io
import json
import sys
import time

import bench_line
from http_stream import percentile
from kill_parts import Broker, Postgres
from mqtt_wire import Device

sys.path.insert(0, str(bench_line.ROOT / "tests/integration"))
from harness import DataFolder, Server, run  # noqa: E402

LINES = 10


def catalogue(devices):
    return {"site": "works", "lines": [{"id": f"l{i}"} for i in range(LINES)],
            "kinds": [{"id": "device", "tags": [{"id": "number", "decimals": 0, "watchdog_s": 5}]}],
            "assets": [{"id": f"d{i}", "kind": "device", "line": f"l{i % LINES}"} for i in range(devices)]}


class Bench:
    def __init__(self, options):
        self.options = options
        self.sent = {}  # number: milliseconds
        self.taken, self.delays_ms, self.shown, self.bad = set(), [], 0, 0
        self.stopping = False

    async def device(self, index, client):
        """One value each second, the devices spread over it."""
        at = self.begin_s + index / self.options.devices
        for second in range(self.options.seconds):
            await asyncio.sleep(max(0, at + second - time.time()))
            number, now_ms = second * self.options.devices + index, int(time.time() * 1000)
            self.sent[number] = now_ms
            client.publish(f"millwright/works/l{index % LINES}/d{index}/number",
                           b'{"ts":%d,"value":%d}' % (now_ms, number), number)

    async def watch(self, measure):
        reader, writer = await asyncio.open_connection("127.0.0.1", self.server.port, limit=1 << 24)
        writer.write(f"GET /api/events HTTP/1.1\r\nHost: 127.0.0.1:{self.server.port}\r\n\r\n".encode())
        name = b""
        while not self.stopping:
            line = await reader.readline()
            if not line:
                raise SystemExit("the server ended the event stream")
            if line.startswith(b"event:"):
                name = line[6:].strip()
            if not measure or not line.startswith(b"data:") or name != b"plant":
                continue
            now_ms = time.time() * 1000
            for value in json.loads(line[5:]).get("values", []):
                number = value.get("value")
                if value["quality"] != "good":
                    self.bad += number is not None
                elif self.sent.get(int(number)) == value["ts_ms"] and value["ts_ms"] >= self.begin_s * 1000:
                    self.delays_ms.append(now_ms - value["ts_ms"])
        writer.close()

    async def go(self):
        data = DataFolder()
        data.path.chmod(0o755)
        broker, postgres, store = Broker(data.path / "broker", saves=False), None, ""
        try:
            if self.options.store == "postgres":
                postgres = Postgres(data.path / "postgres")
                store = f'store = "{postgres.url}"\n'
            (data.path / "plant.json").write_text(json.dumps(catalogue(self.options.devices)))
            (data.path / "config.toml").write_text(
                f'[plant]\ncatalogue_file = "{data.path}/plant.json"\nbroker = "tcp://127.0.0.1:{broker.port}"\n{store}')
            self.server = Server(data.path, demo=False)
            try:
                return await self.measure(data, broker)
            finally:
                if self.server.process.poll() is None:
                    self.server.kill()
        finally:
            broker.kill()
            if postgres is not None:
                postgres.kill()
            data.close()

    async def quiet(self):
        """Until nothing is stored any more: what the broker still held has come."""
        before = None
        while (stored := self.server.get("/api/system")["ingest"]["stored_samples"]) != before:
            before = stored
            await asyncio.sleep(2)

    async def measure(self, data, broker):
        self.server.wait_until("the broker is there", lambda: self.server.get("/api/plant")["broker"]["connected"], 30)
        clients = []
        for index in range(self.options.devices):
            clients.append(Device(f"device-{index}", broker.port, self.taken.add))
            if index % 50 == 49:
                await asyncio.sleep(0.05)
        while sum(client.connections for client in clients) < len(clients):
            await asyncio.sleep(0.05)
        watchers = [asyncio.create_task(self.watch(i == 0)) for i in range(self.options.watchers)]
        await asyncio.sleep(0.5)
        self.begin_s = time.time() + 0.5
        cpu = cpu_s(self.server.process.pid)
        await asyncio.gather(*[self.device(i, client) for i, client in enumerate(clients)])
        end = time.monotonic() + 30
        while any(client.waiting for client in clients) and time.monotonic() < end:
            await asyncio.sleep(0.05)
        await self.quiet()
        cpu = cpu_s(self.server.process.pid) - cpu
        connected = sum(client.writer is not None for client in clients)
        again = sum(client.connections - 1 for client in clients)
        self.stopping = True
        for task in watchers:
            task.cancel()
        for client in clients:
            client.close()
        await asyncio.to_thread(self.server.stop)
        exported = run("plant", "export", "--data", data.path, "--from", "2020-01-01T00:00:00Z",
                       "--to", "2040-01-01T00:00:00Z", timeout=300)
        counted = {}
        for row in csv.DictReader(io.StringIO(exported.stdout)):
            if row["value"]:
                number = int(float(row["value"]))
                counted[number] = counted.get(number, 0) + 1
        return {"devices": self.options.devices, "store": self.options.store, "connected_at_end": connected, "connected_again": again,
                "seconds": self.options.seconds, "watchers": self.options.watchers,
                "published": len(self.sent), "acknowledged": len(self.taken),
                "lost": len(self.taken - counted.keys()), "not_acknowledged": len(self.sent.keys() - self.taken),
                "doubled": sum(count > 1 for count in counted.values()), "seen_bad": self.bad,
                "shown": len(self.delays_ms),
                "delay_ms": {name: round(percentile(self.delays_ms, share), 1)
                             for name, share in (("p50", 0.5), ("p95", 0.95), ("p99", 0.99), ("max", 1.0))},
                "server_core_share": round(cpu / self.options.seconds, 3)}


def cpu_s(pid):
    fields = open(f"/proc/{pid}/stat").read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / 100


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--devices", type=int, default=1000)
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--store", choices=("sqlite", "postgres"), default="sqlite")
    parser.add_argument("--watchers", type=int, default=1, help="browsers; the first one is measured")
    options = parser.parse_args()
    result = asyncio.run(Bench(options).go())
    bench_line.append("mqtt_devices.jsonl", {"what": "connected MQTT devices", **result})
    missed = [name for name in ("lost", "doubled", "not_acknowledged", "seen_bad") if result[name] > 0]
    if missed or result["connected_at_end"] < options.devices:
        sys.exit(f"missed: {', '.join(missed) or 'connections'}")


if __name__ == "__main__":
    main()
