"""People from the outside: commands beside a running server, logins over HTTP, what each one sees, and
what the audit log has of it."""

import base64
import hashlib
import hmac
import json
import os
import pathlib
import subprocess
import time
import unittest
import urllib.error
import urllib.request

from harness import PROGRAM, DataFolder, Server, main, needs_program, run, run_json

PASSWORD = "correct horse battery"


def call(server, method, path, body=None, headers=None):
    """Status, headers and parsed body; never raises for a status."""
    request = urllib.request.Request(
        f"http://127.0.0.1:{server.port}{path}", method=method,
        data=None if body is None else json.dumps(body).encode(),
        headers={"Content-Type": "application/json", **(headers or {})})
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.status, answer.headers, json.loads(answer.read() or b"null")
    except urllib.error.HTTPError as problem:
        with problem:
            return problem.code, problem.headers, json.loads(problem.read() or b"null")


def code_of(secret, step):
    """RFC 6238 as apps do it."""
    digest = hmac.new(base64.b32decode(secret), step.to_bytes(8, "big"), hashlib.sha1).digest()
    at = digest[19] & 15
    return f"{(int.from_bytes(digest[at:at + 4], 'big') & 0x7fffffff) % 10**6:06}"


@needs_program
class People(unittest.TestCase):
    def setUp(self):
        self.folder = DataFolder()
        self.addCleanup(self.folder.close)
        self.data = self.folder.path

    def user(self, action, *words, password=None):
        flags = ("--password-file", "-") if password else ()
        done = subprocess.run([PROGRAM, "user", action, *words, "--data", self.data, *flags],
                              input=(password or "") + "\n", text=True, capture_output=True,
                              timeout=60, env={**os.environ, "LANG": "C"})
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def log_in(self, server, name, password=PASSWORD, **more):
        status, headers, body = call(server, "POST", "/api/session",
                                     {"name": name, "password": password, **more})
        cookie = (headers.get("Set-Cookie") or "").split(";")[0]
        return status, {"Cookie": cookie}, body

    def audit(self):
        shown = run_json("audit", "show", "--data", self.data)
        self.assertTrue(shown["report"]["intact"])
        return [(each["action"], each["who"], each["outcome"]) for each in shown["records"]]

    def test_from_open_to_logged_in_in_a_running_server(self):
        with Server(self.data) as server:
            self.assertEqual(call(server, "GET", "/api/session")[2]["state"], "open")
            self.assertEqual(call(server, "GET", "/api/plant")[0], 200)
            line = call(server, "GET", "/api/plant")[2]["assets"][0]["line"]
            self.user("add", "li", "--role", "operator", "--line", line, password=PASSWORD)
            self.user("add", "wang", "--line", "elsewhere", password=PASSWORD)
            self.assertEqual(call(server, "GET", "/api/plant")[0], 401)
            self.assertEqual(call(server, "GET", "/api/session")[2]["state"], "login")
            self.assertEqual(self.log_in(server, "li", "wrong horse battery")[0], 401)
            status, li, body = self.log_in(server, "li")
            self.assertEqual((status, body["who"]["grants"][0]["lines"]), (200, [line]))
            _, wang, _ = self.log_in(server, "wang")
            self.assertTrue(call(server, "GET", "/api/plant", headers=li)[2]["assets"])
            self.assertEqual(call(server, "GET", "/api/plant", headers=wang)[2]["assets"], [])
            self.assertEqual(call(server, "POST", "/api/models", {"source": "x"}, li)[0], 403)
            self.user("disable", "li")
            self.assertEqual(call(server, "GET", "/api/plant", headers=li)[0], 401)
            self.assertEqual(call(server, "DELETE", "/api/session", headers=wang)[0], 200)
            self.assertEqual(call(server, "GET", "/api/plant", headers=wang)[0], 401)
        seen = self.audit()
        for action, who, outcome in (("session.login", "person:li", "refused"),
                                     ("session.login", "person:li", "done"),
                                     ("session.logout", "person:wang", "done")):
            self.assertIn((action, who, outcome), seen)
        self.assertEqual([action for action, who, _ in seen if who.startswith("local:")],
                         ["user.add", "user.add", "user.disable"])
        files = [each for each in self.data.rglob("*") if each.is_file()]
        for each in files:
            self.assertNotIn(PASSWORD.encode(), each.read_bytes(), each)

    def test_a_session_outlives_a_killed_server(self):
        self.user("add", "li", "--line", "*", password=PASSWORD)
        with Server(self.data) as server:
            _, li, _ = self.log_in(server, "li")
            server.kill()
        with Server(self.data) as server:
            self.assertEqual(call(server, "GET", "/api/plant", headers=li)[0], 200)

    def test_who_noted_something_is_named_until_they_are_erased(self):
        self.user("add", "boss", "--role", "admin", "--line", "*", password=PASSWORD)
        self.user("add", "li", "--role", "operator", "--line", "*", password=PASSWORD)
        with Server(self.data) as server:
            _, boss, _ = self.log_in(server, "boss")
            _, li, _ = self.log_in(server, "li")
            asset = call(server, "GET", "/api/plant", headers=li)[2]["assets"][0]["id"]
            events = lambda: call(server, "GET", f"/api/plant/events?asset={asset}", headers=boss)[2]["events"]
            status, _, told = call(server, "POST", "/api/plant/events", {"asset": asset, "text": "Oil leak at valve 3"}, li)
            self.assertEqual((status, told["told_by"]), (200, "li"))
            self.assertEqual([(each["text"], each["told_by"]) for each in events()], [("Oil leak at valve 3", "li")])
            self.assertEqual(call(server, "POST", "/api/plant/events", {"asset": asset, "id": told["id"], "start": told["start_ms"], "text": "No"}, boss)[0], 409)
            self.user("erase", "li")
            [event] = events()
            self.assertEqual(event["text"], "Oil leak at valve 3")
            self.assertRegex(event["told_by"], "^person/[a-z2-7]+$")
        store = b"".join(each.read_bytes() for each in self.data.rglob("plant.db*") if each.is_file())
        self.assertIn(b"Oil leak at valve 3", store)
        self.assertNotIn(b'"told_by":"li"', store)

    def test_a_key_works_until_it_is_revoked(self):
        made = run_json("token", "create", "mes", "--scope", "plant", "--line", "*", "--data",
                        self.data)
        key = {"Authorization": f"Bearer {made['key']}"}
        with Server(self.data) as server:
            self.assertEqual(call(server, "GET", "/api/plant")[0], 401)
            self.assertEqual(call(server, "GET", "/api/plant", headers=key)[0], 200)
            self.assertEqual(call(server, "GET", "/v1/models", headers=key)[0], 403)
            run_json("token", "revoke", made["id"], "--data", self.data)
            self.assertEqual(call(server, "GET", "/api/plant", headers=key)[0], 401)
        listed = run_json("token", "list", "--data", self.data)["keys"]
        self.assertEqual([(each["id"], each["state"]) for each in listed],
                         [(made["id"], "revoked")])
        self.assertIsNotNone(listed[0]["used"])
        self.assertIn(("key.use", f"key:{made['id']}", "done"), self.audit())

    def test_a_group_gives_and_takes_rights_of_open_sessions_beside_a_running_server(self):
        self.user("add", "li", password=PASSWORD)
        group = lambda *words: run_json("group", *words, "--data", self.data)
        with Server(self.data) as server:
            _, cookie, _ = self.log_in(server, "li")
            assets = lambda: call(server, "GET", "/api/plant", headers=cookie)[2]["assets"]
            self.assertEqual(assets(), [])
            group("add", "west", "--role", "operator", "--line", "line-1")
            group("join", "West", "LI")
            self.assertEqual({each["line"] for each in assets()}, {"line-1"})
            self.assertEqual([(each["name"], each["role"], each["members"]) for each in group("list")["groups"]],
                             [("west", "operator", ["li"])])
            group("grant", "west", "--line", "line-2")  # of which there is none here
            self.assertEqual(assets(), [])
            group("grant", "west", "--line", "line-1")
            self.assertEqual({each["line"] for each in assets()}, {"line-1"})
            group("leave", "west", "li")
            self.assertEqual(assets(), [])
            group("rm", "west")
        shown = run_json("audit", "show", "--data", self.data)["records"]
        self.assertCountEqual([each["action"] for each in shown if each["object"] == "group:west"],
                              ["group.add", "group.join", "group.grant", "group.grant", "group.leave",
                               "group.rm"])

    def test_second_factors_lie_sealed_under_a_key_that_rotates_beside_a_running_server(self):
        self.user("add", "li", "--line", "*", password=PASSWORD)
        self.user("add", "wang", "--line", "*", password=PASSWORD)
        setup = run_json("user", "totp", "li", "--data", self.data)
        secret = base64.b32decode(setup["secret"])
        elsewhere = DataFolder()
        self.addCleanup(elsewhere.close)
        key = elsewhere.path / "key"
        last = 0

        def log_in_with_code():  # a code counts once: of the three that count now, the first that is left
            nonlocal last
            last = max(last + 1, int(time.time()) // 30 - 1)
            if last < int(time.time()) // 30 and time.time() % 30 > 20:  # it may end before it is looked at
                time.sleep(30.1 - time.time() % 30)
                last = max(last, int(time.time()) // 30 - 1)
            self.assertEqual(self.log_in(server, "li", code=code_of(setup["secret"], last))[0], 200)

        with Server(self.data, demo=False) as server:
            log_in_with_code()
            first = (self.data / "secret.key").read_bytes()
            run_json("user", "rotate-key", "--data", self.data)
            self.assertNotEqual((self.data / "secret.key").read_bytes(), first)
            log_in_with_code()
            moved = run_json("user", "rotate-key", "--key-file", key, "--data", self.data)
            self.assertEqual(moved["file"], str(key))
            (self.data / "secret.key").unlink()
            log_in_with_code()
            for each in self.data.glob("people.db*"):
                self.assertNotIn(secret, each.read_bytes(), each)
        made = subprocess.run([PROGRAM, "backup", "create", elsewhere.path / "b", "--data", self.data, "--json",
                               "--password-file", "-"], input="a passphrase of its own\n", text=True,
                              capture_output=True, timeout=60)
        self.assertIn(str(key), json.loads(made.stdout)["left_out"])
        # Lost: said in the log, and nobody is locked out who has no second factor.
        key.rename(elsewhere.path / "lost")
        with Server(self.data, demo=False) as server:
            self.assertIn("second factors cannot be checked", server.output())
            self.assertEqual(self.log_in(server, "wang")[0], 200)
            status, _, body = self.log_in(server, "li", code="000000")
            self.assertEqual((status, body["error"]["param"]), (503, "key_file"))
            self.assertEqual(self.log_in(server, "li", code=setup["recovery_codes"][0])[0], 200)
            (elsewhere.path / "lost").rename(key)
            self.assertEqual(self.log_in(server, "li", code="000000")[0], 401)
        self.assertIn("key.rotate", [action for action, _, _ in self.audit()])

    def test_passwords_never_stand_on_a_command_line(self):
        self.assertEqual(run("user", "add", "li", "--password", PASSWORD, "--data",
                             self.data).returncode, 2)
        done = subprocess.run([PROGRAM, "user", "add", "li", "--data", self.data], text=True,
                              capture_output=True, stdin=subprocess.DEVNULL, timeout=60,
                              start_new_session=True, env={**os.environ, "LANG": "C"})
        self.assertEqual(done.returncode, 2)
        self.assertIn("--password-file", done.stderr)
        open_file = pathlib.Path(self.data) / "password"
        open_file.write_text(PASSWORD + "\n")
        open_file.chmod(0o644)
        done = run("user", "add", "li", "--password-file", open_file, "--data", self.data)
        self.assertIn("chmod 600", done.stderr)
        open_file.chmod(0o600)
        self.assertEqual(run("user", "add", "li", "--password-file", open_file, "--data",
                             self.data).returncode, 0)


if __name__ == "__main__":
    main()
