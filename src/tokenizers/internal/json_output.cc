// What tokenizer.json does with ids: templates around them, and texts from them.

#include "tokenizers/internal/json_components.h"

namespace mw::tokenizers {
namespace {

// Of a text that takes the place of another: with kMaxVocabularyBytes, a decoder's bytes stay below
// 2^31.
constexpr std::size_t kMaxContent = 16;

Result<void> read_replace(const JsonNode& node, TokenDecoder::Rules& rules) {
  MW_TRY(node.only({"type", "pattern", "content"}));
  MW_ASSIGN(const std::string content, node.text("content"));
  if (content.size() > kMaxContent) return node.member("content").unsupported("so long a text");
  if (!node.has("pattern")) return node.broken("expected a pattern");
  MW_ASSIGN(const std::string text, node.member("pattern").text("String"));
  if (text.empty()) return node.member("pattern").unsupported("an expression");
  if (!rules.replace.empty()) return node.unsupported("a second Replace");
  rules.replace.push_back({text, content});
  return {};
}

Result<void> read_strip(const JsonNode& node, TokenDecoder::Rules& rules) {
  MW_TRY(node.only({"type", "content", "start", "stop"}));
  MW_ASSIGN(const std::string content, node.text("content", " "));
  MW_ASSIGN(const int64_t start, node.integer("start", 0));
  MW_ASSIGN(const int64_t stop, node.integer("stop", 0));
  if (content != " " || start < 0 || stop != 0) return node.unsupported("this Strip");
  rules.strip_spaces = static_cast<std::size_t>(start);
  return {};
}

Result<std::vector<PromptTemplate::Item>> read_template(
    const JsonNode& node, std::string_view key,
    const std::map<std::string, std::vector<int32_t>>& ids) {
  std::vector<PromptTemplate::Item> items;
  MW_ASSIGN(const std::size_t count, node.array_size(key));
  for (std::size_t i = 0; i < count; ++i) {
    const JsonNode item = node.member(key).element(i);
    const bool special = item.has("SpecialToken");
    if (!special && !item.has("Sequence")) return item.unsupported("this template item");
    const JsonNode inner = item.member(special ? "SpecialToken" : "Sequence");
    MW_ASSIGN(const std::string name, inner.text("id"));
    MW_ASSIGN(const int64_t type, inner.integer("type_id", 0));
    if (type < 0 || type > 255) return inner.broken("type_id is out of range");
    const auto type_id = static_cast<int32_t>(type);
    if (!special) {
      if (name != "A" && name != "B") return inner.unsupported("the sequence '" + name + "'");
      items.push_back({-1, name == "B" ? 1 : 0, type_id});
      continue;
    }
    const auto found = ids.find(name);
    if (found == ids.end()) return inner.broken("'" + name + "' is not in special_tokens");
    for (const int32_t id : found->second) items.push_back({id, 0, type_id});
  }
  return items;
}

Result<void> read_template_processing(const JsonNode& node, std::size_t ids,
                                      PromptTemplate& prompt) {
  MW_TRY(node.only({"type", "single", "pair", "special_tokens"}));
  std::map<std::string, std::vector<int32_t>> special;
  if (node.has("special_tokens")) {
    const JsonNode tokens = node.member("special_tokens");
    if (!tokens.json().is_object()) return tokens.broken("expected an object");
    for (const auto& [name, value] : tokens.json().items()) {
      const JsonNode token(value, tokens.path() + "." + name.substr(0, 60));
      MW_ASSIGN(const std::size_t count, token.array_size("ids"));
      for (std::size_t i = 0; i < count; ++i) {
        const JsonNode id = token.member("ids").element(i);
        if (!id.json().is_number_integer() || id.json().get<double>() < 0 ||
            id.json().get<double>() >= static_cast<double>(ids)) {
          return id.broken("expected an id of the vocabulary");
        }
        special[name].push_back(id.json().get<int32_t>());
      }
    }
  }
  MW_ASSIGN(prompt.single, read_template(node, "single", special));
  MW_ASSIGN(prompt.pair, read_template(node, "pair", special));
  return {};
}

/// BertProcessing: cls A sep, cls A sep B sep. RobertaProcessing has a second sep in the middle,
/// and all of type 0.
Result<void> read_cls_sep(const JsonNode& node, bool roberta, std::size_t ids,
                          PromptTemplate& prompt) {
  MW_TRY(node.only({"type", "sep", "cls", "trim_offsets", "add_prefix_space"}));
  int32_t found[2] = {};
  for (int which = 0; which < 2; ++which) {
    const char* key = which == 0 ? "cls" : "sep";
    if (!node.has(key) || !node.member(key).json().is_array() ||
        node.member(key).json().size() != 2 || !node.member(key).json()[1].is_number_integer()) {
      return node.broken(std::string("expected [text, id] under ") + key);
    }
    const double id = node.member(key).json()[1].get<double>();
    if (id < 0 || id >= static_cast<double>(ids)) {
      return node.member(key).broken("expected an id of the vocabulary");
    }
    found[which] = static_cast<int32_t>(id);
  }
  const auto [cls, sep] = found;
  const int32_t second = roberta ? 0 : 1;
  prompt.single = {{cls, 0, 0}, {-1, 0, 0}, {sep, 0, 0}};
  prompt.pair = prompt.single;
  if (roberta) prompt.pair.push_back({sep, 0, 0});
  prompt.pair.push_back({-1, 1, second});
  prompt.pair.push_back({sep, 0, second});
  return {};
}

}  // namespace

Result<void> read_decoder(const JsonNode& node, Decoding& decoding) {
  TokenDecoder::Rules& rules = decoding.rules;
  if (node.json().is_null()) {
    rules.words = true;  // the reference puts a space between tokens then
    return {};
  }
  MW_ASSIGN(const std::string type, node.text("type"));
  if (type == "Sequence") {
    MW_TRY(node.only({"type", "decoders"}));
    MW_ASSIGN(const std::size_t count, node.array_size("decoders"));
    bool fused = false;
    for (std::size_t i = 0; i < count; ++i) {
      const JsonNode step = node.member("decoders").element(i);
      MW_ASSIGN(const std::string name, step.text("type"));
      if (name == "Strip" ? !fused
                          : name != "Replace" && name != "ByteFallback" && name != "Fuse" &&
                                name != "Metaspace") {
        return step.unsupported("the decoder '" + name + "' at this place");
      }
      fused = fused || name == "Fuse";
      MW_TRY(read_decoder(step, decoding));
    }
    return {};
  }
  if (type == "Replace") return read_replace(node, rules);
  if (type == "Strip") return read_strip(node, rules);
  if (type == "ByteLevel") {
    decoding.byte_level = true;
  } else if (type == "ByteFallback") {
    rules.bytes = true;
  } else if (type == "WordPiece") {
    MW_TRY(node.only({"type", "prefix", "cleanup"}));
    rules.words = true;
    MW_ASSIGN(rules.goes_on, node.text("prefix", "##"));
    MW_ASSIGN(rules.cleanup, node.flag("cleanup", true));
  } else if (type == "Metaspace") {
    MW_ASSIGN(const std::string replacement, node.text("replacement", "\xe2\x96\x81"));
    MW_ASSIGN(const bool prefix, node.flag("add_prefix_space", true));
    MW_ASSIGN(const std::string scheme, node.text("prepend_scheme", prefix ? "always" : "never"));
    if (replacement.empty()) return node.broken("expected a replacement");
    rules.replace.push_back({replacement, " "});
    rules.strip_spaces = scheme == "never" ? 0 : 1;
  } else if (type != "Fuse") {
    return node.unsupported("the decoder '" + type + "'");
  }
  return {};
}

Result<void> read_post_processor(const JsonNode& node, std::size_t ids, PromptTemplate& prompt) {
  if (node.json().is_null()) return {};
  MW_ASSIGN(const std::string type, node.text("type"));
  if (type == "Sequence") {
    MW_TRY(node.only({"type", "processors"}));
    MW_ASSIGN(const std::size_t count, node.array_size("processors"));
    for (std::size_t i = 0; i < count; ++i) {
      const JsonNode step = node.member("processors").element(i);
      if (!prompt.single.empty()) return step.unsupported("a step behind a template");
      MW_TRY(read_post_processor(step, ids, prompt));
    }
    return {};
  }
  if (type == "ByteLevel") return {};  // about offsets only
  if (type == "TemplateProcessing") return read_template_processing(node, ids, prompt);
  if (type == "BertProcessing") return read_cls_sep(node, false, ids, prompt);
  if (type == "RobertaProcessing") return read_cls_sep(node, true, ids, prompt);
  return node.unsupported("the post-processor '" + type + "'");
}

}  // namespace mw::tokenizers
