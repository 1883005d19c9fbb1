#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace mw::oidc {

/// RFC 4648 section 5 without padding, as JOSE writes it.
std::string base64url(std::string_view bytes);
/// The one text of each value only: no padding, no other characters, no bits that count for
/// nothing.
std::optional<std::string> from_base64url(std::string_view text);
/// RFC 4648 section 4, with padding, for HTTP Basic.
std::string base64(std::string_view bytes);

}  // namespace mw::oidc
