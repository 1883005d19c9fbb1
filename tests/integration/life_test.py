"""Remaining life as a maintenance engineer gets to it: failures noted as events, lives cut out of the store, a model, a pump that is followed."""

import json
import random
import time
import unittest

from harness import DataFolder, Server, main, needs_program, run

KEY = "0123456789abcdef"
AUTH = {"Authorization": f"Bearer {KEY}"}
HOUR_MS = 3_600_000
PUMPS = 16
CATALOGUE = {
    "site": "test", "lines": [{"id": "line-1"}],
    "kinds": [{"id": "pump", "tags": [{"id": "heat", "unit": "K", "watchdog_s": 7200},
                                      {"id": "gap", "unit": "mm", "watchdog_s": 7200}]}],
    "assets": [{"id": f"pump-{i}", "kind": "pump", "line": "line-1",
                "name": {"en": f"Pump {i}", "zh": f"{i}号泵"}} for i in range(PUMPS)]}


def life_hours(pump):
    return 60 + 9 * pump


def readings(pump, began_ms, hours, seed):
    """What a pump reads while it wears: it heats up and its gap grows with what is used up."""
    chance = random.Random(1000 * seed + pump)
    for hour in range(hours):
        used = (hour + 1) / life_hours(pump)
        yield began_ms + hour * HOUR_MS, 90 + 9 * used + chance.gauss(0, 0.3), 4 * used * used + chance.gauss(0, 0.1)


def moment(ms):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(ms / 1000))


@needs_program
class RemainingLife(unittest.TestCase):
    def setUp(self):
        self.data = DataFolder()
        self.addCleanup(self.data.close)
        self.path = self.data.path
        (self.path / "plant.json").write_text(json.dumps(CATALOGUE))
        keys = self.path / "keys"
        keys.write_text(f"engineer:{KEY}\n")
        keys.chmod(0o600)
        (self.path / "config.toml").write_text(
            f'[server]\napi_keys_file = "{keys}"\nloopback_viewer = true\n[plant]\ncatalogue_file = "{self.path}/plant.json"\n')

    def maintain(self, *words, fails=False):
        done = run("maintain", *map(str, words), "--data", str(self.path), timeout=300)
        self.assertEqual(done.returncode != 0, fails, done.stdout + done.stderr)
        return done.stdout + done.stderr

    def store(self, name, rows):
        file = self.path / name
        file.write_text("time,tag,value\n" + "".join(rows))
        done = run("plant", "import", str(file), "--data", str(self.path))
        self.assertEqual(done.returncode, 0, done.stderr + done.stdout)

    def note(self, server, pump, kind, ms):
        status, _, body = server.request("POST", "/api/plant/events", {
            "asset": f"pump-{pump}", "kind": kind, "text": kind, "start": moment(ms), "end": moment(ms)}, AUTH)
        self.assertEqual(status, 200, body)

    def test_from_noted_failures_to_the_date_of_the_next(self):
        now_ms = int(time.time() * 1000) // HOUR_MS * HOUR_MS
        past_ms = now_ms - 20 * 24 * HOUR_MS  # when the lives that teach began
        followed = 12
        seen = int(life_hours(followed) * 0.8)
        began_ms = now_ms - seen * HOUR_MS
        rows = []
        for pump in range(PUMPS):
            for ms, heat, gap in readings(pump, past_ms, life_hours(pump), 1):
                rows += [f"{ms},pump-{pump}/heat,{heat}\n", f"{ms},pump-{pump}/gap,{gap}\n"]
        for ms, heat, gap in readings(followed, began_ms, seen, 7):
            rows += [f"{ms},pump-{followed}/heat,{heat}\n", f"{ms},pump-{followed}/gap,{gap}\n"]
        self.store("past.csv", rows)
        with Server(self.path, demo=False) as server:
            for pump in range(PUMPS):
                self.note(server, pump, "pump replaced", past_ms)
                self.note(server, pump, "pump failed", past_ms + life_hours(pump) * HOUR_MS)
            self.note(server, followed, "pump replaced", began_ms)
        table = self.path / "lives.csv"
        pumps = ",".join(f"pump-{i}" for i in range(PUMPS))
        cut = self.maintain("lives", pumps, "--begins", "pump replaced", "--ends", "pump failed",
                            "--since", moment(past_ms - HOUR_MS), "--to", table)
        self.assertIn(f"{PUMPS} whole lives, {sum(map(life_hours, range(PUMPS)))} rows", cut)
        self.assertTrue(table.read_text().startswith("life,hour,heat [K],gap [mm]\n"))
        self.maintain("report", table, "--asset", "life", "--time", "hour")
        trained = self.maintain("train", table, "--asset", "life", "--time", "hour", "--cap", 80, "--name", "pumps")
        self.assertIn("asset_wise", trained.replace("asset-wise", "asset_wise"))
        refused = self.maintain("follow", f"pump-{followed}", "--model", "pumps", "--since",
                                moment(now_ms + 48 * HOUR_MS), fails=True)
        self.assertIn("before now", refused)
        said = self.maintain("follow", f"pump-{followed}", "--model", "pumps", "--since", moment(past_ms),
                             "--begins", "pump replaced")
        self.assertIn("an event told so", said)
        self.assertIn("it fails between", said)

        with Server(self.path, demo=False) as server:
            life = server.get(f"/api/maintenance/life/pump-{followed}")
            self.assertEqual((life["answer"]["kind"], life["by_event"], life["began_ms"]), ("range", True, began_ms))
            fails_ms = began_ms + life_hours(followed) * HOUR_MS
            slack = 6 * HOUR_MS  # one pump: nine of ten ranges hold the truth
            self.assertLess(life["earliest_ms"], fails_ms + slack)
            self.assertGreater(life["latest_ms"], fails_ms - slack)
            self.assertEqual(len(life["course"]), 60)
            self.assertEqual(life["course"][0]["kind"], "too_early")
            for question, words in (("When will Pump 12 fail?", "Pump 12 is expected to fail between"),
                                    ("12号泵还能用多久？", "12号泵预计在"),
                                    ("Which machine fails next?", "The remaining life of 1 machine is followed")):
                _, _, body = server.request("POST", "/api/ask", {"question": question, "lang": None}, AUTH)
                self.assertIn(words, body.decode(), question)
            self.note(server, followed, "pump replaced", now_ms - 3 * HOUR_MS)  # a new one begins anew
            server.wait_until("it is a new life", lambda: server.get(
                f"/api/maintenance/life/pump-{followed}")["answer"]["kind"] == "too_early", 70)
            status, _, _ = server.request("DELETE", f"/api/maintenance/life/pump-{followed}", None, AUTH)
            self.assertEqual(status, 200)
            self.assertEqual(server.get("/api/maintenance/life")["machines"], [])
        actions = run("audit", "show", "--data", str(self.path)).stdout
        self.assertIn("maintenance.life_follow", actions)
        self.assertIn("maintenance.life_end", actions)


if __name__ == "__main__":
    main()
