#include "runtime/internal/template_lexer.h"

#include <algorithm>
#include <array>
#include <optional>

namespace mw::runtime {
namespace {

using Kind = TemplateTokenKind;

bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_name_start(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }

void append_utf8(std::string& out, uint32_t code) {
  if (code < 0x80) {
    out += static_cast<char>(code);
  } else if (code < 0x800) {
    out += static_cast<char>(0xc0 | (code >> 6));
    out += static_cast<char>(0x80 | (code & 0x3f));
  } else if (code < 0x10000) {
    out += static_cast<char>(0xe0 | (code >> 12));
    out += static_cast<char>(0x80 | ((code >> 6) & 0x3f));
    out += static_cast<char>(0x80 | (code & 0x3f));
  } else {
    out += static_cast<char>(0xf0 | (code >> 18));
    out += static_cast<char>(0x80 | ((code >> 12) & 0x3f));
    out += static_cast<char>(0x80 | ((code >> 6) & 0x3f));
    out += static_cast<char>(0x80 | (code & 0x3f));
  }
}

/// Line ends become \n, and one at the very end goes.
std::string normalised(std::string_view source) {
  std::string text;
  text.reserve(source.size());
  for (std::size_t i = 0; i < source.size(); ++i) {
    if (source[i] == '\r') {
      text += '\n';
      if (i + 1 < source.size() && source[i + 1] == '\n') ++i;
    } else {
      text += source[i];
    }
  }
  if (!text.empty() && text.back() == '\n') text.pop_back();
  return text;
}

class Lexer {
 public:
  explicit Lexer(std::string source) : source_(std::move(source)) {}

  Result<std::vector<TemplateToken>> run() {
    while (at_ < source_.size()) MW_TRY(read_data_and_tag());
    add(Kind::kEnd, {});
    return std::move(tokens_);
  }

 private:
  Result<void> read_data_and_tag();
  void add_data(std::string_view data, char tag, char sign);
  Result<void> skip_comment();
  Result<void> read_inside(char tag);
  Result<bool> read_end(char tag);
  Result<void> read_string();
  Result<void> read_escape(std::string& text);
  void read_number();
  Result<void> read_operator();

  void add(Kind kind, std::string text) { tokens_.push_back({kind, std::move(text), line_}); }
  bool looking_at(std::string_view text) const {
    return std::string_view(source_).substr(at_).starts_with(text);
  }
  void advance(std::size_t count) {
    const auto begin = source_.begin() + static_cast<std::ptrdiff_t>(at_);
    line_ += static_cast<int>(std::count(begin, begin + static_cast<std::ptrdiff_t>(count), '\n'));
    at_ += count;
  }
  void skip_spaces() {
    while (at_ < source_.size() && is_space(source_[at_])) advance(1);
  }
  /// After `%}` and `#}`: the line break that follows belongs to the tag.
  void skip_line_break() {
    if (at_ < source_.size() && source_[at_] == '\n') advance(1);
  }

  std::string source_;
  std::size_t at_ = 0;
  int line_ = 1;
  int open_brackets_ = 0;
  std::vector<TemplateToken> tokens_;
};

Result<void> Lexer::read_data_and_tag() {
  std::size_t tag_at = at_;
  while (true) {
    tag_at = source_.find('{', tag_at);
    if (tag_at == std::string::npos || tag_at + 1 >= source_.size()) {
      tag_at = source_.size();
      break;
    }
    const char next = source_[tag_at + 1];
    if (next == '{' || next == '%' || next == '#') break;
    ++tag_at;
  }
  const std::string_view data = std::string_view(source_).substr(at_, tag_at - at_);
  if (tag_at == source_.size()) {
    if (!data.empty()) add(Kind::kData, std::string(data));
    advance(data.size());
    return {};
  }
  const char tag = source_[tag_at + 1];
  char sign = tag_at + 2 < source_.size() ? source_[tag_at + 2] : '\0';
  if (sign != '-' && sign != '+') sign = '\0';
  add_data(data, tag, sign);
  advance(data.size() + 2 + (sign != '\0' ? 1 : 0));
  if (tag == '#') return skip_comment();
  add(tag == '{' ? Kind::kPrintBegin : Kind::kBlockBegin, {});
  return read_inside(tag);
}

/// White space in front of a tag: `-` takes all of it; else block and comment tags that stand alone
/// at the beginning of a line take the spaces before them.
void Lexer::add_data(std::string_view data, char tag, char sign) {
  const bool line_starting = at_ == 0 || source_[at_ - 1] == '\n';
  if (sign == '-') {
    while (!data.empty() && is_space(data.back())) data.remove_suffix(1);
  } else if (sign != '+' && tag != '{') {
    const std::size_t line_break = data.rfind('\n');
    const std::size_t line_begin = line_break == std::string_view::npos ? 0 : line_break + 1;
    const std::string_view indent = data.substr(line_begin);
    if ((line_begin > 0 || line_starting) && std::all_of(indent.begin(), indent.end(), is_space)) {
      data = data.substr(0, line_begin);
    }
  }
  if (!data.empty()) add(Kind::kData, std::string(data));
}

Result<void> Lexer::skip_comment() {
  const std::size_t end = source_.find("#}", at_);
  if (end == std::string::npos) {
    return template_error(Code::kCorrupt, line_, "a comment {# that does not end");
  }
  const char sign = end > at_ ? source_[end - 1] : '\0';
  advance(end + 2 - at_);
  if (sign == '-') {
    skip_spaces();
  } else if (sign != '+') {
    skip_line_break();
  }
  return {};
}

/// Whether the tag ends here; then its end and the white space it controls are consumed.
Result<bool> Lexer::read_end(char tag) {
  if (open_brackets_ > 0) return false;
  const std::string close = tag == '{' ? "}}" : "%}";
  const Kind kind = tag == '{' ? Kind::kPrintEnd : Kind::kBlockEnd;
  if (looking_at("-" + close)) {
    add(kind, {});
    advance(3);
    skip_spaces();
    return true;
  }
  if (tag == '%' && looking_at("+" + close)) {
    add(kind, {});
    advance(3);
    return true;
  }
  if (!looking_at(close)) return false;
  add(kind, {});
  advance(2);
  if (tag == '%') skip_line_break();
  return true;
}

Result<void> Lexer::read_inside(char tag) {
  const int begun = line_;
  open_brackets_ = 0;
  while (true) {
    skip_spaces();
    if (at_ >= source_.size()) {
      return template_error(Code::kCorrupt, begun, "a tag that does not end");
    }
    MW_ASSIGN(const bool ended, read_end(tag));
    if (ended) return {};
    const char c = source_[at_];
    if (c == '\'' || c == '"') {
      MW_TRY(read_string());
    } else if (is_digit(c)) {
      read_number();
    } else if (is_name_start(c)) {
      std::size_t end = at_;
      while (end < source_.size() && (is_name_start(source_[end]) || is_digit(source_[end]))) ++end;
      add(Kind::kName, source_.substr(at_, end - at_));
      advance(end - at_);
    } else {
      MW_TRY(read_operator());
    }
  }
}

Result<void> Lexer::read_string() {
  const char quote = source_[at_];
  const int begun = line_;
  advance(1);
  std::string text;
  while (at_ < source_.size() && source_[at_] != quote) {
    if (source_[at_] == '\\') {
      MW_TRY(read_escape(text));
    } else {
      text += source_[at_];
      advance(1);
    }
  }
  if (at_ >= source_.size()) {
    return template_error(Code::kCorrupt, begun, "a string that does not end");
  }
  advance(1);
  tokens_.push_back({Kind::kString, std::move(text), begun});
  return {};
}

/// Python's escapes; a backslash before any other character stands for itself.
Result<void> Lexer::read_escape(std::string& text) {
  const char c = at_ + 1 < source_.size() ? source_[at_ + 1] : '\0';
  constexpr std::string_view kLetters = "ntrbfav0\\'\"";
  constexpr std::string_view kMeanings("\n\t\r\b\f\a\v\0\\'\"", 11);
  const std::size_t digits = c == 'x' ? 2 : c == 'u' ? 4 : c == 'U' ? 8 : 0;
  if (c == '\n') {  // a line that goes on
    advance(2);
    return {};
  }
  if (digits == 0) {
    const std::size_t known = c == '\0' ? std::string_view::npos : kLetters.find(c);
    if (known == std::string_view::npos) {
      text += '\\';
      advance(1);
      return {};
    }
    text += kMeanings[known];
    advance(2);
    return {};
  }
  uint32_t code = 0;
  for (std::size_t i = 0; i < digits; ++i) {
    const std::size_t at = at_ + 2 + i;
    const char digit = at < source_.size() ? source_[at] : '\0';
    const int lower = digit | 0x20;
    const bool is_hex = is_digit(digit) || (lower >= 'a' && lower <= 'f');
    if (!is_hex) return template_error(Code::kCorrupt, line_, "an escape with too few digits");
    code = code * 16 + static_cast<uint32_t>(is_digit(digit) ? digit - '0' : lower - 'a' + 10);
  }
  if (code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) {
    return template_error(Code::kCorrupt, line_, "an escape that names no character");
  }
  append_utf8(text, code);
  advance(2 + digits);
  return {};
}

/// 12, 1_000, 1.5, 2e3; the underscores are dropped.
void Lexer::read_number() {
  std::string text;
  std::size_t end = at_;
  const auto at = [&](std::size_t i) { return i < source_.size() ? source_[i] : '\0'; };
  const auto digits = [&] {
    for (; is_digit(at(end)) || (at(end) == '_' && is_digit(at(end + 1))); ++end) {
      if (at(end) != '_') text += at(end);
    }
  };
  digits();
  Kind kind = Kind::kInteger;
  if (at(end) == '.' && is_digit(at(end + 1))) {
    kind = Kind::kFloat;
    text += at(end++);
    digits();
  }
  const bool is_signed = at(end + 1) == '+' || at(end + 1) == '-';
  if ((at(end) == 'e' || at(end) == 'E') && is_digit(at(end + (is_signed ? 2 : 1)))) {
    kind = Kind::kFloat;
    text += at(end++);
    if (is_signed) text += at(end++);
    digits();
  }
  add(kind, std::move(text));
  advance(end - at_);
}

Result<void> Lexer::read_operator() {
  constexpr std::array<std::string_view, 27> kOperators = {
      "**", "//", "==", "!=", ">=", "<=", "+", "-", "*", "/", "%", "~", "(", ")",
      "[",  "]",  "{",  "}",  ">",  "<",  "=", ".", ":", "|", ",", ";", "?"};
  for (const std::string_view each : kOperators) {
    if (!looking_at(each)) continue;
    if (each == "(" || each == "[" || each == "{") ++open_brackets_;
    if ((each == ")" || each == "]" || each == "}") && --open_brackets_ < 0) break;
    add(Kind::kOperator, std::string(each));
    advance(each.size());
    return {};
  }
  return template_error(Code::kCorrupt, line_,
                        "unexpected '" + source_.substr(at_, 1) + "' inside a tag");
}

}  // namespace

Error template_error(Code code, int line, const std::string& problem) {
  const std::string at = std::to_string(line);
  return Error::make(code, "chat template, line " + at + ": " + problem,
                     "对话模板第 " + at + " 行：" + problem, "chat_template");
}

Result<std::vector<TemplateToken>> lex_template(std::string_view source) {
  return Lexer(normalised(source)).run();
}

}  // namespace mw::runtime
