#!/usr/bin/env python3
"""How much sooner the first token comes when a prompt's beginning was read before.

    bench/macro/shared_prefix.py --program build/release/apps/millwright/millwright \\
        --data FOLDER --text build/data/wikitext-2/wiki.test.raw [--tokens 1500] [--prefixes 5]

Starts the server over FOLDER (a model has to be there), asks questions that share a beginning of
about --tokens tokens, restarts the server and asks once more. Each prefix is another part of the
text. Prints one JSON object: medians of the first token's time, and the shares of the first one.
"""

import argparse
import asyncio
import json
import signal
import statistics
import subprocess
import sys
import time

from http_stream import Target, events, open_stream, read_head


class Server:
    def __init__(self, program, data, port):
        self.process = subprocess.Popen(
            [program, "serve", "--data", data, "--listen", f"127.0.0.1:{port}"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.target = Target(f"http://127.0.0.1:{port}", None)
        end = time.monotonic() + 60
        while time.monotonic() < end:
            try:
                if self.target.get("/api/system")["memory"]["kv_bytes"] > 0:
                    return
            except OSError:
                pass
            time.sleep(0.05)
        raise RuntimeError("the server was not ready within 60 s")

    def stop(self):
        self.process.send_signal(signal.SIGINT)
        self.process.wait(30)


async def first_token_s(target, text, question):
    """(seconds to the first token, prompt tokens, cached ones)"""
    body = {"model": target.get("/v1/models")["data"][0]["id"], "stream": True, "temperature": 0,
            "max_tokens": 4, "stream_options": {"include_usage": True},
            "messages": [{"role": "system", "content": text},
                         {"role": "user", "content": question}]}
    began = time.monotonic()
    reader, writer = await open_stream(target, "/v1/chat/completions", body)
    seconds, usage = None, None
    try:
        await read_head(reader)
        async for data in events(reader):
            if data == b"[DONE]":
                break
            chunk = json.loads(data)
            usage = chunk.get("usage") or usage
            if seconds is None and chunk["choices"] and chunk["choices"][0]["delta"].get("content"):
                seconds = time.monotonic() - began
    finally:
        writer.close()
    return seconds, usage["prompt_tokens"], usage["prompt_tokens_details"]["cached_tokens"]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--program", required=True)
    parser.add_argument("--data", required=True)
    parser.add_argument("--text", required=True)
    parser.add_argument("--tokens", type=int, default=1500)
    parser.add_argument("--prefixes", type=int, default=5)
    parser.add_argument("--port", type=int, default=18099)
    options = parser.parse_args()
    with open(options.text, encoding="utf-8") as file:
        text = file.read()
    letters = int(options.tokens * 4.0)  # about; the real count is printed
    prefixes = [text[i * letters:(i + 1) * letters] for i in range(options.prefixes)]
    times = {"first": [], "second": [], "after_restart": []}
    cached, prompt = {}, 0

    def ask(server, what, question, count=True):
        nonlocal prompt
        for prefix in prefixes:
            seconds, prompt, known = asyncio.run(first_token_s(server.target, prefix, question))
            if count:
                times[what].append(seconds)
                cached.setdefault(what, []).append(known)

    server = Server(options.program, options.data, options.port)
    asyncio.run(first_token_s(server.target, "Be brief.", "Hello?"))  # pages and pace are warm
    ask(server, "first", "What is this text about?")
    ask(server, "second", "Which numbers does it name?")
    server.stop()
    server = Server(options.program, options.data, options.port)
    asyncio.run(first_token_s(server.target, "Be brief.", "Hello?"))
    ask(server, "after_restart", "Who is named in it?")
    server.stop()
    median = {what: statistics.median(each) for what, each in times.items()}
    print(json.dumps({
        "bench": "shared_prefix", "prompt_tokens": prompt, "prefixes": options.prefixes,
        "first_token_ms": {what: round(value * 1e3, 1) for what, value in median.items()},
        "cached_tokens": {what: statistics.median(each) for what, each in cached.items()},
        "second_share": round(median["second"] / median["first"], 3),
        "after_restart_share": round(median["after_restart"] / median["first"], 3)}))
    return 0 if median["second"] < 0.1 * median["first"] else 1


if __name__ == "__main__":
    sys.exit(main())
