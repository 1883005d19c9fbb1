#pragma once

#include <array>
#include <bitset>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace mw::tokenizers {

/// Finds the texts of added tokens ("<|im_end|>") in a text: the leftmost first, of those that
/// begin at one place the longest.
class SpecialTokens {
 public:
  /// Longer ones would make each look-up slow; no vocabulary has any.
  static constexpr std::size_t kMaxBytes = 256;

  struct Kind {
    bool anywhere = false;     // found in any text, also of strangers
    bool strips_left = false;  // takes the white space around it along
    bool strips_right = false;
    bool whole_word = false;  // not between characters of words
  };

  /// Empty texts and those over kMaxBytes are left out.
  void add(std::string_view text, int32_t id, Kind kind);
  void add(std::string_view text, int32_t id) { add(text, id, Kind()); }

  struct Match {
    std::size_t begin = 0;
    std::size_t bytes = 0;  // 0: there is none
    int32_t id = -1;
  };
  /// The next match at or after `begin`. Tokens that are not found anywhere have to end at or
  /// before `trusted_end(place where they begin)`.
  template <class TrustedEnd>
  Match next(std::string_view text, std::size_t begin, const TrustedEnd& trusted_end) const {
    for (std::size_t at = begin; at < text.size(); ++at) {
      const std::vector<uint16_t>& lengths = lengths_[static_cast<unsigned char>(text[at])];
      if (lengths.empty() || !may_begin(text, at)) continue;
      const std::size_t trusted = trusted_end(at);
      for (const std::size_t length : lengths) {
        const Entry* entry =
            length <= text.size() - at ? find_entry(text.substr(at, length)) : nullptr;
        if (entry == nullptr || (!entry->kind.anywhere && at + length > trusted)) continue;
        if (entry->kind.whole_word && !stands_alone(text, at, length)) continue;
        return extended(text, begin, {at, length, entry->id}, entry->kind);
      }
    }
    return {};
  }

  bool empty() const { return ids_.empty(); }
  bool any_anywhere() const { return any_anywhere_; }
  int32_t find(std::string_view text) const {
    const Entry* entry = find_entry(text);
    return entry == nullptr ? -1 : entry->id;
  }

 private:
  struct Entry {
    int32_t id = -1;
    Kind kind;
  };
  /// Whether the first two bytes are those of a token: a line break alone is not looked up under
  /// the thirty lengths of Gemma's runs of them.
  bool may_begin(std::string_view text, std::size_t at) const {
    const std::bitset<257>& seconds = seconds_[static_cast<unsigned char>(text[at])];
    return seconds[256] ||
           (at + 1 < text.size() && seconds[static_cast<unsigned char>(text[at + 1])]);
  }
  const Entry* find_entry(std::string_view text) const;
  static bool stands_alone(std::string_view text, std::size_t at, std::size_t length);
  static Match extended(std::string_view text, std::size_t begin, Match match, const Kind& kind);

  std::map<std::string, Entry, std::less<>> ids_;
  std::array<std::vector<uint16_t>, 256> lengths_;  // by first byte, longest first
  std::array<std::bitset<257>, 256> seconds_;       // by first byte; 256: a token of one byte
  bool any_anywhere_ = false;
};

}  // namespace mw::tokenizers
