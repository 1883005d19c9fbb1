#include "assistant/internal/tokens.h"

#include <cstdlib>
#include <utility>

#include "assistant/internal/utf8.h"

namespace mw::assistant {
namespace {

// Traditional characters that occur in plant talk and their simplified form, pair by pair.
constexpr std::string_view kTraditional =
    "溫温機机軸轴壓压電电轉转數数號号臺台爐炉間间時时鐘钟點点過过從从現现變变動动熱热輸输帶带"
    "產产運运狀状態态異异檢检測测連连當当嗎吗這这個个兩两內内後后週周幾几開开關关線线溼湿流流"
    "歷历長长較较與与對对麼么樣样為为設设備备總总會会還还們们請请問问給给廠厂門门質质單单報报警警"
    "趨趋勢势漲涨升升較较誰谁無无沒没嚴严頻频氣气油油";

char32_t simplified(char32_t code) {
  for (size_t at = 0; at < kTraditional.size();) {
    const Character from = read_character(kTraditional, at);
    const Character to = read_character(kTraditional, at + from.bytes);
    if (from.code == code) return to.code;
    at += from.bytes + to.bytes;
  }
  return code;
}

char32_t folded(char32_t c) {
  if (c >= 0xff01 && c <= 0xff5e) c -= 0xfee0;  // full-width ASCII
  switch (c) {
    case 0x3000:
    case 0x00a0:
    case 0x2002:
    case 0x2003:
    case 0x2009:
    case 0x202f:
      return ' ';
    case 0x2010:
    case 0x2011:
    case 0x2012:
    case 0x2013:
    case 0x2014:
    case 0x2212:
    case 0x2015:
      return '-';
    case 0x301c:
    case 0x223c:
      return '~';
    case 0x2018:
    case 0x2019:
    case 0x02bc:
      return '\'';
    case 0x201c:
    case 0x201d:
    case 0x300c:
    case 0x300d:
      return '"';
    case 0x3002:
      return '.';
    case 0x3001:
      return ',';
    default:
      break;
  }
  if (c >= 'A' && c <= 'Z') return c + 32;
  return is_han(c) ? simplified(c) : c;
}

bool is_digit(char32_t c) { return c >= '0' && c <= '9'; }
bool is_space(char32_t c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

/// Letters of any script but Chinese: Latin with marks, Greek, Cyrillic, kana, hangul.
bool is_letter(char32_t c) {
  return (c >= 'a' && c <= 'z') || (c >= 0xc0 && c <= 0x24f && c != 0xd7 && c != 0xf7) ||
         (c >= 0x370 && c <= 0x52f) || (c >= 0x3041 && c <= 0x30ff) || (c >= 0xac00 && c <= 0xd7a3);
}

struct Folded {
  char32_t code = 0;
  size_t begin = 0;
  size_t end = 0;
};

std::vector<Folded> fold(std::string_view text) {
  std::vector<Folded> out;
  out.reserve(text.size());
  for (size_t at = 0; at < text.size();) {
    const Character c = read_character(text, at);
    out.push_back({folded(c.code), at, at + c.bytes});
    if (c.code == 0x2103 || c.code == 0x2109) {  // one sign for degree C or F
      out.back().code = 0xb0;
      out.push_back({c.code == 0x2103 ? U'c' : U'f', at, at + c.bytes});
    }
    at += c.bytes;
  }
  return out;
}

/// "isn't", "what's", "they're": the part after the apostrophe as a word of its own.
std::pair<std::string_view, std::string_view> contraction(std::string_view word) {
  static constexpr std::pair<std::string_view, std::string_view> kEndings[] = {
      {"n't", "not"},  {"'s", "'s"}, {"'re", "are"}, {"'ve", "have"},
      {"'ll", "will"}, {"'m", "am"}, {"'d", "would"}};
  for (const auto& [ending, meaning] : kEndings) {
    if (word.size() > ending.size() && word.substr(word.size() - ending.size()) == ending) {
      return {word.substr(0, word.size() - ending.size()), meaning};
    }
  }
  return {word, {}};
}

}  // namespace

Tokens tokenize(std::string_view text) {
  const std::vector<Folded> chars = fold(text);
  Tokens tokens;
  bool space = true;
  const auto code = [&](size_t i) { return i < chars.size() ? chars[i].code : U'\0'; };
  const auto add = [&](Token::Kind kind, std::string spelled, size_t from, size_t to) {
    Token token;
    token.kind = kind;
    token.text = std::move(spelled);
    token.glued = !space;
    token.begin = chars[from].begin;
    token.end = chars[to - 1].end;
    if (kind == Token::Kind::kNumber) token.number = std::strtod(token.text.c_str(), nullptr);
    tokens.push_back(std::move(token));
    space = false;
  };

  for (size_t i = 0; i < chars.size();) {
    if (is_space(code(i))) {
      space = true;
      ++i;
      continue;
    }
    size_t end = i + 1;
    if (is_digit(code(i))) {
      std::string spelled;
      for (end = i; is_digit(code(end)); ++end) spelled.push_back(static_cast<char>(code(end)));
      // 1,250 but not "1, 2" nor "1,2": a comma counts only before exactly three digits.
      while (code(end) == ',' && is_digit(code(end + 1)) && is_digit(code(end + 2)) &&
             is_digit(code(end + 3)) && !is_digit(code(end + 4)) && spelled.size() <= 9) {
        for (size_t k = 1; k <= 3; ++k) spelled.push_back(static_cast<char>(code(end + k)));
        end += 4;
      }
      if (code(end) == '.' && is_digit(code(end + 1))) {
        spelled.push_back('.');
        for (++end; is_digit(code(end)); ++end) spelled.push_back(static_cast<char>(code(end)));
      }
      add(Token::Kind::kNumber, std::move(spelled), i, end);
    } else if (is_letter(code(i))) {
      std::string spelled;
      for (end = i; is_letter(code(end)) || (code(end) == '\'' && is_letter(code(end + 1)));
           ++end) {
        append_utf8(spelled, code(end));
      }
      const auto [stem, ending] = contraction(spelled);
      if (ending.empty()) {
        add(Token::Kind::kWord, std::move(spelled), i, end);
      } else {
        add(Token::Kind::kWord, std::string(stem), i, end);
        add(Token::Kind::kWord, std::string(ending), i, end);
      }
    } else {
      std::string spelled;
      append_utf8(spelled, code(i));
      add(is_han(code(i)) ? Token::Kind::kHan : Token::Kind::kSign, std::move(spelled), i, end);
    }
    i = end;
  }
  return tokens;
}

size_t match_phrase(const Tokens& tokens, size_t at, std::string_view phrase) {
  size_t used = 0;
  size_t p = 0;
  while (p < phrase.size()) {
    if (phrase[p] == ' ') {
      ++p;
      continue;
    }
    if (at + used >= tokens.size()) return 0;
    const Token& token = tokens[at + used];
    if (phrase.compare(p, token.text.size(), token.text) != 0) return 0;
    p += token.text.size();
    // "hours" in the phrase is not spelled by a token "hour".
    if (token.is_word() && p < phrase.size() && phrase[p] >= 'a' && phrase[p] <= 'z') return 0;
    ++used;
  }
  return used;
}

}  // namespace mw::assistant
