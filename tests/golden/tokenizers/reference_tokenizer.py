"""Hugging Face's tokenizers, set up from the vocabulary of a GGUF file: the reference that golden
values and comparisons are made with. Needs PyPI gguf and tokenizers."""
import gguf
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, pre_tokenizers

_LLAMA3 = (r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}"
           r"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+")
_EXPRESSIONS = {"llama-bpe": _LLAMA3, "qwen2": _LLAMA3.replace(r"\p{N}{1,3}", r"\p{N}")}
_ALIASES = {"starcoder": "smollm", "refact": "smollm", "command-r": "smollm"}


def pre_tokenizer(name):
    """The pre-tokenizer that a GGUF file calls `name`; KeyError for one that is not known."""
    name = _ALIASES.get(name, name)
    if name == "gpt-2":
        return pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True)
    if name == "smollm":
        return pre_tokenizers.Sequence([
            pre_tokenizers.Digits(individual_digits=True),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True)])
    return pre_tokenizers.Sequence([
        pre_tokenizers.Split(Regex(_EXPRESSIONS[name]), "isolated"),
        pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])


def from_gguf(path, with_special=False):
    """The tokenizer of a file; special tokens in texts are found only `with_special`."""
    reader = gguf.GGUFReader(path)

    def value(key):
        return reader.fields["tokenizer.ggml." + key].contents()

    tokens, pre = value("tokens"), value("pre")
    model = models.BPE(vocab={token: i for i, token in enumerate(tokens)},
                       merges=[tuple(merge.split(" ")) for merge in value("merges")],
                       ignore_merges=pre == "llama-bpe")
    tokenizer = Tokenizer(model)
    tokenizer.pre_tokenizer = pre_tokenizer(pre)
    tokenizer.decoder = decoders.ByteLevel()
    if with_special:
        tokenizer.add_special_tokens([
            AddedToken(token, special=True, normalized=False)
            for token, kind in zip(tokens, value("token_type")) if kind == 3])
    return tokenizer
