"""Modbus TCP and RTU against a PLC that we did not write: pymodbus, installed into build/modbus_peer.

What a device does wrong on the wire (exceptions, garbage, half answers) is the unit tests' part
(src/plant/modbus/modbus_connector_test.cc); here the program, its configuration and a real peer.
"""

import contextlib
import json
import os
import pathlib
import select
import socket
import subprocess
import termios
import threading
import time
import tty
import unittest

from harness import DataFolder, Server, main, needs_program
from peer import peer_python

HERE = pathlib.Path(__file__).resolve().parent / "modbus_pypi"
WATCHDOG_S = 3

# tag: (register's keys, value expected, quality expected)
REGISTERS = {
    "u16": ("address = 0\ntype = \"u16\"", 65534, "good"),
    "tenths": ("address = 1\ntype = \"s16\"\nscale = 0.1\noffset = 1", -20.5, "good"),
    "u32": ("address = 10\ntype = \"u32\"", 4_000_000_000, "good"),
    "s32": ("address = 12\ntype = \"s32\"", -70_000, "good"),
    "f32_abcd": ("address = 20\ntype = \"f32\"", 12.5, "good"),
    "f32_cdab": ("address = 22\ntype = \"f32\"\norder = \"cdab\"", 12.5, "good"),
    "f32_badc": ("address = 24\ntype = \"f32\"\norder = \"badc\"", 12.5, "good"),
    "f32_dcba": ("address = 26\ntype = \"f32\"\norder = \"dcba\"", 12.5, "good"),
    "f64_abcd": ("address = 30\ntype = \"f64\"", -1234.0625, "good"),
    "f64_dcba": ("address = 34\ntype = \"f64\"\norder = \"dcba\"", -1234.0625, "good"),
    "s64_cdab": ("address = 40\ntype = \"s64\"\norder = \"cdab\"", -5_000_000_000, "good"),
    "bit_11": ("address = 50\ntype = \"bit\"\nbit = 11", 1, "good"),
    "bit_10": ("address = 50\ntype = \"bit\"\nbit = 10", 0, "good"),
    "state": ("address = 51\nstates = {0 = \"idle\", 2 = \"running\"}", None, "good"),
    "not_a_number": ("address = 52\ntype = \"f32\"", None, "bad"),
    "too_high": ("address = 54\ntype = \"s16\"", 9000, "bad"),
    "far": ("address = 200", 7, "good"),
    "missing": ("address = 201", None, "bad"),
    "coil": ("table = \"coil\"\naddress = 2", 1, "good"),
    "discrete": ("table = \"discrete\"\naddress = 1", 0, "good"),
    "input": ("table = \"input\"\naddress = 100", 322, "good"),
    "input_of_2": ("table = \"input\"\naddress = 100\nunit = 2", 323, "good"),
}


def catalogue():
    tags = [{"id": name, "watchdog_s": WATCHDOG_S, "unit": "", "decimals": 3} for name in REGISTERS]
    for tag in tags:
        if tag["id"] == "state":
            tag["kind"] = "state"
        if tag["id"] == "too_high":
            tag["physical"] = [0, 500]
    return {"site": "test", "lines": [{"id": "line-1"}],
            "kinds": [{"id": "press", "states": [{"id": "idle"}, {"id": "running"}], "tags": tags}],
            "assets": [{"id": "press-1", "kind": "press", "line": "line-1"}]}


def write_config(data, connector):
    (data.path / "plant.json").write_text(json.dumps(catalogue()))
    text = f'[plant]\ncatalogue_file = "{data.path}/plant.json"\n[[connector]]\nname = "plc"\n{connector}\n'
    for name, (keys, _, _) in REGISTERS.items():
        text += f'[[connector.register]]\ntag = "press-1/{name}"\n{keys}\n'
    (data.path / "config.toml").write_text(text)


class Plc:
    def __init__(self, python, kind, where):
        self.process = subprocess.Popen([python, HERE / "plc.py", kind, str(where)],
                                        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        if "serving" not in self.process.stdout.readline():
            raise AssertionError("the PLC did not start")

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()


class Cable:
    """Two pseudo terminals that are joined, until they are cut."""

    def __init__(self):
        self.masters, self.ends = [], []
        for _ in range(2):
            master, slave = os.openpty()
            tty.setraw(slave, termios.TCSANOW)
            self.masters.append(master)
            self.ends.append((os.ttyname(slave), slave))
        self.cut = False
        self.over = False
        self.thread = threading.Thread(target=self._carry, daemon=True)
        self.thread.start()

    def _carry(self):
        while not self.over:
            for ready in select.select(self.masters, [], [], 0.05)[0]:
                data = os.read(ready, 4096)
                if not self.cut:
                    os.write(self.masters[1 - self.masters.index(ready)], data)

    def close(self):
        self.over = True
        self.thread.join()
        for number in self.masters + [slave for _, slave in self.ends]:
            os.close(number)


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
class Modbus(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.python = peer_python("modbus_peer", HERE / "requirements.txt")

    def setUp(self):
        self.data = DataFolder()
        self.addCleanup(self.data.close)

    def expect_values(self, server):
        def settled():
            tags = tags_of(server)
            return all(tags[name]["quality"] == quality for name, (_, _, quality) in REGISTERS.items())
        server.wait_until("every tag has the quality that it should", settled, 20)
        tags = tags_of(server)
        for name, (_, value, quality) in REGISTERS.items():
            self.assertEqual(tags[name]["value"], value, name)
        self.assertEqual(tags["state"]["text"], "running")
        self.assertIn("outside", tags["too_high"]["reason"]["en"])
        self.assertIn("device itself", tags["missing"]["reason"]["en"])

    def walk(self, server, cut, mend):
        """Values; the device is lost: all bad in time, and said so; it is back: good by itself."""
        self.expect_values(server)
        link = connector_of(server)
        self.assertEqual(link["state"], "connected")
        self.assertEqual(link["tags"], len(REGISTERS))
        self.assertIn("201", link["problem"]["en"])

        cut()
        began = time.monotonic()
        server.wait_until("all tags are bad", lambda: all(
            latest["quality"] == "bad" for latest in tags_of(server).values()), WATCHDOG_S + 2)
        self.assertLess(time.monotonic() - began, WATCHDOG_S + 0.5)
        tags = tags_of(server)
        self.assertIn("no connection", tags["u16"]["reason"]["en"])
        self.assertEqual(tags["u16"]["value"], 65534)
        link = server.wait_until("it says so", lambda: connector_of(server)["state"] == "failed" and
                                 connector_of(server), 5)
        self.assertTrue(link["problem"]["zh"])
        time.sleep(2)

        mend()
        self.expect_values(server)
        self.assertEqual(connector_of(server)["state"], "connected")
        now = server.get("/api/plant")["now_ms"]
        series = server.get(f"/api/plant/series?tag=press-1%2Fu16&from_ms={now - 20000}&to_ms={now}"
                            "&points=200")
        self.assertLess(series["good_share"], 0.95, "the gap is in history")

    def test_reads_every_type_and_order_over_tcp_and_survives_the_loss_of_the_device(self):
        port = free_port()
        write_config(self.data, f'kind = "modbus_tcp"\naddress = "127.0.0.1:{port}"\n'
                                "timeout_ms = 500\npoll_ms = 200")
        plc = [Plc(self.python, "tcp", port)]
        self.addCleanup(lambda: plc[0].kill())
        with Server(self.data.path, demo=False) as server:
            self.walk(server, plc[0].kill, lambda: plc.__setitem__(0, Plc(self.python, "tcp", port)))

    def test_reads_a_serial_bus_and_survives_a_cut_cable(self):
        cable = Cable()
        self.addCleanup(cable.close)
        write_config(self.data, f'kind = "modbus_rtu"\ndevice = "{cable.ends[0][0]}"\n'
                                'parity = "none"\ntimeout_ms = 300\npoll_ms = 200')
        plc = Plc(self.python, "rtu", cable.ends[1][0])
        self.addCleanup(plc.kill)
        with Server(self.data.path, demo=False) as server:
            self.walk(server, lambda: setattr(cable, "cut", True),
                      lambda: setattr(cable, "cut", False))

    def test_starts_before_the_device_does(self):
        port = free_port()
        write_config(self.data, f'kind = "modbus_tcp"\naddress = "127.0.0.1:{port}"')
        with Server(self.data.path, demo=False) as server:
            link = server.wait_until("it fails", lambda: connector_of(server)["state"] == "failed" and
                                     connector_of(server), 10)
            self.assertIn("refused", link["problem"]["en"])
            plc = Plc(self.python, "tcp", port)
            self.addCleanup(plc.kill)
            self.expect_values(server)

    def test_says_what_is_wrong_with_a_configuration_and_does_not_start(self):
        write_config(self.data, 'kind = "modbus_tcp"\naddress = "127.0.0.1"')
        config = self.data.path / "config.toml"
        config.write_text(config.read_text().replace("press-1/far", "press-1/nowhere"))
        with self.assertRaises(AssertionError) as refused:
            Server(self.data.path, demo=False)
        self.assertIn("press-1/nowhere", str(refused.exception))
        self.assertIn("no such tag", str(refused.exception))


if __name__ == "__main__":
    main()
