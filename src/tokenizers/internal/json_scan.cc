#include "tokenizers/internal/json_scan.h"

#include <charconv>
#include <cmath>

#include "tokenizers/internal/unicode_text.h"
#include "tokenizers/utf8_decode.h"

namespace mw::tokenizers {
namespace {

constexpr int kMaxDepth = 64;

Error broken(const std::string& problem) {
  return Error::make(Code::kCorrupt, "not valid JSON: " + problem, "JSON 格式错误：" + problem);
}

Error broken_at(std::string_view text, std::size_t at, const char* expected) {
  const std::string actual =
      at < text.size() ? "'" + std::string(1, text[at]) + "'" : std::string("the end");
  return broken("expected " + std::string(expected) + " at byte " + std::to_string(at) + ", got " +
                actual);
}

void skip_space(std::string_view text, std::size_t& at) {
  while (at < text.size() &&
         (text[at] == ' ' || text[at] == '\t' || text[at] == '\n' || text[at] == '\r')) {
    ++at;
  }
}

/// The end of the string that begins at `at`, behind its quotation mark; npos when it has none.
std::size_t string_end(std::string_view text, std::size_t at) {
  for (++at; at < text.size(); ++at) {
    if (text[at] == '"') return at + 1;
    if (text[at] == '\\') ++at;
  }
  return std::string_view::npos;
}

Result<std::string_view> take_string(std::string_view text, std::size_t& at) {
  if (at >= text.size() || text[at] != '"') return broken_at(text, at, "a string");
  const std::size_t end = string_end(text, at);
  if (end == std::string_view::npos) return broken_at(text, text.size(), "the end of a string");
  const std::string_view taken = text.substr(at, end - at);
  at = end;
  return taken;
}

Result<std::string_view> take_value(std::string_view text, std::size_t& at) {
  const std::size_t begin = at;
  std::string open;  // brackets that are to be closed
  do {
    if (at >= text.size()) return broken_at(text, at, "a value");
    const char c = text[at];
    if (c == '"') {
      MW_TRY(take_string(text, at));
    } else if (c == '{' || c == '[') {
      if (open.size() >= kMaxDepth) return broken("nested deeper than 64 levels");
      open += c == '{' ? '}' : ']';
      ++at;
    } else if (c == '}' || c == ']') {
      if (open.empty() || open.back() != c) return broken_at(text, at, "a value");
      open.pop_back();
      ++at;
    } else if (open.empty()) {
      while (at < text.size() && text[at] != ',' && text[at] != '}' && text[at] != ']' &&
             static_cast<unsigned char>(text[at]) > ' ') {
        ++at;
      }
      if (at == begin) return broken_at(text, at, "a value");
    } else {
      ++at;
    }
  } while (!open.empty());
  return text.substr(begin, at - begin);
}

/// Reads what stands between two brackets: `item` takes one, with white space behind it or not.
Result<void> read_list(std::string_view text, char opens, char closes,
                       const std::function<Result<void>(std::size_t& at)>& item) {
  const char name[] = {'\'', opens, '\'', '\0'};
  std::size_t at = 0;
  skip_space(text, at);
  if (at >= text.size() || text[at] != opens) return broken_at(text, at, name);
  ++at;
  skip_space(text, at);
  bool more = at < text.size() && text[at] != closes;
  while (more) {
    MW_TRY(item(at));
    skip_space(text, at);
    more = at < text.size() && text[at] == ',';
    if (more) ++at;
    skip_space(text, at);
  }
  if (at >= text.size() || text[at] != closes) return broken_at(text, at, "',' or the end");
  ++at;
  skip_space(text, at);
  if (at != text.size()) return broken_at(text, at, "nothing more");
  return {};
}

int hex_digits(std::string_view digits) {
  int value = 0;
  const char* end = digits.data() + digits.size();
  const auto read = std::from_chars(digits.data(), end, value, 16);
  return digits.size() == 4 && read.ec == std::errc() && read.ptr == end && digits[0] != '-' ? value
                                                                                             : -1;
}

/// The escape behind the backslash at `at`, which moves behind it.
Result<void> take_escape(std::string_view text, std::size_t& at, std::string& out) {
  constexpr std::string_view kNames = "\"\\/bfnrt";
  constexpr std::string_view kValues = "\"\\/\b\f\n\r\t";
  const char name = at + 1 < text.size() ? text[at + 1] : '\0';
  if (const std::size_t found = kNames.find(name); name != '\0' && found != kNames.npos) {
    out += kValues[found];
    at += 2;
    return {};
  }
  if (name != 'u') return broken("unknown escape in a string");
  int code = hex_digits(text.substr(at + 2, 4));
  at += 6;
  if (code >= 0xd800 && code < 0xdc00 && text.substr(std::min(at, text.size()), 2) == "\\u") {
    const int low = hex_digits(text.substr(at + 2, 4));
    if (low < 0xdc00 || low >= 0xe000) return broken("half of a surrogate pair in a string");
    code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
    at += 6;
  }
  if (code < 0 || (code >= 0xd800 && code < 0xe000)) return broken("bad \\u escape in a string");
  append_utf8(static_cast<char32_t>(code), out);
  return {};
}

}  // namespace

Result<void> for_each_member(
    std::string_view text,
    const std::function<Result<void>(std::string key, std::string_view value)>& use) {
  return read_list(text, '{', '}', [&](std::size_t& at) -> Result<void> {
    MW_ASSIGN(const std::string_view raw, take_string(text, at));
    MW_ASSIGN(std::string key, json_text_of(raw));
    skip_space(text, at);
    if (at >= text.size() || text[at] != ':') return broken_at(text, at, "':'");
    ++at;
    skip_space(text, at);
    MW_ASSIGN(const std::string_view value, take_value(text, at));
    return use(std::move(key), value);
  });
}

Result<void> for_each_element(std::string_view text,
                              const std::function<Result<void>(std::string_view value)>& use) {
  return read_list(text, '[', ']', [&](std::size_t& at) -> Result<void> {
    MW_ASSIGN(const std::string_view value, take_value(text, at));
    return use(value);
  });
}

Result<std::string> json_text_of(std::string_view value) {
  if (value.size() < 2 || value.front() != '"' || value.back() != '"') {
    return broken("expected a string, got " + std::string(value.substr(0, 20)));
  }
  const std::string_view text = value.substr(1, value.size() - 2);
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    if (text[at] == '\\') {
      MW_TRY(take_escape(text, at, out));
      continue;
    }
    const auto byte = static_cast<unsigned char>(text[at]);
    const std::size_t bytes = decode_utf8(text, at).bytes;
    if (byte < 0x20 || (byte >= 0x80 && bytes == 1)) {
      return broken(byte < 0x20 ? "a control character in a string" : "a string is not UTF-8");
    }
    out.append(text, at, bytes);
    at += bytes;
  }
  return out;
}

Result<int64_t> json_integer_of(std::string_view value) {
  int64_t number = 0;
  const char* end = value.data() + value.size();
  const auto read = std::from_chars(value.data(), end, number);
  if (read.ec != std::errc() || read.ptr != end) {
    return broken("expected an integer, got " + std::string(value.substr(0, 20)));
  }
  return number;
}

Result<double> json_number_of(std::string_view value) {
  double number = 0;
  const char* end = value.data() + value.size();
  const auto read = std::from_chars(value.data(), end, number);
  if (read.ec != std::errc() || read.ptr != end || !std::isfinite(number)) {
    return broken("expected a number, got " + std::string(value.substr(0, 20)));
  }
  return number;
}

}  // namespace mw::tokenizers
