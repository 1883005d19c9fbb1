"""What is known of connections beside their samples: when the certificate of a broker over TLS ends, and how
each did, minute by minute, over a kill."""

import getpass
import json
import shutil
import socket
import subprocess
import time
import unittest

from harness import DataFolder, Server, main, needs_program

MOSQUITTO = shutil.which("mosquitto", path="/usr/sbin:/usr/local/sbin:/usr/bin")
CATALOGUE = {
    "site": "test", "lines": [{"id": "line-1"}],
    "kinds": [{"id": "oven", "tags": [{"id": "temperature", "unit": "degC", "watchdog_s": 3600}]}],
    "assets": [{"id": "oven-1", "kind": "oven", "line": "line-1"}]}


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


@needs_program
@unittest.skipUnless(MOSQUITTO and shutil.which("openssl"), "mosquitto or openssl is not installed")
class Connections(unittest.TestCase):
    def setUp(self):
        self.data = DataFolder()
        self.addCleanup(self.data.close)
        self.port = free_port()
        self.write_certificate(days=10)
        path = self.data.path
        (path / "mosquitto.conf").write_text(
            f"user {getpass.getuser()}\nlistener {self.port} localhost\nallow_anonymous true\ncertfile {path}/own.pem\nkeyfile {path}/own.key\n")
        (path / "plant.json").write_text(json.dumps(CATALOGUE))
        gone = free_port()
        (path / "config.toml").write_text(
            f'[plant]\ncatalogue_file = "{path}/plant.json"\nbroker = "ssl://localhost:{self.port}"\n'
            f'broker_ca_file = "{path}/own.pem"\n[[upstream]]\nname = "cluster"\n'
            f'urls = ["https://localhost:{gone}/v1"]\n')
        self.start_broker()

    def write_certificate(self, days):
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", str(days), "-subj", "/CN=localhost",
                        "-addext", "subjectAltName=DNS:localhost", "-keyout", "own.key", "-out", "own.pem"],
                       check=True, capture_output=True, cwd=self.data.path)

    def start_broker(self):
        self.broker = subprocess.Popen([MOSQUITTO, "-c", self.data.path / "mosquitto.conf"], stderr=subprocess.DEVNULL)
        self.addCleanup(self.stop_broker)

    def stop_broker(self):
        self.broker.kill()
        self.broker.wait()

    def certificate_of(self, server, name):
        return next(each for each in server.get("/api/system")["certificates"] if each["name"] == name)

    def history(self, server):
        return server.get("/api/connectors/broker/history?max_points=2000")["points"]

    def test_a_certificate_that_ends_soon_is_named_and_how_the_link_did_survives_a_kill(self):
        with Server(self.data.path, demo=False) as server:
            seen = server.wait_until("the broker's certificate is seen", lambda: (
                one := self.certificate_of(server, "broker"))["subject"] and one, 30)
            self.assertEqual((seen["kind"], seen["state"], seen["subject"]), ("broker", "expires_soon", "CN=localhost"))
            self.assertAlmostEqual((seen["until_ms"] / 1000 - time.time()) / 86400, 10, delta=0.1)
            gone = server.wait_until("nobody is at the other address", lambda: (
                one := self.certificate_of(server, "cluster"))["problem"] and one, 30)
            self.assertEqual((gone["state"], gone["until_ms"]), ("unknown", None))
            connector = server.get("/api/plant")["connectors"][0]
            self.assertEqual(connector["certificate_expires_ms"], seen["until_ms"])
            metrics = server.request("GET", "/metrics")[2].decode()
            self.assertIn('millwright_certificate_until_seconds{certificate="broker/broker",'
                          f'address="localhost:{self.port}"}} 1', metrics)
            self.assertIn(f'{{certificate="upstream/cluster",address="{gone["address"]}"}} NaN', metrics)
            server.wait_until("the log says it", lambda: "(expires_soon): have a new one" in server.output(), 10)

            server.wait_until("the broker is there", lambda: self.history(server)[-1]["state"] == "connected"
                              or server.get("/api/plant")["connectors"][0]["state"] == "connected", 30)
            self.stop_broker()
            server.wait_until("its loss is in the minute", lambda: self.history(server)[-1]["state"] == "failed", 30)
            lost_ms = self.history(server)[-1]["t_ms"]
            time.sleep(max(0, lost_ms / 1000 + 62.5 - time.time()))  # the minute is over, and written
            server.kill()
        with Server(self.data.path, demo=False) as server:
            points = {each["t_ms"]: each["state"] for each in self.history(server)}
            self.assertEqual(points[lost_ms], "failed")
            self.assertEqual(server.request("GET", "/api/connectors/press/history")[0], 404)


if __name__ == "__main__":
    main()
