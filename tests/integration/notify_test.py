"""An alarm that nobody acknowledges, told to people: mail over a server that we did not write (aiosmtpd, with STARTTLS
and a password), a signed webhook, and MQTT (Mosquitto with TLS, passwords and rights; Python's Paho subscribes)."""

import email
import email.policy
import getpass
import hashlib
import hmac
import http.server
import json
import pathlib
import queue
import shutil
import socket
import subprocess
import threading
import time
import unittest

from harness import DataFolder, Server, main, needs_program
from peer import peer_python
from samples_in_test import AUTH, CATALOGUE, KEY

HERE = pathlib.Path(__file__).resolve().parent / "notify_pypi"
USER, PASSWORD, SECRET = "millwright", "the mail server's password", "the webhook's secret"


class MailServer:
    def __init__(self, python, port, folder):
        self.process = subprocess.Popen(
            [python, HERE / "mail_server.py", str(port), folder / "cert.pem", folder / "key.pem", USER, PASSWORD],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.mails = queue.Queue()
        if "serving" not in self.process.stdout.readline():
            raise AssertionError("the mail server did not start")
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        for line in self.process.stdout:
            self.mails.put(json.loads(line))

    def next(self):
        raw = self.mails.get(timeout=90)
        return raw, email.message_from_string(raw["text"], policy=email.policy.default)

    def stop(self):
        self.process.kill()
        self.process.wait()


class Broker:
    """Mosquitto on a port of its own: TLS, and only USER may publish, only to plant/alarms."""

    def __init__(self, folder, python, program):
        self.folder = folder / "broker"
        self.folder.mkdir()
        self.port = free_port()
        passwords = self.folder / "passwords"
        passwords.write_text(f"{USER}:{PASSWORD}\nreader:{PASSWORD}\n")
        subprocess.run(["mosquitto_passwd", "-U", passwords], check=True, capture_output=True)
        (self.folder / "rights").write_text(f"user {USER}\ntopic write plant/alarms\nuser reader\ntopic read plant/#\n")
        for name in ("cert.pem", "key.pem"):
            shutil.copy(folder / name, self.folder / name)
        (self.folder / "mosquitto.conf").write_text(f"""
user {getpass.getuser()}
listener {self.port} localhost
certfile {self.folder}/cert.pem
keyfile {self.folder}/key.pem
allow_anonymous false
password_file {passwords}
acl_file {self.folder}/rights
""")
        self.process = subprocess.Popen([program, "-c", self.folder / "mosquitto.conf"], stderr=subprocess.DEVNULL)
        self.messages = queue.Queue()
        deadline = time.monotonic() + 30
        while True:
            self.reader = subprocess.Popen(
                [python, HERE / "mqtt_subscriber.py", str(self.port), folder / "cert.pem", "reader", PASSWORD, "plant/#"],
                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
            if "subscribed" in self.reader.stdout.readline():
                break
            problem = self.reader.communicate()[1]
            if time.monotonic() > deadline:
                raise AssertionError(f"no subscriber: {problem}")
            time.sleep(0.2)
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        for line in self.reader.stdout:
            self.messages.put(json.loads(line))

    def stop(self):
        for each in (self.reader, self.process):
            each.kill()
            each.wait()


class Hook:
    """Takes webhooks, on a port of its own."""

    def __init__(self):
        self.posts = queue.Queue()
        posts = self.posts

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                posts.put((self.headers, body))
                self.send_response(204)
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def next(self):
        return self.posts.get(timeout=90)

    def close(self):
        self.server.shutdown()
        self.server.server_close()


def free_port():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


@needs_program
class Notify(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.python = peer_python("notify_peer", HERE / "requirements.txt")

    def setUp(self):
        self.data = DataFolder()
        self.addCleanup(self.data.close)
        self.hook = Hook()
        self.addCleanup(self.hook.close)
        self.port = free_port()
        path = self.data.path
        catalogue = json.loads(json.dumps(CATALOGUE))
        catalogue["kinds"][0]["tags"][0]["normal"] = [None, 800]
        (path / "plant.json").write_text(json.dumps(catalogue))
        for name, text in (("keys", f"gateway:{KEY}"), ("mail_password", PASSWORD), ("hook_secret", SECRET)):
            (path / name).write_text(text + "\n")
            (path / name).chmod(0o600)
        made = subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
             "-addext", "subjectAltName=DNS:localhost", "-keyout", path / "key.pem", "-out", path / "cert.pem"],
            capture_output=True, text=True)
        self.assertEqual(made.returncode, 0, made.stderr)
        (path / "config.toml").write_text(f"""
[server]
api_keys_file = "{path}/keys"
loopback_viewer = true
[plant]
catalogue_file = "{path}/plant.json"
push_keys = ["gateway"]
[notify]
console_url = "https://millwright.plant"
[[notify.channel]]
name = "shift"
email_server = "smtp://localhost:{self.port}"
ca_file = "{path}/cert.pem"
user = "{USER}"
password_file = "{path}/mail_password"
from = "millwright@plant.example"
to = ["li@plant.example", "wang@plant.example"]
language = "zh"
[[notify.channel]]
name = "duty"
webhook = "http://127.0.0.1:{self.hook.server.server_address[1]}/hook"
secret_file = "{path}/hook_secret"
[[notify.step]]
name = "first"
after_min = 0.02
priority = "medium"
channels = ["shift", "duty"]
""")

    def metrics(self, server):
        return server.request("GET", "/metrics", headers=AUTH)[2].decode()

    def push(self, server, value):
        status, _, body = server.request("POST", "/api/plant/samples",
                                         [{"tag": "oven-1/temperature", "value": value}], AUTH)
        self.assertEqual((status, json.loads(body)["stored"]), (200, 1))

    def test_people_are_told_whatever_is_down_meanwhile_and_told_the_end(self):
        with Server(self.data.path, demo=False) as server:
            self.push(server, 950)  # 10 s later it is an alarm
            headers, body = self.hook.next()
            expected = "sha256=" + hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
            self.assertEqual(headers["x-millwright-signature"], expected)
            told = json.loads(body)
            self.assertLess(abs(told["sent_ms"] / 1000 - time.time()), 60)
            message = told["messages"][0]
            self.assertEqual((message["asset"], message["event"], message["value"], message["unit"]),
                             ("oven-1", "unacknowledged", 950, "degC"))
            self.assertIn("https://millwright.plant/alarms", message["text"])
            deadline = time.monotonic() + 60
            while 'millwright_notify_up{channel="shift"} 0' not in self.metrics(server) and time.monotonic() < deadline:
                time.sleep(0.2)
            self.assertIn('millwright_notify_up{channel="duty"} 1', self.metrics(server))
            self.assertIn('millwright_notify_waiting{channel="shift"} 1', self.metrics(server))
            server.kill()  # the mail server was not there yet: the mail waits on disk

        mail_server = MailServer(self.python, self.port, self.data.path)
        self.addCleanup(mail_server.stop)
        with Server(self.data.path, demo=False) as server:
            raw, mail = mail_server.next()
            self.assertEqual(raw["to"], ["li@plant.example", "wang@plant.example"])
            self.assertIn("oven-1", mail["Subject"])
            self.assertIn("无人确认", mail["Subject"])
            self.assertIn("950 degC", mail.get_content())
            alarm = message["alarm"]
            status, _, body = server.request("POST", "/api/alarms/actions",
                                             {"alarm": alarm, "action": "acknowledge", "note": "on my way"}, AUTH)
            self.assertEqual(status, 200, body)
            _, mail = mail_server.next()
            self.assertIn("已由", mail["Subject"])
            self.assertIn("on my way", mail.get_content())
            told = json.loads(self.hook.next()[1])["messages"]
            if told[0]["key"] == message["key"]:  # killed before it was noted: the same, by its key
                told = json.loads(self.hook.next()[1])["messages"]
            self.assertEqual([(each["event"], each["by"]) for each in told], [("ended", "gateway")])
            time.sleep(2)
            self.assertTrue(mail_server.mails.empty() and self.hook.posts.empty(), "nothing twice")
            self.assertNotIn(PASSWORD, server.output())

    def test_a_wrong_password_or_certificate_is_said_and_no_mail_goes(self):
        mail_server = MailServer(self.python, self.port, self.data.path)
        self.addCleanup(mail_server.stop)
        config = self.data.path / "config.toml"
        text = config.read_text()
        for change, said in ((lambda: (self.data.path / "mail_password").write_text("another\n"), "denied"),
                             (lambda: config.write_text(text.replace(f'ca_file = "{self.data.path}/cert.pem"\n', "")),
                              "certificate")):
            change()
            with Server(self.data.path, demo=False) as server:
                self.push(server, 950)
                deadline = time.monotonic() + 90
                while said not in server.output() and time.monotonic() < deadline:
                    time.sleep(0.2)
                self.assertIn(said, server.output())
                self.assertNotIn("another", server.output())
            self.assertTrue(mail_server.mails.empty())

    def tell_over_mqtt(self, port, topic="plant/alarms", ca_file="cert.pem"):
        config = self.data.path / "config.toml"
        config.write_text(config.read_text().split("[notify]")[0] + f"""[notify]
[[notify.channel]]
name = "tower"
mqtt_broker = "ssl://localhost:{port}"
topic = "{topic}"
user = "{USER}"
password_file = "{self.data.path}/mail_password"
{f'ca_file = "{self.data.path}/{ca_file}"' if ca_file else ''}
[[notify.step]]
after_min = 0.02
priority = "medium"
channels = ["tower"]
""")

    def test_a_broker_gets_it_over_tls_and_what_it_refuses_is_said(self):
        program = shutil.which("mosquitto", path="/usr/sbin:/usr/local/sbin:/usr/bin")
        if program is None:
            self.skipTest("mosquitto is not installed")
        broker = Broker(self.data.path, self.python, program)
        self.addCleanup(broker.stop)
        self.tell_over_mqtt(broker.port)
        with Server(self.data.path, demo=False) as server:
            self.push(server, 950)
            told = broker.messages.get(timeout=90)
            self.assertLess(abs(told["sent_ms"] / 1000 - time.time()), 60)
            alarm = told["messages"][0]
            self.assertEqual((alarm["asset"], alarm["event"], alarm["value"]), ("oven-1", "unacknowledged", 950))
            status, _, body = server.request("POST", "/api/alarms/actions",
                                             {"alarm": alarm["alarm"], "action": "acknowledge"}, AUTH)
            self.assertEqual(status, 200, body)
            ended = broker.messages.get(timeout=90)["messages"][0]
            self.assertEqual((ended["event"], ended["alarm"], ended["by"]), ("ended", alarm["alarm"], "gateway"))
            self.assertNotIn(PASSWORD, server.output())
        for change, said in (({"topic": "another/topic"}, "not authorized"), ({"ca_file": None}, "SSL")):
            self.tell_over_mqtt(broker.port, **change)
            for each in self.data.path.glob("alarms.db*"):
                each.unlink()  # the alarm comes anew
            with Server(self.data.path, demo=False) as server:
                self.push(server, 950)
                deadline = time.monotonic() + 90
                while said.lower() not in server.output().lower() and time.monotonic() < deadline:
                    time.sleep(0.2)
                self.assertIn(said.lower(), server.output().lower())
        self.assertTrue(broker.messages.empty())


if __name__ == "__main__":
    main()
