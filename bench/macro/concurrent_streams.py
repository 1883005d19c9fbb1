#!/usr/bin/env python3
"""Many streams at once against a running server: every one must be whole and say the same.

    bench/macro/concurrent_streams.py http://127.0.0.1:8080 --streams 64 --rounds 4

Prints one JSON object. Exit status 1 when a stream failed, was cut, or said something else.
"""

import argparse
import asyncio
import json
import sys
import time

from http_stream import Target, events, open_stream, percentile, read_head


async def one_stream(target, body):
    """(text, seconds to the first token, seconds between tokens, usage)"""
    began = time.monotonic()
    reader, writer = await open_stream(target, "/v1/chat/completions", body)
    text, times, usage, finish, done = "", [], None, None, False
    try:
        await read_head(reader)
        async for data in events(reader):
            if data == b"[DONE]":
                done = True
                continue
            chunk = json.loads(data)
            if "error" in chunk:
                raise RuntimeError(chunk["error"]["message"])
            usage = chunk.get("usage") or usage
            for choice in chunk["choices"]:
                piece = choice["delta"].get("content")
                finish = choice["finish_reason"] or finish
                if piece:
                    text += piece
                    times.append(time.monotonic())
    finally:
        writer.close()
    if not done or finish is None:
        raise RuntimeError("the stream ended without finish_reason and [DONE]")
    gaps = [later - earlier for earlier, later in zip(times, times[1:])]
    return text, (times[0] - began) if times else None, gaps, usage


async def run(options):
    target = Target(options.url, options.key)
    model = options.model or target.get("/v1/models")["data"][0]["id"]
    body = {"model": model, "stream": True, "temperature": 0, "max_tokens": options.max_tokens,
            "stream_options": {"include_usage": True},
            "messages": [{"role": "user", "content": options.prompt}]}
    alone, _, _, _ = await one_stream(target, body)  # warm, and what all others must say
    errors, different, first, gaps, tokens = [], 0, [], [], 0
    before = target.get("/api/system")["memory"]["rss_bytes"]
    began = time.monotonic()
    for _ in range(options.rounds):
        results = await asyncio.gather(*[one_stream(target, body) for _ in range(options.streams)],
                                       return_exceptions=True)
        for result in results:
            if isinstance(result, BaseException):
                errors.append(f"{type(result).__name__}: {result}")
                continue
            text, to_first, between, usage = result
            different += text != alone
            tokens += usage["completion_tokens"]
            first.append(to_first)
            gaps += between
    seconds = time.monotonic() - began
    after = target.get("/api/system")
    print(json.dumps({
        "bench": "concurrent_streams", "model": model, "streams": options.streams,
        "rounds": options.rounds, "max_tokens": options.max_tokens, "errors": len(errors),
        "first_errors": errors[:3], "different_texts": different, "seconds": round(seconds, 3),
        "tokens": tokens, "tok_s": round(tokens / seconds, 1),
        "first_token_ms": {"p50": ms(percentile(first, 0.5)), "p95": ms(percentile(first, 0.95))},
        "between_tokens_ms": {"p50": ms(percentile(gaps, 0.5)), "p95": ms(percentile(gaps, 0.95))},
        "rss_before_bytes": before, "rss_after_bytes": after["memory"]["rss_bytes"],
        "running_after": after["generator"]["running"],
    }))
    return 1 if errors or different else 0


def ms(seconds):
    return None if seconds is None else round(seconds * 1000, 2)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("url")
    parser.add_argument("--streams", type=int, default=64)
    parser.add_argument("--rounds", type=int, default=4)
    parser.add_argument("--max-tokens", type=int, default=64)
    parser.add_argument("--prompt", default="Explain in a few sentences what a spindle bearing does.")
    parser.add_argument("--model")
    parser.add_argument("--key")
    return asyncio.run(run(parser.parse_args()))


if __name__ == "__main__":
    sys.exit(main())
