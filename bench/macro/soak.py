#!/usr/bin/env python3
"""A long time under mixed load: memory stays flat, nothing is lost, nothing is answered wrongly.

    bench/macro/soak.py http://127.0.0.1:8080 --minutes 60

Four kinds of clients at once, drawn anew for each request from a seed: short chats and long prompts
that share their beginning, streamed or not; texts held to a schema; streams that are left; batch
jobs (`service_tier: flex`). One greedy request is asked again and again and must give the same text
each time. Memory is read once a minute, without the keys and values that are kept for
prompts that may come again (their limit is set, and filling it is no leak); what it grew by is
counted from a quarter of the time on.
Prints one JSON object. Exit status 1 when memory grew by more than --allow-bytes since then, when
something still runs or waits ten seconds after the end, when the repeated request had two answers,
an answer broke its schema, or a request failed for another reason than overload.
"""

import argparse
import asyncio
import json
import random
import sys
import time

from http_stream import Refused, Target, events, open_stream, read_head, whole_answer

MANUAL = ("The spindle bearing of line two runs warm when its grease is old. Check the seal, the "
          "belt and the coolant before you change it. ")
SCHEMA = {"type": "object", "additionalProperties": False, "required": ["machine", "state"],
          "properties": {"machine": {"enum": ["press-1", "mixer-2"]},
                         "state": {"enum": ["ok", "warm", "hot"]}}}


def body_of(kind, model, draw):
    body = {"model": model, "max_tokens": draw.randint(4, 48), "seed": draw.randint(0, 9),
            "messages": [{"role": "user", "content": f"What does alarm {draw.randint(1, 40)} say?"}]}
    if kind == "long":
        body["messages"].insert(0, {"role": "system", "content": MANUAL * draw.randint(1, 12)})
    if kind == "schema":
        body["response_format"] = {"type": "json_schema", "json_schema": {
            "name": "state", "strict": True, "schema": SCHEMA}}
        body["max_tokens"] = 64
    if kind == "flex":
        body["service_tier"] = "flex"
    if kind == "same":
        body.update(temperature=0, max_tokens=12)
        body["messages"] = [{"role": "user", "content": "Name three parts of a press."}]
    body["stream"] = kind == "left" or draw.random() < 0.5
    return body


async def text_of(target, body, leave_after=None):
    reader, writer = await open_stream(target, "/v1/chat/completions", body)
    try:
        if not body["stream"]:
            answer = await whole_answer(reader)
            return answer["choices"][0]["message"]["content"], answer["choices"][0]["finish_reason"]
        await read_head(reader)
        text, finish, seen = "", None, 0
        async for data in events(reader):
            if data == b"[DONE]":
                break
            chunk = json.loads(data)
            for choice in chunk.get("choices", []):
                text += choice["delta"].get("content") or ""
                finish = choice["finish_reason"] or finish
            seen += 1
            if leave_after is not None and seen >= leave_after:
                return None, "left"
        return text, finish
    finally:
        writer.close()


async def run(options):
    target = Target(options.url, options.key)
    model = options.model or target.get("/v1/models")["data"][0]["id"]
    counts = {kind: 0 for kind in ("short", "long", "schema", "left", "flex", "same")}
    problems, same, samples = [], set(), []
    overload = 0
    began = time.monotonic()
    end = began + 60 * options.minutes

    def memory_of(system):
        kept = system["generator"]["kv_bytes_used"]
        return system["memory"]["rss_bytes"] - kept, kept

    def fits(text):
        found = json.loads(text)
        return (set(found) == {"machine", "state"}
                and all(found[name] in SCHEMA["properties"][name]["enum"] for name in found))

    async def worker(number):
        nonlocal overload
        draw = random.Random(options.seed * 1000 + number)
        while time.monotonic() < end:
            kind = draw.choice(list(counts))
            body = body_of(kind, model, draw)
            leave = draw.randint(1, 6) if kind == "left" else None
            try:
                text, finish = await text_of(target, body, leave)
                counts[kind] += 1
                if kind == "same":
                    same.add(text)
                if kind == "schema" and finish == "stop" and not fits(text):
                    problems.append(f"not of its schema: {text[:80]}")
            except Refused as refused:
                if refused.status in (429, 503):
                    overload += 1
                    await asyncio.sleep(1)
                else:
                    problems.append(str(refused))
            except Exception as problem:  # whatever it is, it is counted and shown
                problems.append(f"{kind}: {type(problem).__name__}: {problem}")
            await asyncio.sleep(draw.random() * options.pause_s)

    async def watch():
        while time.monotonic() < end:
            system = await asyncio.to_thread(target.get, "/api/system")
            samples.append([round(time.monotonic() - began), *memory_of(system)])
            await asyncio.sleep(60)

    await asyncio.gather(watch(), *[worker(number) for number in range(options.clients)])
    last = time.monotonic() + 10
    while True:
        system = target.get("/api/system")
        left = system["generator"]["running"] + system["generator"]["waiting"]
        if left == 0 or time.monotonic() > last:
            break
        await asyncio.sleep(0.1)
    warm = next((bytes_ for at, bytes_, _ in samples if at >= 15 * options.minutes), samples[0][1])
    final, kept = memory_of(system)
    print(json.dumps({
        "bench": "soak", "model": model, "minutes": options.minutes, "clients": options.clients,
        "requests": sum(counts.values()), "by_kind": counts, "refused_for_load": overload,
        "errors": len(problems), "first_errors": problems[:5], "answers_of_same": len(same),
        "running_after": left, "warm_bytes": warm, "after_bytes": final, "kv_after_bytes": kept,
        "grown_bytes": final - warm, "samples": samples}))
    failed = problems or left or len(same) > 1 or final - warm > options.allow_bytes
    return 1 if failed else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("url")
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--clients", type=int, default=12)
    parser.add_argument("--pause-s", type=float, default=1.0, help="a client waits up to this long")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--allow-bytes", type=int, default=32 << 20)
    parser.add_argument("--model")
    parser.add_argument("--key")
    return asyncio.run(run(parser.parse_args()))


if __name__ == "__main__":
    sys.exit(main())
