#!/usr/bin/env python3
"""Checks names: snake_case files, one spelling a role, unique base names, ASCII but for Chinese."""

import collections
import re
import sys

from sources import cpp_files, read, report

NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*(-inl)?\.(h|cc)")
# Other spellings of our roles that would escape the checks and CMake functions that look for them.
WRONG_ROLE = re.compile(r"(_tests|_unittest|_benchmark|_fuzzer|_avx|_utils?|_helpers?|_common|_misc)$")
WRONG_START = re.compile(r"^(bench|fuzz)_")
# Characters outside ASCII that a text for people may hold: CJK and full-width forms, dashes,
# quotes, ellipsis, degree, micro, middle dot, arrows, multiplication sign.
ZH_TEXT = re.compile(r"[\u00b0\u00b5\u00b7\u00d7\u2010-\u2026\u2190-\u2193\u2264\u2265\u3000-\u30ff"
                     r"\u3400-\u9fff\uff00-\uffef]")
COMMENT_OR_STRING = re.compile(
    r'//[^\n]*|/\*.*?\*/|R"(\w*)\(.*?\)\1"|"(?:[^"\\\n]|\\.)*"|\'(?:[^\'\\\n]|\\.)\'', re.DOTALL)


def name_problems(path):
    name, stem = path.name, path.stem
    if not NAME.fullmatch(name):
        yield f"{path}: file names are snake_case with .h or .cc"
    if WRONG_ROLE.search(stem):
        yield f"{path}: '{WRONG_ROLE.search(stem).group()}' is no role; say what it is"
    if WRONG_START.search(stem) and path.parts[0] in {"src", "apps"}:
        yield f"{path}: roles are suffixes (_test, _bench, _fuzz)"


def character_problems(path, text):
    """Non-ASCII in code, and odd characters in strings. Comments may quote Chinese: the grammar of
    a Chinese time expression is unreadable without. Tests and generated tables hold what they must.
    """
    if text.isascii() or "_test." in path.name or "generated" in str(path):
        return
    code = COMMENT_OR_STRING.sub(lambda match: "\n" * match.group().count("\n"), text)
    for number, line in enumerate(code.splitlines(), 1):
        if not line.isascii():
            yield f"{path}:{number}: not ASCII outside strings and comments"
    for match in COMMENT_OR_STRING.finditer(text):
        odd = sorted(set(char for char in ZH_TEXT.sub("", match.group()) if not char.isascii()))
        if odd:
            yield f"{path}:{text.count(chr(10), 0, match.start()) + 1}: holds {odd}"


def main():
    problems = []
    files = cpp_files("src", "apps", "bench", "fuzz", "tests")
    where = collections.defaultdict(list)
    for path in files:
        problems += name_problems(path)
        problems += character_problems(path, read(path))
        where[path.name].append(path)
    for name, paths in where.items():
        if len(paths) > 1:
            problems.append(f"{name}: {len(paths)} files of that name: {', '.join(map(str, paths))}")
    return report("names", problems, len(files))


if __name__ == "__main__":
    sys.exit(main())
