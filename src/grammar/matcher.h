#pragma once

#include <optional>
#include <span>
#include <string>
#include <unordered_map>

#include "grammar/compiled_grammar.h"
#include "grammar/thought.h"
#include "grammar/token_vocabulary.h"

namespace mw::grammar {

/// Follows one answer through a grammar: which tokens may come next, and what each leads to.
///
/// Threads  one at a time; several matchers may share a Grammar.
class Matcher {
 public:
  /// `thought`: what may come before what the grammar holds for.
  Matcher(GrammarPtr grammar, std::shared_ptr<const Vocabulary> vocabulary,
          Thought thought = Thought::kNone);

  /// One bit a token, the lowest first: those that the answer may go on with. End tokens are among
  /// them where it may end. Valid until the next call. Error: kUnsupported, when the grammar has
  /// become too costly.
  Result<std::span<const uint64_t>> mask();
  /// Takes a token that the mask allows; false for another one, and nothing changes.
  bool accept(int32_t id);
  /// The same for bytes (tests, and text that is put in front of an answer).
  bool accept_text(std::string_view text);
  /// The bytes that must come next, whatever the model thinks: at most `most`, whole characters.
  /// Empty where there is a choice or the answer may end.
  std::string forced_text(std::size_t most);
  /// How many bytes end the answer after a token that the mask allows, and such a text; few as a
  /// rule. Nothing where none was found at a bearable cost.
  std::optional<std::size_t> bytes_to_end_after(int32_t id);
  std::optional<std::string> text_to_end_after(int32_t id);
  /// From here.
  std::optional<std::string> text_to_end();
  /// Whether the answer may end here, and whether it must: nothing can follow.
  bool may_end();
  bool must_end() const { return state_ == kEpsilonState; }
  /// Whether the answer is still in its thought.
  bool thinking() const { return thought_.inside(); }
  /// From here on nothing but the closing tag may come, then the answer. Without effect in the
  /// middle of a character and where there is no thought.
  void end_thought();

 private:
  static constexpr int32_t kEpsilonState = 1;

  GrammarPtr grammar_;
  std::shared_ptr<const Vocabulary> vocabulary_;
  ThoughtReader thought_;
  int32_t state_;
  std::vector<uint64_t> mask_;
};

}  // namespace mw::grammar
