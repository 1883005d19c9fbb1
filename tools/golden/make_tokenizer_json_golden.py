#!/usr/bin/env python3
"""Makes tests/golden/tokenizers/json: small tokenizer.json files of every kind that we read, and what
Hugging Face's tokenizers does with the texts of texts.json and some hundred made-up ones.

    pip install tokenizers==0.23.3 sentencepiece==0.2.3 protobuf
    python tools/golden/make_tokenizer_json_golden.py
"""
import base64
import hashlib
import json
import pathlib
import random
import tempfile

import sentencepiece
from sentencepiece import sentencepiece_model_pb2
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

FOLDER = pathlib.Path(__file__).resolve().parents[2] / "tests/golden/tokenizers/json"
TEXTS = json.loads((FOLDER.parent / "texts.json").read_text())["texts"]
ALPHABETS = ["abcdefghij ABC", " \t\n\r", "\u7684\u662f\u4e3b\u8f74\u6e29\u5ea6\u673a\u5e8a\u4f60\u597d\uff0c\u3002\uff01", "\u00e9\u00e8\u00ea\u00df\u00f1\u00c5\u0130\u0131\u015f",
             "\u0301\u0323\u0308\u0345\u0302\u200d\ufe0f\u0e33", "0123456789\u00bd\u00b2\u0663", "!\"#$%&'()*+,-./:;<=>?@[]^_`{|}~",
             "\uac00\uac01\ud7a3\u1100\u1161\u11a8", "\u3042\u30a2\uff71\uff76\uff9e\u32fb\u2460\ufb01\u2122\u2026\u3000", "\U0001f600\U0001f468\u200d\U0001f469\u2581",
             "\u0410\u0411\u0412\u0433\u0434\u0401", "\u0939\u093f\u0928\u094d\u0926\u0940\u0e44\u0e17\u05e2", "\u00a0\u2003\u2028\ufeff\u00ad\x00\x01\x7f\u0085"]
SPECIAL = ["[CLS]", "a[SEP] b", "<s>x</s>", "x <mask> y", "<|end|> z", "<think>a", "\n\n\n\nx", "\u2581\u2581\u2581x"]


def texts():
    rng = random.Random(11)
    made = ["".join(rng.choice(rng.choice(ALPHABETS)) for _ in range(rng.randint(1, 24))) for _ in range(250)]
    return TEXTS + SPECIAL + made


def corpus():
    return [text for text in texts() for _ in range(2)]


def template(cls, cls_id, sep, sep_id):
    return processors.TemplateProcessing(single=f"{cls} $A {sep}", pair=f"{cls} $A {sep} $B:1 {sep}:1",
                                         special_tokens=[(cls, cls_id), (sep, sep_id)])


def word_piece(lowercase):
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=lowercase)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.decoder = decoders.WordPiece()
    tokenizer.train_from_iterator(corpus(), trainers.WordPieceTrainer(
        vocab_size=500, show_progress=False, special_tokens=["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]))
    tokenizer.post_processor = template("[CLS]", 2, "[SEP]", 3)
    return tokenizer


def byte_level(form, split):
    tokenizer = Tokenizer(models.BPE())
    if form:
        tokenizer.normalizer = form
    tokenizer.pre_tokenizer = split
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.post_processor = processors.ByteLevel(trim_offsets=False)
    tokenizer.train_from_iterator(corpus(), trainers.BpeTrainer(
        vocab_size=700, show_progress=False, special_tokens=["<|end|>"],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet()))
    tokenizer.add_tokens(["<think>"])
    return tokenizer


def byte_fallback():
    mark = "\u2581"
    tokenizer = Tokenizer(models.BPE(unk_token="<unk>", fuse_unk=True, byte_fallback=True))
    tokenizer.normalizer = normalizers.Sequence([normalizers.Prepend(mark), normalizers.Replace(" ", mark)])
    tokenizer.decoder = decoders.Sequence([decoders.Replace(mark, " "), decoders.ByteFallback(), decoders.Fuse(),
                                           decoders.Strip(" ", 1, 0)])
    tokenizer.train_from_iterator(TEXTS, trainers.BpeTrainer(
        vocab_size=700, show_progress=False, limit_alphabet=90, max_token_length=8,
        special_tokens=["<unk>", "<s>", "</s>"] + [f"<0x{byte:02X}>" for byte in range(256)]))
    described = json.loads(tokenizer.to_str())
    described["added_tokens"] = [token for token in described["added_tokens"] if token["id"] < 3]
    tokenizer = Tokenizer.from_str(json.dumps(described))
    tokenizer.add_tokens([AddedToken("\n\n", normalized=False)])
    tokenizer.post_processor = processors.TemplateProcessing(single="<s> $A", pair="<s> $A <s> $B",
                                                             special_tokens=[("<s>", 1)])
    return tokenizer


def unigram(split):
    mark = "\u2581"
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder)
        # A few of the rules of nmt_nfkc: with all of them the file would be a quarter of a megabyte.
        rules = {"\u2460": "1", "\ufb01": "fi", "\u00bd": "1\u20442", "\u3000": " ", "\u00a0": " ", "\uff71": "\u30a2",
                 "\uff76\uff9e": "\u30ac", "e\u0301": "\u00e9", "\u200d": " ", "\x01": "", "\uff0c": ",", "\uff01": "!"}
        (path / "rules.tsv").write_text("".join(
            " ".join(f"{ord(c):X}" for c in source) + "\t" + " ".join(f"{ord(c):X}" for c in target) + "\n"
            for source, target in rules.items()))
        (path / "corpus.txt").write_text("\n".join(t.replace("\n", " ") for t in corpus() if "\x00" not in t))
        sentencepiece.SentencePieceTrainer.train(
            input=str(path / "corpus.txt"), model_prefix=str(path / "model"), vocab_size=520, model_type="unigram",
            normalization_rule_tsv=str(path / "rules.tsv"), hard_vocab_limit=False, minloglevel=2, num_threads=1)
        model = sentencepiece_model_pb2.ModelProto()
        model.ParseFromString((path / "model.model").read_bytes())
    vocabulary = [("<s>", 0.0), ("<pad>", 0.0), ("</s>", 0.0), ("<unk>", 0.0)]
    vocabulary += [(piece.piece, piece.score) for piece in model.pieces[3:]] + [("<mask>", 0.0)]
    charsmap = base64.b64encode(model.normalizer_spec.precompiled_charsmap).decode()
    tokenizer = Tokenizer(models.Unigram(vocabulary, unk_id=3, byte_fallback=False))
    metaspace = pre_tokenizers.Metaspace(mark, prepend_scheme="always" if split else "first")
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.WhitespaceSplit(), metaspace]) if split else metaspace
    tokenizer.decoder = decoders.Metaspace(mark)
    described = json.loads(tokenizer.to_str())
    described["normalizer"] = {"type": "Sequence", "normalizers": [
        {"type": "Precompiled", "precompiled_charsmap": charsmap},
        {"type": "Replace", "pattern": {"Regex": " {2,}"}, "content": " "}]}
    tokenizer = Tokenizer.from_str(json.dumps(described))
    tokenizer.add_special_tokens(["<s>", "</s>", "<unk>"])
    tokenizer.add_special_tokens([AddedToken("<mask>", lstrip=True, normalized=False)])
    tokenizer.post_processor = template("<s>", 0, "</s>", 2)
    return tokenizer


def pieces_of_all_kinds():
    """Steps that no model above has, before a vocabulary of single characters."""
    tokenizer = Tokenizer(models.BPE(unk_token="<unk>"))
    tokenizer.normalizer = normalizers.Sequence([
        normalizers.Nmt(), normalizers.NFKC(), normalizers.Strip(), normalizers.Lowercase(), normalizers.NFD(),
        normalizers.StripAccents(), normalizers.NFC(), normalizers.NFKD()])
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.Whitespace(), pre_tokenizers.Digits(), pre_tokenizers.Punctuation("merged_with_next"),
        pre_tokenizers.CharDelimiterSplit("b"), pre_tokenizers.Split("a", "merged_with_previous")])
    tokenizer.train_from_iterator(corpus(), trainers.BpeTrainer(
        vocab_size=420, show_progress=False, special_tokens=["<unk>"]))
    return tokenizer


LLAMA_3 = (r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|"
           r"\s+(?!\S)|\s+")
O200K = (r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?|"
         r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?|"
         r"\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+")


def split_by(expression):
    return pre_tokenizers.Sequence([pre_tokenizers.Split(Regex(expression), "isolated"),
                                    pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])


def main() -> None:
    cases = {
        "word_piece": word_piece(True), "word_piece_cased": word_piece(False),
        "byte_level_gpt2": byte_level(None, pre_tokenizers.ByteLevel(add_prefix_space=True)),
        "byte_level_nfc": byte_level(normalizers.NFC(), split_by(LLAMA_3)),
        "byte_level_o200k": byte_level(None, split_by(O200K)),
        "byte_level_digits": byte_level(None, pre_tokenizers.Sequence([
            pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)])),
        "byte_fallback": byte_fallback(), "unigram": unigram(False), "unigram_words": unigram(True),
        "steps": pieces_of_all_kinds(),
    }
    manifest = ['generator = "tools/golden/make_tokenizer_json_golden.py"',
                'reference = "PyPI tokenizers 0.23.3, sentencepiece 0.2.3"',
                'licence = "texts and vocabularies made here"', 'tolerance = "none: equal"']
    for name, tokenizer in cases.items():
        plain = [tokenizer.encode(text, add_special_tokens=False).ids for text in texts()]
        content = {"tokenizer": json.loads(tokenizer.to_str()), "texts": texts(), "ids": plain,
                   "prompts": [tokenizer.encode(text).ids for text in TEXTS],
                   "decoded": [tokenizer.decode(ids) for ids in plain],
                   "pair": (lambda pair: [pair.ids, pair.type_ids])(tokenizer.encode("Hello world", "\u4f60\u597d 12"))}
        text = json.dumps(content, separators=(",", ":")) + "\n"
        (FOLDER / f"{name}.json").write_text(text)
        manifest += ["", "[[file]]", f'name = "{name}.json"', f'sha256 = "{hashlib.sha256(text.encode()).hexdigest()}"']
        print(name, tokenizer.get_vocab_size(), len(text))
    (FOLDER / "MANIFEST.toml").write_text("\n".join(manifest) + "\n")


if __name__ == "__main__":
    main()
