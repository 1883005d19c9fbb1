"""A small HTTP/1.1 and event-stream client on asyncio, for the load scripts beside it."""

import asyncio
import json
import urllib.parse
import urllib.request


class Target:
    """Where the server is: http://HOST:PORT."""

    def __init__(self, url, key=None):
        parts = urllib.parse.urlsplit(url)
        self.url, self.host, self.port, self.key = url.rstrip("/"), parts.hostname, parts.port, key

    def get(self, path):
        request = urllib.request.Request(self.url + path)
        if self.key:
            request.add_header("Authorization", f"Bearer {self.key}")
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.loads(answer.read())

    def request_bytes(self, path, body):
        text = json.dumps(body).encode()
        lines = [f"POST {path} HTTP/1.1", f"Host: {self.host}:{self.port}",
                 "Content-Type: application/json", f"Content-Length: {len(text)}"]
        if self.key:
            lines.append(f"Authorization: Bearer {self.key}")
        return "\r\n".join(lines).encode() + b"\r\n\r\n" + text


class Refused(Exception):
    """An answer with another status than 200."""

    def __init__(self, status, body):
        super().__init__(f"{status}: {body[:200]!r}")
        self.status = status


async def open_stream(target, path, body):
    """Sends the request; returns (reader, writer) before anything of the answer was read."""
    reader, writer = await asyncio.open_connection(target.host, target.port)
    writer.write(target.request_bytes(path, body))
    await writer.drain()
    return reader, writer


async def read_head(reader):
    head = await reader.readuntil(b"\r\n\r\n")
    status = int(head.split(b" ", 2)[1])
    fields = dict(line.lower().split(b": ", 1) for line in head.split(b"\r\n")[1:] if b": " in line)
    if status != 200:
        raise Refused(status, await reader.readexactly(int(fields.get(b"content-length", b"0"))))
    return fields


async def whole_answer(reader):
    """The JSON of an answer in one piece; the connection stays open, so its end is not waited for."""
    fields = await read_head(reader)
    return json.loads(await reader.readexactly(int(fields[b"content-length"])))


async def events(reader):
    """The data of each event until the chunked body ends; comments are left out."""
    rest = b""
    while True:
        size = int(await reader.readline(), 16)
        rest += (await reader.readexactly(size + 2))[:size]
        while b"\n\n" in rest:
            event, rest = rest.split(b"\n\n", 1)
            for line in event.split(b"\n"):
                if line.startswith(b"data: "):
                    yield line[6:]
        if size == 0:
            return


def percentile(values, share):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, round(share * (len(ordered) - 1)))] if ordered else None
