#include "tokenizers/internal/normalizer.h"

#include <array>

#include "tokenizers/internal/unicode_classes.h"
#include "tokenizers/internal/unicode_data.h"
#include "tokenizers/utf8_decode.h"

namespace mw::tokenizers {
namespace {

/// Rewrites a text a character at a time: `use(character, its bytes, out)`.
template <class Use>
void rewrite(std::string& text, const Use& use) {
  std::string out;
  out.reserve(text.size() + text.size() / 8 + 8);
  const std::string_view all = text;
  for (std::size_t at = 0; at < all.size();) {
    const DecodedChar next = decode_utf8(all, at);
    use(next.code_point, all.substr(at, next.bytes), out);
    at += next.bytes;
  }
  text = std::move(out);
}

bool is_space(char32_t c) { return char_class(c) == CharClass::kSpace; }

/// Bert's list of "CJK ideographs", with its gap before U+2B920.
bool is_chinese(char32_t c) {
  return (c >= 0x4e00 && c <= 0x9fff) || (c >= 0x3400 && c <= 0x4dbf) ||
         (c >= 0xf900 && c <= 0xfaff) || (c >= 0x20000 && c <= 0x2a6df) ||
         (c >= 0x2a700 && c <= 0x2b81f) || (c >= 0x2b920 && c <= 0x2ceaf) ||
         (c >= 0x2f800 && c <= 0x2fa1f);
}

void take_out(std::string& text, CharTrait trait) {
  if (is_ascii(text)) return;
  rewrite(text, [&](char32_t c, std::string_view bytes, std::string& out) {
    if (!has_trait(c, trait)) out += bytes;
  });
}

constexpr auto kAsciiCleaned = [] {  // 0: dropped
  std::array<char, 128> cleaned{};
  for (std::size_t c = 0; c < cleaned.size(); ++c) {
    cleaned[c] = c == '\t' || c == '\n' || c == '\r' ? ' '
                 : c < 32 || c == 127                ? '\0'
                                                     : static_cast<char>(c);
  }
  return cleaned;
}();

/// clean_text and handle_chinese_chars in one pass.
void clean(const Normalizer::Bert& options, std::string& text) {
  std::string out;
  out.reserve(text.size() + text.size() / 2 + 8);
  for (std::size_t at = 0; at < text.size();) {
    const auto byte = static_cast<unsigned char>(text[at]);
    if (byte < 0x80) {
      const char cleaned = options.clean_text ? kAsciiCleaned[byte] : text[at];
      if (cleaned != '\0' || !options.clean_text) out += cleaned;
      ++at;
      continue;
    }
    const DecodedChar next = decode_utf8(text, at);
    const char32_t c = next.code_point;
    if (options.clean_text && (has_trait(c, kDropped) || is_space(c))) {
      if (!has_trait(c, kDropped)) out += ' ';
    } else if (options.chinese_apart && is_chinese(c)) {
      out += ' ';
      out.append(text, at, next.bytes);
      out += ' ';
    } else {
      out.append(text, at, next.bytes);
    }
    at += next.bytes;
  }
  text = std::move(out);
}

void replace_all(const std::string& pattern, const std::string& content, std::string& text) {
  std::size_t found = text.find(pattern);
  if (found == std::string::npos) return;
  std::string out;
  out.reserve(text.size() + text.size() / 4);
  std::size_t at = 0;
  for (; found != std::string::npos; found = text.find(pattern, at)) {
    out.append(text, at, found - at);
    out += content;
    at = found + pattern.size();
  }
  out.append(text, at);
  text = std::move(out);
}

void apply(const Normalizer::Form& step, std::string& text) { normalise(step.form, text); }
void apply(const Normalizer::Lowercase&, std::string& text) { lower_case(text); }
void apply(const Normalizer::StripAccents&, std::string& text) { take_out(text, kMark); }

void apply(const Normalizer::Nmt&, std::string& text) {
  rewrite(text, [](char32_t c, std::string_view bytes, std::string& out) {
    const bool dropped = (c >= 1 && c <= 8) || c == 0xb || (c >= 0xe && c <= 0x1f) || c == 0x7f ||
                         c == 0x8f || c == 0x9f;
    const bool spaced = c == 9 || c == 0xa || c == 0xc || c == 0xd || c == 0x1680 ||
                        (c >= 0x200b && c <= 0x200f) || c == 0x2028 || c == 0x2029 || c == 0x2581 ||
                        c == 0xfeff || c == 0xfffd;
    if (spaced) {
      out += ' ';
    } else if (!dropped) {
      out += bytes;
    }
  });
}

void apply(const Normalizer::Bert& step, std::string& text) {
  if (step.clean_text || step.chinese_apart) clean(step, text);
  if (step.strip_accents) {
    normalise(NormalForm::kNfd, text);
    take_out(text, kAccent);
  }
  if (step.lowercase) lower_case(text);
}

void apply(const Normalizer::Strip& step, std::string& text) {
  std::size_t begin = 0;
  std::size_t end = text.size();
  const auto space_at = [&](std::size_t at, std::size_t& bytes) {
    const DecodedChar next = decode_utf8(text, at);
    bytes = next.bytes;
    return is_space(next.code_point);
  };
  std::size_t bytes = 0;
  while (step.left && begin < end && space_at(begin, bytes)) begin += bytes;
  while (step.right && begin < end) {
    std::size_t last = end - 1;
    while (last > begin && (static_cast<unsigned char>(text[last]) & 0xc0U) == 0x80U) --last;
    if (!space_at(last, bytes) || last + bytes != end) break;
    end = last;
  }
  text = text.substr(begin, end - begin);
}

void apply(const Normalizer::Prepend& step, std::string& text) {
  if (!text.empty()) text.insert(0, step.text);
}

void apply(const Normalizer::Replace& step, std::string& text) {
  replace_all(step.pattern, step.content, text);
}

void apply(const Normalizer::ReplaceSpaces& step, std::string& text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find_first_not_of(' ', at), text.size());
    if (end - at >= 2) {
      out += step.content;
      at = end;
    } else {
      out += text[at++];
    }
  }
  text = std::move(out);
}

void apply(const Normalizer::Precompiled& step, std::string& text) { step.map->apply(text); }

}  // namespace

void Normalizer::apply(std::string& text) const {
  for (const Step& step : steps_) {
    std::visit([&](const auto& each) { tokenizers::apply(each, text); }, step);
  }
}

}  // namespace mw::tokenizers
