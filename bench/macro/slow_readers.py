#!/usr/bin/env python3
"""Slow readers and drip-fed headers must keep nobody else waiting.

    bench/macro/slow_readers.py http://127.0.0.1:8080 --slow 200

Opens --slow connections that send their header a byte a second, and as many that ask for an event
stream and do not read it; then measures GET /healthz from a quick client. Prints one JSON object.
Exit status 1 when the quick client's 99th percentile is over --limit-ms.
"""

import argparse
import asyncio
import json
import sys
import time

from http_stream import Target, percentile


async def drip(target, stop):
    reader, writer = await asyncio.open_connection(target.host, target.port)
    try:
        for byte in b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-Slow: " + b"a" * 1000:
            if stop.is_set() or reader.at_eof():
                return
            writer.write(bytes([byte]))
            await asyncio.sleep(1)
    except OSError:
        pass  # closed by the server, as it should
    finally:
        writer.close()


async def do_not_read(target, stop):
    _, writer = await asyncio.open_connection(target.host, target.port, limit=1)
    writer.write(f"GET /api/events HTTP/1.1\r\nHost: {target.host}:{target.port}\r\n\r\n".encode())
    writer.transport.pause_reading()
    await stop.wait()
    writer.close()


async def quick(target, count):
    reader, writer = await asyncio.open_connection(target.host, target.port)
    times = []
    for _ in range(count):
        began = time.monotonic()
        writer.write(f"GET /healthz HTTP/1.1\r\nHost: {target.host}:{target.port}\r\n\r\n".encode())
        head = await reader.readuntil(b"\r\n\r\n")
        length = next(int(line.split(b":")[1]) for line in head.split(b"\r\n")
                      if line.lower().startswith(b"content-length"))
        await reader.readexactly(length)
        times.append((time.monotonic() - began) * 1000)
    writer.close()
    return times


async def run(options):
    target = Target(options.url)
    quiet = await quick(target, options.requests)
    stop = asyncio.Event()
    slow = [asyncio.create_task(job(target, stop))
            for _ in range(options.slow) for job in (drip, do_not_read)]
    await asyncio.sleep(1)
    busy = await quick(target, options.requests)
    stop.set()
    await asyncio.gather(*slow, return_exceptions=True)
    p99 = percentile(busy, 0.99)
    print(json.dumps({
        "bench": "slow_readers", "slow": options.slow * 2, "requests": options.requests,
        "alone_ms": {"p50": round(percentile(quiet, 0.5), 3), "p99": round(percentile(quiet, 0.99), 3)},
        "beside_slow_ms": {"p50": round(percentile(busy, 0.5), 3), "p99": round(p99, 3)},
    }))
    return 1 if p99 > options.limit_ms else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("url")
    parser.add_argument("--slow", type=int, default=200)
    parser.add_argument("--requests", type=int, default=2000)
    parser.add_argument("--limit-ms", type=float, default=50)
    return asyncio.run(run(parser.parse_args()))


if __name__ == "__main__":
    sys.exit(main())
