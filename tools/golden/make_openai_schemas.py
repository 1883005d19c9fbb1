#!/usr/bin/env python3
"""Takes the schemas of what we answer out of OpenAI's published description.

    tools/golden/make_openai_schemas.py openai-openapi.tar.xz > tests/golden/openai/schemas.json

Keeps what a validator needs, drops prose. `nullable` is OpenAPI 3.0 in a 3.1 document: it becomes
an anyOf with null, as the prose means it.
"""

import json
import re
import sys
import tarfile

ROOTS = ["CreateChatCompletionResponse", "CreateChatCompletionStreamResponse",
         "CreateCompletionResponse", "ListModelsResponse", "Model", "ErrorResponse"]
PROSE = {"description", "title", "example", "default", "deprecated", "discriminator", "nullable"}


def plain(node, is_map=False):
    """The node without prose; in a map of names (properties) every key is a name."""
    if isinstance(node, list):
        return [plain(each) for each in node]
    if not isinstance(node, dict):
        return node
    out = {key: plain(value, key in ("properties",)) for key, value in node.items()
           if is_map or not (key in PROSE or key.startswith("x-"))}
    if out.get("format") == "unixtime":
        del out["format"]
    if node.get("nullable") is True and not is_map:
        out = {"anyOf": [out, {"type": "null"}]}
    return out


def main():
    with tarfile.open(sys.argv[1]) as tar:
        name = next(name for name in tar.getnames() if name.endswith("/openapi.json"))
        document = json.load(tar.extractfile(name))
    every = document["components"]["schemas"]
    wanted, seen = list(ROOTS), {}
    while wanted:
        name = wanted.pop()
        if name in seen:
            continue
        seen[name] = plain(every[name])
        wanted += re.findall(r'"#/components/schemas/([^"]+)"', json.dumps(seen[name]))
    out = {"openapi_version": document["info"]["version"],
           "components": {"schemas": dict(sorted(seen.items()))}}
    print(json.dumps(out, indent=1, ensure_ascii=False))


if __name__ == "__main__":
    main()
