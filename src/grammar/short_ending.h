#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "grammar/matcher.h"

namespace mw::grammar {

/// Keeps an answer able to end within its limit of tokens: a JSON text that is cut in the middle is
/// of no use to the program that reads it. A token that would leave too little room is refused, and
/// where all are, a short way to the end is known.
///
/// Threads  one at a time, with the matcher's.
class ShortEnding {
 public:
  /// `most` tokens are the answer's limit. Where nothing that short can match, or no short text is
  /// found at a bearable cost, active() is false, fits() always true, and the answer is cut.
  ShortEnding(Matcher& matcher, std::shared_ptr<const Vocabulary> vocabulary, int most);

  bool active() const { return active_; }
  /// Whether `left` tokens after this one, which the mask allows, suffice to end. Asked before the
  /// matcher accepts it.
  bool fits(int32_t id, int left);
  /// The next token of a way that ends within `left` tokens; an end token where the answer may end
  /// here. Nothing where no way is known.
  std::optional<int32_t> next(int left);
  /// Told of each token that the answer goes on with.
  void accept(int32_t id);

 private:
  using Tokens = std::optional<std::vector<int32_t>>;
  Tokens tokens_of(const std::optional<std::string>& text) const;
  bool is_next(int32_t id) const { return !way_.empty() && way_.back() == id; }

  Matcher& matcher_;
  std::shared_ptr<const Vocabulary> vocabulary_;
  bool active_ = true;
  // The way to the end after the tokens so far, last token first, where its bytes were more than
  // the tokens that were left. Kept, since a way that is found anew may have other tokens.
  std::vector<int32_t> way_;
  int32_t asked_ = -1;  // what fits() was asked last, and the way it found
  std::vector<int32_t> way_after_;
};

}  // namespace mw::grammar
