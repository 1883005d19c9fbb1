#!/usr/bin/env python3
"""Checks that objects built for one instruction set define no weak symbols: isa_symbols.py BUILD

The linker keeps one copy of a weak symbol (an inline function, a template) for the whole program.
If that copy comes from a file built with -mavx512f, a machine without AVX-512 dies in code that has
nothing to do with kernels.
"""

import pathlib
import re
import subprocess
import sys

OBJECT = re.compile(r"_(avx\w*|amx\w*)\.cc\.o$")
WEAK = {"W", "V", "w", "v", "u"}
# The compilers' own, the same in every object: sanitizer and coverage tables.
OWN = re.compile(r"^(DW\.ref\.|__(asan|ubsan|sanitizer|sancov|odr_asan|tsan|llvm|start_|stop_))")


def weak_symbols(path):
    listed = subprocess.run(["nm", "--defined-only", "--demangle", path], capture_output=True,
                            text=True, check=True).stdout
    for line in listed.splitlines():
        fields = line.split(maxsplit=2)
        if len(fields) == 3 and fields[1] in WEAK and not OWN.match(fields[2]):
            yield fields[2]


def main():
    build = pathlib.Path(sys.argv[1])
    objects = [path for path in sorted(build.rglob("*.o")) if OBJECT.search(path.name)]
    problems = [f"{path.name} defines the weak symbol {symbol}"
                for path in objects for symbol in weak_symbols(path)]
    for problem in problems:
        print(problem)
    print(f"isa_symbols: {len(objects)} objects, {len(problems)} problems")
    if not objects:
        print("no objects of an instruction set were found: the names have changed")
        return 1
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
