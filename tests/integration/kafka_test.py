"""Kafka in and out against Apache Kafka's own broker (jars from Maven, build/kafka_broker) and a client that we did
not write (kafka-python): kill -9 of the broker and of our server in the middle, TLS with SCRAM and PLAIN, rights."""

import contextlib
import json
import subprocess
import threading
import time
import unittest

from harness import PROGRAM, DataFolder, Server, main, needs_program, run, ROOT
from kafka_broker import PASSWORD, USER, Broker, broker_jars
from peer import peer_python
from people_test import call

HERE = ROOT / "tests/integration/kafka_pypi"
LI_PASSWORD = "correct horse battery"
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
        """Its samples, a stretch at a time: one answer holds 2,000 points at most."""
        step_ms = 1_000_000
        points = []
        for from_ms in range(START_MS - step_ms, START_MS + 8 * step_ms, step_ms):
            points += server.get(f"/api/plant/series?tag=press-{asset}%2Foil&from_ms={from_ms}"
                                 f"&to_ms={from_ms + step_ms - 1}&points=2000", headers=self.headers)["points"]
        return sum(point[1] is not None for point in points)

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

            def good_again():  # what was sent while nobody listened may be older than its watchdog
                live(21)
                return quality(server) == "good"

            server.wait_until("good again", good_again, 60)

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

    def console(self, server):
        """What the console sends for li, an administrator: (method, path, body, more headers) -> status, body."""
        _, headers, _ = call(server, "POST", "/api/session", {"name": "li", "password": LI_PASSWORD})
        who = {"Cookie": (headers.get("Set-Cookie") or "").split(";")[0]}

        def ask(method, path, body=None, **more):
            status, _, answer = call(server, method, path, body, {**who, **more})
            return status, answer
        return ask

    def save(self, server, ask, setup):
        """Once the plant started anew, or came back as it was."""
        version = ask("GET", "/api/plant/setup")[1]["version"]
        status, answer = ask("PUT", "/api/plant/setup", setup, **{"If-Match": f'"{version}"'})
        self.assertEqual(status, 202, answer)

        def settled():
            with contextlib.suppress(OSError):
                status, view = ask("GET", "/api/plant/setup")
                return status == 200 and (view["running"] or view["problem"]) and view
            return None
        return server.wait_until("the plant started anew", settled, 60)

    def test_from_the_console_to_a_value_at_one_time_and_another_unit(self):
        done = subprocess.run([PROGRAM, "user", "add", "li", "--role", "admin", "--line", "*", "--data", self.data.path,
                               "--password-file", "-"], input=LI_PASSWORD + "\n", text=True, capture_output=True,
                              timeout=60)
        self.assertEqual(done.returncode, 0, done.stderr)
        records = [{"key": "oven-1", "value": {"at": START_MS + n * 1000, "zones": [{"t": 20.0 + 10 * n}]}}
                   for n in range(3)]
        self.peer("send", self.topic, lines="".join(json.dumps(each) + "\n" for each in records))
        with Server(self.data.path) as server:
            ask = self.console(server)
            status, seen = ask("POST", "/api/plant/setup/look", {"kind": "kafka", "address": self.address})
            self.assertEqual(status, 200, seen)
            found = next(each for each in seen["topics"] if each["topic"] == self.topic)
            self.assertEqual((found["key"], found["messages"]), ("oven-1", 3))
            self.assertEqual(json.loads(found["payload"])["zones"], [{"t": 40.0}])
            status, refused = ask("POST", "/api/plant/setup/look",
                                  {"kind": "kafka", "address": self.address, "sasl": "plain", "user": "u"})
            self.assertEqual((status, refused["error"]["param"]), (400, "/user"))

            def setup(unit, **more):
                return {"description": {
                    "site": "works", "lines": [{"id": "line-1"}], "kinds": [{"id": "oven-1"}],
                    "assets": [{"id": "oven-1", "kind": "oven-1", "line": "line-1", "tags": [
                        {"id": "t", "unit": unit, "interpolation": "linear"}]}], **more},
                        "connectors": [{"name": "bus", "kind": "kafka", "address": self.address, "group": self.topic,
                                        "topic": [{"topic": self.topic, "key": "oven-1", "value": "/zones/0/t",
                                                   "time": "/at", "tag": "oven-1/t"}]}]}
            view = self.save(server, ask, setup("degC"))
            self.assertIsNone(view["problem"])

            def at(ms, more=""):
                return ask("GET", f"/api/plant/value?tag=oven-1%2Ft&at_ms={START_MS + ms}{more}")[1]
            server.wait_until("stored", lambda: at(2000)["value"] == 40, 30)
            line = at(500)
            self.assertEqual((line["value"], line["how"], line["unit"]), (25, "line", "degC"))
            self.assertEqual((line["before_ms"], line["after_ms"]), (START_MS, START_MS + 1000))
            held = at(500, "&interpolation=stepped")
            self.assertEqual((held["value"], held["how"], held["after_ms"]), (20, "held", None))
            self.assertEqual(at(60_000)["how"], "none")
            window = f"tag=oven-1%2Ft&from_ms={START_MS}&to_ms={START_MS + 2000}"
            self.assertEqual(ask("GET", f"/api/plant/statistics?{window}")[1]["mean"], 30)
            self.assertEqual(ask("GET", f"/api/plant/statistics?{window}&interpolation=stepped")[1]["mean"], 25)
            # The same name in another unit is not taken; said to be a wrong label it is, and nothing is converted.
            self.assertIn("degF", json.dumps(self.save(server, ask, setup("degF"))["problem"]))
            # The device sends another unit from now on: another identifier, which says where the past is.
            moved = setup("degF")
            moved["description"]["assets"][0]["tags"] = [{"id": "t_degf", "unit": "degF",
                                                          "earlier": [{"id": "t", "unit": "degC"}]}]
            moved["connectors"][0]["topic"][0]["tag"] = "oven-1/t_degf"
            self.assertIsNone(self.save(server, ask, moved)["problem"])
            self.peer("send", self.topic, lines=json.dumps({"key": "oven-1", "value": {
                "at": START_MS + 3000, "zones": [{"t": 104.0}]}}) + "\n")
            now_tag = "/api/plant/value?tag=oven-1%2Ft_degf&at_ms="
            server.wait_until("the new unit comes", lambda: ask("GET", f"{now_tag}{START_MS + 3000}")[1]["value"] == 104, 30)
            self.assertEqual(ask("GET", "/api/plant/earlier?asset=oven-1")[1]["histories"], [
                {"tag": "oven-1/t_degf", "id": "oven-1/t", "unit": "degC", "from_ms": START_MS, "to_ms": START_MS + 2000}])
            self.assertEqual((at(2000)["value"], at(2000)["unit"], at(2000)["goes_on_as"]), (40, "degC", "oven-1/t_degf"))
            self.assertEqual(ask("GET", f"{now_tag}{START_MS + 2000}")[1]["how"], "none", "nothing of before in degF")
            # Back under the old name; then it was a wrong label.
            self.assertIsNone(self.save(server, ask, setup("degC"))["problem"])
            view = self.save(server, ask, setup("degF", formerly=[{"tag": "oven-1/t", "unit": "degC"}]))
            self.assertIsNone(view["problem"])
            self.assertEqual((at(500)["value"], at(500)["unit"]), (25, "degF"))

    def test_from_the_console_over_tls_with_a_private_authority(self):
        done = subprocess.run([PROGRAM, "user", "add", "li", "--role", "admin", "--line", "*", "--data", self.data.path,
                               "--password-file", "-"], input=LI_PASSWORD + "\n", text=True, capture_output=True,
                              timeout=60)
        self.assertEqual(done.returncode, 0, done.stderr)
        other = self.data.path / "other.pem"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=other",
                        "-keyout", self.data.path / "other.key", "-out", other], check=True, capture_output=True)
        pem = self.broker.ca_file.read_text()

        def send(n, value):
            self.peer("send", self.topic, lines=json.dumps({"key": "oven-1", "value": {
                "at": START_MS + n * 1000, "t": value}}) + "\n")
        send(0, 20)
        place = {"kind": "kafka", "address": f"localhost:{self.broker.sasl_port}", "tls": True, "sasl": "scram_sha256",
                 "user": USER, "password": PASSWORD}
        bus = {**place, "name": "bus", "group": self.topic,
               "topic": [{"topic": self.topic, "key": "oven-1", "value": "/t", "time": "/at", "tag": "oven-1/t"}]}

        def setup(**more):
            return {"description": {"site": "works", "lines": [{"id": "line-1"}], "kinds": [{"id": "oven-1"}], "assets": [
                {"id": "oven-1", "kind": "oven-1", "line": "line-1", "tags": [{"id": "t", "unit": "degC"}]}]},
                    "connectors": [{**bus, **more}]}

        def state(ask):
            return ask("GET", "/api/plant")[1]["connectors"][0]

        def comes(server, ask, n, value):
            path = f"/api/plant/value?tag=oven-1%2Ft&at_ms={START_MS + n * 1000}"
            server.wait_until(f"{value} is stored", lambda: ask("GET", path)[1].get("value") == value, 60)

        def authorities():
            return list((self.data.path / "authorities").glob("*.pem"))
        with Server(self.data.path, demo=False) as server:
            ask = self.console(server)
            for ca in ({}, {"ca": other.read_text()}):
                status, refused = ask("POST", "/api/plant/setup/look", {**place, **ca})
                self.assertEqual(status, 503, refused)
            status, refused = ask("POST", "/api/plant/setup/look", {**place, "ca": "hello"})
            self.assertEqual((status, refused["error"]["param"]), (400, "/ca"))
            status, seen = ask("POST", "/api/plant/setup/look", {**place, "ca": pem})
            self.assertEqual(status, 200, seen)
            self.assertIn(self.topic, [each["topic"] for each in seen["topics"]])
            self.assertEqual(authorities(), [], "what was only looked at is gone")
            self.assertIsNone(self.save(server, ask, setup(ca=pem))["problem"])
            comes(server, ask, 0, 20)
            view = ask("GET", "/api/plant/setup")[1]
            self.assertEqual([(each["subject"], each["state"]) for each in view["authorities"]["bus"]],
                             [("CN=test ca", "expires_soon")], "the broker of the test has it for days only")
            self.assertNotIn(PASSWORD, json.dumps(view))
            self.assertEqual([each.read_text() for each in authorities()], [pem])
        kept = authorities()[0]
        shown = json.loads(run("audit", "show", "--json", "--data", self.data.path).stdout)["records"]
        self.assertIn(kept.stem, json.dumps([each for each in shown if each["action"] == "plant.setup"][-1]))
        kept.unlink()  # made anew from the setup
        with Server(self.data.path, demo=False) as server:
            ask = self.console(server)
            send(1, 30)
            comes(server, ask, 1, 30)
            # Another authority's certificate is not this broker's: nothing comes, and it is told.
            now = ask("GET", "/api/plant/setup")[1]["setup"]
            now["connectors"][0].update(ca=other.read_text(), password=PASSWORD)  # kept for the other authority only
            self.save(server, ask, now)
            server.wait_until("it is not trusted", lambda: "certificate" in json.dumps(
                state(ask)["problem"] or "").lower(), 60)
            send(2, 40)
            now["connectors"][0].update(ca=pem, password=PASSWORD)
            self.assertIsNone(self.save(server, ask, now)["problem"])
            comes(server, ask, 2, 40)
            self.assertEqual([each.read_text() for each in authorities()], [pem])

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
