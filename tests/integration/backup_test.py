"""A backup from the outside: made while a server works, restored into a new folder, served from there."""

import json
import os
import subprocess
import unittest
import urllib.error
import urllib.request

from harness import PROGRAM, DataFolder, Server, main, needs_program, run, run_json

PASSWORD = "correct horse battery"
PASSPHRASE = "a passphrase of its own"


def call(server, method, path, body=None, cookie=None):
    """Status, the cookie that was set, and the parsed body; never raises for a status."""
    request = urllib.request.Request(
        f"http://127.0.0.1:{server.port}{path}", method=method,
        data=None if body is None else json.dumps(body).encode(),
        headers={"Content-Type": "application/json", **({"Cookie": cookie} if cookie else {})})
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.status, (answer.headers.get("Set-Cookie") or "").split(";")[0], json.loads(answer.read() or b"null")
    except urllib.error.HTTPError as problem:
        with problem:
            return problem.code, None, json.loads(problem.read() or b"null")


@needs_program
class Backup(unittest.TestCase):
    def setUp(self):
        self.folder, self.elsewhere = DataFolder(), DataFolder()
        self.addCleanup(self.folder.close)
        self.addCleanup(self.elsewhere.close)
        self.data = self.folder.path
        self.file = self.elsewhere.path / "plant.mwbackup"
        self.back = self.elsewhere.path / "back"

    def ask(self, *words, secret, fails=False):
        done = subprocess.run([PROGRAM, *words, "--password-file", "-"], input=secret + "\n", text=True,
                              capture_output=True, timeout=120, env={**os.environ, "LANG": "C"})
        self.assertEqual(done.returncode != 0, fails, done.stdout + done.stderr)
        return done.stderr if fails else done.stdout

    def test_everything_comes_back_but_logins_and_models(self):
        self.ask("user", "add", "li", "--role", "operator", "--line", "*", "--data", self.data, secret=PASSWORD)
        with Server(self.data) as server:
            status, cookie, _ = call(server, "POST", "/api/session", {"name": "li", "password": PASSWORD})
            self.assertEqual(status, 200)
            self.assertIsNone(call(server, "GET", "/api/system", cookie=cookie)[2]["restored"])
            made = json.loads(self.ask("backup", "create", self.file, "--data", self.data, "--json", secret=PASSPHRASE))
            self.assertGreater(made["files"], 4)
            self.assertIn("models", made["left_out"])
            # Taken away after the backup: what an old backup brings back, it has to say.
            run("user", "disable", "li", "--data", self.data)
        newer_root = run("audit", "root", "--data", self.data).stdout
        self.assertNotIn(b"li", self.file.read_bytes()[:200])
        self.assertEqual(self.file.stat().st_mode & 0o077, 0)

        self.assertIn("intact", self.ask("backup", "check", self.file, secret=PASSPHRASE))
        self.assertIn("passphrase", self.ask("backup", "check", self.file, secret="another one altogether", fails=True))
        self.assertFalse(self.back.exists())
        told = self.ask("backup", "restore", self.file, "--to", self.back, secret=PASSPHRASE)
        self.assertIn("audit log: intact", told)
        self.assertIn("1 people and 0 keys are as they were then", told)
        self.assertIn("not empty", self.ask("backup", "restore", self.file, "--to", self.back, secret=PASSPHRASE, fails=True))

        with Server(self.back) as server:
            self.assertEqual(call(server, "GET", "/api/plant", cookie=cookie)[0], 401)  # everybody is logged out
            status, cookie, _ = call(server, "POST", "/api/session", {"name": "li", "password": PASSWORD})
            self.assertEqual(status, 200)
            status, _, plant = call(server, "GET", "/api/plant", cookie=cookie)
            self.assertEqual((status, bool(plant["assets"])), (200, True))
            status, _, system = call(server, "GET", "/api/system", cookie=cookie)
            self.assertEqual((status, system["restored"]["sound"]), (200, True))
            self.assertRegex(system["restored"]["backup_made"], r"^20\d\d-.*Z$")
        shown = run_json("audit", "show", "--data", self.back)
        self.assertTrue(shown["report"]["intact"])
        actions = [each["action"] for each in shown["records"]]
        self.assertLess(actions.index("backup.create"), actions.index("backup.restore"))
        self.assertIn("session.end_all", actions)
        # A root that was kept elsewhere tells an old backup from the log that went on.
        root = self.elsewhere.path / "root.json"
        root.write_text(newer_root)
        verified = subprocess.run([PROGRAM, "audit", "verify", "--data", self.back, "--root", root], text=True,
                                  capture_output=True, timeout=60, env={**os.environ, "LANG": "C"})
        self.assertEqual(verified.returncode, 1, verified.stdout)
        self.assertIn("BROKEN", verified.stdout)

    def test_a_damaged_backup_is_found_and_nothing_is_written(self):
        self.ask("user", "add", "li", "--line", "*", "--data", self.data, secret=PASSWORD)
        self.ask("backup", "create", self.file, "--data", self.data, secret=PASSPHRASE)
        damaged = bytearray(self.file.read_bytes())
        damaged[len(damaged) // 2] ^= 1
        self.file.write_bytes(damaged)
        self.assertIn("damaged", self.ask("backup", "check", self.file, secret=PASSPHRASE, fails=True))
        self.assertIn("damaged", self.ask("backup", "restore", self.file, "--to", self.back, secret=PASSPHRASE, fails=True))
        self.assertEqual([each.name for each in self.elsewhere.path.iterdir()], ["plant.mwbackup"])


if __name__ == "__main__":
    main()
