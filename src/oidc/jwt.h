#pragma once

#include <string>
#include <string_view>

#include "core/json.h"

namespace mw::oidc {

/// What a token is signed with: only these, whatever its header says. No "none", no HS256 (a
/// provider's public key must never be taken for a shared secret).
enum class Algorithm { kRs256, kPs256, kEs256, kEdDsa };

/// A signed token, taken apart and not believed yet: KeySet::check says who signed it.
struct Jwt {
  Algorithm algorithm = Algorithm::kRs256;
  std::string kid;  // empty: none is named
  Json claims;
  std::string signed_text;
  std::string signature;
};

/// A token of RFC 7519 in the compact form of RFC 7515, 64 KiB at most. Errors: kUnauthenticated
/// with the part at fault.
Result<Jwt> parse_jwt(std::string_view text);

}  // namespace mw::oidc
