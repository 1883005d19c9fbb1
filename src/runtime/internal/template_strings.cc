#include "runtime/internal/template_strings.h"

#include <algorithm>

#include "tokenizers/utf8_decode.h"

namespace mw::runtime {
namespace {

/// str.isspace of one character: Unicode's white space and the four separators U+001C to U+001F.
bool is_python_space(char32_t c) {
  return (c >= 0x09 && c <= 0x0d) || (c >= 0x1c && c <= 0x20) || c == 0x85 || c == 0xa0 ||
         c == 0x1680 || (c >= 0x2000 && c <= 0x200a) || c == 0x2028 || c == 0x2029 || c == 0x202f ||
         c == 0x205f || c == 0x3000;
}

bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
char to_upper(char c) { return is_lower(c) ? static_cast<char>(c - 32) : c; }
char to_lower(char c) { return is_upper(c) ? static_cast<char>(c + 32) : c; }

std::vector<char32_t> code_points(const std::string& text) {
  std::vector<char32_t> points;
  for (std::size_t at = 0; at < text.size();) {
    const auto next = tokenizers::decode_utf8(text, at);
    points.push_back(next.code_point);
    at += next.bytes;
  }
  return points;
}

/// The begin of the character that ends before `end`.
std::size_t previous_character(const std::string& text, std::size_t end) {
  std::size_t at = end - 1;
  while (at > 0 && end - at < 4 && (static_cast<unsigned char>(text[at]) & 0xc0U) == 0x80U) --at;
  return at + tokenizers::decode_utf8(text, at).bytes == end ? at : end - 1;
}

std::vector<TemplateText> split_at_spaces(const TemplateText& text, int64_t most) {
  std::vector<TemplateText> pieces;
  const std::string& bytes = text.bytes();
  std::size_t at = 0;
  const auto next = [&] { return tokenizers::decode_utf8(bytes, at); };
  while (true) {
    while (at < bytes.size() && is_python_space(next().code_point)) at += next().bytes;
    if (at >= bytes.size()) return pieces;
    if (most >= 0 && static_cast<int64_t>(pieces.size()) == most) {
      pieces.push_back(text.part(at));
      return pieces;
    }
    const std::size_t begin = at;
    while (at < bytes.size() && !is_python_space(next().code_point)) at += next().bytes;
    pieces.push_back(text.part(begin, at - begin));
  }
}

}  // namespace

TemplateText strip_text(const TemplateText& text, Side side, const TemplateText* wanted) {
  const std::string& bytes = text.bytes();
  std::vector<char32_t> set;
  if (wanted != nullptr) set = code_points(wanted->bytes());
  std::sort(set.begin(), set.end());
  const auto goes = [&](std::size_t at) {
    const char32_t c = tokenizers::decode_utf8(bytes, at).code_point;
    return wanted == nullptr ? is_python_space(c) : std::binary_search(set.begin(), set.end(), c);
  };
  std::size_t begin = 0;
  std::size_t end = bytes.size();
  if (side != Side::kRight) {
    while (begin < end && goes(begin)) begin += tokenizers::decode_utf8(bytes, begin).bytes;
  }
  if (side != Side::kLeft) {
    while (end > begin && goes(previous_character(bytes, end))) {
      end = previous_character(bytes, end);
    }
  }
  return text.part(begin, end - begin);
}

TemplateText upper_text(TemplateText text) {
  text.change_each(to_upper);
  return text;
}

TemplateText lower_text(TemplateText text) {
  text.change_each(to_lower);
  return text;
}

TemplateText capitalised_text(TemplateText text, bool each_word) {
  bool begins = true;
  text.change_each([&](char c) {
    const char changed = begins ? to_upper(c) : to_lower(c);
    begins = each_word && !is_lower(c) && !is_upper(c);
    return changed;
  });
  return text;
}

Result<std::vector<TemplateValue>> split_text(const TemplateText& text,
                                              const TemplateText* separator, int64_t most,
                                              bool from_right, TemplateBudget& budget) {
  std::vector<TemplateText> pieces;
  if (separator == nullptr) {
    if (from_right && most >= 0) {
      return Error::make(Code::kUnsupported, "rsplit at white space with a limit");
    }
    MW_TRY(budget.spend(static_cast<int64_t>(text.size()) * 5, 0));
    pieces = split_at_spaces(text, most);
  } else {
    const std::string& bytes = text.bytes();
    const std::string& cut = separator->bytes();
    if (cut.empty()) return Error::make(Code::kInvalidArgument, "split: an empty separator");
    MW_TRY(charge_search(bytes, cut, budget));
    std::size_t rest_begin = 0;
    std::size_t rest_end = bytes.size();
    while (most < 0 || static_cast<int64_t>(pieces.size()) < most) {
      MW_TRY(budget.spend(10, 0));
      const std::string_view rest = std::string_view(bytes).substr(0, rest_end);
      if (from_right) {
        const std::size_t at = rest.rfind(cut);
        if (at == std::string_view::npos) break;
        pieces.push_back(text.part(at + cut.size(), rest_end - at - cut.size()));
        rest_end = at;
      } else {
        const std::size_t at = rest.find(cut, rest_begin);
        if (at == std::string_view::npos) break;
        pieces.push_back(text.part(rest_begin, at - rest_begin));
        rest_begin = at + cut.size();
      }
    }
    pieces.push_back(text.part(rest_begin, rest_end - rest_begin));
    if (from_right) std::reverse(pieces.begin(), pieces.end());
  }
  std::vector<TemplateValue> values;
  values.reserve(pieces.size());
  for (TemplateText& piece : pieces) values.push_back(TemplateValue::text(std::move(piece)));
  return values;
}

Result<TemplateText> replace_text(const TemplateText& text, const TemplateText& old,
                                  const TemplateText& replacement, TemplateBudget& budget) {
  if (old.size() == 0) return Error::make(Code::kUnsupported, "replace: an empty text to replace");
  MW_TRY(charge_search(text.bytes(), old.bytes(), budget));
  TemplateText out;
  std::size_t from = 0;
  while (true) {
    const std::size_t at = text.bytes().find(old.bytes(), from);
    if (at == std::string::npos) break;
    MW_TRY(budget.spend(1, static_cast<int64_t>(replacement.size())));
    out.append(text.part(from, at - from));
    out.append(replacement);
    from = at + old.size();
  }
  out.append(text.part(from));
  return out;
}

}  // namespace mw::runtime
