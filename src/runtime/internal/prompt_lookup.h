#pragma once

#include <cstdint>
#include <span>
#include <unordered_map>
#include <vector>

namespace mw::runtime {

/// Guesses how a text goes on by finding its last tokens earlier in itself: answers that quote
/// their prompt (a manual, a table, a name) are written several tokens a step. Guesses are checked
/// by the model in one pass and change no token; how many are worth making follows from how many
/// came true.
///
/// Source   Saxena 2023, "Prompt Lookup Decoding".
class PromptLookup {
 public:
  /// Tokens that are now part of the text: the prompt first, then each token as it is chosen.
  void append(std::span<const int32_t> ids);
  /// Up to `most` tokens that may follow; empty when the text's end was not seen before.
  std::vector<int32_t> guess(int most);
  /// What became of the last guesses.
  void learn(int guessed, int accepted);

 private:
  static constexpr int kGram = 3;        // tokens that have to match
  static constexpr int kLongest = 8;     // of a guess
  static constexpr int kRestSteps = 16;  // without guesses after they failed

  std::vector<int32_t> ids_;
  std::unordered_map<uint64_t, int> last_seen_;  // hash of a gram -> index after its last place
  double accepted_ = 2.0;                        // tokens a guess that came true, moving average
  int rest_ = 0;                                 // steps left of a rest
};

}  // namespace mw::runtime
