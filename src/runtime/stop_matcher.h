#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace mw::runtime {

/// Looks for stop strings in text that comes in arbitrary cuts, and holds back the longest suffix
/// that may still become one. What is given out does not depend on the cuts.
///
/// The stop string that is complete first ends the text (of those that end at one place the
/// longest); neither it nor anything after it is given out. Empty stop strings never match.
/// Cost: O(stop strings) a byte, whatever the text.
class StopMatcher {
 public:
  explicit StopMatcher(std::vector<std::string> stop);

  /// Text that no stop string can claim any more. Empty once stopped.
  std::string push(std::string_view text);
  /// What was held back, when the text ends without a stop string.
  std::string finish();

  bool stopped() const { return stopped_; }
  /// The stop string that was found; empty before.
  const std::string& matched() const { return matched_; }

 private:
  struct Pattern {
    std::string text;
    // Knuth-Morris-Pratt: length of the longest proper border of each prefix.
    std::vector<std::size_t> border;
    std::size_t length = 0;  // how much of it the text so far ends with
  };
  static void advance(Pattern& pattern, char next);

  std::vector<Pattern> patterns_;
  std::string held_;
  std::string matched_;
  bool stopped_ = false;
};

}  // namespace mw::runtime
