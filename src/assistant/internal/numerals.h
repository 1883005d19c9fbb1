#pragma once

#include <optional>

#include "assistant/internal/tokens.h"

namespace mw::assistant {

struct Numeral {
  double value = 0;
  size_t tokens = 0;  // how many it spans
};

/// The number that starts at token `at`: digits, English words up to the thousands ("twenty-five",
/// "one hundred and twenty", "a couple of"), Chinese numerals up to ten thousands ("二十五", "两",
/// "一百二十", "二〇二六"). Halves and quarters belong to durations and are not read here.
std::optional<Numeral> read_numeral(const Tokens& tokens, size_t at);

/// The same for places in an order: "first", "3rd", "第二".
std::optional<Numeral> read_ordinal(const Tokens& tokens, size_t at);

}  // namespace mw::assistant
