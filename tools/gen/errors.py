#!/usr/bin/env python3
"""Writes docs/ops/errors.md from the table in src/core/error.cc; --check only compares."""

import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs/ops/errors.md"
ROW = re.compile(r'\{Code::k(\w+),\s*"(\w+)",\s*(\d+),\s*"(\w+)",\s*(\d+),\s*'
                 r'\{"([^"]*)",\s*"([^"]*)"\}\}')
MEANING = re.compile(r"^\s*k(\w+),\s*// (.+)$", re.MULTILINE)

HEAD = """# Errors

One table (`src/core/error.cc`) says how each kind of error shows itself. This page is made from it
by `tools/gen/errors.py`; do not edit it.

The server answers an error as `{"error": {"message", "message_zh", "type", "param", "code"}}` with
the HTTP status below; `param` names the field at fault. Commands print one line to stderr, and with
`--json` the same object to stdout, and end with the exit status below.

| code | when | HTTP | type (OpenAI) | exit | shown as |
| --- | --- | ---: | --- | ---: | --- |
"""

NEXT = """
## What to do

| you see | do this |
| --- | --- |
| `unavailable` from `pull` | Without network, copy the model's GGUF file from another machine: `millwright pull file:PATH --name smollm2-135m-instruct`. Behind a proxy, set `HTTPS_PROXY`; pip has its own settings. |
| `unauthenticated` or `permission_denied` from `pull hf:...` | Accept the repository's terms in a browser, then set `HF_TOKEN`. |
| `corrupt` from `pull` | What came had another hash and was removed. Pull again; if it happens twice, do not trust that server or proxy. |
| `corrupt` from a model in the store | `millwright models verify NAME`, then `millwright models rm NAME` and pull again. |
| `io` with "the disk ... is full" | Free space and run the same command again: downloads go on where they stopped, the server keeps answering and says what it could not store. |
| `resource_exhausted` (429) | Try again after the seconds in `Retry-After`. |
| `not_found` for a model | `millwright models` lists what there is. |
| values in the console turn to "bad" | The broker or a device fell silent, or a clock was set back: the reason beside the value says which. `GET /api/plant` says since when; ingest resumes by itself. |
"""


def page():
    meanings = dict(MEANING.findall((ROOT / "src/core/error.h").read_text()))
    rows = ROW.findall((ROOT / "src/core/error.cc").read_text())
    if len(rows) < 10 or set(name for name, *_ in rows) != set(meanings):
        sys.exit("errors: the table in error.cc and the enum in error.h do not match")
    lines = [f"| `{code}` | {meanings[name]} | {http} | `{kind}` | {exit_status} | {en} / {zh} |"
             for name, code, http, kind, exit_status, en, zh in rows]
    return HEAD + "\n".join(lines) + "\n" + NEXT


def main():
    text = page()
    if "--check" in sys.argv:
        if not PAGE.is_file() or PAGE.read_text() != text:
            sys.exit("errors: docs/ops/errors.md is not what tools/gen/errors.py writes; run it")
        print("   errors: docs/ops/errors.md is up to date")
        return
    PAGE.parent.mkdir(parents=True, exist_ok=True)
    PAGE.write_text(text)


if __name__ == "__main__":
    main()
