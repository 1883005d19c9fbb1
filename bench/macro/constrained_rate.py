#!/usr/bin/env python3
"""How fast a model writes what a schema holds, against writing freely: against a running server that nobody else uses.

    bench/macro/constrained_rate.py http://127.0.0.1:8080 --rounds 5

Each round asks the same prompt freely and under each schema, in turns; rates are those that the server counted of
the decoding alone (GET /api/requests/{id}). Every answer that ended must be valid JSON. One line goes to
bench/results/grammar.jsonl. Bar: 0.95.
"""
import argparse
import json
import pathlib
import statistics
import sys
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import bench_line  # noqa: E402

PROMPT = "Describe in detail what a maintenance engineer checks on a hydraulic press, step by step."
TEXT = {"type": "object", "properties": {"text": {"type": "string", "minLength": 1500}}, "required": ["text"],
        "additionalProperties": False}
RECORDS = {"type": "array", "minItems": 12, "maxItems": 12, "items": {
    "type": "object", "additionalProperties": False,
    "properties": {"step_number": {"type": "integer", "minimum": 1, "maximum": 99},
                   "description": {"type": "string", "minLength": 10, "maxLength": 80},
                   "responsible_role": {"enum": ["operator", "maintenance engineer", "line supervisor"]},
                   "duration_minutes": {"type": "number", "minimum": 0, "maximum": 500}},
    "required": ["step_number", "description", "responsible_role", "duration_minutes"]}}


def call(url, body=None):
    request = urllib.request.Request(url, data=None if body is None else json.dumps(body).encode(),
                                     headers={"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=300) as answer:
        return json.loads(answer.read())


def rate(args, schema):
    body = {"model": args.model, "temperature": 0, "max_tokens": args.max_tokens,
            "messages": [{"role": "user", "content": PROMPT}]}
    if schema is not None:
        body["response_format"] = {"type": "json_schema", "json_schema": {"name": "answer", "strict": True, "schema": schema}}
    said = call(args.url + "/v1/chat/completions", body)
    choice = said["choices"][0]
    if schema is not None and choice["finish_reason"] == "stop":
        json.loads(choice["message"]["content"])
    record = call(args.url + "/api/requests/req_" + said["id"].split("-", 1)[1])
    return record["decode_tok_s"], said["usage"]["completion_tokens"]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("url")
    parser.add_argument("--model")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--max-tokens", type=int, default=300)
    args = parser.parse_args()
    args.url = args.url.rstrip("/")
    args.model = args.model or call(args.url + "/v1/models")["data"][0]["id"]
    kinds = {"free": None, "text": TEXT, "records": RECORDS}
    for schema in kinds.values():
        rate(args, schema)  # warm: pages, prefixes
    got = {kind: [] for kind in kinds}
    for _ in range(args.rounds):
        for kind, schema in kinds.items():
            got[kind].append(rate(args, schema))
    line = {"what": "constrained_rate", "model": args.model, "rounds": args.rounds, "bar": 0.95,
            "tokens": {kind: all[0][1] for kind, all in got.items()},
            "tok_s": {kind: round(statistics.median(each for each, _ in all), 1) for kind, all in got.items()}}
    for kind in ("text", "records"):
        ratios = [mine[0] / free[0] for mine, free in zip(got[kind], got["free"])]
        line[f"{kind}_ratio"] = {"median": round(statistics.median(ratios), 3), "least": round(min(ratios), 3),
                                 "most": round(max(ratios), 3)}
    bench_line.append("grammar.jsonl", line)


if __name__ == "__main__":
    main()
