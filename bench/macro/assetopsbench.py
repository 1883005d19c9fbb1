#!/usr/bin/env python3
"""AssetOpsBench's questions (../shared/data/assetopsbench) asked of the program, over a plant made of its data.

    bench/macro/assetopsbench.py [--model] [--show] [--record]

The plant: the eleven chillers of its event table, the sensors of Chiller 6 with their samples of June 2020, the failure
modes of its table, and its work orders, alerts and anomalies as events. Nothing else of the set is known to the program.
Each question is of one sort:
  data      the set has the answer, counted here from its tables: right is an answer with all of it
  absent    it asks about machines or months that the set has no data of: right is to say so, and to give no number
  judged    advice, recipes, knowledge of machines that are not there: no answer to compare with; counted apart
  elsewhere models and files of another system (its TSFM agent): counted apart
An answer is right, wrong, a refusal, or asks back which of several machines is meant; for `absent` a refusal is right. --model asks with the default model too, which
may help to understand a question. Prints one JSON object; --record appends it to bench/results/ask.jsonl.
"""

import argparse
import csv
import datetime
import json
import pathlib
import re
import sys
import tarfile
import tempfile

import bench_line

sys.path.insert(0, str(bench_line.ROOT / "tests/integration"))
from harness import DataFolder, Server  # noqa: E402

KEY = "the-key-of-the-bench"
AUTH = {"Authorization": f"Bearer {KEY}"}
SENSORS_OF = "Chiller 6"


class Tables:
    def __init__(self, folder):
        data = folder / "src/assetopsbench/sample_data"
        self.events = list(csv.DictReader((data / "event.csv").open()))
        self.samples = json.loads((data / "chiller6_june2020_sensordata_couchdb.json").read_text())
        self.modes = [row for row in csv.DictReader((data / "failure_mode.csv").open()) if row["Equipment"] == "Chiller"]
        self.questions = [json.loads(line) for line in (folder / "scenarios/all_utterance.jsonl").open()]
        self.equipment = dict(sorted({(row["equipment_name"], row["equipment_id"]) for row in self.events}))
        self.sensors = [name.removeprefix(SENSORS_OF + " ") for name in self.samples[0] if name.startswith(SENSORS_OF)]

    def happened(self, equipment, begin, group=None, category=None):
        return [row for row in self.events if row["equipment_id"] == equipment and row["event_time"].startswith(begin)
                and group in (None, row["event_group"]) and category in (None, row["event_category"])]

    def mean(self, sensor, begin="2020-06", end="2020-07"):
        values = [row[f"{SENSORS_OF} {sensor}"] for row in self.samples
                  if begin <= row["timestamp"] < end and row.get(f"{SENSORS_OF} {sensor}") is not None]
        return sum(values) / len(values)


def tag_id(sensor):
    return re.sub(r"\W+", "_", sensor.lower().replace("%", "percent")).strip("_")


def asset_id(name):
    return name.lower().replace(" ", "-")


def describe(tables, folder):
    modes = [{"id": f"mode_{n}", "name": {"en": row["Failure Mode"] + ": " + row["Degradation Mechanism"]}}
             for n, row in enumerate(tables.modes)]
    tags = [{"id": tag_id(sensor), "name": {"en": sensor}, "watchdog_s": 1800, "decimals": 3} for sensor in tables.sensors]
    plant = {
        "site": "main", "site_name": {"en": "MAIN", "zh": "MAIN"}, "lines": [{"id": "main", "name": {"en": "MAIN plant"}}],
        "kinds": [{"id": "chiller", "name": {"en": "chiller", "zh": "冷水机组"}, "synonyms": ["chillers"], "failure_modes": modes},
                  {"id": "chiller_with_sensors", "name": {"en": "chiller", "zh": "冷水机组"}, "tags": tags, "failure_modes": modes}],
        "assets": [{"id": asset_id(name), "kind": "chiller_with_sensors" if name == SENSORS_OF else "chiller",
                    "line": "main", "name": {"en": name}, "synonyms": [number, f"equipment {number}"]}
                   for name, number in tables.equipment.items()]}
    (folder / "plant.json").write_text(json.dumps(plant, ensure_ascii=False))
    keys = folder / "keys"
    keys.write_text(f"bench:{KEY}\n")
    keys.chmod(0o600)
    (folder / "config.toml").write_text(
        f'[server]\napi_keys_file = "{keys}"\nloopback_viewer = true\n[plant]\ncatalogue_file = "{folder}/plant.json"\n'
        'push_keys = ["bench"]\n')


def fill(tables, server):
    lines = []
    for row in tables.samples:
        for sensor in tables.sensors:
            value = row.get(f"{SENSORS_OF} {sensor}")
            if isinstance(value, (int, float)):
                lines.append(json.dumps({"tag": f"{asset_id(SENSORS_OF)}/{tag_id(sensor)}", "ts": row["timestamp"] + "Z",
                                         "value": value}))
    for at in range(0, len(lines), 10_000):
        status, _, body = server.request("POST", "/api/plant/samples", "\n".join(lines[at:at + 10_000]),
                                         {**AUTH, "Content-Type": "application/x-ndjson"})
        assert status == 200 and json.loads(body)["refused"] == 0, body[:500]
    words = {"WORK_ORDER": {"PM": "preventive work order", "CM": "corrective work order"},
             "ALERT": {"ALERT": "alert"}, "ANOMALY": {"ANOMALY": "anomaly"}}
    for n, row in enumerate(tables.events):
        kind = words[row["event_group"]][row["event_category"]]
        event = {"asset": asset_id(row["equipment_name"]), "id": f"{row['event_id']}#{n}", "kind": kind,
                 "text": f"{row['event_type']} {row['description']} {row['note']}".strip(),
                 "start": row["event_time"].replace(" ", "T") + "Z"}
        status, _, body = server.request("POST", "/api/plant/events", event, AUTH)
        assert status == 200, body[:500]


def golds(tables):
    """Of each question with an answer in the tables: texts and numbers that it must have."""
    chillers = [*tables.equipment]
    modes = [row["Failure Mode"] for row in tables.modes]
    out = {1: ["MAIN"], 2: ["MAIN"], 3: chillers, 4: chillers, 47: chillers, 5: tables.sensors, 104: tables.sensors,
           603: tables.sensors, 101: modes, 102: modes, 601: modes, 602: modes, 9: [tables.mean("Chiller % Loaded")],
           12: [tables.mean(sensor) for sensor in tables.sensors]}

    def counts(equipment, begin):
        found = [len(tables.happened(equipment, begin, category=category)) for category in ("PM", "CM", "ALERT", "ANOMALY")]
        return [number for number in found if number > 0]

    def days(equipment, begin, *groups):
        return [len({row["event_time"][:10] for row in tables.happened(equipment, begin) if row["event_group"] in groups})]

    out[400] = [len(tables.happened("CWC04013", "2017", "WORK_ORDER"))]
    types = [row["event_type"] for row in tables.happened("CWC04013", "2017", "WORK_ORDER")]
    out[401] = sorted({types.count(each) for each in types})
    out[402] = [len(tables.happened("CWC04013", "2017", "WORK_ORDER", "PM"))]
    out[403] = [len(tables.happened("CWC04013", "2017", "WORK_ORDER", "CM"))]
    out[404] = counts("CWC04009", "2019")
    out[405] = out[406] = counts("CWC04009", "2020-06")
    out[407] = days("CWC04009", "2021", "ALERT", "ANOMALY")
    out[408] = days("CWC04009", "2020-05", "ALERT", "ANOMALY")
    out[409] = days("CWC04009", "2020-05", "ALERT", "ANOMALY", "WORK_ORDER")
    out[410] = [sum(len(tables.happened("CWC04009", f"2020-06-0{day}")) for day in range(1, 8))]
    # As the set's own text has them; not counted here.
    out |= {411: [10, 3], 420: [30, 12, 9, 6, 3], 424: [15, 6, 2]}
    return out


ABSENT = {6, 7, 8, 10, 11, *range(41, 47), 48, *range(501, 521)}  # no samples of these machines or months in the set


def sort_of(question, known):
    if question["id"] in known:
        return "data"
    if question["id"] in ABSENT:
        return "absent"
    return "elsewhere" if 201 <= question["id"] <= 223 else "judged"


def holds(answer, wanted):
    if isinstance(wanted, str):
        return wanted.lower() in answer.lower()
    # Not those of dates, times and quoted texts: what is told by the way is no answer.
    told = re.sub(r"\d{4}-\d\d-\d\d|\d\d:\d\d(:\d\d)?|: \"[^\"]*\"", " ", answer).replace(",", "")
    numbers = [float(text) for text in re.findall(r"-?\d+(?:\.\d+)?", told)]
    near = 0 if isinstance(wanted, int) else 0.006 * abs(wanted)
    return any(abs(number - wanted) <= near for number in numbers)


def says_no_data(answer):
    return bool(re.search(r"\bno (?:data|samples|values|readings|measurements)\b|not have|There is no|does not exist", answer))


def judge(sort, done, wanted):
    if sort == "absent":
        return "right" if done["refused"] or says_no_data(done["answer"]) else "wrong"
    if done["refused"]:
        return "refused"
    if len(done.get("readings") or []) > 1:
        return "asked back"
    if sort == "data":
        return "right" if all(holds(done["answer"], each) for each in wanted) else "wrong"
    return "answered"


def ask_all(tables, server, show):
    known = golds(tables)
    counted = {}
    for question in tables.questions:
        events = list(server.stream("POST", "/api/ask", {"question": question["text"][:2000], "lang": "en", "reading_id": ""}))
        done = next((event.data for event in events if event.name == "done"), None)
        if done is None:
            done = {"refused": True, "answer": str(events)[:300]}
        sort = sort_of(question, known)
        verdict = judge(sort, done, known.get(question["id"]))
        counted.setdefault(sort, {}).setdefault(verdict, []).append(question["id"])
        if show:
            print(f"{question['id']} {sort} {verdict}: {question['text'][:150]}\n    -> {done['answer'][:300]!r}", file=sys.stderr)
    return {sort: {verdict: len(ids) for verdict, ids in verdicts.items()} for sort, verdicts in sorted(counted.items())}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", action="store_true", help="ask with the default model too")
    parser.add_argument("--show", action="store_true", help="each question and answer to stderr")
    parser.add_argument("--record", action="store_true")
    options = parser.parse_args()
    archive = bench_line.ROOT / "../shared/data/assetopsbench.tar.xz"
    if not archive.is_file():
        sys.exit("assetopsbench.tar.xz is not in ../shared/data: nothing measured")
    with tempfile.TemporaryDirectory() as folder:
        with tarfile.open(archive) as tar:
            tar.extractall(folder, filter="data")
        tables = Tables(pathlib.Path(folder) / "assetopsbench")
    data = DataFolder(with_model=options.model)
    try:
        describe(tables, data.path)
        with Server(data.path, demo=False) as server:
            fill(tables, server)
            if options.model:
                server.wait_until("the model", lambda: any(each["state"] == "ready" for each in server.get("/api/models")["models"]), 120)
            result = ask_all(tables, server, options.show)
    finally:
        data.close()
    line = {"what": "AssetOpsBench's questions: right, wrong and refused, by what the set has of them",
            "asked": datetime.date.today().isoformat(), "questions": len(tables.questions),
            "with": "tools and the default model" if options.model else "tools alone", "result": result}
    if options.record:
        bench_line.append("ask.jsonl", line)
    else:
        print(json.dumps(line))


main()
