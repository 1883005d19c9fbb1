"""What the plant's promise is worth: kill -9, a broker that dies, a disk that is full."""

import os
import pathlib
import signal
import subprocess
import time
import unittest

from harness import DataFolder, Server, children_of, main, needs_program


def quality_counts(server):
    counts = {"good": 0, "uncertain": 0, "bad": 0}
    for asset in server.get("/api/plant")["assets"]:
        for tag in asset["tags"]:
            counts[tag["latest"]["quality"]] += 1
    return counts


def broker_process(server):
    """The Mosquitto that --demo started."""
    for child in children_of(server.process.pid):
        name = pathlib.Path(f"/proc/{child}/comm").read_text().strip()
        if name == "mosquitto":
            return child
    return None


@needs_program
class Crash(unittest.TestCase):
    def setUp(self):
        self.folder = DataFolder()
        self.addCleanup(self.folder.close)

    def stored(self, server):
        return server.get("/api/system")["ingest"]["stored_samples"]

    def test_killed_server_starts_clean_and_keeps_its_samples(self):
        for _ in range(3):
            server = Server(self.folder.path)
            try:
                server.wait_until("samples", lambda: quality_counts(server)["good"] > 20, 60)
                # Past the longest batch, so that something older than the kill must be there.
                time.sleep(3)
                now = int(time.time() * 1000)
                before = self.points(server, now - 600_000, now - 2_000)
                self.assertGreater(len(before), 0)
            finally:
                server.kill()
            with Server(self.folder.path) as again:
                after = self.points(again, now - 600_000, now - 2_000)
                self.assertGreaterEqual(len(after), len(before))
                again.wait_until("new samples", lambda: quality_counts(again)["good"] > 20, 60)

    def points(self, server, start_ms, end_ms):
        series = server.get("/api/plant/series?tag=cnc-2/spindle_temperature"
                            f"&from_ms={start_ms}&to_ms={end_ms}&points=600")
        return [point for point in series["points"] if point[1] is not None]

    def test_killed_server_forgets_no_alarm_and_no_acknowledgement(self):
        rule = {"id": "hot", "asset": "cnc-2", "priority": "high",
                "when": {"tag": "cnc-2/spindle_temperature", "above": -10}}
        server = Server(self.folder.path)
        try:
            server.wait_until("samples", lambda: quality_counts(server)["good"] > 20, 60)
            self.assertEqual(server.request("PUT", "/api/alarms/rules", rule)[0], 200)
            server.wait_until("the alarm", lambda: self.state_of(server, "hot"), 30)
            status, body = server.request("POST", "/api/alarms/actions", {
                "alarm": "hot", "action": "acknowledge", "note": "on my way"})[:2]
            self.assertEqual(status, 200, body)
        finally:
            server.kill()
        with Server(self.folder.path) as again:
            self.assertEqual(self.state_of(again, "hot"), "acknowledged")
            entries = again.get("/api/alarms/journal?alarm=hot")["entries"]
            self.assertEqual([entry["event"] for entry in entries], ["acknowledged", "raised"])
            self.assertEqual(entries[0]["note"], "on my way")

    def state_of(self, server, alarm):
        states = {each["id"]: each["state"] for each in server.get("/api/alarms")["alarms"]}
        return states.get(alarm)

    def test_no_broker_is_left_behind(self):
        server = Server(self.folder.path)
        broker = server.wait_until("the broker", lambda: broker_process(server), 30)
        server.kill()
        deadline = time.monotonic() + 10
        while pathlib.Path(f"/proc/{broker}").exists() and time.monotonic() < deadline:
            time.sleep(0.1)
        self.assertFalse(pathlib.Path(f"/proc/{broker}").exists(), "mosquitto outlived its server")

    def test_broker_that_dies_is_seen_and_survived(self):
        with Server(self.folder.path) as server:
            server.wait_until("good values", lambda: quality_counts(server)["good"] > 20, 60)
            broker = broker_process(server)
            self.assertIsNotNone(broker)
            os.kill(broker, signal.SIGSTOP)  # silent, as behind a dead switch
            server.wait_until("values turn bad", lambda: quality_counts(server)["good"] == 0, 60)
            os.kill(broker, signal.SIGCONT)
            server.wait_until("values are good again",
                              lambda: quality_counts(server)["good"] > 20, 60)
            os.kill(broker, signal.SIGKILL)
            server.wait_until("values turn bad", lambda: not server.get("/api/plant")["broker"][
                "connected"] or broker_process(server) not in (None, broker), 60)
            server.wait_until("ingest resumes by itself",
                              lambda: quality_counts(server)["good"] > 20, 90)

    def test_stop_is_clean(self):
        server = Server(self.folder.path)
        server.wait_until("healthy", lambda: server.request("GET", "/healthz")[0] == 200, 30)
        self.assertEqual(server.stop(), 0, server.output())


@needs_program
class DiskFull(unittest.TestCase):
    def test_server_keeps_answering_and_says_what_it_cannot_store(self):
        folder = DataFolder()
        self.addCleanup(folder.close)
        small = folder.path / "small"
        small.mkdir()
        # Less than the demo's history needs, so that it is full soon after the start.
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=3m", "none", small],
                                 capture_output=True, text=True)
        if mounted.returncode != 0:
            self.skipTest(f"no small file system could be mounted: {mounted.stderr.strip()}")
        self.addCleanup(subprocess.run, ["umount", "-l", small])
        with Server(small) as server:
            problem = server.wait_until("the problem is told", lambda: server.get(
                "/api/system")["disk"]["problem"], 60)
            self.assertTrue(problem["en"] and problem["zh"])
            self.assertEqual(server.request("GET", "/healthz")[0], 200)
            server.wait_until("values live on", lambda: quality_counts(server)["good"] > 20, 60)
            subprocess.run(["mount", "-o", "remount,size=256m", small], check=True)
            server.wait_until("the problem is over", lambda: server.get(
                "/api/system")["disk"]["problem"] is None, 60)


if __name__ == "__main__":
    main()
