#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "tokenizers/internal/pre_tokenizer.h"

namespace mw::tokenizers {

/// A text and where its pieces lie; empty pieces are left out.
struct PiecedText {
  struct Range {
    std::size_t begin = 0;
    std::size_t end = 0;
  };
  std::string text;
  std::vector<Range> pieces;

  std::string_view piece(const Range& range) const {
    return std::string_view(text).substr(range.begin, range.end - range.begin);
  }
};

/// The steps that cut a text into the pieces that a model encodes one by one, in order; names and
/// behaviour as in tokenizer.json.
class PieceSplitter {
 public:
  enum class Behavior { kRemoved, kIsolated, kMergedWithPrevious, kMergedWithNext, kContiguous };
  /// Which characters are matches.
  enum class Match { kSpace, kPunctuation, kDigit, kText };

  /// One of the expressions that are known (pre_tokenizer.h); they cover all of a text.
  struct Scanner {
    PreTokenizer kind;
  };
  struct Split {
    Match match = Match::kText;
    std::string text;  // of kText; never empty
    Behavior behavior = Behavior::kIsolated;
    bool invert = false;
  };
  struct Words {};        // \w+|[^\w\s]+, the rest removed
  struct BertWords {};    // at white space, which is removed, and around punctuation
  struct PrefixSpace {};  // ByteLevel's add_prefix_space
  struct Metaspace {
    enum class Prepend { kNever, kFirst, kAlways };
    std::string replacement;
    Prepend prepend = Prepend::kAlways;
    bool split = true;
  };
  using Step = std::variant<Scanner, Split, Words, BertWords, PrefixSpace, Metaspace>;

  void add(Step step) { steps_.push_back(std::move(step)); }
  bool empty() const { return steps_.empty(); }
  /// The one scanner that is all there is to do, if so.
  std::optional<PreTokenizer> only_scanner() const;

  /// Cuts the one piece that all of `pieced.text` is. `at_start`: it begins the whole text.
  void split(PiecedText& pieced, bool at_start) const;

 private:
  std::vector<Step> steps_;
};

}  // namespace mw::tokenizers
