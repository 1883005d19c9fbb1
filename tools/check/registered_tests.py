#!/usr/bin/env python3
"""Checks that CMake knows each source file: a test that is not listed is a test that never runs."""

import pathlib
import re
import sys

from sources import ROOT, cpp_files, read, report


def listing_of(path):
    """The folder of the nearest CMakeLists.txt above a file, and the text of all CMake files there,
    without comments."""
    for folder in path.parents:
        if (ROOT / folder / "CMakeLists.txt").is_file():
            parts = [folder / "CMakeLists.txt"]
            parts += [folder / found.name for found in (ROOT / folder).glob("*.cmake")]
            return folder, "".join(re.sub(r"#[^\n]*", "", read(part)) for part in parts)
    return pathlib.PurePosixPath("."), ""


def main():
    problems = []
    files = [path for path in cpp_files("src", "apps", "bench", "fuzz", "tests")
             if path.suffix == ".cc"]
    everything = "".join(re.sub(r"#[^\n]*", "", text.read_text())
                         for folder in ("src", "apps", "bench", "fuzz", "tests")
                         for text in (ROOT / folder).rglob("CMakeLists.txt"))
    everything += "".join(text.read_text() for text in (ROOT / "cmake").glob("*.cmake"))
    for path in files:
        folder, text = listing_of(path)
        relative = str(path.relative_to(folder))
        if re.search(rf"(?<![\w/.]){re.escape(relative)}(?![\w.])", text):
            continue
        if path.parts[0] == "tests" and str(path) in everything:
            continue  # shared support, listed by the areas whose tests use it
        if path.parts[0] == "bench" and re.search(rf"\({path.stem}[\s)]", text):
            continue  # mw_add_bench(<name> ...)
        problems.append(f"{path}: not listed in {folder}/CMakeLists.txt")
    return report("registered_tests", problems, len(files))


if __name__ == "__main__":
    sys.exit(main())
