#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "security/aead.h"

namespace mw::security {

/// A version byte, a random nonce, the sealed text with its tag (docs/formats/people_db.md).
Result<std::string> seal_record(const AeadKey& key, std::string_view bound, std::string_view text);
/// Nothing where it is not what was sealed under this key, bound to the same.
std::optional<std::string> open_record(const AeadKey& key, std::string_view bound,
                                       std::string_view record);

}  // namespace mw::security
