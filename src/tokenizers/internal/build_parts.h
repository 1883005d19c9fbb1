#pragma once

#include <string>

#include "core/result.h"
#include "tokenizers/internal/tokenizer_parts.h"
#include "tokenizers/tokenizer.h"

namespace mw::tokenizers {

/// One function a kind of vocabulary that GGUF files hold; each takes a spec that check_spec has
/// passed. Errors: kCorrupt for tables that contradict themselves, naming the entry.
Result<TokenizerParts> build_byte_level(TokenizerSpec spec);
Result<TokenizerParts> build_sentence_piece(TokenizerSpec spec);
Result<TokenizerParts> build_word_piece(TokenizerSpec spec);

Result<void> check_spec(const TokenizerSpec& spec);

/// GGUF's numbers of kinds of tokens.
enum TokenType : int32_t { kNormal = 1, kUnknown = 2, kControl = 3, kUserDefined = 4, kByte = 6 };
int32_t type_of(const TokenizerSpec& spec, std::size_t id);

Error corrupt(const std::string& field, const std::string& problem);
std::string entry(const char* field, std::size_t index);

/// BOS in front and EOS behind, where the spec wants them.
PromptTemplate prompt_of(const TokenizerSpec& spec);

}  // namespace mw::tokenizers
