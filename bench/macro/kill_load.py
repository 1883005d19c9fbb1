"""The load under which kill_nine.py kills: numbered samples over MQTT and HTTP, changes on record."""

import asyncio
import json
import time

DEVICES, WATCHDOG_S = 20, 2.0
CATALOGUE = {
    "site": "works", "lines": [{"id": "line"}],
    "kinds": [{"id": "device", "tags": [{"id": "number", "decimals": 0, "watchdog_s": WATCHDOG_S},
                                        {"id": "pushed", "decimals": 0, "watchdog_s": 60}]}],
    "assets": [{"id": f"d{i}", "kind": "device", "line": "line"} for i in range(DEVICES)]}


class Load:
    """What was sent, and what of it was acknowledged by whom."""

    def __init__(self, samples, every_s):
        self.samples_a_message, self.every_s = samples, every_s
        self.sent, self.acknowledged, self.broker_took, self.changes = {}, set(), set(), set()
        self.next, self.change = 0, 0
        self.last_ms = [0] * (2 * DEVICES)
        self.paused, self.stopping = set(), False
        self.server = None

    def samples(self, slot, count):
        """New ones of a tag, each later than the last."""
        tag = f"d{slot % DEVICES}/" + ("number" if slot < DEVICES else "pushed")
        made = []
        for _ in range(count):
            self.last_ms[slot] = max(self.last_ms[slot] + 1, int(time.time() * 1000))
            self.sent[self.next] = (tag, self.last_ms[slot])
            made.append({"ts": self.last_ms[slot], "value": self.next})
            self.next += 1
        return tag, made

    async def publish(self, index, device):
        while not self.stopping:
            if index not in self.paused and len(device.waiting) < 2000:
                _, made = self.samples(index, self.samples_a_message)
                device.publish(f"millwright/works/line/d{index}/number", json.dumps(made).encode(),
                               [each["value"] for each in made])
            await asyncio.sleep(self.every_s)

    async def request(self, method, path, body):
        """The answer of a request that got one; None when the server is away."""
        try:
            status, _, answer = await asyncio.to_thread(
                self.server.request, method, path, body, timeout=10)
            return json.loads(answer) if status == 200 else None
        except (OSError, ValueError, AttributeError, ConnectionError):
            return None
        except Exception as problem:  # http.client has its own
            if type(problem).__module__ != "http.client":
                raise
            return None

    async def push(self):
        slot = DEVICES
        while not self.stopping:
            tag, made = self.samples(slot, 50)
            slot = DEVICES + (slot + 1) % DEVICES
            body = [{"tag": tag, **each} for each in made]
            answer = None
            while answer is None or answer["stored"] != len(body) or answer["buffered"]:
                answer = await self.request("POST", "/api/plant/samples", body)
                if answer is None or answer["buffered"]:
                    await asyncio.sleep(0.1)
            self.acknowledged.update(each["value"] for each in made)
            await asyncio.sleep(0.05)

    async def change_rule(self):
        while not self.stopping:
            self.change += 1
            rule = {"id": "rule", "asset": "d0", "priority": "low",
                    "when": {"tag": "d0/pushed", "above": 1e9 + self.change}}
            if await self.request("PUT", "/api/alarms/rules", rule) is not None:
                self.changes.add(self.change)
            await asyncio.sleep(0.2)
