#pragma once

#include <string>
#include <string_view>

namespace mw::tokenizers {

enum class NormalForm { kNfc, kNfd, kNfkc, kNfkd };

/// Unicode normalisation as the reference does it. Bytes that are no UTF-8 stay as they are and
/// take part in nothing.
///
/// Limits  a run of more than 1 MiB of combining marks is sorted in parts.
/// Source  Unicode Standard Annex 15; Hangul by 3.12 of the standard.
void normalise(NormalForm form, std::string& text);

/// Each character's own lower case: no context, no language.
void lower_case(std::string& text);

void append_utf8(char32_t code_point, std::string& text);
bool is_ascii(std::string_view text);

}  // namespace mw::tokenizers
