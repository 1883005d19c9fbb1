"""OpenAI's published description: schemas to hold answers against, and values to ask with.

OPENAI_DESCRIPTION names its archive (../shared/data/openai-openapi.tar.xz); what needs it is skipped
by name where that is not there.
"""

import json
import os
import pathlib
import sys
import tarfile
import unittest

sys.path.insert(0, str(pathlib.Path(os.environ["MILLWRIGHT_ROOT"]) / "tools/golden"))
from make_openai_schemas import plain  # noqa: E402: found through the line above

ARCHIVE = pathlib.Path(os.environ["OPENAI_DESCRIPTION"])
needs_description = unittest.skipUnless(ARCHIVE.is_file(), f"OpenAI's description: no {ARCHIVE}")


def completion_chunk(schemas):
    """The description has no schema for the chunks of plain completions, which it only says to have
    the shape of the whole; but what is known at the end only is null until then."""
    whole = json.loads(json.dumps(schemas["CreateCompletionResponse"]))
    whole["properties"]["usage"] = {"anyOf": [whole["properties"]["usage"], {"type": "null"}]}
    reason = whole["properties"]["choices"]["items"]["properties"]
    reason["finish_reason"] = {"anyOf": [reason["finish_reason"], {"type": "null"}]}
    return whole


class Description:
    def __init__(self):
        with tarfile.open(ARCHIVE) as tar:
            name = next(name for name in tar.getnames() if name.endswith("/openapi.json"))
            document = json.load(tar.extractfile(name))
        self.version = document["info"]["version"]
        self.schemas = document["components"]["schemas"]
        plain_schemas = {name: plain(schema) for name, schema in self.schemas.items()}
        plain_schemas["completion chunk"] = completion_chunk(plain_schemas)
        self.plain = {"components": {"schemas": plain_schemas}}

    def problems(self, name, value):
        """What of `value` does not fit the schema `name`, as lines."""
        import jsonschema
        schema = {"$ref": f"#/components/schemas/{name}", **self.plain}
        found = jsonschema.Draft202012Validator(schema).iter_errors(value)
        return [f"{error.json_path}: {error.message[:300]}" for error in found]

    def resolve(self, schema):
        while "$ref" in schema:
            schema = self.schemas[schema["$ref"].rsplit("/", 1)[1]]
        return schema

    def properties(self, schema):
        """Of an object, those of everything it is made of included."""
        schema = self.resolve(schema)
        out = dict(schema.get("properties", {}))
        for part in schema.get("allOf", []):
            out.update(self.properties(part))
        return out

    def values(self, schema, depth=0):
        """Valid values that between them try each branch of the schema."""
        schema = self.resolve(schema)
        if "enum" in schema:
            return list(schema["enum"])
        for key in ("anyOf", "oneOf"):
            if key in schema:
                return [value for branch in schema[key] for value in self.values(branch, depth)]
        kind = schema.get("type", "object" if "properties" in schema or "allOf" in schema else None)
        if kind == "boolean":
            return [True, False]
        if kind in ("integer", "number"):
            low, high = schema.get("minimum", 1), schema.get("maximum")
            return [low] if high is None else [low, high]
        if kind == "string":
            return ["x"]
        if kind == "array":
            items = self.values(schema["items"], depth + 1)[:12] if "items" in schema else ["x"]
            return [[item] for item in items]
        if kind == "object":
            return self._objects(schema, depth)
        return []  # null

    def _objects(self, schema, depth):
        """The least that is valid, and beside it each other member alone."""
        properties = self.properties(schema)
        required = set(schema.get("required", []))
        for part in schema.get("allOf", []):
            required |= set(self.resolve(part).get("required", []))
        least = {name: (self.values(properties[name], depth + 1) or [None])[0]
                 for name in required if name in properties}
        out = [least]
        if depth == 0:
            for name, each in properties.items():
                if name not in required:
                    out += [{**least, name: value} for value in self.values(each, depth + 1)[:12]]
        return out
