#include "tokenizers/internal/json_components.h"

namespace mw::tokenizers {
namespace {

constexpr std::size_t kMaxContent = 64;

/// A base64 text; false when it is none.
bool decode_base64(std::string_view text, std::string& bytes) {
  while (text.ends_with('=')) text.remove_suffix(1);
  uint32_t held = 0;
  int bits = 0;
  bytes.reserve(text.size() / 4 * 3 + 3);
  for (const char c : text) {
    const int value = c >= 'A' && c <= 'Z'   ? c - 'A'
                      : c >= 'a' && c <= 'z' ? c - 'a' + 26
                      : c >= '0' && c <= '9' ? c - '0' + 52
                      : c == '+'             ? 62
                      : c == '/'             ? 63
                                             : -1;
    if (value < 0) return false;
    held = (held << 6 | static_cast<uint32_t>(value)) & 0xffffffU;
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    bytes += static_cast<char>(held >> bits & 0xffU);
  }
  return true;
}

Result<void> read_replace(const JsonNode& node, Normalizer& normalizer) {
  MW_TRY(node.only({"type", "pattern", "content"}));
  MW_ASSIGN(const std::string content, node.text("content"));
  if (content.size() > kMaxContent) return node.member("content").unsupported("so long a text");
  if (!node.has("pattern")) return node.broken("expected a pattern");
  const JsonNode pattern = node.member("pattern");
  MW_ASSIGN(const std::string text, pattern.text("String"));
  if (!text.empty()) {
    normalizer.add(Normalizer::Replace{text, content});
    return {};
  }
  MW_ASSIGN(const std::string expression, pattern.text("Regex"));
  if (expression != " {2,}") return pattern.unsupported("the expression '" + expression + "'");
  normalizer.add(Normalizer::ReplaceSpaces{content});
  return {};
}

Result<void> read_bert(const JsonNode& node, Normalizer& normalizer) {
  MW_TRY(node.only({"type", "clean_text", "handle_chinese_chars", "strip_accents", "lowercase"}));
  Normalizer::Bert bert;
  MW_ASSIGN(bert.clean_text, node.flag("clean_text", true));
  MW_ASSIGN(bert.chinese_apart, node.flag("handle_chinese_chars", true));
  MW_ASSIGN(bert.lowercase, node.flag("lowercase", true));
  MW_ASSIGN(bert.strip_accents, node.flag("strip_accents", bert.lowercase));
  normalizer.add(bert);
  return {};
}

Result<void> read_precompiled(const JsonNode& node, Normalizer& normalizer) {
  MW_TRY(node.only({"type", "precompiled_charsmap"}));
  MW_ASSIGN(const std::string text, node.text("precompiled_charsmap"));
  if (text.empty()) return {};  // rules of the identity
  std::string bytes;
  if (!decode_base64(text, bytes)) return node.broken("precompiled_charsmap is not base64");
  const auto map = Charsmap::parse(bytes);
  if (!map) return map.error().within("tokenizer.json: " + node.path());
  normalizer.add(Normalizer::Precompiled{std::make_shared<Charsmap>(*map)});
  return {};
}

}  // namespace

Result<void> read_normalizer(const JsonNode& node, Normalizer& normalizer) {
  if (node.json().is_null()) return {};
  MW_ASSIGN(const std::string type, node.text("type"));
  if (type == "Sequence") {
    MW_TRY(node.only({"type", "normalizers"}));
    MW_ASSIGN(const std::size_t count, node.array_size("normalizers"));
    for (std::size_t i = 0; i < count; ++i) {
      MW_TRY(read_normalizer(node.member("normalizers").element(i), normalizer));
    }
    return {};
  }
  if (type == "BertNormalizer") return read_bert(node, normalizer);
  if (type == "Replace") return read_replace(node, normalizer);
  if (type == "Precompiled") return read_precompiled(node, normalizer);
  if (type == "Prepend") {
    MW_TRY(node.only({"type", "prepend"}));
    MW_ASSIGN(const std::string text, node.text("prepend"));
    if (text.size() > kMaxContent) return node.member("prepend").unsupported("so long a text");
    normalizer.add(Normalizer::Prepend{text});
    return {};
  }
  if (type == "Strip") {
    MW_TRY(node.only({"type", "strip_left", "strip_right"}));
    Normalizer::Strip strip;
    MW_ASSIGN(strip.left, node.flag("strip_left", true));
    MW_ASSIGN(strip.right, node.flag("strip_right", true));
    normalizer.add(strip);
    return {};
  }
  MW_TRY(node.only({"type"}));
  if (type == "NFC") {
    normalizer.add(Normalizer::Form{NormalForm::kNfc});
  } else if (type == "NFD") {
    normalizer.add(Normalizer::Form{NormalForm::kNfd});
  } else if (type == "NFKC") {
    normalizer.add(Normalizer::Form{NormalForm::kNfkc});
  } else if (type == "NFKD") {
    normalizer.add(Normalizer::Form{NormalForm::kNfkd});
  } else if (type == "Lowercase") {
    normalizer.add(Normalizer::Lowercase());
  } else if (type == "StripAccents") {
    normalizer.add(Normalizer::StripAccents());
  } else if (type == "Nmt") {
    normalizer.add(Normalizer::Nmt());
  } else {
    return node.unsupported("the normalizer '" + type + "'");
  }
  return {};
}

}  // namespace mw::tokenizers
