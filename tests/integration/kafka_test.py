"""Kafka in and out against Apache Kafka's own broker (jars from Maven, build/kafka_broker) and a client that we did
not write (kafka-python): kill -9 of the broker and of our server in the middle, TLS with SCRAM and PLAIN, rights."""

import json
import subprocess
import threading
import time
import unittest

from harness import DataFolder, Server, main, needs_program, run, ROOT
from kafka_broker import PASSWORD, USER, Broker, broker_jars
from peer import peer_python

HERE = ROOT / "tests/integration/kafka_pypi"
START_MS = int(time.time()) * 1000 - 86_400_000


@needs_program
class Kafka(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.python = peer_python("kafka_peer", HERE / "requirements.txt")
        broker_jars()
        cls.folder = DataFolder()
        cls.addClassCleanup(cls.folder.close)
        cls.broker = Broker(cls.folder.path / "kafka")
        cls.addClassCleanup(cls.broker.kill)
        cls.address = f"127.0.0.1:{cls.broker.port}"

    def setUp(self):
        self.data = DataFolder()
        self.addCleanup(self.data.close)
        self.headers = {}
        self.base_ms = int(time.time() * 1000) - 3_600_000
        self.topic = self._testMethodName.replace("test_", "")
        self.peer("create", self.topic, "3")
        if self.broker.process is None:
            self.broker.start()

    def peer(self, *words, lines=None):
        done = subprocess.run([self.python, HERE / "peer.py", self.address, *words], capture_output=True, text=True,
                              timeout=300, input=lines)
        self.assertEqual(done.returncode, 0, done.stderr[-3000:])
        return done.stdout

    def samples(self, first, count, every_ms=1000):
        """A record a sample, of press-1 and press-2 in turn."""
        return "".join(json.dumps({"key": f"press-{1 + n % 2}", "value": {
            "tag": "oil", "ts": START_MS + n * every_ms, "value": n}}) + "\n" for n in range(first, first + count))

    def write_config(self, text):
        tags = [{"id": "oil", "unit": "degC", "watchdog_s": 4}, {"id": "parts", "kind": "counter", "watchdog_s": 4}]
        (self.data.path / "plant.json").write_text(json.dumps({
            "site": "test", "lines": [{"id": "line-1"}, {"id": "line-2"}], "kinds": [{"id": "press", "tags": tags}],
            "assets": [{"id": f"press-{n}", "kind": "press", "line": f"line-{n}"} for n in (1, 2)]}))
        (self.data.path / "config.toml").write_text(
            f'[plant]\ncatalogue_file = "{self.data.path}/plant.json"\n{text}')

    def way_in(self, more=""):
        return (f'[[connector]]\nname = "bus"\nkind = "kafka"\naddress = "{self.address}"\ngroup = "{self.topic}"\n'
                f'samples = ["{self.topic}"]\n{more}\n')

    def way_out(self, more=""):
        return (f'[[feed]]\nname = "erp"\nkind = "kafka"\naddress = "{self.address}"\ntopic = "{self.topic}"\n'
                f'tags = ["press-*/oil"]\nas = "erp"\n{more}\n')

    def stored(self, server, asset):
        series = server.get(f"/api/plant/series?tag=press-{asset}%2Foil&from_ms={START_MS - 1000}"
                            f"&to_ms={START_MS + 10_000_000}&points=100000")
        return sum(point[1] is not None for point in series["points"])

    def connector(self, server):
        return server.get("/api/plant", headers=self.headers)["connectors"][0]

    def push(self, server, first, count):
        lines = "".join(json.dumps({"tag": f"press-{1 + n % 2}/oil", "ts": self.base_ms + n,
                                    "value": n}) + "\n" for n in range(first, first + count))
        status, _, body = server.request("POST", "/api/plant/samples", lines,
                                         {"Content-Type": "application/x-ndjson", **self.headers})
        self.assertEqual(status, 200, body)

    def make_keys(self, line=("--line", "*")):
        done = run("token", "create", "erp", "--scope", "plant", *line, "--data", self.data.path)
        self.assertEqual(done.returncode, 0, done.stderr)
        done = run("token", "create", "gateway", "--scope", "*", "--line", "*", "--role", "operator", "--json",
                   "--data", self.data.path)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.headers = {"Authorization": "Bearer " + json.loads(done.stdout)["key"]}

    def values_out(self):
        """[key, value] of each record, in the order of its partition. Marks of silent tags have no value."""
        out = []
        for line in self.peer("read", self.topic, "30").splitlines():
            _, _, key, value = json.loads(line)
            if json.loads(value)["value"] is not None:
                out.append((key, json.loads(value)))
        return out

    def test_in_loses_nothing_over_kill_9_of_broker_and_server(self):
        self.write_config(self.way_in())
        total = 6000
        problems = []

        def feed():
            try:
                for first in range(0, total, 500):
                    self.peer("send", self.topic, lines=self.samples(first, 500))
                    time.sleep(0.2)
            except Exception as problem:  # pylint: disable=broad-except
                problems.append(problem)

        feeder = threading.Thread(target=feed)
        feeder.start()
        server = Server(self.data.path, demo=False)
        try:
            for n in range(6):
                time.sleep(1.5)
                if n % 3 == 2:
                    self.broker.kill()
                    time.sleep(1)
                    self.broker.start()
                else:
                    server.kill()
                    server = Server(self.data.path, demo=False)
            feeder.join()
            self.assertEqual(problems, [])
            server.wait_until("each sample once", lambda: (
                self.stored(server, 1), self.stored(server, 2)) == (total // 2, total // 2), 90)
            link = self.connector(server)
            self.assertEqual((link["kind"], link["refused"]), ("kafka", 0), link)
            server.wait_until("nothing waits", lambda: self.connector(server)["backlog"] == 0, 30)
        finally:
            feeder.join()
            server.kill()

    def test_in_marks_tags_when_the_broker_is_gone(self):
        self.write_config(self.way_in())

        def quality(server):
            return server.get("/api/plant")["assets"][0]["tags"][0]["latest"]["quality"]

        def live(value):
            self.peer("send", self.topic, lines=json.dumps({"key": "press-1/oil", "value": {"value": value}}) + "\n")

        with Server(self.data.path, demo=False) as server:
            live(20)
            server.wait_until("good", lambda: quality(server) == "good", 30)
            self.broker.kill()
            server.wait_until("bad", lambda: quality(server) == "bad", 10)
            server.wait_until("failed", lambda: self.connector(server)["state"] == "failed", 10)
            self.assertIn("no connection to Kafka", self.connector(server)["problem"]["en"])
            self.broker.start()
            live(21)
            server.wait_until("good again", lambda: quality(server) == "good", 40)

    def test_in_over_tls_with_a_log_in(self):
        password_file = self.data.path / "password"
        password_file.write_text(PASSWORD + "\n")
        password_file.chmod(0o600)
        self.peer("send", self.topic, lines=self.samples(0, 10))
        for sasl in ("scram_sha256", "plain"):
            self.write_config(
                f'[[connector]]\nname = "bus"\nkind = "kafka"\naddress = "localhost:{self.broker.sasl_port}"\n'
                f'group = "{sasl}"\nsamples = ["{self.topic}"]\ntls = true\nca_file = "{self.broker.ca_file}"\n'
                f'sasl = "{sasl}"\nuser = "{USER}"\npassword_file = "{password_file}"\n')
            with Server(self.data.path, demo=False) as server:
                server.wait_until("stored", lambda: self.stored(server, 1) == 5, 30)
                server.wait_until("connected", lambda: self.connector(server)["state"] in ("connected", "silent"), 20)
            (self.data.path / "plant.db").unlink()
        password_file.write_text("wrong\n")
        with Server(self.data.path, demo=False) as server:
            server.wait_until("it is told", lambda: "uthentication" in json.dumps(
                self.connector(server)["problem"]), 30)
            self.assertNotIn("wrong", server.output())
        # A certificate that nobody vouches for.
        self.write_config(self.way_in().replace(self.address, f"localhost:{self.broker.sasl_port}") + "tls = true\n")
        with Server(self.data.path, demo=False) as server:
            server.wait_until("it is told", lambda: "certificate" in json.dumps(
                self.connector(server)["problem"]).lower(), 30)

    def test_out_loses_nothing_over_kill_9_of_broker_and_server(self):
        self.make_keys()
        self.write_config('push_keys = ["gateway"]\n' + self.way_out())
        server = Server(self.data.path, demo=False)
        try:
            self.push(server, 0, 1000)
            server.wait_until("sent", lambda: self.connector(server)["samples"] >= 1000, 30)
            self.broker.kill()
            self.push(server, 1000, 2000)
            server.wait_until("it shows", lambda: self.connector(server)["backlog"] >= 2000, 20)
            link = self.connector(server)
            self.assertEqual((link["kind"], link["state"]), ("kafka_out", "failed"), link)
            self.assertIsNotNone(link["waiting_since_ms"])
            metrics = server.request("GET", "/metrics", headers=self.headers)[2].decode()
            self.assertRegex(metrics, r'millwright_connector_waiting\{connector="erp"\} 200\d')
            server.kill()
            server = Server(self.data.path, demo=False)
            self.push(server, 3000, 1000)
            server.wait_until("it shows", lambda: self.connector(server)["backlog"] >= 3000, 20)
            self.broker.start()
            server.wait_until("sent", lambda: self.connector(server)["backlog"] == 0, 60)
            server.kill()
            server = Server(self.data.path, demo=False)
            self.push(server, 4000, 10)
            server.wait_until("sent", lambda: self.connector(server)["samples"] >= 10, 30)
            sent = self.connector(server)["samples"]
            self.push(server, 100, 2)  # late: a later sample of their tags went out long ago
            server.wait_until("sent", lambda: self.connector(server)["samples"] >= sent + 2, 30)
        finally:
            server.kill()
        got = self.values_out()
        self.assertEqual({value["value"] for _, value in got}, set(range(4010)))
        late = [value["value"] for _, value in got if value.get("late")]
        self.assertTrue({100, 101} <= set(late), late)
        for asset in ("press-1", "press-2"):
            mine = [value["value"] for key, value in got if key == asset and "late" not in value]
            first = list(dict.fromkeys(mine))
            self.assertEqual(first, sorted(first), "each machine in order")

    def test_out_sends_what_its_key_may_see_and_stops_with_it(self):
        self.make_keys(("--line", "line-1"))
        self.write_config('push_keys = ["gateway"]\n' + self.way_out())
        with Server(self.data.path, demo=False) as server:
            self.push(server, 0, 20)
            server.wait_until("sent", lambda: self.connector(server)["samples"] >= 10, 30)
            listed = json.loads(run("token", "list", "--json", "--data", self.data.path).stdout)
            keys = listed["keys"] if isinstance(listed, dict) else listed
            key = next(each["id"] for each in keys if each["name"] == "erp")
            self.assertEqual(run("token", "revoke", key, "--data", self.data.path).returncode, 0)
            server.wait_until("it is told", lambda: "revoked" in json.dumps(self.connector(server)["problem"]), 20)
            self.push(server, 20, 10)
            time.sleep(2)
        got = self.values_out()
        self.assertEqual({key for key, _ in got}, {"press-1"})
        self.assertEqual({value["value"] for _, value in got}, set(range(0, 20, 2)))
        trail = run("audit", "show", "--data", self.data.path).stdout
        self.assertIn("plant.feed", trail)


if __name__ == "__main__":
    main()
