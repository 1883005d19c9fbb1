#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace mw::grammar {

/// What an answer may begin with before it has to match: the thought of a model that thinks first,
/// between tags. White space around the tags belongs to neither side.
enum class Thought {
  kNone,
  kMaybe,  // where its text begins with the opening tag
  kOpen,   // always: the prompt has opened the tag
};
inline constexpr std::string_view kThoughtOpen = "<think>";
inline constexpr std::string_view kThoughtClose = "</think>";

/// Follows the text of an answer to the end of its thought, however it is cut.
class ThoughtReader {
 public:
  explicit ThoughtReader(Thought thought);

  void push(std::string_view text);
  bool inside() const { return state_ == State::kInside; }
  /// What of the closing tag is still to come; nothing in the middle of a character.
  std::optional<std::string_view> rest_of_close() const;

 private:
  enum class State { kMaybe, kInside, kAfter };

  State state_;
  std::string tail_;  // no longer than a tag
};

}  // namespace mw::grammar
