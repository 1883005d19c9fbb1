#pragma once

#include <array>
#include <memory>
#include <string>
#include <vector>

#include "core/identity.h"
#include "core/result.h"
#include "server/http/http_types.h"
#include "server/server_options.h"

namespace mw::server {

struct Route;

/// Decides who may ask (ADR 0064, 0083): Host and Origin (against DNS rebinding and foreign pages),
/// sessions of people, service keys, and the keys of the configuration, which are kept only as
/// HMAC-SHA-256 under a key of this process and compared in constant time.
class AccessGuard {
 public:
  /// Errors: kInvalidArgument for a key of fewer than 16 characters, and, off loopback, for
  /// missing TLS or keys; the message says which option to give.
  static Result<AccessGuard> create(const ServerOptions& options);

  /// Refuses a Host that is not ours and an Origin that is neither ours nor allowed.
  /// Errors: kPermissionDenied.
  Result<void> check_origin(const HttpRequest& request) const;
  /// Who asks, with the right to use the route. Where nobody and no key is known: whoever sits at
  /// this machine. A route that only takes a key gets a nameless identity without rights.
  /// Errors: kUnauthenticated, kPermissionDenied.
  Result<Identity> identify(const HttpRequest& request, const Route& route) const;
  /// Whether the browser's own box may ask for a key: not where the console has a login page.
  bool asks_by_basic() const { return people_ == nullptr || !people_->anyone(); }
  /// True when this Origin is on the list that may read answers (CORS).
  bool may_read_across(std::string_view origin) const;

 private:
  using Digest = std::array<unsigned char, 32>;
  struct KnownKey {
    std::string name;
    Digest digest;
  };
  struct Caller {
    Identity who;
    std::vector<std::string> scopes;
  };
  Digest digest(std::string_view secret) const;
  Result<Caller> caller(const HttpRequest& request) const;
  Result<Caller> key_holder(const HttpRequest& request, const std::string& presented) const;

  std::array<unsigned char, 32> process_key_{};
  std::vector<KnownKey> keys_;
  std::vector<std::string> allowed_hosts_;
  std::vector<std::string> allowed_origins_;
  std::shared_ptr<security::People> people_;
  bool loopback_only_ = true;
  bool loopback_viewer_ = false;
};

/// Whether a bind address is reachable from this machine alone.
bool is_loopback_address(std::string_view address);

}  // namespace mw::server
