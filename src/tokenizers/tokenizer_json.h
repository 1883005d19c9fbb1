#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "core/result.h"
#include "tokenizers/tokenizer.h"

namespace mw::tokenizers {

/// What stands beside tokenizer.json, in tokenizer_config.json; empty where it says nothing.
struct TokenizerNames {
  std::string bos;  // "<s>"; else the one token that the template puts in front
  std::string eos;
};

/// The tokenizer that a tokenizer.json of Hugging Face describes: BPE (byte-level or with byte
/// fallback), Unigram or WordPiece, with its normalizer, pre-tokenizer, added tokens, template and
/// decoder. What its `truncation` and `padding` say is left to whoever makes batches.
///
/// Numbers  ids equal those of PyPI tokenizers 0.23.3 (tests/golden/tokenizers).
/// Errors   kUnsupported for a part that this version does not do, kCorrupt for one that is broken:
///          both name its JSON path ("$.pre_tokenizer.pretokenizers[0]"), never silently left out.
/// Limits   4,194,304 tokens, 8,388,608 merges, 128 MB of tokens.
/// Source   docs/formats/tokenizer_json.md
Result<std::unique_ptr<Tokenizer>> parse_tokenizer_json(std::string_view text,
                                                        const TokenizerNames& names = {});

}  // namespace mw::tokenizers
