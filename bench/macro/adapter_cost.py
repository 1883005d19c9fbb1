#!/usr/bin/env python3
"""What LoRA adapters cost: tokens a second with and without, alone and in a batch of several.

    bench/macro/adapter_cost.py build/release/apps/millwright/millwright MODEL.gguf --rounds 5

Makes random adapters on all seven products of a Llama-shaped model; --width, --kv-width, --ffn-width and
--layers say its sizes, by default SmolLM2-135M's. Base and adapter take turns, so that what else the machine does falls on both. Prints
one JSON object: medians of the ratios.
"""

import argparse
import concurrent.futures
import http.client
import json
import pathlib
import random
import re
import statistics
import struct
import subprocess
import tempfile
import time

PROMPT = "The line stopped twice this morning because the spindle was hot. " * 16


def write_adapter(folder, sizes, rank, seed):
    numbers = random.Random(seed)
    width, kv, ffn = sizes.width, sizes.kv_width, sizes.ffn_width
    shapes = {"self_attn.q_proj": (width, width), "self_attn.k_proj": (kv, width),
              "self_attn.v_proj": (kv, width), "self_attn.o_proj": (width, width),
              "mlp.gate_proj": (ffn, width), "mlp.up_proj": (ffn, width),
              "mlp.down_proj": (width, ffn)}
    header, data = {}, bytearray()
    for layer in range(sizes.layers):
        for module, (rows, inputs) in shapes.items():
            for part, shape in (("A", (rank, inputs)), ("B", (rows, rank))):
                begin = len(data)
                count = shape[0] * shape[1]
                block = [numbers.gauss(0, 0.02) for _ in range(min(count, 997))]
                data += struct.pack(f"<{count}f", *(block[i % len(block)] for i in range(count)))
                header[f"base_model.model.model.layers.{layer}.{module}.lora_{part}.weight"] = {
                    "dtype": "F32", "shape": shape, "data_offsets": [begin, len(data)]}
    folder.mkdir()
    text = json.dumps(header).encode()
    (folder / "adapter_model.safetensors").write_bytes(struct.pack("<Q", len(text)) + text + data)
    (folder / "adapter_config.json").write_text(json.dumps({
        "peft_type": "LORA", "task_type": "CAUSAL_LM", "r": rank, "lora_alpha": rank}))
    return folder


def generate(options, adapter):
    words = [options.program, "generate", options.model, "--prompt", PROMPT, "--max-tokens",
             str(options.tokens), "--json", "--threads", str(options.threads)]
    if adapter:
        words += ["--adapter", f"a={adapter}"]
    answer = json.loads(subprocess.run(words, capture_output=True, check=True).stdout)
    times = answer["timings"]
    return {"prefill_tok_s": len(answer["prompt_ids"]) / times["prefill_ms"] * 1e3,
            "decode_tok_s": len(answer["ids"]) / times["decode_ms"] * 1e3}


def alone(options, adapter):
    rounds = [(generate(options, None), generate(options, adapter)) for _ in range(options.rounds)]
    out = {}
    for key in ("prefill_tok_s", "decode_tok_s"):
        out[key] = {"base": round(statistics.median(base[key] for base, _ in rounds), 1),
                    "adapter": round(statistics.median(other[key] for _, other in rounds), 1),
                    "ratio": round(statistics.median(other[key] / base[key] for base, other in rounds), 3)}
    return out


def complete(port, model, index, tokens):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=300)
    connection.request("POST", "/v1/completions", json.dumps({
        "model": model, "prompt": f"{index}: the machine", "max_tokens": tokens, "temperature": 1,
        "seed": index}), {"Content-Type": "application/json"})
    answer = json.loads(connection.getresponse().read())
    connection.close()
    return answer["usage"]["completion_tokens"]


def together(options, adapters, folder):
    data = folder / "data"
    subprocess.run([options.program, "pull", f"file:{options.model}", "--name", "m", "--data", data],
                   check=True, capture_output=True)
    (data / "config.toml").write_text('default_model = "m"\n')
    flags = [word for i, each in enumerate(adapters) for word in ("--adapter", f"a{i}={each}")]
    server = subprocess.Popen([options.program, "serve", "--data", data, "--listen", "127.0.0.1:0",
                               "--threads", str(options.threads), *flags], stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL, text=True)
    try:
        port = int(re.search(r":(\d+)", server.stdout.readline().split("//")[1]).group(1))
        names = [f"m:a{i}" for i in range(len(adapters))]
        end = time.monotonic() + 120
        while True:  # measured (its card) and with its adapters
            connection = http.client.HTTPConnection("127.0.0.1", port)
            connection.request("GET", "/api/models")
            model = json.loads(connection.getresponse().read())["models"][0]
            if model["card"] and all(each["state"] == "ready" for each in model["adapters"]):
                break
            if time.monotonic() > end:
                raise SystemExit(f"not ready: {model}")
            time.sleep(0.5)

        def rate(models):
            began = time.monotonic()
            with concurrent.futures.ThreadPoolExecutor(options.batch) as pool:
                done = pool.map(lambda i: complete(port, models[i % len(models)], i, options.tokens),
                                range(options.batch))
                return sum(done) / (time.monotonic() - began)

        rounds = [(rate(["m"]), rate(names[:1]), rate(names)) for _ in range(options.rounds)]
    finally:
        server.terminate()
        server.wait()
    return {"batch": options.batch, "adapters": len(adapters),
            "base_tok_s": round(statistics.median(each[0] for each in rounds), 1),
            "one_adapter_ratio": round(statistics.median(b / a for a, b, _ in rounds), 3),
            "mixed_ratio": round(statistics.median(c / a for a, _, c in rounds), 3)}


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("program")
    parser.add_argument("model")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--rank", type=int, default=16)
    parser.add_argument("--tokens", type=int, default=64)
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--adapters", type=int, default=4)
    parser.add_argument("--threads", type=int, default=2)
    for name, value in (("width", 576), ("kv-width", 192), ("ffn-width", 1536), ("layers", 30)):
        parser.add_argument(f"--{name}", type=int, default=value)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="mw_adapters_") as name:
        folder = pathlib.Path(name)
        adapters = [write_adapter(folder / f"a{i}", options, options.rank, i)
                    for i in range(options.adapters)]
        print(json.dumps({"what": "cost of LoRA adapters", "rank": options.rank, "rounds": options.rounds,
                          "threads": options.threads, "alone": alone(options, adapters[0]),
                          "together": together(options, adapters, folder)}))


if __name__ == "__main__":
    main()
