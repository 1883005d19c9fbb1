#include "tokenizers/tokenizer_json.h"

#include <algorithm>
#include <map>

#include "core/json.h"
#include "tokenizers/internal/byte_alphabet.h"
#include "tokenizers/internal/byte_pair_encoder.h"
#include "tokenizers/internal/char_pair_encoder.h"
#include "tokenizers/internal/json_components.h"
#include "tokenizers/internal/json_scan.h"
#include "tokenizers/internal/unigram.h"
#include "tokenizers/internal/word_piece.h"

namespace mw::tokenizers {
namespace {

using Slices = std::map<std::string, std::string_view, std::less<>>;

Error corrupt(const std::string& path, const std::string& problem) {
  return Error::make(Code::kCorrupt, "tokenizer.json: " + path + ": " + problem,
                     "tokenizer.json：" + path + "：" + problem, path);
}

Error unsupported(const std::string& path, const std::string& what) {
  return JsonNode(Json(), path).unsupported(what);
}

std::string at(const char* path, std::size_t index) {
  return std::string(path) + "[" + std::to_string(index) + "]";
}

/// One token as the file has it, at the index of its id.
struct Token {
  std::string text;
  double score = 0;
  bool there = false;  // an id that nothing has is a gap
  bool in_model = false;
  bool special = false;  // a control token
};

struct Added {
  std::string text;
  int32_t id = 0;
  bool normalized = false;
  SpecialTokens::Kind kind;
  bool special = false;
};

Result<Slices> slices_of(std::string_view text, const std::string& path) {
  Slices slices;
  const auto read = for_each_member(text, [&](std::string key, std::string_view value) {
    slices[std::move(key)] = value;
    return Result<void>();
  });
  if (!read) return read.error().within("tokenizer.json: " + path);
  return slices;
}

Result<Json> parse_part(const Slices& slices, std::string_view key) {
  const auto found = slices.find(key);
  if (found == slices.end()) return Json();
  auto parsed = parse_json(found->second);
  if (!parsed) return parsed.error().within("tokenizer.json: $." + std::string(key));
  return parsed;
}

Result<void> place(std::vector<Token>& tokens, int64_t id, std::string text, double score,
                   const std::string& path) {
  if (id < 0 || static_cast<std::size_t>(id) >= kMaxTokens) {
    return corrupt(path, "the id " + std::to_string(id) + " is out of range");
  }
  const auto index = static_cast<std::size_t>(id);
  if (index >= tokens.size()) tokens.resize(index + 1);
  if (tokens[index].there) return corrupt(path, "the id " + std::to_string(id) + " occurs twice");
  tokens[index] = {std::move(text), score, true, true, false};
  return {};
}

Result<std::vector<Token>> read_vocabulary(std::string_view vocabulary, bool scored) {
  const std::string path = "$.model.vocab";
  std::vector<Token> tokens;
  Result<void> read;
  if (scored) {
    read = for_each_element(vocabulary, [&](std::string_view element) -> Result<void> {
      std::string text;
      double score = 0;
      int parts = 0;
      MW_TRY(for_each_element(element, [&](std::string_view value) -> Result<void> {
        if (parts++ == 0) {
          MW_ASSIGN(text, json_text_of(value));
        } else {
          MW_ASSIGN(score, json_number_of(value));
        }
        return {};
      }));
      if (parts != 2) return corrupt(path, "expected [text, score]");
      return place(tokens, static_cast<int64_t>(tokens.size()), std::move(text), score, path);
    });
  } else {
    read =
        for_each_member(vocabulary, [&](std::string key, std::string_view value) -> Result<void> {
          MW_ASSIGN(const int64_t id, json_integer_of(value));
          return place(tokens, id, std::move(key), 0, path);
        });
  }
  if (!read) return read.error().within("tokenizer.json: " + path);
  if (tokens.empty()) return corrupt(path, "the vocabulary is empty");
  return tokens;
}

Result<std::vector<Added>> read_added(const JsonNode& node, std::vector<Token>& tokens) {
  std::vector<Added> all;
  if (node.json().is_null()) return all;
  if (!node.json().is_array()) return node.broken("expected an array");
  for (std::size_t i = 0; i < node.json().size(); ++i) {
    const JsonNode entry = node.element(i);
    MW_TRY(
        entry.only({"id", "content", "single_word", "lstrip", "rstrip", "normalized", "special"}));
    Added added;
    MW_ASSIGN(added.text, entry.text("content"));
    MW_ASSIGN(const int64_t id, entry.integer("id", -1));
    MW_ASSIGN(added.normalized, entry.flag("normalized", false));
    MW_ASSIGN(added.kind.strips_left, entry.flag("lstrip", false));
    MW_ASSIGN(added.kind.strips_right, entry.flag("rstrip", false));
    MW_ASSIGN(added.kind.whole_word, entry.flag("single_word", false));
    MW_ASSIGN(added.special, entry.flag("special", false));
    if (id < 0 || static_cast<std::size_t>(id) >= kMaxTokens || added.text.empty() ||
        added.text.size() > SpecialTokens::kMaxBytes) {
      return entry.broken("expected an id and a content of 1 to 256 bytes");
    }
    const auto index = static_cast<std::size_t>(id);
    if (index >= tokens.size()) tokens.resize(index + 1);
    Token& token = tokens[index];
    if (token.there && token.text != added.text) {
      return entry.broken("the id " + std::to_string(id) + " is '" + token.text + "' elsewhere");
    }
    token.text = added.text;
    token.there = true;
    token.special = added.special;
    added.id = static_cast<int32_t>(id);
    all.push_back(std::move(added));
  }
  return all;
}

/// The tokens as our vocabulary: bytes where the file spells them in the byte alphabet.
Result<Vocabulary> make_vocabulary(const std::vector<Token>& tokens, bool byte_level) {
  Vocabulary vocabulary(tokens.size());
  uint64_t total = 0;
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    const Token& token = tokens[i];
    total += token.text.size();
    if (token.text.size() > kMaxTokenBytes || total > kMaxVocabularyBytes) {
      return corrupt("$.model.vocab", "token " + std::to_string(i) + " or all tokens are too long");
    }
    const bool findable = token.in_model && !token.special && !token.text.empty();
    const auto bytes = byte_level && findable ? bytes_of_letters(token.text) : std::nullopt;
    const bool mergeable = findable && (!byte_level || bytes);
    if (!vocabulary.add(bytes ? *bytes : token.text, mergeable)) {
      return corrupt("$.model.vocab",
                     "token " + std::to_string(i) + " occurs twice, or tokens collide");
    }
  }
  return vocabulary;
}

Result<std::pair<std::string, std::string>> split_merge(std::string_view value) {
  if (value.starts_with('[')) {
    std::vector<std::string> parts;
    MW_TRY(for_each_element(value, [&](std::string_view part) -> Result<void> {
      MW_ASSIGN(std::string text, json_text_of(part));
      parts.push_back(std::move(text));
      return {};
    }));
    if (parts.size() != 2) return corrupt("merges", "expected two parts");
    return std::pair(std::move(parts[0]), std::move(parts[1]));
  }
  MW_ASSIGN(const std::string text, json_text_of(value));
  const std::size_t space = text.find(' ');
  if (space == std::string::npos) return corrupt("merges", "expected two parts");
  return std::pair(text.substr(0, space), text.substr(space + 1));
}

struct Joined {
  int32_t left, right, id;
};

Result<std::vector<Joined>> read_merges(std::string_view merges, const Vocabulary& vocabulary,
                                        bool byte_level) {
  std::vector<Joined> all;
  const char* path = "$.model.merges";
  const auto read = for_each_element(merges, [&](std::string_view value) -> Result<void> {
    auto parts = split_merge(value);
    if (!parts || all.size() >= kMaxMerges) {
      return corrupt(at(path, all.size()), "expected two parts, and at most 8388608 merges");
    }
    auto& [left, right] = *parts;
    if (byte_level) {
      const auto left_bytes = bytes_of_letters(left);
      const auto right_bytes = bytes_of_letters(right);
      if (!left_bytes || !right_bytes) {
        return corrupt(at(path, all.size()), "holds a character that stands for no byte");
      }
      left = *left_bytes;
      right = *right_bytes;
    }
    const Joined joined = {vocabulary.find(left), vocabulary.find(right),
                           vocabulary.find(left + right)};
    if (joined.left < 0 || joined.right < 0 || joined.id < 0) {
      return corrupt(at(path, all.size()), "a part or the whole is not a plain token");
    }
    all.push_back(joined);
    return {};
  });
  if (!read) return read.error().within("tokenizer.json");
  return all;
}

Result<std::unique_ptr<TextModel>> make_bpe(const JsonNode& node, std::string_view merges_text,
                                            Vocabulary vocabulary, bool byte_level,
                                            const Unknown& unknown) {
  MW_ASSIGN(const bool whole, node.flag("ignore_merges", false));
  MW_ASSIGN(const std::vector<Joined> joined, read_merges(merges_text, vocabulary, byte_level));
  MergeTable merges(joined.size());
  for (std::size_t i = 0; i < joined.size(); ++i) {
    if (!merges.add(joined[i].left, joined[i].right, joined[i].id)) {
      return corrupt(at("$.model.merges", i), "the pairs collide in the hash table");
    }
  }
  if (byte_level) {
    if (unknown.as_bytes) return node.unsupported("byte_fallback beside ByteLevel");
    return std::unique_ptr<TextModel>(
        std::make_unique<BytePairEncoder>(std::move(vocabulary), std::move(merges), whole));
  }
  auto model =
      std::make_unique<CharPairEncoder>(std::move(vocabulary), std::move(merges), unknown, whole);
  for (const Joined& each : joined) model->allow_join(each.left, each.right);
  return std::unique_ptr<TextModel>(std::move(model));
}

Result<std::unique_ptr<TextModel>> make_word_piece(const JsonNode& node, Vocabulary vocabulary,
                                                   int32_t unknown_id) {
  WordPiece::Options options;
  options.unknown_id = unknown_id;
  MW_ASSIGN(options.continuing_prefix, node.text("continuing_subword_prefix", "##"));
  MW_ASSIGN(const int64_t most, node.integer("max_input_chars_per_word", 100));
  if (most < 1 || most > 65536) return node.broken("max_input_chars_per_word is out of range");
  options.max_chars = static_cast<std::size_t>(most);
  auto model = WordPiece::create(std::move(vocabulary), options);
  if (!model) return corrupt("$.model.vocab", "a token is too long, or tokens collide");
  return std::unique_ptr<TextModel>(std::make_unique<WordPiece>(std::move(*model)));
}

Result<std::unique_ptr<TextModel>> make_unigram(Vocabulary vocabulary,
                                                const std::vector<Token>& tokens,
                                                const Unknown& unknown) {
  std::vector<double> scores;
  for (const Token& token : tokens) {
    // Added tokens have no score, and none of them is ever chosen by score.
    scores.push_back(token.in_model ? token.score : 0);
  }
  auto model = Unigram::create(std::move(vocabulary), std::move(scores), unknown);
  if (!model) return corrupt("$.model.vocab", "a token is too long, or tokens collide");
  return std::unique_ptr<TextModel>(std::make_unique<Unigram>(std::move(*model)));
}

/// $.model without its vocabulary and merges, which may be of any size.
Result<Json> small_members(const Slices& slices) {
  Json json = Json::object();
  for (const auto& [key, value] : slices) {
    if (key == "vocab" || key == "merges") continue;
    auto parsed = parse_json(value);
    if (!parsed) return parsed.error().within("tokenizer.json: $.model." + key);
    json[key] = *parsed;
  }
  return json;
}

Result<void> check_model(const JsonNode& node, const std::string& type) {
  if (type == "BPE") {
    MW_TRY(node.only({"type", "dropout", "unk_token", "continuing_subword_prefix",
                      "end_of_word_suffix", "fuse_unk", "byte_fallback", "ignore_merges"}));
    for (const char* key : {"continuing_subword_prefix", "end_of_word_suffix"}) {
      MW_ASSIGN(const std::string text, node.text(key));
      if (!text.empty()) return node.member(key).unsupported("'" + text + "'");
    }
    const bool drops = node.has("dropout") && node.member("dropout").json() != Json(0.0);
    return drops ? Result<void>(node.member("dropout").unsupported("dropout")) : Result<void>();
  }
  if (type == "WordPiece") {
    return node.only(
        {"type", "unk_token", "continuing_subword_prefix", "max_input_chars_per_word"});
  }
  if (type == "Unigram") return node.only({"type", "unk_id", "byte_fallback"});
  return JsonNode(Json(), "$.model.type").unsupported("the model '" + type + "'");
}

Result<Unknown> read_unknown(const JsonNode& node, const std::string& type,
                             const std::vector<Token>& tokens) {
  Unknown unknown;
  MW_ASSIGN(unknown.as_bytes, node.flag("byte_fallback", false));
  MW_ASSIGN(unknown.fuse, node.flag("fuse_unk", type == "Unigram"));
  if (type == "Unigram") {
    MW_ASSIGN(const int64_t id, node.integer("unk_id", -1));
    if (id >= static_cast<int64_t>(tokens.size())) return node.broken("unk_id is out of range");
    unknown.id = static_cast<int32_t>(std::max<int64_t>(id, -1));
    return unknown;
  }
  MW_ASSIGN(const std::string text, node.text("unk_token"));
  if (text.empty()) return unknown;
  const auto found = std::find_if(tokens.begin(), tokens.end(),
                                  [&](const Token& token) { return token.text == text; });
  if (found == tokens.end()) {
    return node.member("unk_token").broken("'" + text + "' is not in the vocabulary");
  }
  unknown.id = static_cast<int32_t>(found - tokens.begin());
  return unknown;
}

std::optional<int32_t> id_named(const std::vector<Token>& tokens, const std::string& text) {
  for (std::size_t i = 0; i < tokens.size() && !text.empty(); ++i) {
    if (tokens[i].there && tokens[i].text == text) return static_cast<int32_t>(i);
  }
  return std::nullopt;
}

void add_special(const std::vector<Added>& added, bool byte_level, TokenizerParts& parts) {
  for (const Added& each : added) {
    SpecialTokens::Kind kind = each.kind;
    // Byte-level vocabularies keep what looks like control apart (ADR 0022); elsewhere the added
    // tokens that are not special are parts of texts.
    kind.anywhere = !each.special && !byte_level;
    if (!each.normalized || parts.normalizer.empty()) {
      parts.special.add(each.text, each.id, kind);
      continue;
    }
    std::string text = each.text;
    parts.normalizer.apply(text);
    parts.normalized_special.add(text, each.id, kind);
  }
}

}  // namespace

Result<std::unique_ptr<Tokenizer>> parse_tokenizer_json(std::string_view text,
                                                        const TokenizerNames& names) {
  MW_ASSIGN(const Slices top, slices_of(text, "$"));
  for (const auto& [key, value] : top) {
    constexpr std::string_view kKnown[] = {"version",        "truncation", "padding",
                                           "added_tokens",   "normalizer", "pre_tokenizer",
                                           "post_processor", "decoder",    "model"};
    if (std::find(std::begin(kKnown), std::end(kKnown), key) == std::end(kKnown)) {
      return unsupported("$." + key.substr(0, 60), "this member");
    }
  }
  const auto model_text = top.find("model");
  if (model_text == top.end()) return corrupt("$.model", "is missing");
  MW_ASSIGN(const Slices model, slices_of(model_text->second, "$.model"));
  MW_ASSIGN(const Json model_json, small_members(model));
  const JsonNode node(model_json, "$.model");
  const auto merges = model.find("merges");
  const auto vocabulary_text = model.find("vocab");
  MW_ASSIGN(const std::string type, node.text("type", merges == model.end() ? "" : "BPE"));
  MW_TRY(check_model(node, type));
  if (vocabulary_text == model.end()) return corrupt("$.model.vocab", "is missing");

  TokenizerParts parts;
  MW_ASSIGN(std::vector<Token> tokens, read_vocabulary(vocabulary_text->second, type == "Unigram"));
  MW_ASSIGN(const Json added_json, parse_part(top, "added_tokens"));
  MW_ASSIGN(const std::vector<Added> added,
            read_added(JsonNode(added_json, "$.added_tokens"), tokens));
  MW_ASSIGN(const Json normalizer_json, parse_part(top, "normalizer"));
  MW_TRY(read_normalizer(JsonNode(normalizer_json, "$.normalizer"), parts.normalizer));
  MW_ASSIGN(const Json pre_json, parse_part(top, "pre_tokenizer"));
  PreTokenizing pre;
  MW_TRY(read_pre_tokenizer(JsonNode(pre_json, "$.pre_tokenizer"), pre));
  if (pre.byte_level && type != "BPE") {
    return unsupported("$.pre_tokenizer", "ByteLevel with the model " + type);
  }
  parts.splitter = std::move(pre.splitter);
  MW_ASSIGN(const Json post_json, parse_part(top, "post_processor"));
  MW_TRY(read_post_processor(JsonNode(post_json, "$.post_processor"), tokens.size(), parts.prompt));
  MW_ASSIGN(const Json decoder_json, parse_part(top, "decoder"));
  Decoding decoding;
  MW_TRY(read_decoder(JsonNode(decoder_json, "$.decoder"), decoding));
  if (decoding.byte_level != pre.byte_level) {
    return unsupported("$.decoder", "a pre_tokenizer and a decoder of which one is ByteLevel");
  }

  MW_ASSIGN(const Unknown unknown, read_unknown(node, type, tokens));
  MW_ASSIGN(Vocabulary vocabulary, make_vocabulary(tokens, pre.byte_level));
  if (!pre.byte_level) parts.decoder = TokenDecoder(vocabulary, decoding.rules);
  if (type == "BPE") {
    if (merges == model.end()) return corrupt("$.model.merges", "is missing");
    MW_ASSIGN(parts.model,
              make_bpe(node, merges->second, std::move(vocabulary), pre.byte_level, unknown));
  } else if (type == "WordPiece") {
    MW_ASSIGN(parts.model, make_word_piece(node, std::move(vocabulary), unknown.id));
  } else {
    MW_ASSIGN(parts.model, make_unigram(std::move(vocabulary), tokens, unknown));
  }
  add_special(added, pre.byte_level, parts);
  for (const Token& token : tokens) parts.control.push_back(token.special);
  parts.bos_id = id_named(tokens, names.bos);
  parts.eos_id = id_named(tokens, names.eos);
  const auto& items = parts.prompt.single;
  if (!parts.bos_id && items.size() > 1 && items[0].id >= 0 && items[1].id < 0) {
    parts.bos_id = items[0].id;
  }
  return Tokenizer::assemble(std::move(parts));
}

}  // namespace mw::tokenizers
