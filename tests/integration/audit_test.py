"""The audit log as its reader sees it: `millwright audit` on what a server wrote, then on what somebody changed."""

import signal
import unittest

from harness import DataFolder, Server, main, needs_program, run, run_json


@needs_program
class Audit(unittest.TestCase):
    def setUp(self):
        self.folder = DataFolder()
        self.addCleanup(self.folder.close)
        self.data = self.folder.path

    def verify(self, *flags):
        done = run("audit", "verify", "--data", self.data, *flags)
        return done.returncode, done.stdout

    def test_starts_are_recorded_and_a_changed_byte_is_found(self):
        with Server(self.data, demo=False):
            pass
        shown = run_json("audit", "show", "--data", self.data)
        self.assertEqual([each["action"] for each in shown["records"]],
                         ["audit.begin", "server.start", "server.stop"])
        self.assertTrue(shown["report"]["intact"])
        self.assertEqual(self.verify()[0], 0)
        segment = next((self.data / "audit").glob("*.mwaudit"))
        content = bytearray(segment.read_bytes())
        content[content.index(b"server.start")] ^= 1
        segment.write_bytes(content)
        status, output = self.verify()
        self.assertEqual(status, 1)
        self.assertIn("BROKEN at record 2", output)
        refused = run("serve", "--listen", "127.0.0.1:0", "--data", self.data)
        self.assertEqual(refused.returncode, 1)
        self.assertIn("millwright audit verify", refused.stderr)

    def test_an_older_copy_is_found_by_a_root_kept_elsewhere(self):
        with Server(self.data, demo=False):
            pass
        audit = self.data / "audit"
        old = {each.name: each.read_bytes() for each in audit.iterdir()}
        with Server(self.data, demo=False):
            pass
        kept = self.data / "root.json"
        kept.write_text(run("audit", "root", "--data", self.data).stdout)
        self.assertEqual(self.verify("--root", kept)[0], 0)
        for name, content in old.items():
            (audit / name).write_bytes(content)
        self.assertEqual(self.verify()[0], 0)
        status, output = self.verify("--root", kept)
        self.assertEqual(status, 1)
        self.assertIn("BROKEN at record 4", output)

    def test_a_killed_server_leaves_a_log_that_holds(self):
        with Server(self.data, demo=False) as server:
            server.process.send_signal(signal.SIGKILL)
            server.process.wait()
        with Server(self.data, demo=False):
            pass
        shown = run_json("audit", "show", "--data", self.data, "--last", 3)
        self.assertEqual([each["action"] for each in shown["records"]],
                         ["server.start", "server.start", "server.stop"])

    def test_no_log_and_wrong_words_are_told(self):
        done = run("audit", "verify", "--data", self.data)
        self.assertEqual(done.returncode, 1)
        self.assertIn("no audit log", done.stderr)
        self.assertEqual(run("audit", "nonsense", "--data", self.data).returncode, 2)


if __name__ == "__main__":
    main()
