"""`millwright maintain` as a maintenance engineer walks it: report, train, score, explain, on made pumps."""

import csv
import json
import math
import pathlib
import random
import shutil
import struct
import tempfile
import unittest

import harness


def run(*words, language="en"):
    return harness.run("maintain", *words, timeout=300,
                       env={"LC_ALL": "zh_CN.UTF-8" if language == "zh" else "C.UTF-8"})


def write_pumps(file, pumps, until=1.0, seed=1, extra=None):
    """Pumps that heat up until they fail, under two speeds; pump i lives 60 + 7 i hours."""
    chance = random.Random(seed)
    with open(file, "w", newline="") as out:
        rows = csv.writer(out)
        rows.writerow(["pump", "hours [h]", "speed [rpm]", "heat [K]", "gap [mm]"] + ([extra[0]] if extra else []))
        for pump in range(pumps):
            life = 60 + 7 * pump
            for hour in range(1, int(life * until) + 1):
                used = hour / life
                speed = chance.choice([900, 1500])
                rows.writerow([f"p{pump}", hour, speed, round(speed / 10 + 9 * used + chance.gauss(0, 0.3), 3),
                               round(4 * used * used + chance.gauss(0, 0.1), 3)]
                              + ([extra[1](hour, life)] if extra else []))


def mat_element(kind, data):
    return struct.pack("<II", kind, len(data)) + data + bytes(-len(data) % 8)


def mat_array(name, rows, columns, data, kind=6):
    return mat_element(14, mat_element(6, struct.pack("<II", kind, 0)) + mat_element(5, struct.pack("<ii", rows, columns))
                       + mat_element(1, name) + data)


def write_mat(file, table, as_struct):
    """The rows of a CSV of numbers as a MATLAB file: a structure of vectors, or a matrix."""
    with open(table, newline="") as lines:
        names, *rows = list(csv.reader(lines))
    columns = [[float(cell) for cell in column] for column in zip(*rows)]
    doubles = [mat_element(9, struct.pack(f"<{len(rows)}d", *column)) for column in columns]
    if as_struct:
        fields = b"".join(name.split(" ")[0].encode().ljust(32, b"\0") for name in names)
        data = mat_element(5, struct.pack("<i", 32)) + mat_element(1, fields)
        content = mat_array(b"runs", 1, 1, data + b"".join(mat_array(b"", len(rows), 1, each) for each in doubles), 2)
    else:
        flat = [value for column in columns for value in column]
        content = mat_array(b"runs", len(rows), len(columns), mat_element(9, struct.pack(f"<{len(flat)}d", *flat)))
    pathlib.Path(file).write_bytes(b"MATLAB 5.0 MAT-file".ljust(124) + b"\x00\x01IM" + content)


MAPPING = ("--asset", "pump", "--time", "hours", "--settings", "speed", "--cap", "80")


@harness.needs_program
class Maintain(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.work = tempfile.TemporaryDirectory()
        cls.folder = pathlib.Path(cls.work.name)
        write_pumps(cls.folder / "past.csv", 16)
        write_pumps(cls.folder / "now.csv", 12, until=0.85, seed=5)
        cls.model = cls.folder / "model"
        cls.trained = run("train", cls.folder / "past.csv", *MAPPING, "--to", cls.model, "--splits", "--json")

    @classmethod
    def tearDownClass(cls):
        cls.work.cleanup()

    def test_a_plain_history_is_reported_and_learnt_from(self):
        report = run("report", self.folder / "past.csv", *MAPPING)
        self.assertEqual(report.returncode, 0, report.stderr)
        self.assertIn("16 assets", report.stdout)
        self.assertEqual(self.trained.returncode, 0, self.trained.stderr)
        said = json.loads(self.trained.stdout)
        self.assertEqual(said["regimes"], 2)
        self.assertEqual({each["split"] for each in said["scores"]}, {"random", "asset_wise"})
        for each in said["scores"]:
            self.assertTrue(each["n"] > 0 and each["seeds"])

    def test_a_column_that_is_the_answer_is_refused_by_name(self):
        leaking = self.folder / "leaking.csv"
        write_pumps(leaking, 16, extra=("to_go", lambda hour, life: life - hour))
        for action in (("report", leaking), ("train", leaking, "--to", self.folder / "no")):
            refused = run(*action, *MAPPING)
            self.assertEqual(refused.returncode, 1 if action[0] == "report" else refused.returncode)
            self.assertNotEqual(refused.returncode, 0)
            self.assertIn("to_go", refused.stdout + refused.stderr)
        self.assertFalse((self.folder / "no").exists())
        kept = run("report", leaking, *MAPPING, "--ignore", "to_go")
        self.assertEqual(kept.returncode, 0, kept.stdout)

    def test_every_pump_gets_an_answer_near_the_truth(self):
        lives = self.folder / "lives.txt"
        lives.write_text("".join(f"{60 + 7 * pump - int((60 + 7 * pump) * 0.85)}\n" for pump in range(12)))
        scored = run("score", self.model, self.folder / "now.csv", "--lives", lives, "--json")
        self.assertEqual(scored.returncode, 0, scored.stderr)
        said = json.loads(scored.stdout)
        figures = {each["metric"]: each for each in said["scores"]}
        self.assertLess(figures["rmse_raw_labels"]["value"], 8)
        self.assertEqual(figures["rmse_raw_labels"]["split"], "given_test")
        self.assertEqual(len(said["answers"]), 12)
        self.assertGreater(sum(each["answer"] == "range" for each in said["answers"]), 8)

    def test_a_matlab_file_is_reported_and_learnt_from_as_the_csv_is(self):
        table = self.folder / "numbers.csv"
        lines = (self.folder / "past.csv").read_text().splitlines()
        table.write_text("\n".join([lines[0].replace(" [h]", "").replace(" [rpm]", "").replace(" [K]", "").replace(" [mm]", "")]
                                   + [line[1:] for line in lines[1:]]) + "\n")  # pump 3, not p3
        write_mat(self.folder / "runs.mat", table, as_struct=True)
        write_mat(self.folder / "matrix.mat", table, as_struct=False)
        told = json.loads(run("report", table, *MAPPING, "--json").stdout)
        self.assertEqual(json.loads(run("report", self.folder / "runs.mat", *MAPPING, "--json").stdout), told)
        named = ("--columns", "pump,hours,speed,heat,gap", "--variable", "runs")
        self.assertEqual(json.loads(run("report", self.folder / "matrix.mat", *MAPPING, *named, "--json").stdout), told)
        for source in ("numbers.csv", "runs.mat"):
            made = run("train", self.folder / source, *MAPPING, "--to", self.folder / f"of_{source}")
            self.assertEqual(made.returncode, 0, made.stderr)
        scored = [run("score", self.folder / f"of_{source}", self.folder / source, "--json").stdout for source in ("numbers.csv", "runs.mat")]
        self.assertEqual(scored[0], scored[1])
        few = run("report", self.folder / "matrix.mat", "--columns", "pump,hours")
        self.assertEqual(few.returncode, 2)
        self.assertIn("has 5 columns", few.stderr)

    def test_an_answer_is_explained_in_both_languages(self):
        for language, word in (("en", "more (hours)"), ("zh", "把握")):
            said = run("explain", self.model, self.folder / "now.csv", "--asset-name", "p3", language=language)
            self.assertEqual(said.returncode, 0, said.stderr)
            self.assertIn(word, said.stdout)
            self.assertIn("gap", said.stdout)
        card = run("explain", self.model, "--json")
        refused = {each["split"]: each["why"]["en"] for each in json.loads(card.stdout)["splits_refused"]}
        self.assertEqual(set(refused), {"time_block", "group_wise"})
        self.assertIn("leakage", refused["time_block"])
        self.assertEqual(json.loads(card.stdout)["kind"], "remaining_life")

    def test_a_speed_that_was_never_seen_gets_no_number(self):
        other = self.folder / "other.csv"
        write_pumps(other, 3, until=0.8)
        other.write_text(other.read_text().replace(",900,", ",3000,").replace(",1500,", ",3000,"))
        said = json.loads(run("score", self.model, other, "--json").stdout)
        self.assertEqual({each["answer"] for each in said["answers"]}, {"unseen_regime"})

    def test_wrong_words_are_told(self):
        for words, part in ((("train", self.folder / "past.csv", *MAPPING), "--to"),
                            (("report", self.folder / "past.csv", "--asset", "machine"), "machine"),
                            (("score", self.folder / "nothing", self.folder / "now.csv"), "no model"),
                            (("guess", self.folder / "now.csv"), "report, train"),
                            (("train", self.folder / "past.csv", *MAPPING, "--to", self.model), "--force")):
            refused = run(*words)
            self.assertNotEqual(refused.returncode, 0)
            self.assertIn(part, refused.stderr)

    def test_a_server_lists_the_card_with_every_split(self):
        data = harness.DataFolder()
        self.addCleanup(data.close)
        with harness.Server(data.path) as server:
            self.assertEqual(server.get("/api/maintenance/cards"), {"cards": []})
            models = next(data.path.rglob("maintenance.db")).parent / "models"
            shutil.copytree(self.model, models / "pumps")
            (models / "broken").mkdir()
            (models / "broken" / "card.json").write_text("{}")
            broken, card = server.get("/api/maintenance/cards")["cards"]
            self.assertIsNotNone(broken["problem"])
            self.assertEqual((card["name"], card["kind"], card["assets"]), ("pumps", "remaining_life", 16))
            by_split = {each["split"]: each for each in card["scores"] if each["metric"] == "rmse"}
            self.assertLess(by_split["random"]["value"], by_split["asset_wise"]["value"])
            for each in by_split.values():
                self.assertLessEqual(each["low"], each["value"] * 1.2)
                self.assertLess(each["low"], each["high"])
            self.assertEqual({each["split"] for each in card["splits_refused"]}, {"time_block", "group_wise"})


def write_struck(file, seconds=2.0, rate=12000):
    """Vibration of a bearing whose outer race (3.585 times a turn of 29.95 Hz) is struck, never quite evenly."""
    chance = random.Random(3)
    since, after = 0.0, 0.01
    with open(file, "w", encoding="utf-8") as out:
        out.write("time,de [g]\n")
        for i in range(int(seconds * rate)):
            since += 1 / rate
            if since >= after:
                since -= after
                after = (1 + 0.005 * chance.gauss(0, 1)) / (3.5848 * 29.95)
            ring = 3 * math.exp(-900 * since) * math.sin(2 * math.pi * 3400 * since)
            out.write(f"{i / rate:.6f},{ring + chance.gauss(0, 0.5):.5f}\n")


@harness.needs_program
class Vibration(unittest.TestCase):
    """`millwright maintain vibration` over a data folder without a server."""

    def test_a_recording_is_kept_named_listed_and_removed(self):
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            write_struck(folder / "de.csv")
            words = ("--demo", "--data", folder / "data")
            added = run("vibration", "add", "cnc-1", folder / "de.csv", "--point", "drive end", "--rate", "12000", "--rpm", "1797",
                        "--bearing", "9,0.3126,1.537", "--group", "medium-rigid", "--json", *words)
            self.assertEqual(added.returncode, 0, added.stderr)
            recording = json.loads(added.stdout)["recording"]
            self.assertEqual(recording["found"]["named"], "outer_race")
            listed = json.loads(run("vibration", "list", "cnc-1", "--json", *words).stdout)
            self.assertEqual(listed, [recording])
            number = str(recording["number"])
            self.assertIn("Damage of the outer race", run("vibration", "report", "cnc-1", number, *words).stdout)
            self.assertIn("\u5916\u5708\u635f\u4f24", run("vibration", "report", "cnc-1", number, *words, language="zh").stdout)
            unsaid = run("vibration", "add", "cnc-1", folder / "de.csv", "--point", "a", "--rate", "12000", "--bearing", "9,0.3126,1.537", *words)
            self.assertEqual(unsaid.returncode, 2)
            self.assertIn("need the shaft's speed", unsaid.stderr)
            self.assertEqual(run("vibration", "remove", "cnc-1", number, *words).returncode, 0)
            self.assertEqual(json.loads(run("vibration", "list", "cnc-1", "--json", *words).stdout), [])


if __name__ == "__main__":
    harness.main()
