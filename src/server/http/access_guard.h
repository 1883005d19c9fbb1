#pragma once

#include <array>
#include <string>
#include <vector>

#include "core/identity.h"
#include "core/result.h"
#include "server/http/http_types.h"
#include "server/server_options.h"

namespace mw::server {

/// Decides who may ask: Host and Origin (against DNS rebinding and foreign pages), API keys.
/// Keys are kept only as HMAC-SHA-256 under a key of this process and compared in constant time.
class AccessGuard {
 public:
  /// Errors: kInvalidArgument for a key of fewer than 16 characters, and, off loopback, for
  /// missing TLS or keys; the message says which option to give.
  static Result<AccessGuard> create(const ServerOptions& options);

  /// Refuses a Host that is not ours and an Origin that is neither ours nor allowed.
  /// Errors: kPermissionDenied.
  Result<void> check_origin(const HttpRequest& request) const;
  /// Who asks. Without keys: the local viewer. Errors: kUnauthenticated.
  Result<Identity> identify(const HttpRequest& request) const;
  /// True when this Origin is on the list that may read answers (CORS).
  bool may_read_across(std::string_view origin) const;

 private:
  using Digest = std::array<unsigned char, 32>;
  struct KnownKey {
    std::string name;
    Digest digest;
  };
  Digest digest(std::string_view secret) const;

  std::array<unsigned char, 32> process_key_{};
  std::vector<KnownKey> keys_;
  std::vector<std::string> allowed_hosts_;
  std::vector<std::string> allowed_origins_;
  bool loopback_only_ = true;
};

/// Whether a bind address is reachable from this machine alone.
bool is_loopback_address(std::string_view address);

}  // namespace mw::server
