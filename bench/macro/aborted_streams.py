#!/usr/bin/env python3
"""Streams that their readers leave, many times over: nothing may stay behind.

    bench/macro/aborted_streams.py http://127.0.0.1:8080 --count 100000

Each stream is left at one of four moments, in turn: right after the request, after the header,
after the first token, after the third; half of them with a reset instead of a close. Memory of the
server is read after a tenth of them (warm) and at the end. Prints one JSON object. Exit status 1
when memory grew by more than --allow-bytes since then, when something still runs ten seconds
after the end, or when a request was refused for another reason than overload.
"""

import argparse
import asyncio
import json
import socket
import struct
import sys
import time

from http_stream import Refused, Target, events, open_stream, read_head

RESET = struct.pack("ii", 1, 0)  # SO_LINGER: on, 0 s


async def leave(writer, reset):
    if reset:
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
    writer.close()
    try:
        await writer.wait_closed()
    except OSError:
        pass


async def aborted_stream(target, body, moment, reset):
    reader, writer = await open_stream(target, "/v1/chat/completions", body)
    try:
        if moment == 0:
            return
        await read_head(reader)
        if moment == 1:
            return
        seen = 0
        async for data in events(reader):
            seen += b'"content":' in data
            if seen > (1 if moment == 2 else 3):  # the first chunk has the role
                return
    finally:
        await leave(writer, reset)


async def run(options):
    target = Target(options.url, options.key)
    model = options.model or target.get("/v1/models")["data"][0]["id"]
    body = {"model": model, "stream": True, "max_tokens": 256, "temperature": 0.8,
            "messages": [{"role": "user", "content": "Count to a hundred."}]}
    counts = {"overload": 0, "errors": 0}
    examples, samples = [], []
    numbers = iter(range(options.count))

    def rss():
        return target.get("/api/system")["memory"]["rss_bytes"]

    async def worker():
        for number in numbers:
            if number % max(1, options.count // 20) == 0:
                samples.append([number, await asyncio.to_thread(rss)])
            try:
                await aborted_stream(target, body, number % 4, number // 4 % 2 == 1)
            except Refused as refused:
                counts["overload" if refused.status == 429 else "errors"] += 1
                if refused.status == 429:
                    await asyncio.sleep(0.05)
                else:
                    examples.append(str(refused))
            except Exception as problem:  # whatever it is, it is counted and shown
                counts["errors"] += 1
                examples.append(f"{type(problem).__name__}: {problem}")

    began = time.monotonic()
    await asyncio.gather(*[worker() for _ in range(options.concurrency)])
    seconds = time.monotonic() - began

    end = time.monotonic() + 10
    while True:
        system = target.get("/api/system")
        running = system["generator"]["running"] + system["generator"]["waiting"]
        if running == 0 or time.monotonic() > end:
            break
        await asyncio.sleep(0.1)
    warm = next((rss_bytes for number, rss_bytes in samples if number >= options.count // 10),
                samples[0][1])
    final = rss()
    grown = final - warm
    print(json.dumps({
        "bench": "aborted_streams", "model": model, "count": options.count,
        "concurrency": options.concurrency, "seconds": round(seconds, 2),
        "aborts_s": round(options.count / seconds, 1), **counts, "first_errors": examples[:3],
        "running_after": running, "rss_warm_bytes": warm, "rss_after_bytes": final,
        "grown_bytes": grown, "rss_samples": samples,
    }))
    return 1 if grown > options.allow_bytes or running or counts["errors"] else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("url")
    parser.add_argument("--count", type=int, default=100_000)
    parser.add_argument("--concurrency", type=int, default=64)
    parser.add_argument("--allow-bytes", type=int, default=8 << 20)
    parser.add_argument("--model")
    parser.add_argument("--key")
    return asyncio.run(run(parser.parse_args()))


if __name__ == "__main__":
    sys.exit(main())
