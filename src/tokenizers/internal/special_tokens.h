#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace mw::tokenizers {

/// Finds the texts of special tokens ("<|im_end|>") in a text: the leftmost first, of those that
/// begin at one place the longest.
class SpecialTokens {
 public:
  /// Longer ones would make each look-up slow; no vocabulary has any.
  static constexpr std::size_t kMaxBytes = 256;

  /// Empty texts and those over kMaxBytes are left out.
  void add(std::string_view text, int32_t id);

  struct Match {
    std::size_t begin = 0;
    std::size_t bytes = 0;  // 0: there is none
    int32_t id = -1;
  };
  /// The next match inside [begin, end) of the text.
  Match next(std::string_view text, std::size_t begin, std::size_t end) const;

  int32_t find(std::string_view text) const;

 private:
  std::map<std::string, int32_t, std::less<>> ids_;
  std::array<std::vector<uint16_t>, 256> lengths_;  // by first byte, longest first
};

}  // namespace mw::tokenizers
