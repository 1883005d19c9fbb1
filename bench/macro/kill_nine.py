#!/usr/bin/env python3
"""kill -9 of server, store, broker and link in turn, under load: nothing acknowledged is lost.

    bench/macro/kill_nine.py --rounds 200 --store both

Devices publish numbered samples at QoS 1 to a Mosquitto, a gateway pushes others over HTTP, somebody
changes an alarm rule again and again; the server takes the first through a proxy that reads which of
them it acknowledged. In each round one part is killed with SIGKILL (the link: cut, or silent) and
comes back. With SQLite the store is in the server's process; with PostgreSQL the writer's backend and
the postmaster are killed in turn, or the postmaster and, while it is away, the server. At the end every
acknowledged sample must be there exactly once, every acknowledged change in the audit log, and `millwright audit verify` pass.

What the broker itself forgot (it had acknowledged it to a device and never handed it over) is counted
apart. Appends one JSON line to bench/results/kill_nine.jsonl. Exit status 1 when something was lost,
doubled, or a bound of the issue was missed.
"""

import argparse
import asyncio
import csv
import io
import json
import random
import sys
import time

import bench_line
from kill_load import CATALOGUE, DEVICES, WATCHDOG_S, Load
from kill_parts import Broker, Link, Postgres
from mqtt_wire import Device

sys.path.insert(0, str(bench_line.ROOT / "tests/integration"))
from harness import DataFolder, Server, run, run_json  # noqa: E402

LOOK_S = 0.25 + 0.5  # the server's look at watchdogs, and ours at a server under load


class Run(Load):
    def __init__(self, options, store):
        super().__init__(options.samples, options.every_s)
        self.options, self.store = options, store
        self.broker = self.postgres = None
        self.times = {}  # kind of event: seconds
        self.kills = {}
        self.draw = random.Random(options.seed)

    # Looking ------------------------------------------------------------------------------------

    async def plant(self):
        return await self.request("GET", "/api/plant", None)

    async def qualities(self):
        plant = await self.plant()
        return {} if plant is None else {
            tag["id"]: tag["latest"]["quality"] for asset in plant["assets"] for tag in asset["tags"]
            if tag["id"].endswith("/number")}

    async def wait(self, what, condition, seconds=300):
        begun = time.monotonic()
        while not await condition():
            if time.monotonic() - begun > seconds:
                print(self.server.output()[-3000:], file=sys.stderr)
                plant, system = await self.plant(), await self.request("GET", "/api/system", None)
                if plant and system:
                    print(plant["now_ms"], plant["broker"], plant["connectors"], system["ingest"], system["disk"],
                          [tag["latest"] for asset in plant["assets"][:3] for tag in asset["tags"]], file=sys.stderr)
                print(f"{self.link.packets} packets handed over; devices wait for",
                      [(len(each.waiting), each.connections) for each in self.devices], file=sys.stderr)
                raise SystemExit(f"{what}: not within {seconds} s")
            await asyncio.sleep(0.02)
        return time.monotonic() - begun

    async def flows(self):
        """Whether all is stored again and each device's newest value is good and of this second."""
        plant = await self.plant()
        if plant is None:
            return False
        newest = [tag["latest"] for asset in plant["assets"] for tag in asset["tags"]
                  if tag["id"].endswith("/number")]
        if any(each["quality"] != "good" or each["ts_ms"] < plant["now_ms"] - 1000 for each in newest):
            return False
        system = await self.request("GET", "/api/system", None)
        return system is not None and system["disk"]["problem"] is None

    def note(self, what, seconds):
        self.times.setdefault(what, []).append(seconds)

    # Killing ------------------------------------------------------------------------------------

    async def start_server(self):
        self.server = await asyncio.to_thread(Server, self.data.path, demo=False)
        self.note("ready_s", self.server.ready_after_s)

    async def kill_server(self, _):
        self.server.kill()
        await self.start_server()

    async def kill_broker(self, _):
        self.broker.kill()
        await asyncio.to_thread(self.broker.start)

    async def kill_store(self, count):
        if count % 2 == 0:
            await asyncio.to_thread(self.postgres.kill_writer)
        else:
            await asyncio.to_thread(self.postgres.kill)
            await asyncio.to_thread(self.postgres.start)

    async def kill_store_and_server(self, _):
        """What is acknowledged between the two is on our own disk alone."""
        await asyncio.to_thread(self.postgres.kill)
        await asyncio.sleep(1.5)
        self.server.kill()
        await asyncio.to_thread(self.postgres.start)
        await self.start_server()

    async def cut_link(self, count):
        begun = time.monotonic()
        if count % 2 == 0:
            self.link.cut()
        else:
            self.link.silent = True

        async def all_bad():
            qualities = await self.qualities()
            return len(qualities) == DEVICES and "good" not in qualities.values()
        await self.wait("every value of a lost link is bad", all_bad)
        self.note("bad_after_link_s", time.monotonic() - begun)
        self.link.cut()
        self.link.restore()

    async def lose_device(self):
        """One device is silent: its value alone is bad within a watchdog period, then good again."""
        name = "d0/number"
        self.paused.add(0)
        last_s = self.last_ms[0] / 1000

        async def is_(quality):
            return (await self.qualities()).get(name) == quality
        await self.wait("a lost device's value is bad", lambda: is_("bad"))
        self.note("bad_after_device_s", time.time() - last_s)
        self.paused.discard(0)
        self.note("good_again_s", await self.wait("it is good again", lambda: is_("good")))

    async def go(self):
        self.data = DataFolder()
        self.data.path.chmod(0o755)
        try:
            return await self.all_rounds()
        finally:
            self.stopping = True
            if self.server is not None and self.server.process.poll() is None:
                self.server.kill()
            if self.broker is not None:
                self.broker.kill()
            if self.postgres is not None:
                self.postgres.kill()
            self.data.close()

    async def all_rounds(self):
        path = self.data.path
        self.broker = Broker(path / "broker")
        self.link = Link(self.broker.port, self.acknowledged)
        await self.link.start()
        config = f'[plant]\ncatalogue_file = "{path}/plant.json"\nbroker = "tcp://127.0.0.1:{self.link.port}"\n'
        if self.store == "postgres":
            self.postgres = Postgres(path / "postgres")
            config += f'store = "{self.postgres.url}"\n'
        (path / "plant.json").write_text(json.dumps(CATALOGUE))
        (path / "config.toml").write_text(config)
        await self.start_server()
        self.times.clear()  # the first start is no restart
        self.devices = devices = [Device(f"device-{i}", self.broker.port, self.broker_took.update) for i in range(DEVICES)]
        load = [asyncio.create_task(each) for each in
                [self.publish(i, device) for i, device in enumerate(devices)] + [self.push(), self.change_rule()]]
        await self.wait("samples come in", self.flows)
        kinds = {"server": self.kill_server, "broker": self.kill_broker, "link": self.cut_link}
        if self.postgres:
            kinds["store"] = self.kill_store
            kinds["store_and_server"] = self.kill_store_and_server
        kinds = {kind: kill for kind, kill in kinds.items() if kind in self.options.parts}
        begun = time.monotonic()
        for number in range(self.options.rounds):
            kind = list(kinds)[number % len(kinds)]
            killed = time.monotonic()
            await kinds[kind](self.kills.get(kind, 0))
            self.kills[kind] = self.kills.get(kind, 0) + 1
            await self.wait(f"all flows again after {kind}", self.flows)
            self.note(f"flows_after_{kind}_s", time.monotonic() - killed)
            if kind == "link":
                await self.lose_device()
            await asyncio.sleep(self.draw.uniform(0, self.options.between_s))
            if sys.stderr.isatty() or number % 20 == 19:
                print(f"{self.store}: {number + 1} kills, {len(self.acknowledged)} acknowledged", file=sys.stderr)
        took_s = time.monotonic() - begun
        self.stopping = True
        await asyncio.gather(*load)

        async def drained():
            """What was under way on a connection that died may be acknowledged to nobody."""
            before = self.link.packets
            await asyncio.sleep(3)
            system = await self.request("GET", "/api/system", None)
            return (not any(device.waiting for device in devices) and self.link.packets == before
                    and system is not None and system["ingest"]["backlog"] == 0)
        await self.wait("what was sent has arrived", drained)
        for device in devices:
            device.close()
        await asyncio.to_thread(self.server.stop)
        return self.judge(took_s)

    # Judging ------------------------------------------------------------------------------------

    def judge(self, took_s):
        data = self.data.path
        exported = run("plant", "export", "--data", data, "--from", "2020-01-01T00:00:00Z",
                       "--to", "2040-01-01T00:00:00Z", timeout=600)
        if exported.returncode != 0:
            raise SystemExit(exported.stderr)
        counted, wrong = {}, 0
        for row in csv.DictReader(io.StringIO(exported.stdout)):
            if row["value"]:  # a mark that a device is silent has none
                number = int(float(row["value"]))
                counted[number] = counted.get(number, 0) + 1
                wrong += self.sent[number][0] != row["tag"]
        lost = self.acknowledged - counted.keys()
        if lost:
            print("lost:", [(number, *self.sent[number]) for number in sorted(lost)[:10]], file=sys.stderr)
        verified = run("audit", "verify", "--data", data)
        records = run_json("audit", "show", "--data", data, timeout=300)["records"]
        kept = {round(json.loads(each["detail"])["when"]["above"] - 1e9)
                for each in records if each["action"] == "alarm.rule.put"}
        return {
            "store": self.store, "kills": self.kills, "seconds": round(took_s), "samples": len(self.sent),
            "acknowledged": len(self.acknowledged), "lost": len(lost),
            "doubled": sum(count > 1 for count in counted.values()), "wrong": wrong,
            "forgotten_by_broker": len(self.broker_took - self.link.handed_over - counted.keys()),
            "audited": len(self.changes), "audit_lost": len(self.changes - kept),
            "audit_intact": verified.returncode == 0,
            **{what: spread(seconds) for what, seconds in sorted(self.times.items())}}


def spread(seconds):
    ordered = sorted(seconds)
    return {"p50": round(ordered[len(ordered) // 2], 3), "max": round(ordered[-1], 3), "n": len(ordered)}


def failures(result):
    bounds = {"ready_s": 2.0, "bad_after_device_s": WATCHDOG_S + LOOK_S, "bad_after_link_s": WATCHDOG_S + LOOK_S}
    found = [name for name in ("lost", "doubled", "wrong", "audit_lost") if result[name] > 0]
    found += [] if result["audit_intact"] else ["audit_intact"]
    return found + [name for name, bound in bounds.items() if name in result and result[name]["max"] > bound]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--rounds", type=int, default=200, help="kills in all")
    parser.add_argument("--store", choices=("sqlite", "postgres", "both"), default="both")
    parser.add_argument("--parts", nargs="+", help="what is killed",
                        default=["server", "broker", "link", "store", "store_and_server"])
    parser.add_argument("--samples", type=int, default=12, help="in each message")
    parser.add_argument("--every-s", type=float, default=0.25, help="between the messages of a device")
    parser.add_argument("--between-s", type=float, default=0.6, help="at most, between two kills")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    stores = ["sqlite", "postgres"] if options.store == "both" else [options.store]
    options.rounds = -(-options.rounds // len(stores))
    missed = []
    for store in stores:
        result = asyncio.run(Run(options, store).go())
        bench_line.append("kill_nine.jsonl", {"what": "kill -9 under load", "rounds": options.rounds, **result})
        missed += [f"{store}: {each}" for each in failures(result)]
    if missed:
        sys.exit("missed: " + ", ".join(missed))


if __name__ == "__main__":
    main()
