"""OPC UA against a server that we did not write: asyncua, installed into build/opcua_peer.

The program, its configuration and a real peer: every type, status codes, the loss of the server,
security, history. What the connector does by itself: src/plant/opcua/*_test.cc.
"""

import contextlib
import hashlib
import json
import pathlib
import shutil
import socket
import subprocess
import threading
import time
import unittest

from harness import DataFolder, Server, main, needs_program
from peer import peer_python

HERE = pathlib.Path(__file__).resolve().parent / "opcua_pypi"
WATCHDOG_S = 4

# tag: (node's keys beside `node`, value expected, quality expected)
NODES = {
    "boolean": ("", 1, "good"), "sbyte": ("", -5, "good"), "byte": ("", 200, "good"),
    "int16": ("", -12345, "good"), "uint16": ("", 65534, "good"), "int32": ("", -70_000, "good"),
    "uint32": ("", 4_000_000_000, "good"), "int64": ("", -5_000_000_000, "good"),
    "uint64": ("", 5_000_000_000, "good"), "float": ("", 0.1, "good"),
    "double": ("", -1234.0625, "good"),
    "scaled": ("scale = 0.1\noffset = 1", 22.5, "good"),
    "state_number": ('states = {0 = "idle", 2 = "running"}', None, "good"),
    "state_text": ("", None, "good"),
    "unknown_state": ('states = {0 = "idle"}', None, "bad"),
    "too_high": ("", 9000, "bad"),
    "not_a_number": ("", None, "bad"), "infinite": ("", None, "bad"),
    "a_text": ("", None, "bad"), "a_time": ("", None, "bad"),
    "array": ("index = 2", 3.5, "good"), "whole_array": ("", None, "bad"),
    "empty_array": ("index = 0", None, "bad"), "short_array": ("index = 1", None, "bad"),
    "device_says_bad": ("", None, "bad"), "uncertain": ("", 3, "uncertain"),
    "missing": ("", None, "bad"),
    "by_number": ("", 42, "good"), "by_uri": ("", -12345, "good"), "no_space": ("", None, "bad"),
}
NODE_IDS = {"by_number": "ns=2;i=4711", "by_uri": "nsu=http://maker.example/press;s=Press.int16",
            "no_space": "nsu=http://nobody;i=1"}


def catalogue():
    tags = [{"id": name, "watchdog_s": WATCHDOG_S, "unit": "", "decimals": 4} for name in NODES]
    for tag in tags:
        if "state" in tag["id"]:
            tag["kind"] = "state"
        if tag["id"] == "too_high":
            tag["physical"] = [0, 500]
    return {"site": "test", "lines": [{"id": "line-1"}],
            "kinds": [{"id": "press", "states": [{"id": "idle"}, {"id": "running"}], "tags": tags}],
            "assets": [{"id": "press-1", "kind": "press", "line": "line-1"}]}


def write_config(data, connector, names=tuple(NODES)):
    (data.path / "plant.json").write_text(json.dumps(catalogue()))
    text = (f'[plant]\ncatalogue_file = "{data.path}/plant.json"\n[[connector]]\nname = "plc"\n'
            f'kind = "opcua"\npublishing_ms = 100\nsampling_ms = 100\n{connector}\n')
    for name in names:
        node = NODE_IDS.get(name, f"ns=2;s=Press.{name}")
        text += f'[[connector.node]]\ntag = "press-1/{name}"\nnode = "{node}"\n{NODES[name][0]}\n'
    (data.path / "config.toml").write_text(text)


def skip_without_opcua():
    """The build may be one without open62541's source, which says so when asked for a connector."""
    data = DataFolder()
    try:
        write_config(data, 'endpoint = "opc.tcp://127.0.0.1:1"\nsecurity = "none"', ["double"])
        with Server(data.path, demo=False):
            pass
    except AssertionError as refused:
        if "no OPC UA" in str(refused):
            raise unittest.SkipTest("this build has no OPC UA (open62541's source was not there)")
        raise
    finally:
        data.close()


class Plc:
    def __init__(self, python, port, *flags):
        self.process = subprocess.Popen([python, HERE / "plc.py", str(port), *map(str, flags)],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=subprocess.DEVNULL, text=True)
        if "serving" not in self.process.stdout.readline():
            raise AssertionError("the OPC UA server did not start")

    def ask(self, **order):
        self.process.stdin.write(json.dumps(order) + "\n")
        self.process.stdin.flush()
        return self.process.stdout.readline().strip()

    def kill(self):
        self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            with contextlib.suppress(OSError):
                pipe.close()


class Cable:
    """A port that leads to another one, until it is cut."""

    def __init__(self, to):
        self.to, self.whole, self.over = to, True, False
        self.sockets = []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.thread = threading.Thread(target=self._accept, daemon=True)
        self.thread.start()

    def _accept(self):
        while not self.over:
            try:
                near, _ = self.listener.accept()
                if not self.whole:
                    near.close()
                    continue
                far = socket.create_connection(("127.0.0.1", self.to))
            except OSError:
                continue
            self.sockets += [near, far]
            for source, sink in ((near, far), (far, near)):
                threading.Thread(target=self._carry, args=(source, sink), daemon=True).start()

    def _carry(self, source, sink):
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                sink.sendall(data)
        for end in (source, sink):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def cut(self):
        self.whole = False
        for end in self.sockets:
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def mend(self):
        self.whole = True

    def close(self):
        self.over = True
        self.cut()
        with contextlib.suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)
        self.thread.join(5)
        for end in [self.listener, *self.sockets]:
            end.close()


def free_port():
    with contextlib.closing(socket.socket()) as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


def tags_of(server):
    asset = server.get("/api/plant")["assets"][0]
    return {tag["id"].split("/")[1]: tag["latest"] for tag in asset["tags"]}


def connector_of(server):
    return server.get("/api/plant")["connectors"][0]


@needs_program
class OpcUa(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        skip_without_opcua()
        cls.python = peer_python("opcua_peer", HERE / "requirements.txt")

    def setUp(self):
        self.data = DataFolder()
        self.addCleanup(self.data.close)
        self.port = free_port()
        self.endpoint = f'endpoint = "opc.tcp://127.0.0.1:{self.port}/plc"\ntimeout_ms = 2000\n'

    def start_plc(self, *flags):
        plc = Plc(self.python, self.port, *flags)
        self.addCleanup(plc.kill)
        return plc

    def expect_values(self, server):
        def settled():
            tags = tags_of(server)
            return all(tags[name]["quality"] == quality for name, (_, _, quality) in NODES.items())
        try:
            server.wait_until("every tag has the quality that it should", settled, 30)
        except AssertionError:
            tags = tags_of(server)
            wrong = {name: tags[name] for name in NODES if tags[name]["quality"] != NODES[name][2]}
            raise AssertionError(f"{wrong}; {connector_of(server)}") from None
        tags = tags_of(server)
        for name, (_, value, _) in NODES.items():
            self.assertEqual(tags[name]["value"], value, name)
        self.assertEqual(tags["state_number"]["text"], "running")
        self.assertEqual(tags["state_text"]["text"], "running")
        self.assertEqual(tags["unknown_state"]["text"], "7")
        self.assertIn("outside", tags["too_high"]["reason"]["en"])
        self.assertIn("device itself", tags["device_says_bad"]["reason"]["en"])
        self.assertIn("no value of this tag", tags["whole_array"]["reason"]["en"])

    def test_brings_every_type_and_status_and_survives_the_loss_of_the_server(self):
        write_config(self.data, self.endpoint + 'security = "none"')
        plc = self.start_plc()
        with Server(self.data.path, demo=False) as server:
            self.expect_values(server)
            link = connector_of(server)
            self.assertEqual((link["state"], link["kind"], link["tags"]),
                             ("connected", "opcua", len(NODES)))
            self.assertTrue(link["problem"]["zh"])
            self.assertLess(abs(link["skew_ms"]), 2000)
            # Unchanged values stay good: that they still hold is read.
            time.sleep(WATCHDOG_S + 1)
            self.expect_values(server)

            plc.ask(set="double", value=7.5)
            server.wait_until("a change comes", lambda: tags_of(server)["double"]["value"] == 7.5, 10)
            plc.ask(set="double", value=None, status="BadNoCommunication")
            lost = server.wait_until("the server lost its device", lambda: (
                tags_of(server)["double"]["quality"] == "bad" and tags_of(server)["double"]), 10)
            self.assertIn("no connection", lost["reason"]["en"])
            plc.ask(set="double", value=8.5)
            server.wait_until("and has it back", lambda: (
                tags_of(server)["double"]["quality"] == "good"), 10)

            asked = json.loads(plc.ask(services=1))
            for service in asked:
                self.assertNotRegex(service, "Write|Call|Add|Delete(?!Subscription|Monitored)|Update")
            self.assertIn("CreateMonitoredItemsRequest", asked)

            plc.kill()
            began = time.monotonic()
            server.wait_until("all tags are bad", lambda: all(
                latest["quality"] == "bad" for latest in tags_of(server).values()), WATCHDOG_S + 10)
            self.assertLess(time.monotonic() - began, WATCHDOG_S + 2)
            self.assertIn("no connection", tags_of(server)["int32"]["reason"]["en"])
            server.wait_until("it says so", lambda: connector_of(server)["state"] == "failed" and
                              "refused" in connector_of(server)["problem"]["en"], 20)

            self.start_plc()
            self.expect_values(server)
            self.assertEqual(connector_of(server)["state"], "connected")

    def make_certificate(self, begin=-1, end=365, uri="urn:test:plc"):
        folder = self.data.path / "plc"
        shutil.rmtree(folder, ignore_errors=True)
        subprocess.run([self.python, HERE / "make_certificate.py", folder, str(begin), str(end), uri],
                       check=True)
        return folder

    def trust(self, folder):
        trusted = self.data.path / "opcua/trusted"
        trusted.mkdir(parents=True, exist_ok=True)
        shutil.copy(folder / "server.der", trusted / "plc.der")

    def wait_for_problem(self, server, part):
        def says():
            link = connector_of(server)
            return link["state"] == "failed" and part in (link["problem"] or {"en": ""})["en"] and link
        try:
            return server.wait_until(f"it says '{part}'", says, 30)
        except AssertionError:
            raise AssertionError(f"expected '{part}': {connector_of(server)}") from None

    def test_speaks_encrypted_with_who_is_trusted_only(self):
        write_config(self.data, self.endpoint, ["double"])  # sign_and_encrypt is what is not said
        folder = self.make_certificate()
        self.start_plc("--secure", folder)
        thumbprint = hashlib.sha1((folder / "server.der").read_bytes()).hexdigest().upper()
        with Server(self.data.path, demo=False) as server:
            link = self.wait_for_problem(server, "is not trusted")
            self.assertIn(thumbprint, link["problem"]["en"])
            self.assertIn(thumbprint, link["problem"]["zh"])
            self.assertEqual(tags_of(server)["double"]["quality"], "bad")
            rejected = self.data.path / f"opcua/rejected/{thumbprint}.der"
            self.assertIn(str(rejected), link["problem"]["en"])
            key = self.data.path / "opcua/own/private_key.pem"
            self.assertEqual(key.stat().st_mode & 0o777, 0o600)
            self.assertEqual((self.data.path / "opcua/own").stat().st_mode & 0o777, 0o700)

            # What the message says, done: no restart.
            rejected.rename(self.data.path / "opcua/trusted" / rejected.name)
            server.wait_until("it is connected", lambda: (
                tags_of(server)["double"]["value"] == -1234.0625 and
                connector_of(server)["state"] == "connected"), 30)
            days = (connector_of(server)["certificate_expires_ms"] / 1000 - time.time()) / 86400
            self.assertTrue(360 < days < 366, days)
        certificate = (self.data.path / "opcua/own/certificate.der").read_bytes()
        with Server(self.data.path, demo=False) as server:
            server.wait_until("it is connected again", lambda: (
                connector_of(server)["state"] == "connected"), 30)
        self.assertEqual((self.data.path / "opcua/own/certificate.der").read_bytes(), certificate)

    def test_signs_without_encrypting_where_that_is_said(self):
        write_config(self.data, self.endpoint + 'security = "sign"', ["double"])
        folder = self.make_certificate(end=10)
        self.trust(folder)
        self.start_plc("--secure", folder)
        with Server(self.data.path, demo=False) as server:
            # A certificate about to expire works, and is told.
            server.wait_until("it warns", lambda: (
                connector_of(server)["state"] == "connected" and
                "expires in 9 days" in (connector_of(server)["problem"] or {"en": ""})["en"]), 30)
            self.assertEqual(tags_of(server)["double"]["quality"], "good")

    def test_refuses_certificates_that_are_expired_or_anothers(self):
        write_config(self.data, self.endpoint, ["double"])
        for words, told in (({"begin": -30, "end": -1}, "is valid from"),
                            ({"begin": 2}, "is valid from"),
                            ({"uri": "urn:test:another"}, "names another application")):
            folder = self.make_certificate(**words)
            self.trust(folder)
            plc = self.start_plc("--secure", folder)
            with Server(self.data.path, demo=False) as server:
                self.wait_for_problem(server, told)
                self.assertEqual(tags_of(server)["double"]["quality"], "bad")
            plc.kill()

    def test_logs_in_by_a_private_file(self):
        password = self.data.path / "password"
        password.write_text("wrong-one\n")
        password.chmod(0o600)
        write_config(self.data, self.endpoint + f'user = "reader"\npassword_file = "{password}"', ["double"])
        folder = self.make_certificate()
        self.trust(folder)
        self.start_plc("--secure", folder, "--user", "reader:s3cret-word")
        with Server(self.data.path, demo=False) as server:
            link = self.wait_for_problem(server, "does not let in 'reader'")
            self.assertNotIn("wrong-one", json.dumps(link) + server.output())
        password.write_text("s3cret-word\n")
        with Server(self.data.path, demo=False) as server:
            server.wait_until("it is let in", lambda: tags_of(server)["double"]["quality"] == "good", 30)
            self.assertNotIn("s3cret-word", server.output())
        password.chmod(0o644)
        with self.assertRaises(AssertionError) as refused:
            Server(self.data.path, demo=False)
        self.assertIn("password", str(refused.exception))

    def test_does_not_fall_back_to_no_security(self):
        write_config(self.data, self.endpoint, ["double"])
        self.start_plc()
        with Server(self.data.path, demo=False) as server:
            link = self.wait_for_problem(server, "does not offer")
            self.assertIn("it offers: none", link["problem"]["en"])

    def test_fills_the_hole_of_a_cut_cable_from_the_servers_history(self):
        cable = Cable(self.port)
        self.addCleanup(cable.close)
        write_config(self.data, f'endpoint = "opc.tcp://127.0.0.1:{cable.port}/plc"\ntimeout_ms = 1000\n'
                                'security = "none"', ["by_number", "int32"])
        plc = self.start_plc("--history", self.data.path / "history.db")
        with Server(self.data.path, demo=False) as server:
            server.wait_until("it is connected", lambda: tags_of(server)["by_number"]["quality"] == "good", 30)
            time.sleep(1)
            cable.cut()
            server.wait_until("the cut is seen", lambda: tags_of(server)["by_number"]["quality"] == "bad", 20)
            for i in range(20):
                plc.ask(set="by_number", value=100.0 + i)
                time.sleep(0.1)
            cable.mend()
            server.wait_until("it is back", lambda: (
                tags_of(server)["by_number"]["value"] == 119 and
                connector_of(server)["state"] == "connected" and
                connector_of(server)["backlog"] == 0), 30)
            now = server.get("/api/plant")["now_ms"]
            series = server.get(f"/api/plant/series?tag=press-1%2Fby_number&from_ms={now - 60000}&to_ms={now}"
                                "&points=2000")
            values = json.dumps(series)
            missing = [i for i in range(20) if f"{100 + i}" not in values]
            self.assertEqual(missing, [], values[:3000])

    def test_says_what_is_wrong_with_a_configuration_and_does_not_start(self):
        for wrong, told in ((("press-1/double", "press-1/nowhere"), "no such tag"),
                            (("ns=2;s=Press.double", "Press.double"), "names no node"),
                            (("opc.tcp", "http"), "is no endpoint")):
            write_config(self.data, self.endpoint + 'security = "none"', ["double"])
            config = self.data.path / "config.toml"
            config.write_text(config.read_text().replace(*wrong))
            with self.assertRaises(AssertionError) as refused:
                Server(self.data.path, demo=False)
            self.assertIn(told, str(refused.exception))


if __name__ == "__main__":
    main()
