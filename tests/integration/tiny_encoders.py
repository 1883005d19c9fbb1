"""Encoders of a few kilobytes with random weights: one that makes vectors, one that ranks.

Shapes and scales are those of the golden cases; what they say means nothing, but the same text gives
the same vector on every machine.
"""

import json
import pathlib
import random
import string
import struct

from harness import ROOT

CASES = ROOT / "tests/golden/models/encoders"
EMBEDDER, RERANKER = "tiny-embedder", "tiny-reranker"


def tokenizer(size):
    """Letters as words and as their ends, lower case: any text of letters has tokens."""
    letters = string.ascii_lowercase
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", *letters, *("##" + each for each in letters)]
    words += [f"[unused{i}]" for i in range(size - len(words))]
    special = [{"id": i, "content": words[i], "single_word": False, "lstrip": False, "rstrip": False,
                "normalized": False, "special": True} for i in range(4)]
    first, second = [{"SpecialToken": {"id": "[CLS]", "type_id": 0}},
                     {"Sequence": {"id": "A", "type_id": 0}},
                     {"SpecialToken": {"id": "[SEP]", "type_id": 0}}], [
                     {"Sequence": {"id": "B", "type_id": 1}},
                     {"SpecialToken": {"id": "[SEP]", "type_id": 1}}]
    return {"version": "1.0", "truncation": None, "padding": None, "added_tokens": special,
            "normalizer": {"type": "BertNormalizer", "clean_text": True, "handle_chinese_chars": True,
                           "strip_accents": None, "lowercase": True},
            "pre_tokenizer": {"type": "BertPreTokenizer"},
            "post_processor": {"type": "TemplateProcessing", "single": first, "pair": first + second,
                               "special_tokens": {
                                   name: {"id": name, "ids": [words.index(name)], "tokens": [name]}
                                   for name in ("[CLS]", "[SEP]")}},
            "decoder": {"type": "WordPiece", "prefix": "##", "cleanup": True},
            "model": {"type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##",
                      "max_input_chars_per_word": 100,
                      "vocab": {word: i for i, word in enumerate(words)}}}


def write_safetensors(path, tensors):
    header, data = {}, bytearray()
    for name, shape, scale, offset in tensors:
        chance = random.Random(name)
        count = 1
        for size in shape:
            count *= size
        values = [offset + scale * chance.uniform(-1, 1) for _ in range(count)]
        begin = len(data)
        data += struct.pack(f"<{count}f", *values)
        header[name] = {"dtype": "F32", "shape": shape, "data_offsets": [begin, len(data)]}
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    path.write_bytes(struct.pack("<Q", len(text)) + text + data)


def write_tiny_encoders(folder: pathlib.Path):
    """Their folders under `folder`, by name as the server will call them."""
    out = []
    for name, case in [(EMBEDDER, "bert"), (RERANKER, "bert_rerank")]:
        golden = json.loads((CASES / f"{case}.json").read_text())
        target = folder / name
        target.mkdir(parents=True)
        (target / "config.json").write_text(json.dumps(golden["config"]))
        (target / "tokenizer.json").write_text(json.dumps(tokenizer(golden["config"]["vocab_size"])))
        write_safetensors(target / "model.safetensors", golden["tensors"])
        out.append(target)
    return out
