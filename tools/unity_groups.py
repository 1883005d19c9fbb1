#!/usr/bin/env python3
"""Which source files of a target may be compiled as one: tools/unity_groups.py MOST FILE...

Prints "FILE;NUMBER" a line; files of one number go into one translation unit (cmake/mw_unity.cmake).
Headers are most of what a compiler reads: 8 files at once take about a quarter of the time. Two
files stay apart when one uses, unqualified, a name that the other declares for itself (in its
anonymous namespace, by a using declaration or as a macro), or a header does that it includes,
whatever the name means there.
"""
import functools
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
NOISE = re.compile(r'//[^\n]*|/\*.*?\*/|R"(\w*)\(.*?\)\1"|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])+\'', re.S)
ANONYMOUS = re.compile(r"^namespace \{$(.*?)^\}  // namespace$", re.S | re.M)
USING = re.compile(r"^(?:using (?:[\w:]+::)?(\w+);|using (\w+) = [^;]*;|namespace (\w+) = [^;]*;)", re.M)
TYPE = re.compile(r"^(?:struct|class|union|enum(?: class)?)\s+(?:alignas\([^)]*\)\s+)?(\w+)")
INCLUDE = re.compile(r'^#include "([^"]+)"', re.M)
MACRO = re.compile(r"^#\s*define (\w+)", re.M)
USE = re.compile(r"(?<![\w.:>])([A-Za-z_]\w*)")


def declared(block):
    """Names of the declarations at the left margin, where clang-format puts them."""
    names = set()
    for piece in re.split(r"\n(?=[A-Za-z_])", block):
        piece = re.sub(r"^(template <.*?>|\[\[.*?\]\])\s*", "", piece.strip(), flags=re.S)
        if piece.startswith(("using ", "namespace ", "TEST", "INSTANTIATE", "BENCHMARK")):
            continue
        if found := TYPE.match(piece):
            names.add(found[1])
        head = re.split(r"[({=;\[]", piece, maxsplit=1)[0]
        if words := re.findall(r"\w+", head):
            names.add(words[-1])
        names.update(re.findall(r", (\w+) = ", piece.split("(")[0]))
    return names


def code_of(text):
    return NOISE.sub(lambda found: "" if found[0].startswith("/") else "0", text)


@functools.cache
def header_uses(name):
    """Names used in a header of ours."""
    path = next((base / name for base in (ROOT / "src", ROOT) if (base / name).is_file()), None)
    return set(USE.findall(code_of(path.read_text(encoding="utf-8")))) if path else set()


class Source:
    def __init__(self, path):
        text = pathlib.Path(path).read_text(encoding="utf-8")
        code = code_of(text)
        # Comments close the namespaces, so these are looked for in the text as it is.
        self.own = set().union(MACRO.findall(code), *(declared(code_of(block)) for block in ANONYMOUS.findall(text)))
        self.using = {next(filter(None, found.groups())): found[0] for found in USING.finditer(code)}
        self.uses = set(USE.findall(code)).union(*map(header_uses, INCLUDE.findall(text)))

    def fits(self, other):
        if self.own & other.uses or other.own & self.uses:
            return False
        return all(other.using.get(name, line) == line and (name in other.using or name not in other.uses)
                   for name, line in self.using.items())


def main():
    most = int(sys.argv[1])
    groups = []
    for path in sys.argv[2:]:
        source = Source(path)
        for number, group in enumerate(groups):
            if len(group) < most and all(source.fits(each) and each.fits(source) for each in group):
                group.append(source)
                break
        else:
            number = len(groups)
            groups.append([source])
        print(f"{path};{number}")


main()
