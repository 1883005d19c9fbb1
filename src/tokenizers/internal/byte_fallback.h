#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "tokenizers/internal/text_model.h"

namespace mw::tokenizers {

/// The byte that a token "<0xNN>" stands for.
std::optional<unsigned char> byte_of_token(std::string_view token);

/// Ids for characters that a vocabulary does not have, as its Unknown says.
class ByteFallback {
 public:
  ByteFallback(const Vocabulary& vocabulary, const Unknown& unknown);

  void append(std::string_view character, std::vector<int32_t>& ids) const;
  /// Makes one of neighbouring unknown ids from `begin` on, where the vocabulary wants that.
  void fuse(std::size_t begin, std::vector<int32_t>& ids) const;

 private:
  Unknown unknown_;
  std::array<int32_t, 256> byte_ids_{};
};

}  // namespace mw::tokenizers
