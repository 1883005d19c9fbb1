#pragma once

#include <cstddef>
#include <string_view>

#include "core/result.h"

namespace mw::tokenizers {

/// How text is cut into pieces before merging; the model was trained with exactly one of these.
///   kGpt2    's|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+
///   kSmolLm  each \p{N} alone first, then kGpt2 on what lies between
///   kLlama3  (?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}|
///            ` ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`
///   kQwen2   kLlama3 with a single \p{N}
/// Written as scanners: linear in the text, no backtracking. Invalid UTF-8 bytes count as
/// "none of \s, \p{L}, \p{N}".
enum class PreTokenizer { kGpt2, kSmolLm, kLlama3, kQwen2 };

/// The pre-tokenizer of a GGUF file's `tokenizer.ggml.pre`. Errors: kUnsupported for a name that is
/// not known, since a wrong one degrades answers silently.
Result<PreTokenizer> pre_tokenizer_named(std::string_view name);

/// The end of the piece that begins at `begin` < text.size().
std::size_t piece_end(PreTokenizer kind, std::string_view text, std::size_t begin);

}  // namespace mw::tokenizers
