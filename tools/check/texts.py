#!/usr/bin/env python3
"""Checks texts: links in Markdown lead somewhere, no host of a package registry is named, secrets
and local paths stay out, ADRs are numbered once and have their parts."""

import re
import sys

from sources import ROOT, read, report, tree_files

LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
FENCE = re.compile(r"```.*?```|`[^`\n]*`", re.DOTALL)
TEXT_SUFFIXES = {".md", ".cc", ".h", ".py", ".sh", ".txt", ".toml", ".json", ".ts", ".tsx", ".js",
                 ".mjs", ".cmake", ".css", ".html", ".yaml", ".yml", ".conf", ".svelte", ""}
# Package clients know their registries; ours to name is the package. Brackets keep this file from
# naming them itself.
REGISTRIES = re.compile(r"pypi[.]org|pythonhosted[.]org|registry[.]npmjs|crates[.]io|"
                        r"deb[.]debian[.]org|proxy[.]golang|repo1?[.]maven|yarnpkg[.]com")
SECRETS = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----|\bhf_[A-Za-z0-9]{30,}|\bsk-[A-Za-z0-9]{40,}")
# A file of ours named in a document, with its folder: it has to be there.
CODE_PATH = re.compile(r"`((?:src|apps|web|tests|tools|docs|cmake|fuzz|bench)/[\w./-]+\.\w+)`")
ADR_PARTS = ("Status", "Context", "Decision", "Consequences")


def link_problems(path, text):
    for target in LINK.findall(FENCE.sub("", text)):
        if re.match(r"[a-z]+:", target) or target.startswith("#"):
            continue
        name = target.split("#")[0]
        if not (ROOT / path.parent / name).exists():
            yield f"{path}: the link to {target} leads nowhere"


def path_problems(path, text):
    for name in CODE_PATH.findall(text):
        if not (ROOT / name).exists():
            yield f"{path}: names {name}, which is not there"


def adr_problems(paths):
    seen = {}
    for path in paths:
        number = path.name[:4]
        if not re.fullmatch(r"\d{4}-[a-z0-9-]+\.md", path.name):
            yield f"{path}: an ADR is named NNNN-title.md"
        if number in seen:
            yield f"{path}: number {number} is taken by {seen[number]}"
        seen[number] = path
        text = read(path)
        missing = [part for part in ADR_PARTS
                   if not re.search(rf"^(#+ |\*\*|- )?{part}\b", text, re.MULTILINE | re.IGNORECASE)]
        if missing:
            yield f"{path}: lacks {', '.join(missing)}"


def main():
    problems = []
    files = [path for path in tree_files() if path.suffix in TEXT_SUFFIXES]
    for path in files:
        if (ROOT / path).stat().st_size > 4_000_000:
            continue
        text = read(path)
        for match in REGISTRIES.finditer(text):
            problems.append(f"{path}: names the package registry {match.group()}")
        if SECRETS.search(text) and "_test." not in path.name and path.name != "texts.py":
            problems.append(f"{path}: looks as if it held a secret")
        if path.suffix == ".md":
            problems += link_problems(path, text)
            if path.parent.as_posix() != "docs/adr":  # a decision may outlive a file
                problems += path_problems(path, text)
    problems += adr_problems([path for path in files if path.parent.as_posix() == "docs/adr"
                              and path.name != "README.md"])
    return report("texts", problems, len(files))


if __name__ == "__main__":
    sys.exit(main())
