"""What the integration tests share: the program, its server, an HTTP and event-stream client.

Every test is skipped, by name, when the program was not built, and those that need the default
model when it is not there (MILLWRIGHT_TEST_MODEL, else build/models/, see tools/test_model.sh).
"""

import contextlib
import http.client
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = pathlib.Path(os.environ.get("MILLWRIGHT_PROGRAM",
                                      ROOT / "build/release/apps/millwright/millwright"))
MODEL = pathlib.Path(os.environ.get("MILLWRIGHT_TEST_MODEL",
                                    ROOT / "build/models/smollm2-135m-instruct.gguf"))
MODEL_NAME = "smollm2-135m-instruct"

needs_program = unittest.skipUnless(PROGRAM.is_file(), f"{PROGRAM} was not built")
needs_model = unittest.skipUnless(MODEL.is_file(), f"no model at {MODEL}: run ./test with network")


def run(*words, timeout=120, env=None):
    """Runs the program to its end; text output."""
    return subprocess.run([PROGRAM, *map(str, words)], capture_output=True, text=True,
                          timeout=timeout, env={**os.environ, "LANG": "C", **(env or {})})


def run_json(*words, **options):
    done = run(*words, "--json", **options)
    if done.returncode != 0:
        raise AssertionError(f"millwright {words}: exit {done.returncode}: {done.stderr[-2000:]}")
    return json.loads(done.stdout)


class DataFolder:
    """A data folder of its own; `with_model` puts the default model into its store."""

    def __init__(self, with_model=False):
        self.path = pathlib.Path(tempfile.mkdtemp(prefix="mw_integration_"))
        if with_model:
            run_json("pull", f"file:{MODEL}", "--name", MODEL_NAME, "--data", self.path)

    def close(self):
        shutil.rmtree(self.path, ignore_errors=True)


class Event:
    def __init__(self, name, data):
        self.name, self.data = name, data

    def __repr__(self):
        return f"{self.name}: {self.data}"


class Server:
    """`millwright serve` on a port of its own, until the end of the `with` block."""

    def __init__(self, data, *flags, demo=True, env=None, port=0):
        words = ["serve", "--listen", f"127.0.0.1:{port}", "--data", str(data), *flags]
        if demo:
            words.append("--demo")
        self.log = tempfile.TemporaryFile(mode="w+b")
        self.started = time.monotonic()
        self.process = subprocess.Popen([PROGRAM, *words], stdout=self.log, stderr=self.log,
                                        stdin=subprocess.DEVNULL, env={**os.environ, **(env or {})})
        self.port = self._wait_for_port()

    def output(self):
        self.log.flush()
        self.log.seek(0)
        return self.log.read().decode(errors="replace")

    def _wait_for_port(self):
        while time.monotonic() - self.started < 60:
            found = re.search(r"Millwright is ready: https?://127\.0\.0\.1:(\d+)",
                              self.output())
            if found:
                self.ready_after_s = time.monotonic() - self.started
                return int(found.group(1))
            if self.process.poll() is not None:
                raise AssertionError(f"serve ended with {self.process.returncode}: {self.output()}")
            time.sleep(0.05)
        raise AssertionError(f"serve printed no address in 60 s: {self.output()}")

    def __enter__(self):
        return self

    def __exit__(self, *problem):
        if problem[0] is not None:
            sys.stderr.write(self.output()[-4000:])
        self.stop()

    def stop(self):
        """Ctrl-C; returns the exit status."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
                raise AssertionError("serve did not end within 20 s of SIGINT")
        return self.process.returncode

    def kill(self):
        self.process.kill()
        self.process.wait()

    def request(self, method, path, body=None, headers=None, timeout=60):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        with contextlib.closing(connection):
            sent = dict(headers or {})
            if isinstance(body, (dict, list)):
                body = json.dumps(body)
                sent.setdefault("Content-Type", "application/json")
            connection.request(method, path, body, sent)
            answer = connection.getresponse()
            return answer.status, dict(answer.getheaders()), answer.read()

    def get(self, path, **options):
        """The JSON of a GET that must succeed."""
        status, _, body = self.request("GET", path, **options)
        if status != 200:
            raise AssertionError(f"GET {path}: {status} {body[:500]}")
        return json.loads(body)

    def stream(self, method, path, body=None, timeout=120):
        """Server-sent events until the stream ends."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        with contextlib.closing(connection):
            text = None if body is None else json.dumps(body)
            connection.request(method, path, text, {"Content-Type": "application/json"})
            answer = connection.getresponse()
            if answer.status != 200:
                raise AssertionError(f"{method} {path}: {answer.status} {answer.read()[:500]}")
            name, data = "message", []
            for raw in answer:
                line = raw.decode().rstrip("\r\n")
                if line.startswith("event:"):
                    name = line[6:].strip()
                elif line.startswith("data:"):
                    data.append(line[5:].strip())
                elif not line and data:
                    whole = "\n".join(data)
                    yield Event(name, whole if whole == "[DONE]" else json.loads(whole))
                    name, data = "message", []

    def wait_until(self, what, condition, seconds):
        """Asks `condition` four times a second; returns what it gave once that is true."""
        end = time.monotonic() + seconds
        while True:
            value = condition()
            if value:
                return value
            if time.monotonic() > end:
                raise AssertionError(f"{what}: not within {seconds} s")
            time.sleep(0.25)

    def wait_for_model(self, seconds=120):
        self.wait_until("the model is ready", lambda: any(
            model["state"] == "ready" for model in self.get("/api/models")["models"]), seconds)


def children_of(pid):
    """Process ids of the direct children of all its threads, from /proc."""
    children = []
    for task in pathlib.Path(f"/proc/{pid}/task").glob("*"):
        with contextlib.suppress(OSError):  # a thread that ended meanwhile
            children += [int(child) for child in (task / "children").read_text().split()]
    return children


def main():
    """unittest.main, but a run in which every test was skipped is a skip for CTest too (77)."""
    program = unittest.main(module="__main__", exit=False, verbosity=2)
    result = program.result
    if not result.wasSuccessful():
        sys.exit(1)
    sys.exit(77 if result.testsRun > 0 and len(result.skipped) == result.testsRun else 0)
