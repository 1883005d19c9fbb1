#!/usr/bin/env python3
"""Holds a model's answers to real schemas and real tool sets, and checks each with another program.

    bench/macro/valid_outputs.py http://127.0.0.1:8080 \
        --schemas ../shared/data/openai-openapi.tar.xz --tools ../shared/data/toolcalling.tar.xz

Schemas: the components of OpenAI's API description, each with all that it refers to. Tool sets: the
questions of BFCL v4 (their Python type names turned into JSON Schema's), one call required. Every
second answer is greedy, the others are sampled at temperature 1 with their number as seed: a small
model that does as it likes is the hardest test. An answer must be valid for Python's jsonschema (draft
2020-12), one that the limit of tokens brought to its end (finish_reason "length") as well: those are
counted as short. A refused schema is counted with its reason, and so is a tool call that met the
limit, which is cut. With --close, tokens that close strings, objects and arrays are made likelier.
Prints one JSON object; exit status 1 when an answer is invalid or a request failed. Needs
`pip install jsonschema`.
"""

import argparse
import asyncio
import collections
import json
import subprocess
import sys
import tarfile
import time

import jsonschema

from http_stream import Refused, Target, open_stream, whole_answer

TYPES = {"dict": "object", "float": "number", "tuple": "array", "HashMap": "object",
         "ArrayList": "array", "Array": "array", "String": "string", "long": "integer",
         "double": "number", "char": "string", "Boolean": "boolean", "any": None}


def files_of(path):
    with tarfile.open(path) as archive:
        for member in archive:
            if member.isfile():
                yield member.name.split("/", 1)[-1], archive.extractfile(member).read()


def references(node):
    if isinstance(node, dict):
        for key, value in node.items():
            if key == "$ref" and isinstance(value, str):
                yield value.rsplit("/", 1)[-1]
            else:
                yield from references(value)
    elif isinstance(node, list):
        for each in node:
            yield from references(each)


def rewritten(node):
    if isinstance(node, dict):
        return {key: f"#/$defs/{value.rsplit('/', 1)[-1]}" if key == "$ref" else rewritten(value)
                for key, value in node.items()}
    return [rewritten(each) for each in node] if isinstance(node, list) else node


def schema_cases(path, count):
    """(name, request body, schema of the answer) of the description's components, in its order."""
    description = next(json.loads(data) for name, data in files_of(path)
                       if name == "openapi.json")
    components = description["components"]["schemas"]
    for name in list(components)[:count]:
        needed, left = {}, [name]
        while left:
            each = left.pop()
            if each not in needed and each in components:
                needed[each] = rewritten(components[each])
                left += list(references(components[each]))
        schema = {"$ref": f"#/$defs/{name}", "$defs": needed}
        body = {"messages": [{"role": "user", "content": f"Give an example of {name}."}],
                "response_format": {"type": "json_schema", "json_schema": {
                    "name": "answer", "schema": schema}}}
        yield name, body, schema


def as_schema(node):
    """BFCL's parameters as JSON Schema: its type names are Python's and Java's, its objects closed, as OpenAI's strict mode has them."""
    if isinstance(node, list):
        return [as_schema(each) for each in node]
    if not isinstance(node, dict):
        return node
    out = {}
    for key, value in node.items():
        if key == "type" and isinstance(value, str):
            known = TYPES.get(value, value)
            if known:
                out[key] = known
        elif key == "properties":
            out[key] = {name: as_schema(each) for name, each in value.items()}
        elif key in ("enum", "const", "default", "required", "description"):
            out[key] = value
        elif key != "optional":
            out[key] = as_schema(value)
    if "properties" in out:
        out["additionalProperties"] = False
    return out


def tool_cases(path, count):
    for name, data in files_of(path):
        if not name.startswith("BFCL_v4_"):
            continue
        for line in data.decode().splitlines():
            if count == 0:
                return
            count -= 1
            case = json.loads(line)
            tools, schemas = [], {}
            for function in case["function"]:
                called = function["name"].replace(".", "_")
                parameters = as_schema(function["parameters"])
                schemas[called] = parameters
                tools.append({"type": "function", "function": {
                    "name": called, "description": function["description"],
                    "parameters": parameters}})
            body = {"messages": case["question"][0], "tools": tools, "tool_choice": "required", "parallel_tool_calls": False}
            yield case["id"], body, schemas


def problem_of(schema, text):
    try:
        value = json.loads(text)
    except ValueError as error:
        return f"no JSON: {error}"
    error = next(jsonschema.Draft202012Validator(schema).iter_errors(value), None)
    return error and f"{error.json_path}: {error.message[:100]}"


def check(kind, expected, choice):
    message = choice["message"]
    if kind == "schemas":
        return problem_of(expected, message["content"])
    calls = message.get("tool_calls") or []
    if not calls:
        return "no call"
    for call in calls:
        schema = expected.get(call["function"]["name"])
        if schema is None:
            return f"no such tool: {call['function']['name']}"
        problem = problem_of(schema, call["function"]["arguments"])
        if problem:
            return problem
    return None


async def answer_of(target, body):
    """Asks again, as the server says, where it has too much to do."""
    while True:
        reader, writer = await open_stream(target, "/v1/chat/completions", body)
        try:
            return await whole_answer(reader)
        except Refused as error:
            if error.status != 429:
                raise
        finally:
            writer.close()
        await asyncio.sleep(2)


async def run_kind(kind, cases, target, options):
    counts = collections.Counter()
    refused = collections.Counter()
    invalid, failed, began, queue = [], [], time.monotonic(), iter(cases)

    async def worker():
        for seed, (name, body, expected) in queue:
            body.update(model=options.model, seed=seed, temperature=seed % 2,
                        max_tokens=options.max_tokens, logit_bias=options.logit_bias)
            counts["asked"] += 1
            try:
                answer = await answer_of(target, body)
            except Refused as error:
                if error.status != 400:
                    failed.append(f"{name}: {error}")
                    continue
                counts["refused"] += 1
                refused[str(error)[:160]] += 1
                continue
            except Exception as error:  # whatever it is, it is counted and shown
                failed.append(f"{name}: {type(error).__name__}: {error}")
                continue
            counts["tokens"] += answer["usage"]["completion_tokens"]
            choice = answer["choices"][0]
            short = choice["finish_reason"] == "length"
            if short and kind == "tools":
                counts["cut"] += 1
                continue
            problem = check(kind, expected, choice)
            counts["invalid" if problem else "short" if short else "valid"] += 1
            if problem:
                invalid.append(f"{name}: {problem}")
            if counts["asked"] % 100 == 0:
                print(f"{kind}: {dict(counts)}", file=sys.stderr, flush=True)

    await asyncio.gather(*[worker() for _ in range(options.concurrency)])
    return {"kind": kind, **counts, "failed": len(failed), "seconds": round(time.monotonic() - began),
            "first_invalid": invalid[:5], "first_failed": failed[:5],
            "refused_because": refused.most_common(5)}


def closing_bias(options):
    """Tokens that close something, by `millwright tokenize`: quotes more than brackets, or brackets would fill strings."""
    bias = {}
    for text, weight in (('"', 2), ('"}', 2), ('"]', 2), ("}", 1), ("]", 1), ("}}", 1), ("]}", 1), ("}]", 1)):
        done = subprocess.run([options.close, "tokenize", options.model, "--text", text, "--json",
                               *(["--data", options.data] if options.data else [])], capture_output=True, text=True, check=True)
        ids = json.loads(done.stdout)["ids"]
        if len(ids) == 1:
            bias[str(ids[0])] = 10 * weight
    return bias


async def run(options):
    target = Target(options.url, options.key)
    options.model = options.model or target.get("/v1/models")["data"][0]["id"]
    options.logit_bias = closing_bias(options) if options.close else {}
    results = []
    if options.schemas:
        cases = enumerate(schema_cases(options.schemas, options.count))
        results.append(await run_kind("schemas", cases, target, options))
    if options.tools:
        cases = enumerate(tool_cases(options.tools, options.count))
        results.append(await run_kind("tools", cases, target, options))
    print(json.dumps({"bench": "valid_outputs", "model": options.model,
                      "max_tokens": options.max_tokens, "closing_bias": bool(options.close), "results": results}))
    return 1 if any(each.get("invalid") or each["failed"] for each in results) else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("url")
    parser.add_argument("--schemas", help="archive of OpenAI's description")
    parser.add_argument("--tools", help="archive of BFCL's questions")
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--concurrency", type=int, default=16)
    parser.add_argument("--max-tokens", type=int, default=256)
    parser.add_argument("--close", metavar="MILLWRIGHT", help="the program: closing tokens are made likelier")
    parser.add_argument("--data", help="its data folder, with --close")
    parser.add_argument("--model")
    parser.add_argument("--key")
    return asyncio.run(run(parser.parse_args()))


if __name__ == "__main__":
    sys.exit(main())
