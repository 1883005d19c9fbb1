#!/usr/bin/env python3
"""Checks includes and forbidden names of src/ and apps/ against layers.toml."""

import re
import sys
import tomllib

from sources import ROOT, cpp_files, read, report

INCLUDE = re.compile(r'^\s*#\s*include\s+"([^"]+)"', re.MULTILINE)
COMMENT_OR_STRING = re.compile(
    r'//[^\n]*|/\*.*?\*/|R"(\w*)\(.*?\)\1"|"(?:[^"\\\n]|\\.)*"', re.DOTALL)


def area_of(path):
    return "apps" if path.parts[0] == "apps" else path.parts[1]


def is_for_tests(path):
    return path.stem.endswith("_test") or "testing" in path.parts


def include_problems(path, text, allowed, areas):
    """Each include that the table does not allow."""
    mine = area_of(path)
    for included in INCLUDE.findall(text):
        parts = included.split("/")
        if parts[0] == "tests":
            if not is_for_tests(path):
                yield f'{path}: includes "{included}", which only tests may'
        elif parts[0] == "apps":
            if mine != "apps":
                yield f'{path}: includes "{included}": nothing includes apps'
        elif parts[0] not in areas:
            yield f'{path}: includes "{included}", which is in no area; write it from src/'
        elif parts[0] != mine:
            if allowed != ["*"] and parts[0] not in allowed:
                yield f'{path}: {mine} may not include {parts[0]} ("{included}")'
            elif len(parts) != 2:
                yield f'{path}: "{included}" is private to {parts[0]}'


def forbidden_problems(path, text, rules):
    if is_for_tests(path):
        return
    code = COMMENT_OR_STRING.sub(lambda match: "\n" * match.group().count("\n"), text)
    for rule in rules:
        if not str(path).startswith(rule["in"]):
            continue
        if any(str(path) == name or (name.endswith("/") and str(path).startswith(name))
               for name in rule["except"]):
            continue
        # Include lines hold strings, which are blanked above: look for those in the text itself.
        where = text if rule["pattern"].startswith("#include") else code
        for match in re.finditer(rule["pattern"], where):
            line = where.count("\n", 0, match.start()) + 1
            yield f"{path}:{line}: '{match.group()}': {rule['why']}"


def main():
    table = tomllib.loads((ROOT / "tools/check/layers.toml").read_text())
    areas = set(table["includes"]) - {"apps"}
    problems = []
    files = cpp_files("src", "apps")
    for path in files:
        if len(path.parts) < 3:
            problems.append(f"{path}: lies in no area")
            continue
        mine = area_of(path)
        if mine not in table["includes"]:
            problems.append(f"{path}: area '{mine}' is not in layers.toml")
            continue
        text = read(path)
        problems += include_problems(path, text, table["includes"][mine], areas)
        problems += forbidden_problems(path, text, table["forbidden"])
    return report("layers", problems, len(files))


if __name__ == "__main__":
    sys.exit(main())
