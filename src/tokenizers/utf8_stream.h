#pragma once

#include <string>
#include <string_view>

namespace mw::tokenizers {

/// Turns bytes that come in arbitrary cuts into whole UTF-8 characters: what is given out is always
/// valid UTF-8, and its concatenation does not depend on the cuts.
///
/// Bytes that can begin or continue no character come out as U+FFFD, one a maximal invalid part
/// (Unicode 16, 3.9, "substitution of maximal subparts").
class Utf8Stream {
 public:
  /// The characters that are complete now; at most three bytes are held back.
  std::string push(std::string_view bytes);
  /// What was held back, as U+FFFD; the stream is then empty again.
  std::string finish();

 private:
  std::string held_;
};

}  // namespace mw::tokenizers
