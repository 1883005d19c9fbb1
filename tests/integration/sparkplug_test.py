"""Sparkplug B with an edge node that we did not write (npm sparkplug-client, installed into
build/sparkplug_peer) over a real Mosquitto: births, data, deaths, what is lost or comes out of order, our
own certificates, restarts of each of the three."""

import contextlib
import json
import pathlib
import re
import shutil
import socket
import subprocess
import threading
import time
import unittest

from harness import ROOT, DataFolder, Server, main, needs_program, run_json
from opcua_peer import connector_of, free_port, tags_of
from peer import npm_peer

HERE = ROOT / "tests/integration/sparkplug_npm"
PEER = ROOT / "build/sparkplug_peer"
WATCHDOG_S = 4
METRICS = {
    "air": ('metric = "Supply/Air"\ndevice = ""', "number"), "oil": ('metric = "Oil/Temperature"', "number"),
    "parts": ('metric = "Parts"', "counter"), "shift": ('metric = "Offset"\nscale = 0.1', "number"),
    "state": ('metric = "State"\nstates = {RUN = "running", STOP = "idle"}', "state"),
    "door": ('metric = "Door"', "number"), "recipe": ('metric = "Recipe"', "number"),
    "speed": ('metric = "Main/Speed"', "number"),
    "typo": ('metric = "Oil/Temprature"', "number"),
}


def install_peer():
    if shutil.which("mosquitto") is None:
        raise unittest.SkipTest("no mosquitto here")
    npm_peer(PEER.name, HERE, "edge.mjs", "watch.mjs")


class Peer:
    """A process of ours whose lines are kept."""

    def __init__(self, *words):
        self.process = subprocess.Popen(["node", *map(str, words)], cwd=PEER, stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.lines = []
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self):
        for line in self.process.stdout:
            self.lines.append(line.strip())

    def say(self, **order):
        self.process.stdin.write(json.dumps(order) + "\n")
        self.process.stdin.flush()

    def wait_for(self, what, condition, seconds=20):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if condition(self.lines):
                return
            time.sleep(0.05)
        raise AssertionError(f"{what}: not within {seconds} s; it said {self.lines[-20:]}")

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.reader.join(5)
        for pipe in (self.process.stdin, self.process.stdout):
            with contextlib.suppress(OSError):
                pipe.close()


@needs_program
class Sparkplug(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        install_peer()

    def setUp(self):
        self.data = DataFolder()
        self.addCleanup(self.data.close)
        self.port = free_port()
        self.url = f"tcp://127.0.0.1:{self.port}"
        (self.data.path / "mosquitto.conf").write_text(
            f"listener {self.port} 127.0.0.1\nallow_anonymous true\nuser root\n")
        self.broker = None
        self.start_broker()
        self.addCleanup(lambda: self.stop_broker())

    def start_broker(self):
        self.broker = subprocess.Popen(["mosquitto", "-c", self.data.path / "mosquitto.conf"],
                                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(0.3)

    def stop_broker(self):
        self.broker.kill()
        self.broker.wait()

    def peer(self, *words):
        peer = Peer(*words)
        self.addCleanup(peer.kill)
        return peer

    def start_edge(self):
        edge = self.peer(PEER / "edge.mjs", self.url, "Plant1", "Gateway1")
        edge.wait_for("it is born", lambda lines: "born" in lines)
        return edge

    def start_watch(self):
        watch = self.peer(PEER / "watch.mjs", self.url)
        watch.wait_for("it watches", lambda lines: lines)
        return watch

    def write_config(self, keys='host_id = "mw"', names=("air", "oil", "parts", "shift", "state", "door", "speed")):
        tags = [{"id": name, "watchdog_s": WATCHDOG_S, "kind": METRICS[name][1]} for name in names]
        (self.data.path / "plant.json").write_text(json.dumps({
            "site": "test", "lines": [{"id": "line-1"}],
            "kinds": [{"id": "press", "states": [{"id": "idle"}, {"id": "running"}], "tags": tags}],
            "assets": [{"id": "press-1", "kind": "press", "line": "line-1"}]}))
        text = (f'[plant]\ncatalogue_file = "{self.data.path}/plant.json"\n[[connector]]\nname = "cell"\n'
                f'kind = "sparkplug"\nbroker = "{self.url}"\nreorder_ms = 700\ngroup = "Plant1"\n'
                f'edge = "Gateway1"\ndevice = "Press1"\n{keys}\n')
        for name in names:
            text += f'[[connector.metric]]\ntag = "press-1/{name}"\n{METRICS[name][0]}\n'
        (self.data.path / "config.toml").write_text(text)

    def wait_for_quality(self, server, **wanted):
        def reached():
            tags = tags_of(server)
            return all(tags[name]["quality"] == quality for name, quality in wanted.items())
        try:
            server.wait_until(f"{wanted}", reached, 20)
        except AssertionError:
            raise AssertionError(f"expected {wanted}: {tags_of(server)} {connector_of(server)}") from None

    def test_follows_births_data_and_deaths(self):
        self.write_config()
        edge = self.start_edge()  # before us: it has to be asked
        with Server(self.data.path, demo=False) as server:
            self.wait_for_quality(server, air="good", oil="good", state="good")
            tags = tags_of(server)
            self.assertEqual([tags[name]["value"] for name in ("air", "oil", "parts", "shift", "door", "speed")],
                             [6.5, 55.25, 4200000001, -30, 1, 1480])
            self.assertEqual(tags["state"]["text"], "running")
            link = connector_of(server)
            self.assertEqual((link["kind"], link["state"], link["tags"]), ("sparkplug", "connected", 7))
            self.assertLess(abs(link["skew_ms"]), 1500)

            # By alias; what came before by its own time; nothing; what the device itself calls bad.
            then = int(time.time() * 1000) - 60_000
            edge.say(ddata=[{"alias": 7, "type": "Double", "value": 61.5},
                            {"name": "Parts", "type": "UInt64", "value": 4200000000, "isHistorical": True,
                             "timestamp": then},
                            {"name": "Offset", "type": "Int16", "isNull": True, "value": None},
                            {"name": "Door", "type": "Boolean", "value": False,
                             "properties": {"Quality": {"type": "Int32", "value": 0}}}])
            self.wait_for_quality(server, shift="bad", door="bad", oil="good")
            self.assertEqual(tags_of(server)["oil"]["value"], 61.5)
            self.assertEqual(tags_of(server)["parts"]["value"], 4200000001)
            series = server.get(f"/api/plant/series?tag=press-1%2Fparts&from_ms={then - 1000}"
                                f"&to_ms={then + 1000}&points=100")
            self.assertIn("4200000000", json.dumps(series))

            edge.say(motor=1490)  # a member of what is of a template
            server.wait_until("the motor turns faster", lambda: tags_of(server)["speed"]["value"] == 1490, 10)

            # What stands still stays good for as long as its session stands.
            time.sleep(WATCHDOG_S + 1)
            self.wait_for_quality(server, air="good", oil="good", state="good")

            edge.say(ddeath=True)
            self.wait_for_quality(server, oil="bad", state="bad", air="good")
            self.assertIn("Plant1/Gateway1/Press1", connector_of(server)["problem"]["en"])
            self.assertEqual(tags_of(server)["oil"]["value"], 61.5)
            edge.say(dbirth=True)
            self.wait_for_quality(server, oil="good", state="good", air="good")

            edge.kill()  # the MQTT server publishes its will
            self.wait_for_quality(server, oil="bad", state="bad", air="bad")
            last = tags_of(server)["air"]
            self.assertEqual(last["value"], 6.5)
            self.assertLess(last["ts_ms"], time.time() * 1000 + 1)
            self.start_edge()
            self.wait_for_quality(server, oil="good", state="good", air="good")

    def test_asks_again_for_what_is_missing_only(self):
        self.write_config()
        with Server(self.data.path, demo=False) as server:
            server.wait_until("it is connected", lambda: connector_of(server)["state"] != "connecting", 20)
            edge = self.start_edge()
            self.wait_for_quality(server, oil="good")
            time.sleep(1.5)  # longer than it waits for those who come by themselves
            self.assertNotIn("rebirth", edge.lines)
            edge.say(swapped=[[{"alias": 7, "type": "Double", "value": 1}],
                              [{"alias": 7, "type": "Double", "value": 2}]])
            server.wait_until("both came", lambda: tags_of(server)["oil"]["value"] == 2, 20)
            time.sleep(1.5)
            self.assertNotIn("rebirth", edge.lines)

            edge.say(skip=3)
            edge.say(ddata=[{"alias": 7, "type": "Double", "value": 3}])
            edge.wait_for("it is asked", lambda lines: "rebirth" in lines)
            server.wait_until("it is told", lambda: "3 messages are missing" in
                              (connector_of(server)["problem"] or {"en": ""})["en"], 20)
            server.wait_until("all is told anew", lambda: tags_of(server)["oil"]["value"] == 55.25, 20)
            self.assertEqual(edge.lines.count("rebirth"), 1)

    def test_is_a_host_application_with_certificates(self):
        self.write_config()
        watch = self.start_watch()

        def states():
            said = [json.loads(line) for line in watch.lines]
            return [json.loads(each["text"]) | {"qos": each["qos"]} for each in said
                    if each["topic"] == "spBv1.0/STATE/mw"]
        with Server(self.data.path, demo=False) as server:
            watch.wait_for("it is online", lambda _: states())
            birth = states()[0]
            self.assertEqual((birth["online"], birth["qos"]), (True, 1))
            self.assertLess(abs(birth["timestamp"] - time.time() * 1000), 60_000)
            watch.say(publish="spBv1.0/STATE/mw", payload='{"online": false, "timestamp": 1}', retain=True)
            watch.wait_for("it says otherwise", lambda _: states()[-1] == birth and len(states()) >= 3)
            self.assertEqual(server.stop(), 0)
        watch.wait_for("it says goodbye", lambda _: not states()[-1]["online"])
        self.assertGreater(states()[-1]["timestamp"], birth["timestamp"])

        server = Server(self.data.path, demo=False)
        self.addCleanup(server.kill)
        watch.wait_for("it is online again", lambda _: states()[-1]["online"])
        again = states()[-1]
        server.kill()
        watch.wait_for("its will comes", lambda _: not states()[-1]["online"])
        self.assertEqual(states()[-1]["timestamp"], again["timestamp"])
        # What is kept is the last word.
        late = self.start_watch()
        late.wait_for("it is kept", lambda lines: any("STATE/mw" in line for line in lines))
        kept = json.loads(next(line for line in late.lines if "STATE/mw" in line))
        self.assertTrue(kept["retain"] and '"online":false' in kept["text"])

    def test_is_good_again_by_itself_after_the_mqtt_server_was_gone(self):
        self.write_config()
        self.start_edge()
        with Server(self.data.path, demo=False) as server:
            self.wait_for_quality(server, oil="good", air="good")
            self.stop_broker()
            self.wait_for_quality(server, oil="bad", air="bad")
            self.assertEqual(connector_of(server)["state"], "failed")
            self.assertEqual(tags_of(server)["oil"]["value"], 55.25)
            self.start_broker()
            self.wait_for_quality(server, oil="good", air="good")

    def test_only_listens_without_a_host_id_and_shows_what_is_no_tag(self):
        self.write_config(keys="", names=("oil", "recipe", "typo"))
        watch = self.start_watch()
        with Server(self.data.path, demo=False) as server:
            server.wait_until("it is connected", lambda: connector_of(server)["state"] != "connecting", 20)
            self.start_edge()
            self.wait_for_quality(server, oil="good", recipe="bad", typo="bad")
            log = server.output()
            self.assertIn("DataSet is not read", log)
            self.assertIn("has no metric 'Oil/Temprature'", log)
            listed = self.data.path / "sparkplug/cell.toml"
            server.wait_until("it is listed", listed.is_file, 20)
            self.assertIn('metric = "Not/Mapped"  # Int32', listed.read_text())
            self.assertNotIn('"Oil/Temperature"', listed.read_text())
        topics = {json.loads(line)["topic"] for line in watch.lines}
        self.assertFalse([topic for topic in topics if "STATE" in topic or "CMD" in topic], topics)


def connect_packet(config, prepare=lambda data: None):
    """The CONNECT packet of a server with this configuration, from its flags on, and its fields as bytes."""
    data = DataFolder()
    with contextlib.closing(data), socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(30)
        (data.path / "plant.json").write_text(json.dumps(
            {"site": "test", "lines": [{"id": "l"}], "kinds": [{"id": "press", "tags": [{"id": "oil", "unit": "degC"}]}],
             "assets": [{"id": "press-1", "kind": "press", "line": "l"}]}))
        (data.path / "config.toml").write_text(
            f'[plant]\ncatalogue_file = "{data.path}/plant.json"\n' + config + f'broker = "tcp://127.0.0.1:{listener.getsockname()[1]}"\n')
        prepare(data)
        with Server(data.path, demo=False), listener.accept()[0] as near:
            near.settimeout(30)
            kind, length = near.recv(1)[0], near.recv(1)[0]  # shorter than 128 bytes
            packet = b""
            while len(packet) < length:
                packet += near.recv(length - len(packet))
    assert kind == 0x10 and packet[:7] == b"\x00\x04MQTT\x04", (kind, packet)
    fields, rest = [], packet[10:]
    while rest:
        size = int.from_bytes(rest[:2], "big")
        fields.append(rest[2:2 + size])
        rest = rest[2 + size:]
    return packet[7], fields


@needs_program
class EdgeConnectPacket(unittest.TestCase):
    """What our edge node says to an MQTT server first."""

    def test_tck_id_principles_persistence_clean_session_311(self):
        flags, _ = connect_packet('[[feed]]\nname = "mes"\nkind = "sparkplug"\ntags = ["press-*/oil"]\nas = "mes"\ngroup = "g"\nedge = "mw"\n',
                                  lambda data: run_json("token", "create", "mes", "--scope", "plant", "--line", "*", "--data", data.path))
        self.assertTrue(flags & 0x02)


@needs_program
class ConnectPacket(unittest.TestCase):
    """What we say to an MQTT server first, byte by byte; each statement by its id."""

    @classmethod
    def setUpClass(cls):
        cls.before_ms = time.time() * 1000
        cls.flags, (cls.client, cls.topic, cls.payload) = connect_packet(
            '[[connector]]\nname = "cell"\nkind = "sparkplug"\nhost_id = "mw"\ngroups = ["g"]\n')

    def test_tck_id_message_flow_phid_sparkplug_clean_session_311(self):
        self.assertTrue(self.flags & 0x02)

    def test_tck_id_operational_behavior_host_application_connect_will(self):
        self.assertTrue(self.flags & 0x04)

    def test_tck_id_operational_behavior_host_application_connect_will_qos(self):
        self.assertEqual(self.flags >> 3 & 3, 1)

    def test_tck_id_operational_behavior_host_application_connect_will_retained(self):
        self.assertTrue(self.flags & 0x20)

    def test_tck_id_payloads_state_will_message(self):
        self.assertEqual(self.topic, b"spBv1.0/STATE/mw")
        state = json.loads(self.payload)
        self.assertEqual(set(state), {"online", "timestamp"})
        self.assertIs(state["online"], False)
        self.assertLess(abs(state["timestamp"] - self.before_ms), 60_000)

    def test_tck_id_payloads_state_will_message_qos(self):
        self.assertEqual(self.flags >> 3 & 3, 1)

    def test_tck_id_payloads_state_will_message_retain(self):
        self.assertTrue(self.flags & 0x20)


class Page(unittest.TestCase):
    def test_lists_each_statement_once_and_each_test_of_one(self):
        """docs/formats/sparkplug.md: all 299, and under Tested what the tests have."""
        page = (ROOT / "docs/formats/sparkplug.md").read_text()
        tested, rest = page.split("## Does not apply")
        ids = re.findall(r"^\| `(tck-id-[A-Za-z0-9-]+)` \|", page, re.MULTILINE)
        self.assertEqual((len(ids), len(set(ids))), (299, 299))
        sources = "".join((ROOT / f"src/plant/sparkplug/sparkplug_{name}_test.cc").read_text()
                          for name in ("rules", "statements", "edge_statements", "template"))
        named = re.findall(r'\{"(tck-id-[A-Za-z0-9-]+)"', sources)
        named += [name.replace("_", "-") for name in re.findall(r"def test_(tck_id_\w+)", pathlib.Path(__file__).read_text())]
        self.assertEqual(sorted(named), sorted(re.findall(r"^\| `(tck-id-[A-Za-z0-9-]+)` \|", tested, re.MULTILINE)))


if __name__ == "__main__":
    main()
