#!/usr/bin/env python3
"""Writes src/tokenizers/internal/unicode_data.cc: what the parts of tokenizer.json know about
characters beyond unicode_tables.cc: classes, decompositions, compositions, lower case.

    pip install unicodedata2==16.0.0 regex==2026.11.19 tokenizers==0.23.3

The reference mixes Unicode versions (8 for punctuation, 11 for decompositions, 16 for letters), and
a vocabulary was made with it: where unicodedata differs from what it does, it is asked, a code
point at a time.
"""
import pathlib
import sys

import regex
import unicodedata2 as unicodedata
from tokenizers import normalizers, pre_tokenizers

UNICODE_VERSION = "16.0.0"
# Bits of a code point; the order of enum CharTrait in unicode_data.h. Above them the grapheme class.
GRAPHEME_SHIFT = 8
INERT_SHIFT = 11  # kNfcInert, kNfkcInert, kNfdInert
GRAPHEMES = [("Control", "CR", "LF"), ("Extend", "ZWJ"), ("Prepend",), ("SpacingMark",)]
UPPER = ("Lu", "Lt", "Lm", "Lo", "Mn", "Mc", "Me")  # o200k's first letter class
LOWER = ("Ll", "Lm", "Lo", "Mn", "Mc", "Me")
POINTS = 0x110000


def bert(**wanted):
    options = dict(clean_text=False, handle_chinese_chars=False, strip_accents=False, lowercase=False)
    return normalizers.BertNormalizer(**{**options, **wanted})


def char_traits() -> list:
    """For each code point, bits as enum CharTrait names them."""
    traits = [0] * POINTS
    scalars = [c for c in range(POINTS) if not 0xD800 <= c < 0xE000]
    everything = "".join(map(chr, scalars))
    for number, names in enumerate(GRAPHEMES, 1):
        for name in names:
            for found in regex.finditer(r"\p{Grapheme_Cluster_Break=%s}" % name, everything):
                traits[ord(found.group())] = number << GRAPHEME_SHIFT
    clean, no_accents = bert(clean_text=True), bert(strip_accents=True)
    no_marks, punctuation = normalizers.StripAccents(), pre_tokenizers.Punctuation()
    digits, words = pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.Whitespace()
    for c in scalars:
        text = f"a{chr(c)}b"
        category = unicodedata.category(chr(c))
        bits = [len(punctuation.pre_tokenize_str(text)) == 3, clean.normalize_str(text) == "ab",
                no_accents.normalize_str(text) == "ab", no_marks.normalize_str(text) == "ab",
                len(words.pre_tokenize_str(text)) == 1, len(digits.pre_tokenize_str(text)) == 3,
                category in UPPER, category in LOWER]
        traits[c] |= sum(bit << i for i, bit in enumerate(bits))
    return traits


def add_inert(traits: list) -> None:
    """Characters that a normal form leaves as they are and that never join what is in front of them."""
    seconds = {int(parts[1], 16) for parts in (unicodedata.decomposition(chr(c)).split() for c in range(POINTS))
               if len(parts) == 2 and parts[0][0] != "<"}
    seconds |= {*range(0x1161, 0x1176), *range(0x11A8, 0x11C3)}
    forms = [normalizers.NFC(), normalizers.NFKC(), normalizers.NFD()]
    for c in range(POINTS):
        if 0xD800 <= c < 0xE000 or c in seconds or unicodedata.combining(chr(c)):
            continue
        for bit, form in enumerate(forms):
            traits[c] |= (form.normalize_str(chr(c)) == chr(c)) << (INERT_SHIFT + bit)


def rows(values, width: int) -> str:
    values = [str(v) for v in values]
    return "\n".join("    " + ", ".join(values[i:i + width]) + "," for i in range(0, len(values), width))


def array(kind: str, name: str, values, width: int = 24) -> str:
    values = list(values)
    return f"const {kind} {name}[{len(values)}] = {{\n{rows(values, width)}\n}};\n"


def mapping(name: str, entries: dict) -> str:
    """Sorted code points, where each begins in a pool of code points, and where each page of 256
    code points begins among them."""
    points = sorted(entries)
    pool, offsets = [], []
    for point in points:
        offsets.append(len(pool))
        pool += entries[point]
    offsets.append(len(pool))
    assert len(pool) < 65536
    pages, at = [], 0
    for page in range((POINTS >> 8) + 1):
        while at < len(points) and points[at] < page << 8:
            at += 1
        pages.append(at)
    return (array("uint32_t", f"k{name}Points", points) + array("uint16_t", f"k{name}Offsets", offsets) +
            array("uint32_t", f"k{name}Pool", pool) + array("uint16_t", f"k{name}Pages", pages) +
            f"const UnicodeMapping k{name} = {{k{name}Points, k{name}Offsets, k{name}Pool, k{name}Pages}};\n")


def main() -> int:
    if unicodedata.unidata_version != UNICODE_VERSION:
        print(f"expected Unicode {UNICODE_VERSION}, got {unicodedata.unidata_version}", file=sys.stderr)
        return 1
    traits = char_traits()
    pages, index, page_words = {}, [], []
    add_inert(traits)
    for first in range(0, POINTS, 256):
        page = tuple(traits[first:first + 256])
        if page not in pages:
            pages[page] = len(pages)
            page_words += page
        index.append(pages[page])
    assert len(pages) <= 256
    scalars = [c for c in range(POINTS) if not (0xD800 <= c < 0xE000 or 0xAC00 <= c < 0xD7A4)]
    canonical, compatible, lower, combining, composed = {}, {}, {}, {}, {}
    nfd, nfkd, to_lower = normalizers.NFD(), normalizers.NFKD(), normalizers.Lowercase()
    for c in scalars:
        text = chr(c)
        for form, table in ((nfd, canonical), (nfkd, compatible), (to_lower, lower)):
            whole = form.normalize_str(text)
            if whole != text:
                table[c] = [ord(x) for x in whole]
        if compatible.get(c) == canonical.get(c):
            compatible.pop(c, None)
        # U+0345 has the highest class, so that any other known mark moves in front of it.
        after = nfd.normalize_str("a\u0345" + text)
        if unicodedata.combining(text) and (c == 0x345 or after[-1] == "\u0345"):
            combining[c] = [unicodedata.combining(text)]
        parts = unicodedata.decomposition(text).split()
        if len(parts) == 2 and parts[0][0] != "<" and unicodedata.normalize("NFC", text) == text:
            if c in canonical:
                composed[(int(parts[0], 16), int(parts[1], 16))] = c
    pairs = sorted(composed)
    text = f"""// Generated by tools/gen/unicode_data.py from Unicode {UNICODE_VERSION}; do not edit.
// clang-format off
#include "tokenizers/internal/unicode_data.h"

namespace mw::tokenizers {{

{array("uint8_t", "kTraitPageIndex", index, 32)}
{array("uint16_t", "kTraitPages", page_words, 32)}
{mapping("Canonical", canonical)}
{mapping("Compatible", compatible)}
{mapping("Combining", combining)}
{mapping("Lower", lower)}
{array("uint32_t", "kCompositionFirst", (a for a, _ in pairs))}
{array("uint32_t", "kCompositionSecond", (b for _, b in pairs))}
{array("uint32_t", "kCompositionWhole", (composed[pair] for pair in pairs))}
const int kCompositions = {len(pairs)};

}}  // namespace mw::tokenizers
"""
    target = pathlib.Path(__file__).resolve().parents[2] / "src/tokenizers/internal/unicode_data.cc"
    target.write_text(text, encoding="ascii")
    print(f"{target}: {len(pages)} pages, {len(canonical)} canonical, {len(compatible)} compatible, "
          f"{len(combining)} combining, {len(lower)} lower, {len(pairs)} compositions")
    return 0


if __name__ == "__main__":
    sys.exit(main())
