"""MQTT as far as the load scripts beside it need it: a device that publishes at QoS 1 and publishes
again what was not acknowledged, and packets read out of a stream of bytes (3.1.1 and 5)."""

import asyncio
import contextlib
import struct

CONNECT, CONNACK, PUBLISH, PUBACK, PINGREQ, DISCONNECT = 1, 2, 3, 4, 12, 14


def variable(number):
    out = bytearray()
    while True:
        number, low = divmod(number, 128)
        out.append(low | (0x80 if number else 0))
        if not number:
            return bytes(out)


def text(value):
    raw = value.encode()
    return struct.pack(">H", len(raw)) + raw


def packet(kind, flags, body):
    return bytes([kind << 4 | flags]) + variable(len(body)) + body


def connect(client_id, keep_alive_s=30):
    # 3.1.1, a session that stays: clean session is off.
    return packet(CONNECT, 0, text("MQTT") + bytes([4, 0]) + struct.pack(">H", keep_alive_s) + text(client_id))


def publish(topic, payload, number, again=False):
    return packet(PUBLISH, 0b1010 if again else 0b0010, text(topic) + struct.pack(">H", number) + payload)


class Packets:
    """Cuts a stream into packets: (kind, flags, body)."""

    def __init__(self):
        self.waiting = bytearray()

    def feed(self, chunk):
        self.waiting += chunk
        while True:
            size, at, shift = 0, 1, 0
            while True:
                if at >= len(self.waiting):
                    return
                size |= (self.waiting[at] & 0x7F) << shift
                shift += 7
                at += 1
                if not self.waiting[at - 1] & 0x80:
                    break
            if len(self.waiting) < at + size:
                return
            head, body = self.waiting[0], bytes(self.waiting[at:at + size])
            del self.waiting[:at + size]
            yield head >> 4, head & 0x0F, body


def published(flags, body, version):
    """(packet number or None, payload) of a PUBLISH."""
    at = 2 + struct.unpack_from(">H", body)[0]
    number = None
    if flags & 0b0110:
        number = struct.unpack_from(">H", body, at)[0]
        at += 2
    if version >= 5:  # properties
        size, shift = 0, 0
        while True:
            size |= (body[at] & 0x7F) << shift
            shift += 7
            at += 1
            if not body[at - 1] & 0x80:
                break
        at += size
    return number, body[at:]


class Device:
    """A client that keeps what it published until the broker has acknowledged it, across as many
    connections as that takes."""

    def __init__(self, client_id, port, on_acknowledged=lambda tag: None):
        self.client_id, self.port, self.on_acknowledged = client_id, port, on_acknowledged
        self.waiting = {}  # number: (topic, payload, tag)
        self.number = 0
        self.writer = None
        self.connections = 0
        self.task = asyncio.create_task(self._run())

    def publish(self, topic, payload, tag=None):
        """`tag` comes back to on_acknowledged."""
        self.number = self.number % 65535 + 1
        assert self.number not in self.waiting, "the broker acknowledges nothing"
        self.waiting[self.number] = (topic, payload, tag)
        if self.writer is not None:
            self.writer.write(publish(topic, payload, self.number))

    async def _run(self):
        while True:
            with contextlib.suppress(OSError, asyncio.IncompleteReadError):
                await self._connected()
            self.writer = None
            await asyncio.sleep(0.1)

    async def _connected(self):
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        pings = None
        try:
            writer.write(connect(self.client_id))
            packets = Packets()
            while chunk := await reader.read(65536):
                for kind, _, body in packets.feed(chunk):
                    if kind == CONNACK:
                        if body[1] != 0:
                            raise OSError(f"the broker refuses {self.client_id}: {body[1]}")
                        self.connections += 1
                        for number, (topic, payload, _) in self.waiting.items():
                            writer.write(publish(topic, payload, number, again=True))
                        self.writer = writer
                        pings = asyncio.create_task(self._ping(writer))
                    elif kind == PUBACK:
                        done = self.waiting.pop(struct.unpack_from(">H", body)[0], None)
                        if done is not None:
                            self.on_acknowledged(done[2])
        finally:
            if pings is not None:
                pings.cancel()
            writer.close()

    @staticmethod
    async def _ping(writer):
        while True:
            await asyncio.sleep(10)
            writer.write(packet(PINGREQ, 0, b""))

    def close(self):
        self.task.cancel()
