"""Connecting machines from the console's API: a PLC by pymodbus, a server by asyncua and a device that
publishes its own topics over Mosquitto; changes that are wrong, killed in the middle, or do not come up."""

import contextlib
import json
import os
import pathlib
import shutil
import socket
import subprocess
import threading
import time
import unittest

from harness import PROGRAM, DataFolder, Server, main, needs_program, run_json
from peer import peer_python
from people_test import call
from sparkplug_test import PEER, Peer, install_peer

HERE = pathlib.Path(__file__).resolve().parent
PASSWORD = "correct horse battery"
BROKER_PASSWORD = "a secret of the broker"
PUBLISH = """
import sys
from paho.mqtt import publish
port, password, topic, payload = sys.argv[1:]
publish.single(topic, payload, qos=1, retain=True, hostname="127.0.0.1", port=int(port),
               auth={"username": "millwright", "password": password})
"""
PUBLISH_TLS = """
import sys
from paho.mqtt import publish
port, ca, topic, payload = sys.argv[1:]
publish.single(topic, payload, qos=1, retain=True, hostname="localhost", port=int(port), tls={"ca_certs": ca})
"""
EMPTY = {"description": {"site": "works", "lines": [{"id": "line-1", "name": {"en": "Line 1", "zh": "一号线"}}],
                         "kinds": [], "assets": []}, "connectors": []}


def free_port():
    with contextlib.closing(socket.socket()) as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


@contextlib.contextmanager
def told_every_half_second(edge):
    """An edge node that tells a value now and then."""
    over = threading.Event()

    def tell():
        while not over.wait(0.5):
            edge.say(ddata=[{"alias": 7, "type": "Double", "value": 55.25}])
    teller = threading.Thread(target=tell)
    teller.start()
    try:
        yield
    finally:
        over.set()
        teller.join()


def with_machine(setup, asset, tags, **more):
    """The setup with one machine more, and what is said besides of how it is connected."""
    description = setup["description"]
    return {**setup, "description": {
        **description, "kinds": [*description["kinds"], {"id": asset}],
        "assets": [*description["assets"], {"id": asset, "kind": asset, "line": "line-1", "tags": tags}]}, **more}


@needs_program
class PlantSetup(unittest.TestCase):
    def setUp(self):
        self.folder = DataFolder()
        self.addCleanup(self.folder.close)
        self.data = self.folder.path
        for name, role in (("li", "admin"), ("wang", "viewer")):
            done = subprocess.run([PROGRAM, "user", "add", name, "--role", role, "--line", "*", "--data", self.data,
                                   "--password-file", "-"], input=PASSWORD + "\n", text=True, capture_output=True,
                                  timeout=60, env={**os.environ, "LANG": "C"})
            self.assertEqual(done.returncode, 0, done.stderr)

    def log_in(self, server, name="li"):
        _, headers, _ = call(server, "POST", "/api/session", {"name": name, "password": PASSWORD})
        return {"Cookie": (headers.get("Set-Cookie") or "").split(";")[0]}

    def plc(self, words):
        process = subprocess.Popen(list(map(str, words)), stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                   stderr=subprocess.DEVNULL, text=True)

        def end():
            process.kill()
            process.wait()
            process.stdin.close()
            process.stdout.close()
        self.addCleanup(end)
        self.assertIn("serving", process.stdout.readline())

    def modbus(self):
        port = free_port()
        self.plc([peer_python("modbus_peer", HERE / "modbus_pypi/requirements.txt"), HERE / "modbus_pypi/plc.py",
                  "tcp", port])
        return port

    def view(self, server, who):
        status, _, body = call(server, "GET", "/api/plant/setup", headers=who)
        self.assertEqual(status, 200, body)
        return body

    def put(self, server, who, setup, version=None):
        version = version or self.view(server, who)["version"]
        return call(server, "PUT", "/api/plant/setup", setup, {**who, "If-Match": f'"{version}"'})

    def settled(self, server, who):
        """The setup once the plant started anew; while it does, nobody answers."""
        def look():
            with contextlib.suppress(OSError):
                status, _, body = call(server, "GET", "/api/plant/setup", headers=who)
                return status == 200 and (body["running"] or body["problem"]) and body
            return None
        return server.wait_until("the plant started anew", look, 60)

    def change(self, server, who, setup):
        status, _, body = self.put(server, who, setup)
        self.assertEqual(status, 202, body)
        return self.settled(server, who)

    def value(self, server, who, tag, expected):
        def look():
            for asset in call(server, "GET", "/api/plant", headers=who)[2]["assets"]:
                for each in asset["tags"]:
                    if each["id"] == tag and each["latest"]["quality"] == "good":
                        return each["latest"]["value"] == expected
            return False
        server.wait_until(f"{tag} is {expected}", look, 30)

    def files(self):
        return {path.relative_to(self.data): path.read_bytes() for path in self.data.rglob("*")
                if path.is_file() and path.parent.name in (self.data.name, "secrets") and "setup" in path.name
                or path.parent.name == "secrets"}

    def press(self, port, setup=None):
        return with_machine(setup or EMPTY, "press-1", [{"id": "oil", "unit": "degC"}], connectors=[
            {"name": "press-plc", "kind": "modbus_tcp", "address": f"127.0.0.1:{port}", "register": [
                {"tag": "press-1/oil", "address": 1, "type": "s16", "scale": 0.1, "poll_ms": 200}]}])

    def test_a_modbus_device_from_the_demo_to_its_values(self):
        port = self.modbus()
        with Server(self.data) as server:
            who = self.log_in(server)
            before = self.view(server, who)
            self.assertEqual((before["version"], before["setup"], before["editable"]), ("none", None, True))
            status, _, seen = call(server, "POST", "/api/plant/setup/look", {
                "kind": "modbus_tcp", "address": f"127.0.0.1:{port}", "register": [
                    {"address": 1, "type": "s16", "scale": 0.1}, {"address": 500}]}, who)
            self.assertEqual(status, 200, seen)
            self.assertEqual([each["value"] for each in seen["registers"]], [-21.5, None])
            self.assertIn("address", seen["registers"][1]["problem"]["en"])
            started = time.monotonic()
            after = self.change(server, who, self.press(port))
            print(f"started anew after {time.monotonic() - started:.2f} s")
            self.assertIsNone(after["problem"])
            self.assertFalse(after["demo"])
            self.value(server, who, "press-1/oil", -21.5)
            plant = call(server, "GET", "/api/plant", headers=who)[2]
            self.assertFalse(plant["simulated"])
            self.assertEqual([each["id"] for each in plant["assets"]], ["press-1"])
        with Server(self.data) as server:  # a restart keeps it, --demo or not
            self.value(server, self.log_in(server), "press-1/oil", -21.5)
        shown = run_json("audit", "show", "--data", self.data)["records"]
        changes = [each for each in shown if each["action"] in ("plant.setup", "plant.look", "server.restart")]
        self.assertEqual([each["action"] for each in changes], ["plant.look", "plant.setup", "server.restart"])
        self.assertEqual(changes[1]["who"], "person:li")
        # What the demo made up lies elsewhere.
        exported = subprocess.run([PROGRAM, "plant", "export", "--data", self.data, "--from", "2020-01-01T00:00:00Z",
                                   "--to", "2100-01-01T00:00:00Z"], capture_output=True, text=True,
                                  timeout=60)
        self.assertEqual(exported.returncode, 0, exported.stderr)
        self.assertIn("press-1/oil", exported.stdout)
        self.assertNotIn("cnc-", exported.stdout)

    def test_a_renamed_value_keeps_its_history_and_its_alarm(self):
        port = self.modbus()
        with Server(self.data, demo=False) as server:
            who = self.log_in(server)
            self.change(server, who, self.press(port))
            self.value(server, who, "press-1/oil", -21.5)
            status, _, body = call(server, "PUT", "/api/alarms/rules", {
                "id": "press-1.cold", "asset": "press-1", "when": {"tag": "press-1/oil", "below": 0}}, who)
            self.assertEqual(status, 200, body)

            def stored(tag):
                now_ms = int(time.time() * 1000)
                path = f"/api/plant/series?tag={tag}&from_ms={now_ms - 300_000}&to_ms={now_ms}&points=2000"
                return call(server, "GET", path, headers=who)

            def first_ms(tag):
                return next(each[0] for each in stored(tag)[2]["points"] if each[1] is not None)
            before = first_ms("press-1/oil")
            renamed = json.loads(json.dumps(self.press(port)).replace("press-1/oil", "press-1/warm").replace(
                '"id": "oil"', '"id": "warm"'))
            renamed["description"]["formerly"] = [{"tag": "press-1/warm", "id": "press-1/oil"}]
            self.assertIsNone(self.change(server, who, renamed)["problem"])
            self.assertLessEqual(first_ms("press-1/warm"), before + 1000)
            self.assertEqual(stored("press-1/oil")[0], 404)
            rule = call(server, "GET", "/api/alarms/rules", headers=who)[2]["rules"][0]
            self.assertEqual((rule["id"], rule["when"]["tag"]), ("press-1.cold", "press-1/warm"))
            del renamed["description"]["formerly"]  # as the console's next change does
            self.assertIsNone(self.change(server, who, renamed)["problem"])
            self.assertEqual(call(server, "GET", "/api/alarms/rules", headers=who)[2]["rules"][0], rule)
            self.assertEqual(stored("press-1/warm")[0], 200)
            standing = [each["id"] for each in call(server, "GET", "/api/alarms", headers=who)[2]["alarms"]]
            self.assertEqual(standing, ["press-1.cold"])

    def test_wrong_input_leaves_everything_as_it_was(self):
        with Server(self.data, demo=False) as server:
            who, viewer = self.log_in(server), self.log_in(server, "wang")
            first = self.change(server, who, self.press(1))
            kept = self.files()
            wrong = self.press(1)
            wrong["connectors"][0]["register"][0]["address"] = 70000
            wrong["broker"] = {"address": "tcp://127.0.0.1:1", "user": "u", "password": BROKER_PASSWORD}
            status, _, body = self.put(server, who, wrong)
            self.assertEqual((status, body["error"]["param"]), (400, "/connectors/0/register/0/address"))
            wrong["connectors"][0]["register"][0].update(address=1, tag="press-1/none")
            status, _, body = self.put(server, who, wrong)
            self.assertEqual((status, body["error"]["param"]), (400, "/connectors/0/register/0"))
            self.assertTrue(body["error"]["message_zh"])
            status, _, body = self.put(server, who, self.press(2), version="0123456789abcdef")
            self.assertEqual(status, 409, body)
            status, _, body = call(server, "PUT", "/api/plant/setup", self.press(2), who)
            self.assertEqual((status, body["error"]["param"]), (400, "If-Match"))
            self.assertEqual(self.files(), kept)
            self.assertEqual(self.view(server, who), first)
            # Others see nothing of it.
            for method, path, sent in (("GET", "/api/plant/setup", None), ("PUT", "/api/plant/setup", EMPTY),
                                       ("POST", "/api/plant/setup/look", {"kind": "mqtt"})):
                status, _, body = call(server, method, path, sent, viewer)
                self.assertEqual(status, 403, path)
                self.assertNotIn("127.0.0.1", json.dumps(body))
            self.assertNotIn(BROKER_PASSWORD, server.output())

    def test_a_killed_server_comes_up_with_the_new_or_the_old_setup(self):
        sites = set()
        for round_number, delay_s in enumerate((0, 0.02, 0.1, 0.5)):
            with Server(self.data, demo=False) as server:
                who = self.log_in(server)
                setup = json.loads(json.dumps(self.press(1)))
                setup["description"]["site"] = f"works-{round_number}"
                sent = subprocess.Popen(["sleep", str(delay_s)])
                with contextlib.suppress(OSError):
                    self.put(server, who, setup)
                sent.wait()
                server.kill()
            with Server(self.data, demo=False) as server:
                seen = self.settled(server, self.log_in(server))
                self.assertIsNone(seen["problem"])
                sites.add(seen["setup"]["description"]["site"])
        self.assertLessEqual(sites, {f"works-{i}" for i in range(4)})

    def test_a_change_that_does_not_come_up_is_taken_back(self):
        with Server(self.data, demo=False) as server:
            who = self.log_in(server)
            first = self.change(server, who, self.press(1))
            simulated = json.loads(json.dumps(first["setup"]))
            # The store has real samples of this tag: a plant that makes them up cannot have them.
            simulated["description"]["simulated"] = True
            self.assertEqual(self.put(server, who, simulated)[0], 202)
            after = self.settled(server, who)
            self.assertEqual((after["version"], after["running"]), (first["version"], True))
            self.assertIn("taken back", after["problem"]["en"])
            self.assertIn("taken back", server.output())
        shown = run_json("audit", "show", "--data", self.data)["records"]
        self.assertIn("failed", [each["outcome"] for each in shown if each["action"] == "plant.setup"])

    def test_config_toml_wins(self):
        (self.data / "plant.json").write_text(json.dumps(EMPTY["description"]))
        (self.data / "config.toml").write_text(f'[plant]\ncatalogue_file = "{self.data}/plant.json"\n')
        with Server(self.data, demo=False) as server:
            who = self.log_in(server)
            view = self.view(server, who)
            self.assertFalse(view["editable"])
            self.assertIn("config.toml", view["why"]["zh"])
            self.assertEqual(self.put(server, who, EMPTY)[0], 409)

    def test_an_opcua_server(self):
        port = free_port()
        self.plc([peer_python("opcua_peer", HERE / "opcua_pypi/requirements.txt"), HERE / "opcua_pypi/plc.py", port])
        with Server(self.data, demo=False) as server:
            who = self.log_in(server)
            if not self.view(server, who)["opcua"]:
                self.skipTest("this build has no OPC UA (open62541's source was not there)")
            at = {"kind": "opcua", "endpoint": f"opc.tcp://127.0.0.1:{port}", "security": "none"}
            status, _, seen = call(server, "POST", "/api/plant/setup/look", at, who)
            self.assertEqual(status, 200, seen)
            double = next(each for each in seen["variables"] if each["node"].endswith("s=Press.double"))
            self.assertEqual((double["type"], double["readable"]), ("Double", True))
            setup = with_machine(EMPTY, "press-1", [{"id": double["id"]}], connectors=[
                {"name": "press", **at, "node": [{"tag": f"press-1/{double['id']}", "node": double["node"]}]}])
            self.assertIsNone(self.change(server, who, setup)["problem"])
            self.value(server, who, f"press-1/{double['id']}", -1234.0625)
            status, _, body = call(server, "POST", "/api/plant/setup/look", {**at, "endpoint": "opc.tcp://127.0.0.1:1"},
                                   who)
            self.assertEqual(status, 503, body)

    def test_an_edge_node_of_sparkplug(self):
        install_peer()
        port = free_port()
        url = f"tcp://127.0.0.1:{port}"
        passwords = self.data / "broker_passwords"
        passwords.write_text(f"millwright:{BROKER_PASSWORD}\n")
        subprocess.run(["mosquitto_passwd", "-U", passwords], check=True, capture_output=True)
        conf = self.data / "mosquitto.conf"
        conf.write_text(f"user root\nlistener {port} 127.0.0.1\nallow_anonymous true\npassword_file {passwords}\n")
        broker = subprocess.Popen(["mosquitto", "-c", conf], stderr=subprocess.DEVNULL)
        self.addCleanup(broker.wait)
        self.addCleanup(broker.kill)
        time.sleep(0.5)
        edge = Peer(PEER / "edge.mjs", url, "Plant1", "Gateway1")
        self.addCleanup(edge.kill)
        edge.wait_for("it is born", lambda lines: "born" in lines)
        at = {"kind": "sparkplug", "broker": url, "user": "millwright"}
        ask = {**at, "password": BROKER_PASSWORD, "seconds": 3}
        with Server(self.data, demo=False) as server:
            who = self.log_in(server)
            status, _, body = call(server, "POST", "/api/plant/setup/look", {**ask, "password": "wrong"}, who)
            self.assertEqual(status, 401, body)
            # Its birth was before us, and MQTT servers keep none: only its values are heard.
            with told_every_half_second(edge):
                status, _, seen = call(server, "POST", "/api/plant/setup/look", ask, who)
                self.assertEqual((status, seen["metrics"]), (200, []), seen)
                self.assertNotIn("rebirth", edge.lines)
                status, _, seen = call(server, "POST", "/api/plant/setup/look", {**ask, "rebirth": True}, who)
            self.assertEqual(status, 200, seen)
            self.assertIn("rebirth", edge.lines)
            metrics = {each["metric"]: each for each in seen["metrics"]}
            oil = metrics["Oil/Temperature"]
            self.assertEqual((oil["group"], oil["edge"], oil["device"], oil["type"], oil["unit"], oil["readable"]),
                             ("Plant1", "Gateway1", "Press1", "Double", "degC", True))
            self.assertFalse(metrics["Recipe"]["readable"])
            self.assertEqual(metrics["Supply/Air"]["device"], "")
            place = {"group": "Plant1", "edge": "Gateway1"}
            tags = [{"id": "oil", "unit": "degC", "watchdog_s": 60}, {"id": "air", "watchdog_s": 60}]
            metric = [{**place, "device": "Press1", "metric": "Oil/Temperature", "tag": "press-1/oil"},
                      {**place, "metric": "Supply/Air", "tag": "press-1/air"}]
            setup = with_machine(EMPTY, "press-1", tags, connectors=[
                {"name": "cell", **at, "password": BROKER_PASSWORD, "rebirth": True, "metric": metric}])
            after = self.change(server, who, setup)
            self.assertIsNone(after["problem"])
            self.value(server, who, "press-1/oil", 55.25)
            self.value(server, who, "press-1/air", 6.5)
            edge.say(ddata=[{"alias": 7, "type": "Double", "value": 61.5}])
            self.value(server, who, "press-1/oil", 61.5)
            self.assertNotIn("password", after["setup"]["connectors"][0])
            moved = json.loads(json.dumps(after["setup"]))
            moved["connectors"][0]["broker"] = "tcp://127.0.0.2:1883"
            status, _, body = self.put(server, who, moved)
            self.assertEqual((status, body["error"]["param"]), (400, "/connectors/0/password"))
            self.assertNotIn(BROKER_PASSWORD, server.output())
        with Server(self.data, demo=False) as server:  # a restart asks it anew
            self.value(server, self.log_in(server), "press-1/air", 6.5)
        shown = run_json("audit", "show", "--data", self.data)["records"]
        self.assertIn(f"sparkplug:{url}", json.dumps([each for each in shown if each["action"] == "plant.look"]))

    def make_authority(self, name, days="90"):
        """A certificate authority, and a broker's certificate of it."""
        folder = self.data / name
        folder.mkdir()

        def openssl(*words):
            subprocess.run(["openssl", *words], cwd=folder, check=True, capture_output=True, timeout=60)
        openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "ca.key", "-out", "ca.pem", "-days", days,
                "-subj", f"/CN={name} CA")
        openssl("req", "-newkey", "rsa:2048", "-nodes", "-keyout", "key.pem", "-out", "cert.csr", "-subj",
                "/CN=localhost")
        (folder / "names").write_text("subjectAltName=DNS:localhost,IP:127.0.0.1\n")
        openssl("x509", "-req", "-in", "cert.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days",
                "90", "-out", "cert.pem", "-extfile", "names")
        return folder

    def test_a_broker_of_a_private_authority(self):
        program = shutil.which("mosquitto", path="/usr/sbin:/usr/local/sbin:/usr/bin")
        if program is None:
            self.skipTest("mosquitto is not installed")
        python = peer_python("notify_peer", HERE / "notify_pypi/requirements.txt")
        works, other = self.make_authority("works"), self.make_authority("other")
        port = free_port()
        conf = self.data / "mosquitto.conf"
        conf.write_text(f"user root\nlistener {port} localhost\nallow_anonymous true\n"
                        f"certfile {works}/cert.pem\nkeyfile {works}/key.pem\n")
        broker = subprocess.Popen([program, "-c", conf], stderr=subprocess.DEVNULL)
        self.addCleanup(broker.wait)
        self.addCleanup(broker.kill)

        def publish(payload):
            for _ in range(50):
                if subprocess.run([python, "-c", PUBLISH_TLS, str(port), works / "ca.pem", "hall/door", payload],
                                  capture_output=True, timeout=30).returncode == 0:
                    return
                time.sleep(0.2)
            self.fail("the broker takes nothing")
        publish("3")
        at = {"address": f"ssl://localhost:{port}"}
        pem = (works / "ca.pem").read_text()
        with Server(self.data, demo=False) as server:
            who = self.log_in(server)

            def look(**more):
                status, _, body = call(server, "POST", "/api/plant/setup/look",
                                       {"kind": "mqtt", "seconds": 1, **at, **more}, who)
                return status, body
            self.assertEqual(look()[0], 503, "nobody here trusts it")
            self.assertEqual(look(ca=(other / "ca.pem").read_text())[0], 503, "another authority")
            status, body = look(ca="hello")
            self.assertEqual((status, body["error"]["param"]), (400, "/ca"))
            self.assertIn("not a certificate", body["error"]["message"])
            self.assertIn("不是证书", body["error"]["message_zh"])
            self.assertIn("private key", look(ca=pem + (works / "ca.key").read_text())[1]["error"]["message"])
            status, body = look(ca=pem)
            self.assertEqual((status, [each["topic"] for each in body["topics"]]), (200, ["hall/door"]), body)

            tags = [{"id": "door", "watchdog_s": 600}]
            topic = [{"topic": "hall/door", "tag": "hall-1/door"}]
            setup = with_machine(EMPTY, "hall-1", tags, broker={**at, "ca": pem, "topic": topic})
            for wrong, why in ((pem[:300], "cannot be read"), ((works / "key.pem").read_text(), "private key")):
                bad = {**setup, "broker": {**setup["broker"], "ca": wrong}}
                status, _, body = self.put(server, who, bad)
                self.assertEqual((status, body["error"]["param"]), (400, "/broker/ca"), why)
                self.assertIn(why, body["error"]["message"])
            self.assertIsNone(self.change(server, who, setup)["problem"])
            self.value(server, who, "hall-1/door", 3)
            told = self.view(server, who)["authorities"]["broker"]
            self.assertEqual([(each["subject"], each["state"]) for each in told], [("CN=works CA", "valid")])
            self.assertGreater(told[0]["expires_ms"], time.time() * 1000)
            kept = list((self.data / "authorities").glob("*.pem"))
            self.assertEqual([each.read_text() for each in kept], [pem], "what was only looked at is gone")
            shown = run_json("audit", "show", "--data", self.data)["records"]
            changes = [each for each in shown if each["action"] == "plant.setup"]
            self.assertIn(kept[0].stem, json.dumps(changes[-1]), "whose word is taken is in the audit log")
        kept[0].unlink()  # made anew from the setup
        with Server(self.data, demo=False) as server:
            who = self.log_in(server)
            publish("4")
            self.value(server, who, "hall-1/door", 4)
            without = self.view(server, who)["setup"]
            del without["broker"]["ca"]
            after = self.change(server, who, without)
            self.assertEqual(after["authorities"], {})
            self.assertEqual(list((self.data / "authorities").glob("*.pem")), [])
            server.wait_until("it is not trusted any more", lambda: call(server, "GET", "/api/plant", headers=who)[2][
                "connectors"][0]["state"] == "failed", 30)

    def test_a_device_with_topics_of_its_own(self):
        program = shutil.which("mosquitto", path="/usr/sbin:/usr/local/sbin:/usr/bin")
        if program is None:
            self.skipTest("mosquitto is not installed")
        python = peer_python("notify_peer", HERE / "notify_pypi/requirements.txt")
        port = free_port()
        passwords = self.data / "broker_passwords"
        passwords.write_text(f"millwright:{BROKER_PASSWORD}\n")
        subprocess.run(["mosquitto_passwd", "-U", passwords], check=True, capture_output=True)
        conf = self.data / "mosquitto.conf"
        conf.write_text(f"user root\nlistener {port} 127.0.0.1\nallow_anonymous false\npassword_file {passwords}\n")
        broker = subprocess.Popen([program, "-c", conf], stderr=subprocess.DEVNULL)
        self.addCleanup(broker.wait)
        self.addCleanup(broker.kill)

        def publish(topic, payload):
            for _ in range(50):
                if subprocess.run([python, "-c", PUBLISH, str(port), BROKER_PASSWORD, topic, payload],
                                  capture_output=True, timeout=30).returncode == 0:
                    return
                time.sleep(0.2)
            self.fail("the broker takes nothing")
        publish("factory/oven/climate", '{"temp": "215.5", "fan": {"on": true}}')
        publish("factory/oven/door", "3")
        at = {"address": f"tcp://127.0.0.1:{port}", "user": "millwright"}
        with Server(self.data, demo=False) as server:
            who = self.log_in(server)
            ask = {"kind": "mqtt", "seconds": 1, **at}
            status, _, body = call(server, "POST", "/api/plant/setup/look", {**ask, "password": "wrong"}, who)
            self.assertEqual(status, 401, body)
            status, _, seen = call(server, "POST", "/api/plant/setup/look", {**ask, "password": BROKER_PASSWORD}, who)
            self.assertEqual(status, 200, seen)
            self.assertEqual([each["topic"] for each in seen["topics"]],
                             ["factory/oven/climate", "factory/oven/door"])
            self.assertIn("215.5", seen["topics"][0]["payload"])
            tags = [{"id": "temperature", "watchdog_s": 600}, {"id": "fan", "watchdog_s": 600},
                    {"id": "door", "watchdog_s": 600}]
            topics = [{"topic": "factory/oven/climate", "tag": "oven-1/temperature", "value": "/temp"},
                      {"topic": "factory/oven/climate", "tag": "oven-1/fan", "value": "/fan/on"},
                      {"topic": "factory/oven/door", "tag": "oven-1/door", "scale": 0.1}]
            setup = with_machine(EMPTY, "oven-1", tags,
                                 broker={**at, "password": BROKER_PASSWORD, "topic": topics})
            after = self.change(server, who, setup)
            self.assertIsNone(after["problem"])
            self.assertNotIn("password", after["setup"]["broker"])
            for tag, expected in (("temperature", 215.5), ("fan", 1), ("door", 0.3)):
                self.value(server, who, f"oven-1/{tag}", expected)
            publish("factory/oven/door", "7")
            self.value(server, who, "oven-1/door", 0.7)
            # The password stays without being typed again, and a topic that is given up is not refused on and on.
            fewer = json.loads(json.dumps(after["setup"]))
            fewer["broker"]["topic"].pop()
            self.assertIsNone(self.change(server, who, fewer)["problem"])
            server.wait_until("connected again", lambda: call(server, "GET", "/api/plant", headers=who)[2][
                "connectors"][0]["state"] == "connected", 30)
            for _ in range(5):
                publish("factory/oven/door", "9")
            publish("factory/oven/climate", '{"temp": 99}')
            self.value(server, who, "oven-1/temperature", 99)
            broker_seen = call(server, "GET", "/api/plant", headers=who)[2]["connectors"][0]
            self.assertEqual(broker_seen["refused"], 0, broker_seen)
            # Not to an address for which it was not typed.
            moved = json.loads(json.dumps(fewer))
            moved["broker"]["address"] = "tcp://127.0.0.2:1883"
            status, _, body = self.put(server, who, moved)
            self.assertEqual((status, body["error"]["param"]), (400, "/broker/password"))
            self.assertNotIn(BROKER_PASSWORD, server.output())
            self.assertNotIn(BROKER_PASSWORD, json.dumps(self.view(server, who)))
        self.assert_nowhere_in_clear(self.data)

    def assert_nowhere_in_clear(self, folder):
        for each in folder.rglob("*"):
            if each.is_file():
                self.assertNotIn(BROKER_PASSWORD.encode(), each.read_bytes(), each)

    def command(self, *words, secret=None):
        done = subprocess.run([PROGRAM, *map(str, words)], input=secret and secret + "\n", text=True,
                              capture_output=True, timeout=120, env={**os.environ, "LANG": "C"})
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_a_password_stays_sealed_through_a_rotation_a_backup_and_a_lost_key(self):
        port = self.modbus()
        setup = self.press(port)
        setup["broker"] = {"address": "tcp://127.0.0.1:1", "user": "u", "password": BROKER_PASSWORD}
        with Server(self.data, demo=False) as server:
            who = self.log_in(server)
            self.assertIsNone(self.change(server, who, setup)["problem"])
            self.assert_nowhere_in_clear(self.data)
            self.command("user", "rotate-key", "--data", self.data)
            again = self.view(server, who)["setup"]  # of the running server, under the new key
            self.assertIsNone(self.change(server, who, again)["problem"])
        backup, restored = self.data / "b", self.data / "restored"
        self.command("backup", "create", backup, "--data", self.data, "--password-file", "-",
                     secret="a passphrase of its own")
        self.command("backup", "restore", backup, "--to", restored, "--password-file", "-",
                     secret="a passphrase of its own")
        with Server(restored, demo=False) as server:
            self.assertIsNone(self.view(server, self.log_in(server))["problem"])
        (restored / "secret.key").unlink()
        with Server(restored, demo=False) as server:
            who = self.log_in(server)
            self.value(server, who, "press-1/oil", -21.5)  # what needs no password runs
            seen = self.view(server, who)
            self.assertTrue(seen["running"])
            for language in ("en", "zh"):
                self.assertIn("broker", seen["problem"][language])
                self.assertIn("secret.key", seen["problem"][language])
            setup = {**seen["setup"], "broker": {**seen["setup"]["broker"], "password": BROKER_PASSWORD}}
            status, _, body = self.put(server, who, setup)
            self.assertEqual((status, body["error"]["param"]), (503, "key_file"))
            self.command("user", "rotate-key", "--lost", "--data", restored)
            self.assertIsNone(self.change(server, who, setup)["problem"])
        self.assert_nowhere_in_clear(self.data)

    def test_a_file_of_an_earlier_version_is_sealed_at_the_next_start(self):
        name = "secret-0123456789abcdef"
        (self.data / "secrets").mkdir(mode=0o700)
        for file, text in ((f"secrets/{name}", BROKER_PASSWORD + "\n"), ("plant_setup.json", json.dumps({
                **EMPTY, "broker": {"address": "tcp://127.0.0.1:1", "user": "u", "password_file": name}}))):
            (self.data / file).write_text(text)
            (self.data / file).chmod(0o600)
        for _ in range(2):
            with Server(self.data, demo=False) as server:
                seen = self.view(server, self.log_in(server))
                self.assertEqual((seen["running"], seen["problem"]), (True, None))
                self.assertNotIn(BROKER_PASSWORD, server.output())
            self.assert_nowhere_in_clear(self.data)
        self.assertEqual(list((self.data / "secrets").iterdir()), [])


if __name__ == "__main__":
    main()
