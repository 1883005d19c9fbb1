#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "tokenizers/internal/normalizer.h"
#include "tokenizers/internal/piece_splitter.h"
#include "tokenizers/internal/special_tokens.h"
#include "tokenizers/internal/text_model.h"
#include "tokenizers/internal/token_decoder.h"

namespace mw::tokenizers {

/// What a model wants around a text or two.
struct PromptTemplate {
  struct Item {
    int32_t id = -1;   // a token, or
    int sequence = 0;  // 0: the first text, 1: the second
    int32_t type = 0;  // token type of what stands here
  };
  std::vector<Item> single;
  std::vector<Item> pair;
};

/// All that a tokenizer is made of, whatever file described it. A text passes through: added
/// tokens, normalizer, added tokens of the normalised text, splitter, model.
struct TokenizerParts {
  std::unique_ptr<TextModel> model;
  Normalizer normalizer;
  PieceSplitter splitter;
  SpecialTokens special;
  SpecialTokens normalized_special;  // their texts as the normalizer leaves them
  std::vector<bool> control;         // by id: left out when text is put together
  TokenDecoder decoder;
  PromptTemplate prompt;
  std::optional<int32_t> bos_id;
  std::optional<int32_t> eos_id;
};

/// Vocabularies over these are refused.
inline constexpr std::size_t kMaxTokens = std::size_t{1} << 22;
inline constexpr std::size_t kMaxTokenBytes = 65535;
/// Of all tokens together, where texts are made from them when a vocabulary is read.
inline constexpr uint64_t kMaxVocabularyBytes = uint64_t{1} << 27;

}  // namespace mw::tokenizers
