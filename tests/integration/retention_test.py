"""Retention through the program: on record first, said by charts and exports, the server goes on."""

import json
import time
import unittest

from harness import DataFolder, Server, main, needs_program, run

TAG = "oven-1%2Ftemperature"
CATALOGUE = {
    "site": "test", "lines": [{"id": "line-1"}],
    "kinds": [{"id": "oven", "tags": [{"id": "temperature", "unit": "degC", "watchdog_s": 90}]}],
    "assets": [{"id": "oven-1", "kind": "oven", "line": "line-1"}]}
DAY_MS = 86_400_000


@needs_program
class Retention(unittest.TestCase):
    def setUp(self):
        self.data = DataFolder()
        self.addCleanup(self.data.close)
        self.path = self.data.path
        (self.path / "plant.json").write_text(json.dumps(CATALOGUE))

    def configure(self, rule):
        (self.path / "config.toml").write_text(
            f'[plant]\ncatalogue_file = "{self.path}/plant.json"\n[[retention]]\n{rule}\n')

    def test_old_samples_become_minutes_and_it_is_said_everywhere(self):
        self.configure('tags = ["oven-*"]\nraw_days = 2\nminute_days = 30')
        day = (int(time.time() * 1000) // DAY_MS - 5) * DAY_MS
        rows = "".join(f"{day + s * 1000},{s % 60}\n" for s in range(0, 7200, 10))
        (self.path / "old.csv").write_text("time,oven-1/temperature\n" + rows)
        imported = run("plant", "import", str(self.path / "old.csv"), "--data", str(self.path))
        self.assertEqual(imported.returncode, 0, imported.stderr + imported.stdout)
        with Server(self.path, demo=False) as server:
            server.wait_until(
                "retention has run",
                lambda: server.get("/api/system")["ingest"]["retention"]["last_run_ms"] is not None, 40)
            retention = server.get("/api/system")["ingest"]["retention"]
            self.assertEqual((retention["rules"], retention["removed_samples"], retention["problem"]),
                             (1, 720, None))
            series = server.get(f"/api/plant/series?tag={TAG}&from_ms={day}&to_ms={day + 7_200_000}&points=500")
            self.assertEqual(series["resolution_ms"], 60_000)
            self.assertEqual(series["bucket_ms"], 60_000)
            self.assertEqual(len(series["points"]), 120)
            self.assertEqual(series["points"][0], [day, 25, 0, 50])
            self.assertEqual(series["good_share"], 1)
            _, _, metrics = server.request("GET", "/metrics")
            self.assertIn(b"millwright_removed_samples_total 720", metrics)
        shown = run("audit", "show", "--data", str(self.path)).stdout
        self.assertIn("plant.retention", shown)
        self.assertIn("tags:oven-*", shown)
        self.assertEqual(run("audit", "verify", "--data", str(self.path)).returncode, 0)
        exported = run("plant", "export", "--data", str(self.path), "--from", "2020-01-01T00:00:00Z",
                       "--to", "2040-01-01T00:00:00Z")
        self.assertEqual(exported.stdout.strip().count("\n"), 0, "no sample is left")
        self.assertIn("replaced by aggregates", exported.stderr)

    def test_a_rule_that_keeps_the_coarser_for_less_is_refused(self):
        self.configure('tags = ["*"]\nraw_days = 30\nminute_days = 7')
        refused = run("serve", "--data", str(self.path), "--listen", "127.0.0.1:0")
        self.assertNotEqual(refused.returncode, 0)
        self.assertIn("minute_days", refused.stderr + refused.stdout)


if __name__ == "__main__":
    main()
