"""What tools/setup.sh decides by: whether open62541's source is there or a cargo that can fetch it."""

import pathlib
import shutil
import subprocess
import tempfile
import unittest

from harness import ROOT

SCRIPT = "tools/fetch_open62541.sh"
CRATE = "third_party/open62541/crate.txt"
NEEDED = ("bash", "dirname", "sed", "sha256sum", "find", "head", "mkdir", "cp", "mv", "mktemp", "rm", "tail")


class Setup(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)
        for path in (SCRIPT, CRATE):
            (self.root / path).parent.mkdir(parents=True)
            shutil.copy(ROOT / path, self.root / path)
        self.third_party = self.root / "build/third_party"
        self.third_party.mkdir(parents=True)
        self.bin = self.root / "bin"
        self.bin.mkdir()
        for tool in NEEDED:
            (self.bin / tool).symlink_to(shutil.which(tool))
        facts = dict(line.split(" ", 1) for line in (ROOT / CRATE).read_text().splitlines())
        self.archive = f"{facts['name']}-{facts['version']}.crate"

    def cargo(self, has_info, folder="bin"):
        """As cargo answers to `cargo info` from 1.82 on, and before."""
        (self.root / folder).mkdir(exist_ok=True)
        path = self.root / folder / "cargo"
        path.write_text("#!/bin/sh\n[ \"$1\" = --version ] && echo cargo 1.65.0 && exit 0\n" +
                        ("exit 0\n" if has_info else "echo 'no such command: `info`' >&2; exit 101\n"))
        path.chmod(0o755)

    def run_script(self, *words):
        path = f"{self.root / 'first'}:{self.bin}"
        return subprocess.run([self.root / SCRIPT, *words], capture_output=True, text=True,
                              env={"PATH": path, "HOME": str(self.root),
                                   "CARGO_HOME": str(self.root / "cargo_home")})

    def ready(self):
        return self.run_script("--ready").returncode == 0

    def test_wants_a_cargo_that_fetches(self):
        self.assertFalse(self.ready())
        self.cargo(has_info=False)
        self.assertFalse(self.ready())
        told = self.run_script()
        self.assertEqual(told.returncode, 1)
        self.assertIn("needs cargo 1.82 or later, and there is cargo 1.65.0", told.stderr)
        self.cargo(has_info=True)
        self.assertTrue(self.ready())

    def test_finds_the_newer_cargo_behind_an_older_one(self):
        self.cargo(has_info=False, folder="first")
        self.cargo(has_info=True)
        self.assertTrue(self.ready())

    def test_wants_the_very_archive(self):
        (self.third_party / "another-1.0.0.crate").write_bytes(b"another")
        self.assertFalse(self.ready())
        (self.third_party / self.archive).write_bytes(b"half of it")
        self.assertFalse(self.ready())
        there = ROOT / "build/third_party" / self.archive
        if there.is_file():  # an installation without OPC UA has none
            shutil.copy(there, self.third_party / self.archive)
            self.assertTrue(self.ready())


if __name__ == "__main__":
    unittest.main()
