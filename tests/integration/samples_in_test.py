"""The ways in that need no broker: pushed samples, a watched folder, import and export of CSV."""

import json
import unittest

from harness import DataFolder, Server, main, needs_program, run, run_json

KEY = "a-secret-of-the-gateway"
AUTH = {"Authorization": f"Bearer {KEY}"}
TAG = "oven-1%2Ftemperature"
CATALOGUE = {
    "site": "test", "lines": [{"id": "line-1"}],
    "kinds": [{"id": "oven", "tags": [
        {"id": "temperature", "unit": "degC", "physical": [-40, 1200], "watchdog_s": 30}]}],
    "assets": [{"id": "oven-1", "kind": "oven", "line": "line-1"}]}


@needs_program
class SamplesIn(unittest.TestCase):
    def setUp(self):
        self.data = DataFolder()
        self.addCleanup(self.data.close)
        path = self.data.path
        self.inbox = path / "inbox"
        self.inbox.mkdir()
        (path / "plant.json").write_text(json.dumps(CATALOGUE))
        keys = path / "keys"
        keys.write_text(f"gateway:{KEY}\n")
        keys.chmod(0o600)
        (path / "config.toml").write_text(
            f'[server]\napi_keys_file = "{keys}"\nloopback_viewer = true\n[plant]\ncatalogue_file = "{path}/plant.json"\n'
            f'push_keys = ["gateway"]\n[[connector]]\nname = "oven-files"\nkind = "folder"\n'
            f'path = "{self.inbox}"\nprefix = "oven-1/"\nsettle_ms = 300\npoll_ms = 100\n')

    def count(self, server, from_ms, to_ms):
        series = server.get(f"/api/plant/series?tag={TAG}&from_ms={from_ms}&to_ms={to_ms}&points=2000",
                            headers=AUTH)
        return sum(point[1] is not None for point in series["points"])

    def push(self, server, samples, headers=AUTH):
        status, _, body = server.request("POST", "/api/plant/samples", samples, headers)
        return status, json.loads(body)

    def connector(self, server, name):
        return next((each for each in server.get("/api/plant", headers=AUTH)["connectors"]
                     if each["name"] == name), None)

    def test_a_csv_file_is_previewed_mapped_and_stored(self):
        with Server(self.data.path, demo=False) as server:
            now = server.get("/api/plant", headers=AUTH)["now_ms"] // 1000 * 1000 - 60_000
            text = "time,Oven temp\n" + "".join(f"{now + i * 1000},{20 + i}\n" for i in range(30))
            def send(**more):
                status, _, body = server.request("POST", "/api/plant/csv", {"text": text, **more}, AUTH)
                return status, json.loads(body)
            status, told = send(map={})
            self.assertEqual(status, 400)  # no column names a tag: nothing to preview but the words for it
            self.assertIn("no column names a tag", told["error"]["message"])
            status, told = send(map={"Oven temp": "oven-1/temperature"})
            self.assertEqual((status, told["readings"], told["stored"]), (200, 30, None))
            self.assertEqual(self.count(server, now, now + 30_000), 0)
            status, told = send(map={"Oven temp": "oven-1/temperature"}, store=True)
            self.assertEqual((status, told["stored"], told["problem_count"]), (200, 30, 0))
            self.assertEqual(self.count(server, now, now + 30_000), 30)
            self.assertEqual(send(map={"Oven temp": "oven-1/temperature"}, store=True)[0], 200)
            self.assertEqual(self.count(server, now, now + 30_000), 30)

    def test_pushed_samples_survive_kill_9_once_they_are_answered(self):
        with Server(self.data.path, demo=False) as server:
            now = server.get("/api/plant", headers=AUTH)["now_ms"] - 5000
            sent = [{"tag": "oven-1/temperature", "ts": now + i, "value": i} for i in range(1000)]
            status, answer = self.push(server, sent[:999] + [{"tag": "oven-2/x", "value": 1}] + sent[999:])
            server.kill()
        self.assertEqual(status, 200)
        self.assertEqual((answer["stored"], answer["refused"]), (1000, 1))
        self.assertEqual(answer["refusals"][0]["position"], 1000)
        with Server(self.data.path, demo=False) as server:
            self.assertEqual(self.count(server, now, now + 1000), 1000)
            status, answer = self.push(server, sent)
            self.assertEqual(answer["stored"], 1000)
            self.assertEqual(self.count(server, now, now + 1000), 1000, "sent twice, stored once")

    def test_who_may_only_look_may_not_push(self):
        with Server(self.data.path, demo=False) as server:
            one = [{"tag": "oven-1/temperature", "value": 20}]
            status, answer = self.push(server, one, {})  # an onlooker at this machine
            self.assertEqual(status, 403)
            self.assertIn("push_keys", answer["error"]["message"])
            self.assertIsNone(self.connector(server, "push"))
            lines = b'{"tag": "oven-1/temperature", "value": 21}\nnonsense\n'
            status, _, body = server.request("POST", "/api/plant/samples", lines,
                                             {**AUTH, "Content-Type": "application/x-ndjson"})
            self.assertEqual((status, json.loads(body)["stored"], json.loads(body)["refused"]), (200, 1, 1))
            self.assertEqual(self.connector(server, "push")["samples"], 1)

    def test_a_file_in_the_folder_is_taken_and_one_with_problems_says_why(self):
        with Server(self.data.path, demo=False) as server:
            (self.inbox / "a.csv.part").write_text("time;temperature [degC]\n2026-01-31T08:15:30Z;21,5\n")
            (self.inbox / "a.csv.part").rename(self.inbox / "a.csv")
            server.wait_until("a.csv is done", (self.inbox / "done/a.csv").is_file, 20)
            (self.inbox / "b.csv").write_text("time,temperature\n2026-01-31T08:15:31Z,22\nsoon,23\n")
            server.wait_until("b.csv has failed", (self.inbox / "failed/b.csv").is_file, 20)
            self.assertIn("line 3", (self.inbox / "failed/b.csv.txt").read_text())
            self.assertEqual(self.count(server, 1769847330000, 1769847332000), 2)
            link = self.connector(server, "oven-files")
            self.assertEqual((link["samples"], link["refused"], link["backlog"]), (2, 1, 0))

    def test_a_file_that_was_exported_over_http_comes_back_from_another_plant_unchanged(self):
        start = 1_769_847_330_000
        with Server(self.data.path, demo=False) as server:
            samples = [{"tag": "oven-1/temperature", "ts": start + i * 1000, "value": 0.1 * i} for i in range(300)]
            samples.append({"tag": "oven-1/temperature", "ts": start + 300_500, "value": 5000})  # not physical: bad
            status, outcome = self.push(server, samples)
            self.assertEqual((status, outcome["stored"]), (200, 301), outcome)
            path = f"/api/plant/csv?tags={TAG}&from_ms={start}&to_ms={start + 400_000}"
            status, headers, body = server.request("GET", path, None, AUTH)
            self.assertEqual((status, headers["Millwright-Samples"]), (200, "301"), body)
            self.assertIn('filename="oven-1_20260131T081530Z_20260131T082210Z.csv"', headers["Content-Disposition"])
            status, _, _ = server.request("GET", path.replace("temperature", "nothing"), None, AUTH)
            self.assertEqual(status, 404)
            cut = "time,oven-1/temperature\n2026-01-31T10:00:00Z,40.5\n2026-01-31T10:00:01Z,41"
            for more, stored in (({}, 1), ({"take_last_line": True}, 2)):
                status, _, answer = server.request("POST", "/api/plant/csv", {"text": cut, "store": True, **more}, AUTH)
                answer = json.loads(answer)
                self.assertEqual((status, answer["readings"], answer["open_line"]), (200, stored, 3), answer)
        other = DataFolder()
        self.addCleanup(other.close)
        text = body if isinstance(body, str) else body.decode()
        (other.path / "plant.json").write_text(json.dumps(CATALOGUE))
        (other.path / "config.toml").write_text(f'[plant]\ncatalogue_file = "{other.path}/plant.json"\n')
        (other.path / "back.csv").write_text(text)
        imported = run_json("plant", "import", other.path / "back.csv", "--data", other.path)
        self.assertEqual((imported["stored"], imported["problem_count"]), (301, 0))
        again = run("plant", "export", "--from", "2026-01-31T00:00:00Z", "--to", "2026-02-01T00:00:00Z", "--data", other.path)
        self.assertEqual(again.stdout, text)

    def test_import_shows_first_stores_once_and_export_gives_it_back(self):
        path = self.data.path
        file = path / "history.csv"
        file.write_text("Datum;T [degC];note\n" + "".join(
            f"31.01.2026 08:{m:02}:00;{m},5;\n" for m in range(60)) + "31.01.2026 09:00;1300;\n")
        words = ["plant", "import", file, "--data", path, "--map", "T [degC]=oven-1/temperature",
                 "--time-column", "Datum", "--utc-offset", "+01:00"]
        shown = run("plant", "import", file, "--data", path, "--preview")
        self.assertNotEqual(shown.returncode, 0)
        self.assertIn("time_column", shown.stderr)
        shown = run(*words, "--preview")
        self.assertEqual(shown.returncode, 1, shown.stderr)
        self.assertIn("the column 'note'", shown.stdout)
        self.assertFalse((path / "plant.db").exists(), "a preview stores nothing")
        words += ["--ignore", "note"]
        preview = run_json(*words, "--preview")
        self.assertEqual(preview["first"][1], {"time": "2026-01-31T07:01:00.000Z",
                                               "tag": "oven-1/temperature", "value": "1.5"})
        stored = run_json(*words)
        self.assertEqual((stored["stored"], stored["doubtful"]), (61, 1))
        run_json(*words)  # once more: 61 lines below, not 122
        window = ["--from", "2026-01-31T00:00:00Z", "--to", "2026-02-01T00:00:00Z", "--data", path]
        whole = run("plant", "export", *window)
        self.assertEqual(whole.returncode, 0, whole.stderr)
        self.assertEqual(len(whole.stdout.splitlines()), 62)
        self.assertIn("2026-01-31T08:00:00.000Z,oven-1/temperature,1300,bad,degC", whole.stdout)
        with Server(path, demo=False):
            refused = run(*words)
            self.assertNotEqual(refused.returncode, 0)
            self.assertIn("watched folder", refused.stderr)


if __name__ == "__main__":
    main()
