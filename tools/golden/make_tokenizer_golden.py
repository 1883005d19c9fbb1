#!/usr/bin/env python3
"""Makes tests/golden/tokenizers: how Hugging Face's tokenizers cuts texts into pieces for each
pre-tokenizer, and the ids it gives them with SmolLM2's vocabulary.

    python tools/golden/make_tokenizer_golden.py build/models/smollm2-135m-instruct.gguf
in an environment with `pip install gguf==0.19.0 tokenizers==0.23.3`.
"""
import hashlib
import json
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "tests/golden/tokenizers"))
import reference_tokenizer  # noqa: E402

FOLDER = pathlib.Path(__file__).resolve().parents[2] / "tests/golden/tokenizers"

TEXTS = [
    "", " ", "  ", "   ", "\t", "\n", "\n\n", "\n\n\n", "\t\n", " \n", "\n ", "\r\n", "\r\n\r\n  x",
    "Hello world", " Hello world", "Hello World!", " Hello, world!", "Hello, y'all! How are you?",
    "it's I'm you're we've he'll she'd isn't", "IT'S I'M YOU'RE WE'VE HE'LL SHE'D", "'s", " 's",
    "'S 'sS ''s '", "we'Re we'rE 'lL", "d'accord l'\u00e9t\u00e9", "a'\u017fb 'k\u212a",
    "0", "12", "123", "1234", "12345", "1234567890", "3 33 333 3333", "1.5e-3, 0x1F; 50%", "a1b2c3",
    " 1", "  12  345", "x 1", "\u0661\u0662\u0663\u0664", "\u00bd\u00b2 \u2167 \u4e00\u4e8c", "1\n2\n\n3",
    "a  b   c    d", "a \n b", "a\n\n b", "   leading", "trailing   ", "\tindented\n\t\tmore\n",
    "a\u00a0b\u3000c\u2003 d", "\u2028x\u2029y\u0085z", "x\u200by\u200dz", "\u001c\u001d",
    "if (x == 0) {\n    return a[i] += 1;  // why\n}\n\n", "std::vector<int> v{1, 2};", "#!/bin/sh\n",
    "!!!", "...", "?!?!", " !!!\n\n", "a!!\nb", "$$$ \u20ac5", "@user #tag", "--flag=value", "<|im_end|>",
    "http://example.org/a?b=c&d=%20", "e-mail: a.b@c.de", "C:\\temp\\x", "{\"k\": [1, null]}",
    "\u4f60\u597d\uff0c\u4e16\u754c\uff01", "\u4e3b\u8f74\u6e29\u5ea6\u662f 61.2 \u5ea6\u3002", "CNC-2\u7684\u6e29\u5ea6",
    "\u65e5\u672c\u8a9e\u306e\u30c6\u30b9\u30c8", "\ud55c\uad6d\uc5b4 \uc2dc\ud5d8", "\u043f\u0440\u0438\u0432\u0435\u0442, \u043c\u0438\u0440",
    "\u1794\u17d2\u179a\u1791\u17c1\u179f\u1780\u1798\u17d2\u1796\u17bb\u1787\u17b6", "Ti\u1ebfng Vi\u1ec7t", "Ti\u0065\u0302\u0301ng", "\u0645\u0631\u062d\u0628\u0627 \u0661\u0662",
    "\u05e9\u05c1\u05dc\u05d5\u05dd", "\u0939\u093f\u0928\u094d\u0926\u0940", "\u0e44\u0e17\u0e22", "na\u00efve fa\u00e7ade \u00df \ufb01",
    "\U0001f680 \U0001f600\U0001f600", "\U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466", "\u2764\ufe0f\U0001f3fd", "\u00bd", "\ufffd\ufeff",
    "\U00020000\U0002a6d6", "\U0001d400\U0001d7d9", "\u1c89\ua7cb\U00010d40", "\u00aa\u02b0\u0345\u20dd",
    "A" * 40, "ab" * 30, " " * 50, "\n" * 20, "=" * 40, "1" * 20, "\u554a" * 40, "a " * 20,
    "The quick brown fox jumps over the lazy dog. " * 3,
]


def main() -> None:
    pieces = {}
    for pre in ("gpt-2", "smollm", "llama-bpe", "qwen2"):
        rows = []
        for text in TEXTS:
            cut = reference_tokenizer.pre_tokenizer(pre).pre_tokenize_str(text)
            rows.append([len(text[begin:end].encode()) for _, (begin, end) in cut])
        pieces[pre] = rows
    tokenizer = reference_tokenizer.from_gguf(sys.argv[1])
    ids = [tokenizer.encode(text, add_special_tokens=False).ids for text in TEXTS]
    content = {"texts": TEXTS, "piece_bytes": pieces, "smollm2_ids": ids}
    text = "{\n" + ",\n".join(
        json.dumps(key) + ": " + json.dumps(value) for key, value in content.items()) + "\n}\n"
    (FOLDER / "texts.json").write_text(text)
    digest = hashlib.sha256(text.encode()).hexdigest()
    (FOLDER / "MANIFEST.toml").write_text(f'''generator = "tools/golden/make_tokenizer_golden.py"
reference = "PyPI tokenizers 0.23.3 with the vocabulary of SmolLM2-135M-Instruct (Apache-2.0)"
licence = "texts written here"
tolerance = "none: equal"

[[file]]
name = "texts.json"
sha256 = "{digest}"
''')


if __name__ == "__main__":
    main()
