#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace mw::security {

/// RFC 4648, upper case, without padding.
std::string base32(std::string_view bytes);
/// Takes lower case too; nothing for other characters or bits that are left over and not zero.
std::optional<std::string> from_base32(std::string_view text);

}  // namespace mw::security
