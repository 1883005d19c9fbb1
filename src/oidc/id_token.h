#pragma once

#include <string>
#include <vector>

#include "core/clock.h"
#include "core/json.h"

namespace mw::oidc {

/// What an ID token has to say, beside its signature.
struct Expected {
  std::string issuer;
  std::string client_id;
  std::string nonce;
  TimeNs now_ns = 0;
  /// Asked to show again who they are (prompt=login, max_age=0): when; 0: not asked.
  TimeNs asked_again_ns = 0;
};

/// OpenID Connect Core 3.1.3.7: issuer, audience, times with a minute of clock error, nonce; where
/// somebody was asked again, that they answered after it (auth_time), with the same error.
/// Errors: kUnauthenticated with what is wrong.
Result<void> check_claims(const Json& claims, const Expected& expected);

/// A claim that is a text, or a list of texts; what else is in a list is left out. At most 1000 of
/// at most 256 bytes.
std::vector<std::string> texts_of(const Json& claims, const std::string& name);

}  // namespace mw::oidc
