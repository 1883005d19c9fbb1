#pragma once

#include <string_view>

#include "core/result.h"
#include "tokenizers/tokenizer.h"
#include "tokenizers/tokenizer_json.h"

namespace mw::tokenizers {

/// What a GGUF file has to say so that its tokenizer gives the ids of a byte-level tokenizer.json:
/// tokens, types, merges, and the name of a pre-tokenizer. The name is the one whose tokenizer
/// agrees with that of the tokenizer.json on a text that tells them apart.
///
/// Errors   those of parse_tokenizer_json; kUnsupported for another kind of vocabulary, or where no
///          name agrees.
Result<TokenizerSpec> byte_level_spec(std::string_view tokenizer_json, const TokenizerNames& names);

}  // namespace mw::tokenizers
