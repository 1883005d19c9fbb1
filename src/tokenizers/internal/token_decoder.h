#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "tokenizers/internal/vocabulary.h"

namespace mw::tokenizers {

/// What each token adds to a text that is put together again.
class TokenDecoder {
 public:
  /// How tokens' texts become bytes.
  struct Rules {
    struct Replace {
      std::string pattern;  // never empty
      std::string content;
    };
    std::vector<Replace> replace;  // in each token
    bool bytes = false;            // "<0xNN>" is a byte
    std::size_t strip_spaces = 0;  // leading ones of the whole text
    bool words = false;            // a space in front of each token but the first ...
    std::string goes_on;           // ... and those with this prefix, which is taken off
    bool cleanup = false;          // no space in front of punctuation (WordPiece)
  };

  /// The bytes of tokens are those of the vocabulary.
  TokenDecoder() = default;
  TokenDecoder(const Vocabulary& vocabulary, const Rules& rules);

  bool as_in_vocabulary() const { return offsets_.empty(); }
  std::string_view bytes_of(int32_t id) const {
    const auto at = static_cast<std::size_t>(id);
    return std::string_view(arena_).substr(offsets_[at], offsets_[at + 1] - offsets_[at]);
  }
  /// Takes off what only the beginning of a text has; `first` is its first token's own text.
  void begin_text(std::string_view first, std::string& text) const;

 private:
  std::string arena_;
  std::vector<uint32_t> offsets_;
  std::size_t strip_spaces_ = 0;
  bool words_ = false;
  std::string goes_on_;
};

}  // namespace mw::tokenizers
