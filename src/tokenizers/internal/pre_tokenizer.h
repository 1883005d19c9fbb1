#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "core/result.h"

namespace mw::tokenizers {

/// How text is cut into pieces before merging; the model was trained with exactly one of these.
///   kGpt2    's|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+
///   kSmolLm  each \p{N} alone first, then kGpt2 on what lies between
///   kLlama3  (?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}|
///            ` ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`
///   kQwen2   kLlama3 with a single \p{N}
///   kO200k   words cut where lower case becomes upper case, with marks and a contraction behind;
///            numbers as kLlama3; punctuation takes [\r\n/]* (the text: pre_tokenizer.cc)
/// Written as scanners: linear in the text, no backtracking. Invalid UTF-8 bytes count as
/// "none of \s, \p{L}, \p{N}".
enum class PreTokenizer { kGpt2, kSmolLm, kLlama3, kQwen2, kO200k };

/// Longer pieces without a boundary are cut, so that cost stays linear.
inline constexpr std::size_t kMaxPieceBytes = std::size_t{1} << 20;

/// The pre-tokenizer of a GGUF file's `tokenizer.ggml.pre`. Errors: kUnsupported for a name that is
/// not known, since a wrong one degrades answers silently.
Result<PreTokenizer> pre_tokenizer_named(std::string_view name);

/// The pre-tokenizer of an expression as tokenizer.json writes it; nothing for one that is not
/// known letter by letter.
std::optional<PreTokenizer> pre_tokenizer_of_regex(std::string_view expression);

/// The end of the piece that begins at `begin` < text.size().
std::size_t piece_end(PreTokenizer kind, std::string_view text, std::size_t begin);

}  // namespace mw::tokenizers
