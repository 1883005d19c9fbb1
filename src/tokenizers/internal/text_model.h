#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "tokenizers/internal/vocabulary.h"

namespace mw::tokenizers {

/// What makes ids of one piece of text: the "model" of tokenizer.json.
class TextModel {
 public:
  virtual ~TextModel() = default;
  virtual const Vocabulary& vocabulary() const = 0;
  /// Appends the ids of `piece`, which is never empty.
  virtual void encode(std::string_view piece, std::vector<int32_t>& ids) const = 0;
};

/// What stands for text that has no token.
struct Unknown {
  int32_t id = -1;        // -1: such text is left out
  bool fuse = false;      // neighbours are one token
  bool as_bytes = false;  // as <0xNN> tokens, where the vocabulary has those of all its bytes
};

}  // namespace mw::tokenizers
