#!/usr/bin/env python3
"""How many questions a model answers rightly, by the precision that it runs at, paired.

    bench/macro/right_answers.py --program build/release/apps/millwright/millwright --data FOLDER \\
        --documents build/data/rgb-rag/data/en_fact.json [--model smollm2-135m-instruct]

Two kinds of questions, greedy, 48 tokens. From documents: the 100 of RGB (en_fact; benchmark only),
each with its 3 documents alone, before, after and one among documents that do not answer, and the
same with the documents that say something else (8 forms). Without: capitals and chemical symbols.
An answer is right if it holds each expected thing in one of its spellings; RGB and its licence
(CC BY-NC-SA: to measure with, not to ship) are at github.com/chen700564/RGB. Starts the server over FOLDER with a configuration
of its own for each precision and prints, beside the counts, how many only one of the two got right:
greedy text changes with the precision, and what counts is whether it gets worse.
"""

import argparse
import concurrent.futures
import itertools
import json
import pathlib
import re
import signal
import subprocess
import tempfile
import time
import urllib.error
import urllib.request

import bench_line

PRECISIONS = [("int16", "f16"), ("int16", "auto"), ("int8", "auto")]  # activations, kv

CAPITALS = """France Paris|Germany Berlin|Italy Rome|Spain Madrid|Portugal Lisbon|Greece Athens|Austria Vienna|Hungary Budapest
Poland Warsaw|Sweden Stockholm|Norway Oslo|Denmark Copenhagen|Finland Helsinki|Ireland Dublin|Belgium Brussels|Russia Moscow
Ukraine Kyiv|Turkey Ankara|Egypt Cairo|Kenya Nairobi|Ethiopia Addis Ababa|Nigeria Abuja|Ghana Accra|Morocco Rabat|Japan Tokyo
China Beijing|India New Delhi|Pakistan Islamabad|Iran Tehran|Iraq Baghdad|Israel Jerusalem|Thailand Bangkok|Vietnam Hanoi
Indonesia Jakarta|Malaysia Kuala Lumpur|Australia Canberra|Canada Ottawa|Mexico Mexico City|Brazil Bras|Argentina Buenos Aires
Chile Santiago|Peru Lima|Colombia Bogot|Venezuela Caracas|Cuba Havana|Romania Bucharest|Bulgaria Sofia|Serbia Belgrade
Croatia Zagreb|Switzerland Bern|Netherlands Amsterdam|Philippines Manila|Afghanistan Kabul|Nepal Kathmandu|Mongolia Ulaan"""
SYMBOLS = """hydrogen H|carbon C|nitrogen N|oxygen O|sodium Na|magnesium Mg|aluminium Al|silicon Si|phosphorus P|sulfur S
chlorine Cl|potassium K|calcium Ca|titanium Ti|chromium Cr|manganese Mn|iron Fe|cobalt Co|nickel Ni|copper Cu|zinc Zn|silver Ag
tin Sn|tungsten W|platinum Pt|gold Au|mercury Hg|lead Pb|uranium U|neon Ne|argon Ar|lithium Li|bromine Br"""


def pairs(text):
    return [each.split(" ", 1) for line in text.splitlines() for each in line.split("|")]


def from_documents(path):
    out = []
    for line in pathlib.Path(path).read_text(encoding="utf-8").splitlines():
        case = json.loads(line)
        other = case["negative"]
        for field, answer in (("positive", case["answer"]), ("positive_wrong", case["fakeanswer"])):
            own = case[field][:3]
            for documents in (own, other[:3] + own, own + other[:3], other[:2] + own[:1] + other[2:4]):
                text = "Documents:\n" + "\n".join(documents) + (
                    "\n\nAnswer from the documents in one short sentence.\nQuestion: ") + case["query"]
                things = answer if isinstance(answer, list) else [answer]
                spellings = [each if isinstance(each, list) else [each] for each in things]
                out.append((text, [any_of(each) for each in spellings]))
    return out


def any_of(spellings):
    return re.compile("|".join(re.escape(each) for each in spellings), re.IGNORECASE)


def without_documents():
    return ([(f"What is the capital of {country}?", [any_of([city])])
             for country, city in pairs(CAPITALS)]
            + [(f"What is the chemical symbol of {element}?", [re.compile(rf"\b{symbol}\b")])
               for element, symbol in pairs(SYMBOLS)])


def answer(base, model, text):
    body = json.dumps({"model": model, "messages": [{"role": "user", "content": text}],
                       "temperature": 0, "max_tokens": 48}).encode()
    request = urllib.request.Request(base + "/v1/chat/completions", body,
                                     {"content-type": "application/json"})
    for attempt in itertools.count():
        try:
            with urllib.request.urlopen(request, timeout=600) as response:
                return json.load(response)["choices"][0]["message"]["content"] or ""
        except urllib.error.HTTPError as refused:  # more than it can finish in time: asked to come back
            if refused.code not in (429, 503) or attempt > 50:
                raise
            time.sleep(2)


def right_of(options, precision, questions):
    with tempfile.NamedTemporaryFile("w", suffix=".toml") as config:
        config.write('[server]\nactivations = "%s"\nkv = "%s"\n' % precision)
        config.flush()
        server = subprocess.Popen(
            [options.program, "serve", "--data", options.data, "--config", config.name, "--listen",
             f"127.0.0.1:{options.port}"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        base = f"http://127.0.0.1:{options.port}"
        try:
            wait_until_ready(base, server)
            with concurrent.futures.ThreadPoolExecutor(16) as pool:
                texts = pool.map(lambda each: answer(base, options.model, each[0]), questions)
                return [all(thing.search(text) for thing in things)
                        for text, (_, things) in zip(texts, questions)]
        finally:
            server.send_signal(signal.SIGINT)
            server.wait(60)


def wait_until_ready(base, server):
    for _ in range(600):
        if server.poll() is not None:
            raise SystemExit(f"the server ended with {server.returncode}: is its port taken?")
        try:
            urllib.request.urlopen(base + "/v1/models", timeout=5).close()
            return
        except OSError:
            time.sleep(0.1)
    raise SystemExit("the server was not ready within a minute")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--program", required=True)
    parser.add_argument("--data", required=True, help="a data folder that has the model")
    parser.add_argument("--documents", help="RGB's en_fact.json; without it only the others are asked")
    parser.add_argument("--model", default="smollm2-135m-instruct")
    parser.add_argument("--port", type=int, default=18097)
    options = parser.parse_args()
    kinds = {"without documents": without_documents()}
    if options.documents:
        kinds["from documents (RGB en_fact, 8 forms each)"] = from_documents(options.documents)
    questions = [each for kind in kinds.values() for each in kind]
    right = {precision: right_of(options, precision, questions) for precision in PRECISIONS}
    counts, at = {}, 0
    for kind, asked in kinds.items():
        part = slice(at, at + len(asked))
        at += len(asked)
        of = {"activations %s, kv %s" % precision: sum(right[precision][part]) for precision in PRECISIONS}
        first, *others = PRECISIONS
        for other in others:
            only = [sum(a and not b for a, b in zip(right[x][part], right[y][part]))
                    for x, y in ((first, other), (other, first))]
            of["right only with %s, %s / only with %s, %s" % (first + other)] = only
        counts[kind] = {"asked": len(asked), **of}
    bench_line.append("quality.jsonl", {"what": "questions answered rightly by precision, greedy",
                                        "model": options.model, "right": counts})


if __name__ == "__main__":
    main()
