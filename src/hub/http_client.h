#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "hub/remote_url.h"

namespace mw::hub {

struct HttpClientOptions {
  std::chrono::milliseconds connect_timeout{15'000};  // for name look-up, connection, TLS: each
  std::chrono::milliseconds idle_timeout{30'000};     // without a single byte
  int max_redirects = 5;
  std::string proxy;     // "http://[user:password@]host:port" for https addresses; empty is none
  std::string no_proxy;  // comma-separated hosts and domain suffixes; "*" is all
  std::string ca_file;   // PEM beside the system's certificates, for a hub of one's own
  std::string user_agent = "millwright";
};

using HttpHeaders = std::map<std::string, std::string>;  // lower-case names; last one holds

struct HttpRequest {
  Url url;
  HttpHeaders headers;
  std::string body;  // sent by POST when not empty, to the origin of `url` only
  std::string content_type = "application/json";  // of it
  std::string bearer_token;     // sent to the origin of `url` only, never across a redirect
  uint64_t max_body_bytes = 0;  // more is kTooLarge
  /// How long the next read may wait, asked before each; empty: the client's idle_timeout.
  std::function<std::chrono::milliseconds()> patience;
};

struct HttpResponse {
  int status = 0;
  HttpHeaders headers;
  Url url;                             // after redirects
  std::vector<HttpHeaders> redirects;  // headers of each redirect that was followed
  std::string error_body;              // first 4 KiB of a body that came with a status over 299
};

/// Fetches over http and https, blocking, one connection a request.
///
/// Safety  Certificates and host names are verified (TLS 1.2 or later). Redirects: at most
///         `max_redirects`, never from https to http, and never to a loopback, private or
///         link-local address unless the request itself named such an address. A name is resolved
///         once and the checked address is the one that is connected to. Nothing is sent unless
///         asked for; response headers are capped at 64 KiB.
/// Errors  kUnavailable (no network, refused, TLS), kDeadlineExceeded, kTooLarge, kCancelled,
///         kCorrupt (not HTTP, or cut off), kPermissionDenied (a forbidden redirect), and what the
///         callbacks return. A status over 299 is a response, not an error.
/// Threads const and stateless; `stop` may be asked from any thread.
class HttpClient {
 public:
  /// Told of the final response before its body, when its status is below 300.
  using OnHead = std::function<Result<void>(const HttpResponse&)>;
  using OnBody = std::function<Result<void>(std::string_view bytes)>;

  explicit HttpClient(HttpClientOptions options) : options_(std::move(options)) {}

  Result<HttpResponse> get(const HttpRequest& request, const OnHead& on_head, const OnBody& on_body,
                           std::stop_token stop = {}) const;
  /// The whole body as text.
  Result<std::pair<HttpResponse, std::string>> get_text(const HttpRequest& request,
                                                        std::stop_token stop = {}) const;

 private:
  HttpClientOptions options_;
};

/// Loopback, private, link-local, multicast, unspecified, carrier-grade NAT and the like: an
/// address that a public server has no business to send us to. True for what is no address.
bool is_internal_address(std::string_view ip);

/// Whether `host` is exempt from the proxy by a no_proxy list.
bool bypasses_proxy(std::string_view host, std::string_view no_proxy);

}  // namespace mw::hub
