#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.h"
#include "core/log.h"
#include "hub/http_client.h"
#include "oidc/key_set.h"

namespace mw::oidc {

struct ProviderOptions {
  std::string issuer;  // https; http on loopback only
  std::string client_id;
  std::string client_secret;  // empty: a public client
  std::string redirect_uri;   // as the provider has it registered
  std::vector<std::string> scopes = {"openid", "profile"};
  std::string name_claim = "preferred_username";
  std::string groups_claim = "groups";
  std::vector<std::string> hosts;              // that its addresses may name beside the issuer's
  std::string ca_file;                         // PEM beside the system's certificates
  std::chrono::milliseconds patience{10'000};  // for one question to it, in all
  std::string user_agent = "millwright";
  std::shared_ptr<const Clock> clock = std::make_shared<SystemClock>();
  LogSink log = no_log();
};

/// A login under way: kept by the browser, sealed, until it comes back.
struct Pending {
  std::string state;
  std::string nonce;
  std::string verifier;       // PKCE
  TimeNs asked_again_ns = 0;  // somebody who is logged in shows again who they are; 0: a login
};

enum class Purpose {
  kLogin,
  kShowAgain,  // the provider is to ask anew, whatever session it has (prompt=login, max_age=0)
};

/// Where to send the browser.
struct Departure {
  Pending pending;
  std::string url;
};

/// What the provider sent back with the browser.
struct Arrival {
  std::string code;
  std::string issuer;  // RFC 9207; empty: not said
};

/// Whom the provider vouches for.
struct Person {
  std::string issuer;
  std::string subject;
  std::string name;  // may be empty: the claim was not there
  std::vector<std::string> groups;
};

/// An OpenID Connect provider: authorization code with PKCE (S256), state and nonce. Its metadata
/// and keys are fetched when they are needed, kept for an hour, and fetched again once a minute at
/// most when a token names a key that is not known.
///
/// Safety   asks the issuer's host and `hosts` only, over TLS, follows no redirect; what it reads
/// is
///          capped in size and time, and how many wait for it in number. Nothing secret is logged.
/// Errors   kUnavailable (it cannot be reached, or does not answer as it should), kUnauthenticated
///          (what it says is not believed; with param "code": nobody vouched for what the browser
///          brought, which any stranger may send), kResourceExhausted.
/// Threads  any; calls block.
class Provider {
 public:
  /// Asks nothing yet. Errors: kInvalidArgument with the name of the option.
  static Result<std::unique_ptr<Provider>> create(ProviderOptions options);

  Result<Departure> depart(Purpose purpose = Purpose::kLogin);
  Result<Person> arrive(const Pending& pending, const Arrival& arrival);

  const std::string& issuer() const { return options_.issuer; }

 private:
  struct Known {
    hub::Url authorization;
    hub::Url token;
    hub::Url keys_url;
    std::optional<hub::Url> userinfo;
    bool posts_secret = false;  // client_secret_post instead of _basic
    bool says_issuer = false;   // RFC 9207
    std::shared_ptr<const KeySet> keys;
    TimeNs fetched_ns = 0;
    TimeNs keys_ns = 0;  // of the last try to get newer ones
  };
  Provider(ProviderOptions options, hub::Url issuer);

  Result<std::shared_ptr<const Known>> known();
  Result<std::shared_ptr<const Known>> fetch_known();
  Result<hub::Url> endpoint(const Json& metadata, const char* name) const;
  Result<std::string> fetch(hub::HttpRequest request, const char* what) const;
  Result<std::shared_ptr<const Known>> with_newer_keys(const std::shared_ptr<const Known>& old);
  Result<void> check_signature(const Jwt& token, std::shared_ptr<const Known> known);
  Result<Json> exchange(const Known& known, const Pending& pending, const std::string& code) const;
  Result<Json> userinfo(const Known& known, const Json& answer, const std::string& subject) const;
  Result<Person> finish(const Pending& pending, const Arrival& arrival);

  const ProviderOptions options_;
  const hub::Url issuer_;
  const hub::HttpClient client_;
  std::atomic<int> waiting_{0};
  std::mutex fetching_;
  std::mutex mutex_;
  std::shared_ptr<const Known> known_;
  std::optional<Error> failed_;  // the last try
  TimeNs failed_ns_ = 0;
  TimeNs told_ns_ = 0;  // in the log, of a login
};

}  // namespace mw::oidc
