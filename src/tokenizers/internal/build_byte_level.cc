#include "tokenizers/internal/build_parts.h"
#include "tokenizers/internal/byte_alphabet.h"
#include "tokenizers/internal/byte_pair_encoder.h"

namespace mw::tokenizers {
namespace {

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

PromptTemplate prompt_of(const TokenizerSpec& spec) {
  PromptTemplate prompt;
  if (spec.add_bos && spec.bos_id) prompt.single.push_back({*spec.bos_id, 0, 0});
  prompt.single.push_back({-1, 0, 0});
  if (spec.add_eos && spec.eos_id) prompt.single.push_back({*spec.eos_id, 0, 0});
  return prompt;
}

Result<TokenizerParts> build_byte_level(TokenizerSpec spec) {
  MW_ASSIGN(const PreTokenizer pre, pre_tokenizer_named(spec.pre));
  TokenizerParts parts;
  parts.splitter.add(PieceSplitter::Scanner{pre});
  parts.control.assign(spec.tokens.size(), false);
  Vocabulary vocabulary(spec.tokens.size());
  uint64_t total_bytes = 0;
  for (std::size_t i = 0; i < spec.tokens.size(); ++i) {
    const std::string& token = spec.tokens[i];
    const int32_t type = type_of(spec, i);
    total_bytes += token.size();
    if (token.size() > kMaxTokenBytes || total_bytes > UINT32_MAX) {
      return corrupt(entry("tokens", i), "the token or the vocabulary is too long");
    }
    parts.control[i] = type == kControl || type == kUnknown;
    if (parts.control[i] || type == kUserDefined) {
      parts.special.add(token, static_cast<int32_t>(i));
    }
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
  parts.model = std::make_unique<BytePairEncoder>(std::move(vocabulary), std::move(merges), whole);
  return parts;
}

}  // namespace mw::tokenizers
