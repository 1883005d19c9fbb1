"""What kill_nine.py kills beside the server: a broker, a database server, the link between."""

import asyncio
import contextlib
import json
import os
import pathlib
import shutil
import signal
import socket
import struct
import subprocess
import time

import mqtt_wire


def free_port():
    with contextlib.closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def accepts(port):
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
        return True
    return False


class Broker:
    """A Mosquitto of our own. With `saves` it writes each change down, so that it forgets little."""

    def __init__(self, folder, saves=True):
        self.folder, self.port, self.process = pathlib.Path(folder), free_port(), None
        self.folder.mkdir(mode=0o755)
        (self.folder / "mosquitto.conf").write_text(
            f"listener {self.port} 127.0.0.1\nallow_anonymous true\npersistence true\n"
            f"persistence_location {self.folder}/\n"
            + ("autosave_on_changes true\nautosave_interval 1\n" if saves else "") +
            "max_inflight_messages 100\nmax_queued_messages 0\nmax_connections -1\n"
            + ("user root\n" if os.geteuid() == 0 else ""))
        self.start()

    def start(self):
        self.process = subprocess.Popen(
            [shutil.which("mosquitto") or "/usr/sbin/mosquitto", "-c", self.folder / "mosquitto.conf"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        end = time.monotonic() + 30
        while not accepts(self.port):
            if self.process.poll() is not None or time.monotonic() > end:
                raise RuntimeError("Mosquitto does not start")
            time.sleep(0.02)

    def kill(self):
        self.process.kill()
        self.process.wait()


class Postgres:
    """A PostgreSQL server of our own, on a socket in `folder`."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.programs = next(iter(sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin"))), None)
        if self.programs is None:
            raise RuntimeError("there is no PostgreSQL server on this machine")
        self.folder.mkdir(mode=0o755)
        if os.geteuid() == 0:
            shutil.chown(self.folder, "postgres", "postgres")
        self._run(self.programs / "initdb", "-D", self.folder / "data", "-A", "trust", "-U", "millwright",
                  "-E", "UTF8", "--no-locale")
        self.start()
        self.query("CREATE DATABASE plant", "postgres")
        self.url = f"postgresql:///plant?host={self.folder}&user=millwright"

    def _as_user(self, words):
        user = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
        return (user if os.geteuid() == 0 else []) + [str(word) for word in words]

    def _run(self, *words):
        return subprocess.run(self._as_user(words), check=True, capture_output=True, text=True,
                              cwd="/").stdout.strip()

    def query(self, sql, database="plant"):
        return self._run("psql", "-h", self.folder, "-U", "millwright", "-d", database, "-Atc", sql)

    def start(self):
        (self.folder / "data/postmaster.pid").unlink(missing_ok=True)
        self.log = open(self.folder / "server.log", "ab")
        subprocess.Popen(
            self._as_user([self.programs / "postgres", "-D", self.folder / "data", "-k", self.folder,
                           "-c", "listen_addresses=", "-c", "shared_buffers=64MB"]),
            stdout=self.log, stderr=self.log, cwd="/")
        end = time.monotonic() + 60
        while True:
            with contextlib.suppress(subprocess.CalledProcessError):
                self.query("SELECT 1", "postgres")
                return
            if time.monotonic() > end:
                raise RuntimeError("PostgreSQL does not start")
            time.sleep(0.05)

    def writer(self):
        """The process that serves the store's writer; empty while there is none."""
        with contextlib.suppress(subprocess.CalledProcessError):
            return self.query("SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND granted LIMIT 1")
        return ""

    def kill_writer(self):
        """The server then ends all others, and recovers; until a new writer is there."""
        old = self.writer()
        os.kill(int(old), signal.SIGKILL)
        end = time.monotonic() + 60
        while self.writer() in ("", old):
            if time.monotonic() > end:
                raise RuntimeError("the store does not connect again")
            time.sleep(0.02)

    def kill(self):
        postmaster = int((self.folder / "data/postmaster.pid").read_text().split()[0])
        os.kill(postmaster, signal.SIGKILL)
        # Its children end by themselves once they notice; a new one refuses to start before.
        with contextlib.suppress(ChildProcessError):
            os.waitpid(postmaster, 0)
        end = time.monotonic() + 30
        while self._has_children() and time.monotonic() < end:
            time.sleep(0.02)

    def _has_children(self):
        mine = str(self.folder / "data").encode()
        for each in pathlib.Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                if (each / "cwd").readlink() == self.folder / "data":
                    return True
                if mine in (each / "cmdline").read_bytes():
                    return True
        return False


class Link:
    """The cable between broker and server: it can be cut or fall silent, and it reads along which
    samples the server has acknowledged."""

    def __init__(self, broker_port, acknowledged):
        self.broker_port, self.acknowledged = broker_port, acknowledged
        self.handed_over, self.packets = set(), 0
        self.open, self.silent = True, False
        self.writers = set()

    async def start(self):
        self.server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self.server.sockets[0].getsockname()[1]

    def cut(self):
        self.open = False
        for writer in list(self.writers):
            writer.transport.abort()

    def restore(self):
        """What was silent is gone: whoever stands at its end connects again."""
        self.open, self.silent = True, False

    async def _serve(self, ours, our_writer):
        if not self.open:
            our_writer.transport.abort()
            return
        try:
            theirs, their_writer = await asyncio.open_connection("127.0.0.1", self.broker_port)
        except OSError:
            our_writer.transport.abort()
            return
        both = {our_writer, their_writer}
        self.writers |= both
        state = {"version": 4, "numbers": {}}
        await asyncio.gather(self._pass(ours, their_writer, state, self._from_server),
                             self._pass(theirs, our_writer, state, self._from_broker))
        self.writers -= both

    async def _pass(self, reader, writer, state, look):
        packets = mqtt_wire.Packets()
        try:
            while chunk := await reader.read(65536):
                for packet in packets.feed(chunk):
                    look(state, *packet)
                if not self.silent:
                    writer.write(chunk)
                    await writer.drain()
        except OSError:
            pass
        writer.transport.abort()

    def _from_server(self, state, kind, _, body):
        if kind == mqtt_wire.CONNECT:
            state["version"] = body[6]
        elif kind == mqtt_wire.PUBACK:
            self.acknowledged.update(state["numbers"].pop(struct.unpack_from(">H", body)[0], []))

    def _from_broker(self, state, kind, flags, body):
        if kind != mqtt_wire.PUBLISH or self.silent:
            return
        packet, payload = mqtt_wire.published(flags, body, state["version"])
        numbers = [sample["value"] for sample in json.loads(payload)]
        self.handed_over.update(numbers)
        self.packets += 1
        if packet is not None:
            state["numbers"][packet] = numbers
