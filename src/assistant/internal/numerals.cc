#include "assistant/internal/numerals.h"

#include <cmath>
#include <utility>

namespace mw::assistant {
namespace {

using Entry = std::pair<std::string_view, int>;

constexpr Entry kUnits[] = {{"zero", 0},     {"one", 1},        {"two", 2},       {"three", 3},
                            {"four", 4},     {"five", 5},       {"six", 6},       {"seven", 7},
                            {"eight", 8},    {"nine", 9},       {"ten", 10},      {"eleven", 11},
                            {"twelve", 12},  {"thirteen", 13},  {"fourteen", 14}, {"fifteen", 15},
                            {"sixteen", 16}, {"seventeen", 17}, {"eighteen", 18}, {"nineteen", 19}};
constexpr Entry kTens[] = {{"twenty", 20}, {"thirty", 30},  {"forty", 40},  {"fifty", 50},
                           {"sixty", 60},  {"seventy", 70}, {"eighty", 80}, {"ninety", 90}};
constexpr Entry kOrdinals[] = {{"first", 1}, {"second", 2}, {"third", 3},   {"fourth", 4},
                               {"fifth", 5}, {"sixth", 6},  {"seventh", 7}, {"eighth", 8},
                               {"ninth", 9}, {"tenth", 10}};
constexpr Entry kHanDigits[] = {{"零", 0}, {"〇", 0}, {"一", 1}, {"二", 2}, {"两", 2}, {"三", 3},
                                {"四", 4}, {"五", 5}, {"六", 6}, {"七", 7}, {"八", 8}, {"九", 9}};
constexpr Entry kHanPowers[] = {{"十", 10}, {"百", 100}, {"千", 1000}};

template <size_t N>
std::optional<int> look_up(const Entry (&table)[N], std::string_view text) {
  for (const auto& [word, value] : table) {
    if (word == text) return value;
  }
  return std::nullopt;
}

std::string_view text_at(const Tokens& tokens, size_t at) {
  return at < tokens.size() ? std::string_view(tokens[at].text) : std::string_view();
}

/// 0..99: "seven", "twenty", "twenty-five", "twenty five".
std::optional<Numeral> below_hundred(const Tokens& tokens, size_t at) {
  if (const auto unit = look_up(kUnits, text_at(tokens, at))) return Numeral{double(*unit), 1};
  const auto tens = look_up(kTens, text_at(tokens, at));
  if (!tens) return std::nullopt;
  const size_t next = text_at(tokens, at + 1) == "-" ? at + 2 : at + 1;
  const auto unit = look_up(kUnits, text_at(tokens, next));
  if (unit && *unit >= 1 && *unit <= 9) return Numeral{double(*tens + *unit), next + 1 - at};
  return Numeral{double(*tens), 1};
}

std::optional<Numeral> english(const Tokens& tokens, size_t at) {
  if (text_at(tokens, at) == "a" && text_at(tokens, at + 1) == "couple") {
    return Numeral{2, size_t{2} + (text_at(tokens, at + 2) == "of" ? 1 : 0)};
  }
  if (text_at(tokens, at) == "couple" && text_at(tokens, at + 1) == "of") return Numeral{2, 2};
  if (text_at(tokens, at) == "a" && text_at(tokens, at + 1) == "dozen") return Numeral{12, 2};
  const bool a_hundred = text_at(tokens, at) == "a" && (text_at(tokens, at + 1) == "hundred" ||
                                                        text_at(tokens, at + 1) == "thousand");
  auto head = a_hundred ? std::optional<Numeral>({1, 1}) : below_hundred(tokens, at);
  if (!head) return std::nullopt;
  double total = 0;
  double group = head->value;
  size_t used = head->tokens;
  for (const auto& [word, scale] : {Entry{"hundred", 100}, Entry{"thousand", 1000}}) {
    if (text_at(tokens, at + used) != word) continue;
    total += group * scale;
    group = 0;
    ++used;
    const size_t next = at + used + (text_at(tokens, at + used) == "and" ? 1 : 0);
    if (const auto rest = below_hundred(tokens, next)) {
      group = rest->value;
      used = next + rest->tokens - at;
    }
  }
  return Numeral{total + group, used};
}

std::optional<Numeral> chinese(const Tokens& tokens, size_t at) {
  double total = 0;    // of finished ten-thousands
  double section = 0;  // below ten thousand
  double digits = 0;   // the digits before a power
  int run = 0;         // digits in a row: "二〇二六" is read digit by digit
  size_t used = 0;
  bool any = false;
  for (; at + used < tokens.size() && used < 16; ++used) {
    const std::string& text = tokens[at + used].text;
    if (const auto digit = look_up(kHanDigits, text)) {
      digits = run > 0 ? digits * 10 + *digit : *digit;
      // A zero only fills a place: 一百零五.
      run = *digit == 0 && section > 0 ? 0 : run + 1;
    } else if (const auto power = look_up(kHanPowers, text)) {
      section += (run == 0 && digits == 0 ? 1 : digits) * *power;
      digits = 0;
      run = 0;
    } else if (text == "万" && any) {
      total = (total + section + digits) * 10000;
      section = digits = 0;
      run = 0;
    } else {
      break;
    }
    any = true;
  }
  if (!any) return std::nullopt;
  return Numeral{total + section + digits, used};
}

}  // namespace

std::optional<Numeral> read_numeral(const Tokens& tokens, size_t at) {
  if (at >= tokens.size()) return std::nullopt;
  const Token& token = tokens[at];
  if (token.is_number()) {
    if (!std::isfinite(token.number)) return std::nullopt;
    const std::string_view next = text_at(tokens, at + 1);
    const bool glued = at + 1 < tokens.size() && tokens[at + 1].glued;
    if (next == "万" && glued) return Numeral{token.number * 10000, 2};
    return Numeral{token.number, 1};
  }
  if (token.is_han()) return chinese(tokens, at);
  return english(tokens, at);
}

std::optional<Numeral> read_ordinal(const Tokens& tokens, size_t at) {
  if (at >= tokens.size()) return std::nullopt;
  if (const auto place = look_up(kOrdinals, tokens[at].text)) return Numeral{double(*place), 1};
  if (tokens[at].text == "第") {
    auto number = read_numeral(tokens, at + 1);
    if (number) ++number->tokens;
    return number;
  }
  if (tokens[at].is_number()) {
    const std::string_view next = text_at(tokens, at + 1);
    if ((next == "st" || next == "nd" || next == "rd" || next == "th") && tokens[at + 1].glued &&
        std::isfinite(tokens[at].number)) {
      return Numeral{tokens[at].number, 2};
    }
  }
  return std::nullopt;
}

}  // namespace mw::assistant
