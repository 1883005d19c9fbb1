#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "assistant/internal/tokens.h"

namespace mw::assistant {

/// One spelling for word forms of plant talk: plural and verb endings off, "temp" is
/// "temperature", "vibrating" is "vibration". Chinese and numbers stay as they are.
std::string canonical_word(std::string_view word);

/// Words and characters that carry no content of their own: articles, prepositions, politeness,
/// question frames. What is left of a question besides them and what was understood is unknown.
bool is_function_word(std::string_view word);

/// How many tokens from `at` on are a Chinese filler ("请问一下", "告诉我"); 0 for none.
size_t filler_at(const Tokens& tokens, size_t at);

/// Other ways to ask for a quantity or a state: "多热" for 温度, "停了" for 停机. Empty for most
/// names.
std::vector<std::string_view> ways_to_ask(std::string_view quantity);

/// Share of equal letters after edits, 0..1: 1 - distance / length. A swap of neighbours is one
/// edit.
double similarity(std::string_view a, std::string_view b);

/// The same by pairs of neighbouring characters (Dice), for names in any script.
double name_similarity(std::string_view a, std::string_view b);

}  // namespace mw::assistant
