"""Failure prediction live: a machine of the demo plant is watched against its past, over a restart."""

import json
import sqlite3
import time
import unittest

from harness import DataFolder, Server, main, needs_program, run

MACHINE = "compressor-1"
HOURS = 26
HOUR_MS = 3_600_000


def train(server, from_ms, end_ms, **contract):
    return server.request("POST", "/api/maintenance/models", {
        "asset": MACHINE, "from_ms": from_ms, "to_ms": end_ms, **contract})


def machine_of(server):
    return next(each for each in server.get("/api/maintenance/health")["machines"] if each["asset"] == MACHINE)


@needs_program
class Health(unittest.TestCase):
    def setUp(self):
        self.folder = DataFolder()
        self.addCleanup(self.folder.close)

    def has_history(self, server, end_ms):
        series = server.get(f"/api/plant/series?tag={MACHINE}/vibration&from_ms={end_ms - HOUR_MS}"
                            f"&to_ms={end_ms}&points=60")
        return sum(point[1] is not None for point in series["points"]) > 50

    def ask(self, server, question):
        events = server.stream("POST", "/api/ask", {"question": question, "lang": None, "reading_id": ""})
        return next(event.data for event in events if event.name == "done")["answer"]

    def learned(self, server):
        """The model's card of the first stretch that can be learned from; None where there is none."""
        started_ms = int(time.time() * 1000)
        server.wait_until("a day of history", lambda: self.has_history(server, started_ms), 120)
        self.assertEqual(machine_of(server)["verdict"], "not_trained")
        begin_ms = started_ms - HOURS * HOUR_MS
        status, _, refused = train(server, begin_ms, started_ms, most_false=1, days=30)
        self.assertEqual(status, 400)
        self.assertIn(b"not enough evidence", refused)
        # The demo's machines leak at times: the answer says to end before that, or that scores which swing for hours
        # are too little evidence. An earlier end leaves such hours out.
        for ended_h in range(9):
            status, _, trained = train(server, begin_ms, started_ms - ended_h * HOUR_MS, most_false=4, days=1)
            if status == 200:
                return json.loads(trained)
            self.assertRegex(trained, b"window|not enough evidence")
        return None

    def learned_plant(self):
        """A server whose machine is learned. Each demo plant has another past, and one in some twenty leaks too often."""
        for _ in range(6):
            server = Server(self.folder.path)
            card = self.learned(server)
            if card is not None:
                return server, card
            server.stop()
            self.folder.close()
            self.folder = DataFolder()
            self.addCleanup(self.folder.close)
        self.fail("none of six demo plants could be learned from")

    def test_a_machine_is_learned_watched_and_asked_about_over_a_restart(self):
        started, card = self.learned_plant()
        with started as server:
            self.assertFalse(card.pop("in_shadow"))
            server.wait_until("a health index", lambda: machine_of(server)["index"] is not None, 120)
            self.assertIn("1 of 6 machines", self.ask(server, "Which machines need attention, and why?"))
            self.assertIn("健康指数", self.ask(server, "1号空压机的健康状况如何？"))
            self.assertIn("/api/maintenance/models", server.get("/api/openapi.json")["paths"])
        with Server(self.folder.path) as server:
            self.assertEqual(machine_of(server)["card"], card)
            server.wait_until("a health index", lambda: machine_of(server)["index"] is not None, 120)
            status, _, trained = train(server, card["fit"]["from_ms"], card["replay_window"]["to_ms"], most_false=4, days=1)
            self.assertEqual(status, 200, trained)
            self.assertTrue(json.loads(trained)["in_shadow"])
            server.wait_until("a score in shadow", lambda: machine_of(server)["shadow"]["index"] is not None, 120)
            self.assertEqual(machine_of(server)["card"], card)
            model = f"/api/maintenance/models/{MACHINE}"
            status, _, _ = server.request("POST", model + "/decisions", {"version": 2, "decision": "promote"})
            self.assertEqual(status, 409)
            status, _, begun = server.request("POST", model + "/replay", {"version": 2})
            self.assertEqual(status, 202, begun)
            server.wait_until("a replay", lambda: server.get(model + "/replay")["state"] != "running", 120)
            self.assertEqual(server.get(model + "/replay")["state"], "done")
            candidate = server.get(model)["versions"][0]
            self.assertGreater(candidate["replay"]["judged_days"], 0.25)  # a leak may read as a sensor's drift for hours
            status, _, answer = server.request("POST", model + "/decisions", {"version": 2, "decision": "promote"})
            self.assertEqual(status, 409 if candidate["shut"] else 200, answer)
        again = run("maintain", "replay", MACHINE, "--version", "2", "--demo", "--json", "--data", self.folder.path)
        self.assertEqual(again.returncode, 0, again.stderr)
        self.assertRegex(again.stderr, r"rows replayed \[#+\] +\d+/\d+ .* left")
        promoted = not candidate["shut"]
        said = run("maintain", "rollback" if promoted else "reject", MACHINE, "--demo", "--json", "--data", self.folder.path)
        self.assertEqual(said.returncode, 0, said.stderr)
        stages = {each["version"]: each["stage"] for each in json.loads(said.stdout)["versions"]}
        self.assertEqual(stages, {1: "live", 2: "rolled_back" if promoted else "rejected"})
        self.retrain()
        self.order_work()
        shown = run("audit", "show", "--data", self.folder.path).stdout
        self.assertIn("refused  maintenance.train", shown)
        self.assertIn("done     maintenance.train", shown)
        self.assertIn("refused  maintenance.promote", shown)
        self.assertIn("done     maintenance.replay", shown)
        self.assertRegex(shown, r"done +maintenance\.schedule +local:\S+")
        self.assertRegex(shown, r"done +maintenance\.retrain +\S*local:\S+")
        self.assertRegex(shown, r"done +maintenance\.(rollback|reject) +local:\S+")
        self.assertRegex(shown, r"done +maintenance\.work_order +local:\S+")

    def retrain(self):
        """By a schedule whose time has come: set with the server stopped, run at its start, removed through it."""
        words = ("maintain", "schedule", MACHINE, "--demo", "--json", "--data", self.folder.path)
        said = run(*words, "--at", "02:30", "--every-days", "7", "--history-days", "1", "--most-false", "4", "--per-days", "1")
        self.assertEqual(said.returncode, 0, said.stderr)
        self.assertEqual(json.loads(said.stdout)["schedule"]["last"]["result"], "never")
        with sqlite3.connect(next(self.folder.path.rglob("maintenance.db"))) as database:
            database.execute("UPDATE retrain_schedule SET next_ns = ?", (time.time_ns(),))
        database.close()
        path = f"/api/maintenance/models/{MACHINE}/schedule"
        with Server(self.folder.path) as server:
            told = lambda: server.get(path)["schedule"]
            server.wait_until("a scheduled training", lambda: told()["last"]["result"] not in ("never", "running"), 120)
            last = told()["last"]
            self.assertIn(last["result"], ("shadow", "refused"), last)  # the demo's failure may be in the window
            self.assertEqual(last["result"] == "shadow", last["version"] == 3, last)
            self.assertTrue(last["result"] == "shadow" or last["why"]["en"], last)
            self.assertGreater(told()["next_ms"], time.time() * 1000)
            self.assertEqual(server.request("DELETE", path)[0], 200)
            self.assertEqual(server.request("DELETE", path)[0], 404)

    def order_work(self):
        """What the demo plant's description says of a bearing, for a case as the monitor would have opened it."""
        evidence = [{"tag": f"{MACHINE}/{tag}", "unit": unit, "value": 9, "normal_low": 1, "normal_high": 2, "share": share}
                    for tag, unit, share in (("vibration", "mm/s", 0.7), ("motor_current", "A", 0.3))]
        with sqlite3.connect(next(self.folder.path.rglob("maintenance.db"))) as database:
            database.execute("INSERT INTO health_case VALUES(100001, ?, 'line-1', ?, ?, 0, '', '', 0)", (
                MACHINE, time.time_ns(), json.dumps({"state": "running", "simulated": True, "evidence": evidence})))
        database.close()
        words = ("--demo", "--json", "--data", self.folder.path)
        said = run("maintain", "work_order", "100001", *words)
        self.assertEqual(said.returncode, 0, said.stderr)
        order = json.loads(said.stdout)
        self.assertEqual(order["mode"], "bearing_wear")
        best = order["windows"][order["proposed"]]
        self.assertTrue(best["complete"])
        sums = [round(window["known"], 2) for window in order["windows"]]
        self.assertIn(3326.3, sums, "the sum in docs/guide/failure_live.md")
        self.assertAlmostEqual(best["known"], sum(line["amount"] for line in best["lines"]), 6)
        for window in order["windows"]:  # the seal comes from outside within a day
            self.assertEqual(window["shut"] is None, window["from_ms"] > time.time() * 1000 + 24 * HOUR_MS - 60_000)
        said = run("maintain", "accept", "100001", "--note", "crew asked", *words)
        self.assertEqual(said.returncode, 0, said.stderr)
        self.assertEqual(json.loads(said.stdout)["window"]["known"], best["known"])
        past = run("maintain", "accept", "100001", "--start", "2020-01-01T00:00:00Z", *words)
        self.assertNotEqual(past.returncode, 0)


if __name__ == "__main__":
    main()
