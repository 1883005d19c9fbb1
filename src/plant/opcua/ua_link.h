#pragma once

#include <array>
#include <atomic>
#include <memory>
#include <stop_token>
#include <string>

#include "core/clock.h"
#include "core/result.h"
#include "plant/connector_options.h"
#include "plant/opcua/opcua_certificate.h"
#include "plant/opcua/ua_owned.h"

namespace mw::plant {

/// A session of open62541's client: chosen endpoint, checked certificates, errors in our words.
class UaLink {
 public:
  /// Once `stop` asks for it, no further step is begun; each takes OpcuaOptions::timeout_ms at
  /// most.
  static Result<std::unique_ptr<UaLink>> connect(const OpcuaOptions& options,
                                                 const std::stop_token& stop = {});
  ~UaLink();
  UaLink(const UaLink&) = delete;
  UaLink& operator=(const UaLink&) = delete;

  UA_Client* client() { return client_; }
  /// Receives for at most `ms`. Errors: the session is over.
  Result<void> pump(int ms);
  /// The Error of a service that answered with `status`; `en` and `zh` say what was done.
  Result<void> check(UA_StatusCode status, const char* en, const char* zh) const;
  /// When the first of the certificates in use expires; absent without security.
  std::optional<TimeNs> expires_ns() const { return expires_ns_; }

  // For UA_Client_Subscriptions_create.
  static void on_subscription_status(UA_Client* client, UA_UInt32 id, void* context,
                                     UA_StatusChangeNotification* change);
  static void on_subscription_deleted(UA_Client* client, UA_UInt32 id, void* context);

 private:
  UaLink(const OpcuaOptions& options, const std::stop_token& stop)
      : options_(options), stop_(stop) {}
  Result<void> make_client();
  Result<void> choose_endpoint();
  Result<void> open_session();
  Result<void> still_wanted() const;
  Error refusal(UA_StatusCode status) const;
  Error unreachable(UA_StatusCode status) const;
  static UaLink& of(UA_Client* client);
  static void on_log(void* self, UA_LogLevel level, UA_LogCategory category, const char* format,
                     va_list arguments);

  const OpcuaOptions options_;
  const std::stop_token stop_;
  OpcuaIdentity identity_;
  UA_Logger logger_{};
  std::string last_words_;  // of open62541
  UA_Client* client_ = nullptr;
  std::optional<TimeNs> expires_ns_;
  bool subscription_lost_ = false;
};

}  // namespace mw::plant
