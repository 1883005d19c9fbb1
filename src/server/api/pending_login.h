#pragma once

#include <deque>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "core/clock.h"
#include "oidc/provider.h"
#include "security/aead.h"
#include "server/http/http_types.h"

namespace mw::server {

struct PendingLogin {
  oidc::Pending asked;
  std::string session;  // token of whoever shows again who they are; empty: a login
};

/// Logins that are under way at the identity provider. The browser itself keeps each, sealed under
/// a key of this process, so that nobody can fill our memory with them, and that only the browser
/// that went comes back. What came back counts once.
class PendingLogins {
 public:
  /// A Set-Cookie value.
  Result<std::string> cookie(const PendingLogin& pending, TimeNs now_ns, bool secure);
  /// One that erases it.
  static std::string no_cookie(bool secure);
  /// The login that this browser began at most ten minutes ago with that state. Errors:
  /// kUnauthenticated.
  Result<PendingLogin> take(const HttpRequest& request, std::string_view state, TimeNs now_ns);

 private:
  std::mutex mutex_;
  std::optional<security::AeadKey> key_;              // made for the first login
  std::deque<std::pair<std::string, TimeNs>> spent_;  // states, and when they were spent
};

}  // namespace mw::server
