"""What opcua_test.py and opcua_security_test.py share: the server that we did not write (asyncua,
installed into build/opcua_peer), a cable that can be cut, and how the program is pointed at it."""

import contextlib
import json
import pathlib
import shutil
import socket
import subprocess
import threading
import unittest

from harness import DataFolder, Server, needs_program
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
class OpcUaCase(unittest.TestCase):
    """Tests with the peer; skipped where there is none, or no OPC UA in this build."""

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

    def wait_for_problem(self, server, part):
        def says():
            link = connector_of(server)
            return link["state"] == "failed" and part in (link["problem"] or {"en": ""})["en"] and link
        try:
            return server.wait_until(f"it says '{part}'", says, 30)
        except AssertionError:
            raise AssertionError(f"expected '{part}': {connector_of(server)}") from None
