#include "tokenizers/tokenizer.h"

#include <algorithm>
#include <cstdio>
#include <utility>

#include "tokenizers/internal/byte_alphabet.h"
#include "tokenizers/internal/byte_pair_encoder.h"
#include "tokenizers/internal/pre_tokenizer.h"
#include "tokenizers/internal/special_tokens.h"
#include "tokenizers/utf8_decode.h"

namespace mw::tokenizers {
namespace {

constexpr std::size_t kMaxTokens = std::size_t{1} << 22;
constexpr std::size_t kMaxTokenBytes = 65535;
constexpr std::size_t kMaxPieceBytes = std::size_t{1} << 20;

enum TokenType : int32_t { kNormal = 1, kUnknown = 2, kControl = 3, kUserDefined = 4, kByte = 6 };

Error corrupt(const std::string& field, const std::string& problem) {
  return Error::make(Code::kCorrupt, "tokenizer." + field + ": " + problem, {}, field);
}

std::string entry(const char* field, std::size_t index) {
  return std::string(field) + "[" + std::to_string(index) + "]";
}

Result<void> check_spec(const TokenizerSpec& spec) {
  if (spec.tokens.empty()) return corrupt("tokens", "the vocabulary is empty");
  if (spec.tokens.size() > kMaxTokens) {
    return corrupt("tokens", std::to_string(spec.tokens.size()) + " tokens, at most " +
                                 std::to_string(kMaxTokens) + " are supported");
  }
  if (!spec.token_types.empty() && spec.token_types.size() != spec.tokens.size()) {
    return corrupt("token_type", "expected " + std::to_string(spec.tokens.size()) +
                                     " entries, got " + std::to_string(spec.token_types.size()));
  }
  if (spec.merges.size() > kMaxMerges) {
    return corrupt("merges", std::to_string(spec.merges.size()) + " merges, at most " +
                                 std::to_string(kMaxMerges) + " are supported");
  }
  const std::pair<const char*, std::optional<int32_t>> ids[] = {
      {"bos_token_id", spec.bos_id},
      {"eos_token_id", spec.eos_id},
      {"unknown_token_id", spec.unknown_id},
      {"padding_token_id", spec.padding_id}};
  for (const auto& [name, id] : ids) {
    if (id && (*id < 0 || static_cast<std::size_t>(*id) >= spec.tokens.size())) {
      return corrupt(name, std::to_string(*id) + " is outside the vocabulary of " +
                               std::to_string(spec.tokens.size()));
    }
  }
  return {};
}

int32_t type_of(const TokenizerSpec& spec, std::size_t id) {
  return spec.token_types.empty() ? int32_t{kNormal} : spec.token_types[id];
}

Result<MergeTable> read_merges(const TokenizerSpec& spec, const Vocabulary& vocabulary) {
  MergeTable table(spec.merges.size());
  for (std::size_t i = 0; i < spec.merges.size(); ++i) {
    const std::string_view merge = spec.merges[i];
    // No letter of the alphabet is a space, so the one space parts the two sides.
    const std::size_t space = merge.find(' ');
    if (space == std::string_view::npos) {
      return corrupt(entry("merges", i), "expected two parts with a space between them");
    }
    const auto left = bytes_of_letters(merge.substr(0, space));
    const auto right = bytes_of_letters(merge.substr(space + 1));
    if (!left || !right) {
      return corrupt(entry("merges", i), "holds a character that stands for no byte");
    }
    const int32_t left_id = vocabulary.find(*left);
    const int32_t right_id = vocabulary.find(*right);
    const int32_t id = vocabulary.find(*left + *right);
    if (left_id < 0 || right_id < 0 || id < 0) {
      return corrupt(entry("merges", i), "a part or the whole is not a normal token");
    }
    if (!table.add(left_id, right_id, id)) {
      return corrupt(entry("merges", i), "the pairs collide in the hash table");
    }
  }
  return table;
}

}  // namespace

struct Tokenizer::State {
  State(TokenizerSpec from, PreTokenizer pre, BytePairEncoder bpe)
      : spec(std::move(from)), pre_tokenizer(pre), encoder(std::move(bpe)) {}

  TokenizerSpec spec;  // without tokens and merges, which the tables below hold
  PreTokenizer pre_tokenizer;
  BytePairEncoder encoder;
  SpecialTokens special;
  std::vector<bool> control;

  bool is_known(int32_t id) const { return id >= 0 && id < encoder.vocabulary().size(); }
};

Tokenizer::Tokenizer(std::unique_ptr<State> state) : state_(std::move(state)) {}
Tokenizer::~Tokenizer() = default;

Result<std::unique_ptr<Tokenizer>> Tokenizer::create(TokenizerSpec spec) {
  MW_TRY(check_spec(spec));
  MW_ASSIGN(const PreTokenizer pre, pre_tokenizer_named(spec.pre));
  Vocabulary vocabulary(spec.tokens.size());
  SpecialTokens special;
  std::vector<bool> control(spec.tokens.size(), false);
  uint64_t total_bytes = 0;
  for (std::size_t i = 0; i < spec.tokens.size(); ++i) {
    const std::string& token = spec.tokens[i];
    const int32_t type = type_of(spec, i);
    total_bytes += token.size();
    if (token.size() > kMaxTokenBytes || total_bytes > UINT32_MAX) {
      return corrupt(entry("tokens", i), "the token or the vocabulary is too long");
    }
    control[i] = type == kControl || type == kUnknown;
    if (control[i] || type == kUserDefined) special.add(token, static_cast<int32_t>(i));
    const auto bytes = bytes_of_letters(token);
    // What is not spelled in the alphabet (special and unused tokens) stands for its own text.
    const bool mergeable = type == kNormal && bytes && !bytes->empty();
    if (!vocabulary.add(mergeable ? *bytes : token, mergeable)) {
      return corrupt(entry("tokens", i),
                     "the token occurs twice, or tokens collide in the hash "
                     "table");
    }
  }
  MW_ASSIGN(MergeTable merges, read_merges(spec, vocabulary));
  const bool whole = spec.ignore_merges || pre == PreTokenizer::kLlama3;
  spec.tokens = {};
  spec.merges = {};
  spec.token_types = {};
  auto state = std::make_unique<State>(
      std::move(spec), pre, BytePairEncoder(std::move(vocabulary), std::move(merges), whole));
  state->special = std::move(special);
  state->control = std::move(control);
  return std::unique_ptr<Tokenizer>(new Tokenizer(std::move(state)));
}

void Tokenizer::encode_plain(std::string_view text, std::vector<int32_t>& ids) const {
  for (std::size_t at = 0; at < text.size();) {
    // Cut before the scan, so that a piece without end costs no more than its share.
    const std::size_t end =
        piece_end(state_->pre_tokenizer, text.substr(0, at + kMaxPieceBytes), at);
    state_->encoder.encode(text.substr(at, end - at), ids);
    at = end;
  }
}

std::vector<int32_t> Tokenizer::encode(std::string_view text, Special special) const {
  const Part part = {text, special};
  return encode_parts({&part, 1});
}

std::vector<int32_t> Tokenizer::encode_parts(std::span<const Part> parts) const {
  std::string joined;
  std::string_view text;
  if (parts.size() == 1) {
    text = parts[0].text;
  } else {
    for (const Part& part : parts) joined += part.text;
    text = joined;
  }
  std::vector<int32_t> ids;
  ids.reserve(text.size() / 3 + 8);
  std::size_t plain_from = 0;  // text before `begin` that is not encoded yet
  std::size_t begin = 0;
  for (std::size_t i = 0; i < parts.size();) {
    const Special special = parts[i].special;
    std::size_t end = begin;
    for (; i < parts.size() && parts[i].special == special; ++i) end += parts[i].text.size();
    while (special == Special::kParse && begin < end) {
      const SpecialTokens::Match match = state_->special.next(text, begin, end);
      if (match.bytes == 0) break;
      encode_plain(text.substr(plain_from, match.begin - plain_from), ids);
      ids.push_back(match.id);
      begin = plain_from = match.begin + match.bytes;
    }
    begin = end;
  }
  encode_plain(text.substr(plain_from), ids);
  return ids;
}

std::vector<int32_t> Tokenizer::encode_prompt(std::string_view text, Special special) const {
  std::vector<int32_t> ids = encode(text, special);
  const TokenizerSpec& spec = state_->spec;
  if (spec.add_bos && spec.bos_id && (ids.empty() || ids.front() != *spec.bos_id)) {
    ids.insert(ids.begin(), *spec.bos_id);
  }
  if (spec.add_eos && spec.eos_id && (ids.empty() || ids.back() != *spec.eos_id)) {
    ids.push_back(*spec.eos_id);
  }
  return ids;
}

std::string Tokenizer::decode(std::span<const int32_t> ids) const {
  std::string text;
  for (const int32_t id : ids) {
    if (!state_->is_known(id) || is_control(id)) continue;
    text += state_->encoder.vocabulary().bytes_of(id);
  }
  return text;
}

std::string Tokenizer::piece(int32_t id) const { return decode({&id, 1}); }

std::string Tokenizer::display_piece(int32_t id) const {
  if (!state_->is_known(id)) return "<unknown id " + std::to_string(id) + ">";
  const std::string_view bytes = state_->encoder.vocabulary().bytes_of(id);
  std::string shown;
  for (std::size_t at = 0; at < bytes.size();) {
    const DecodedChar next = decode_utf8(bytes, at);
    const auto byte = static_cast<unsigned char>(bytes[at]);
    const bool is_whole = next.bytes > 1 || (byte >= 0x20 && byte < 0x7f) || byte == '\n';
    if (is_whole) {
      shown += bytes.substr(at, next.bytes);
    } else {
      char escaped[8];
      std::snprintf(escaped, sizeof escaped, "<0x%02X>", byte);
      shown += escaped;
    }
    at += next.bytes;
  }
  return shown;
}

int32_t Tokenizer::vocabulary_size() const { return state_->encoder.vocabulary().size(); }
std::optional<int32_t> Tokenizer::bos_id() const { return state_->spec.bos_id; }
std::optional<int32_t> Tokenizer::eos_id() const { return state_->spec.eos_id; }
bool Tokenizer::adds_bos() const { return state_->spec.add_bos; }

std::optional<int32_t> Tokenizer::token_id(std::string_view text) const {
  int32_t id = state_->special.find(text);
  if (id < 0) id = state_->encoder.vocabulary().find(text);
  if (id < 0) return std::nullopt;
  return id;
}

bool Tokenizer::is_control(int32_t id) const {
  return state_->is_known(id) && state_->control[static_cast<std::size_t>(id)];
}

}  // namespace mw::tokenizers
