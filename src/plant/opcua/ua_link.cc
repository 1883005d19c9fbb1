#include "plant/opcua/ua_link.h"

#include <unistd.h>

#include <algorithm>

#include "plant/modbus/tcp_dial.h"
#include "plant/opcua/opcua_address.h"
#include "plant/opcua/ua_value.h"
// After the others: see ua_owned.h.
#include <open62541/plugin/securitypolicy_default.h>

namespace mw::plant {
namespace {

constexpr std::string_view kPolicyPrefix = "http://opcfoundation.org/UA/SecurityPolicy#";
constexpr UA_UInt32 kSessionMs = 60'000;
constexpr UA_UInt32 kChannelMs = 600'000;
constexpr UA_UInt32 kMostMessageBytes = 16U << 20;
constexpr std::size_t kMostEndpoints = 100;

struct PolicyName {
  OpcuaPolicy policy;
  std::string_view name;
};
constexpr std::array<PolicyName, 3> kPolicies{{
    {OpcuaPolicy::kBasic256Sha256, "Basic256Sha256"},
    {OpcuaPolicy::kAes128Sha256RsaOaep, "Aes128_Sha256_RsaOaep"},
    {OpcuaPolicy::kAes256Sha256RsaPss, "Aes256_Sha256_RsaPss"},
}};

std::string policy_uri(const OpcuaOptions& options) {
  std::string_view name = "None";
  if (options.security != OpcuaSecurity::kNone) {
    for (const PolicyName& each : kPolicies) {
      if (each.policy == options.policy) name = each.name;
    }
  }
  return std::string(kPolicyPrefix) + std::string(name);
}

UA_MessageSecurityMode mode_of(OpcuaSecurity security) {
  switch (security) {
    case OpcuaSecurity::kNone:
      return UA_MESSAGESECURITYMODE_NONE;
    case OpcuaSecurity::kSign:
      return UA_MESSAGESECURITYMODE_SIGN;
    case OpcuaSecurity::kSignAndEncrypt:
      return UA_MESSAGESECURITYMODE_SIGNANDENCRYPT;
  }
  return UA_MESSAGESECURITYMODE_INVALID;
}

std::string mode_name(UA_MessageSecurityMode mode) {
  for (const auto& [word, security] : kOpcuaSecurityWords) {
    if (mode_of(security) == mode) return word;
  }
  return "?";
}

/// Which certificates are trusted is decided before (choose_endpoint): this sees the same bytes.
UA_StatusCode trust_what_was_checked(UA_CertificateGroup* group, const UA_ByteString* certificate) {
  const auto* checked = static_cast<const UA_ByteString*>(group->context);
  const bool same = checked->length == 0 || UA_ByteString_equal(checked, certificate);
  return same ? UA_STATUSCODE_GOOD : UA_STATUSCODE_BADCERTIFICATEUNTRUSTED;
}

Result<void> add_policies(UA_SecurityPolicy** policies, std::size_t* count,
                          const OpcuaIdentity& identity, const UA_Logger* logger) {
  const UA_ByteString certificate = ua_view(identity.certificate);
  const UA_ByteString key = ua_view(identity.key);
  const bool secure = !identity.certificate.empty();
  *policies = static_cast<UA_SecurityPolicy*>(UA_calloc(secure ? 4 : 1, sizeof(UA_SecurityPolicy)));
  if (*policies == nullptr)
    return Error::make(Code::kResourceExhausted, "out of memory", "内存不足");
  UA_StatusCode status = UA_SecurityPolicy_None(&(*policies)[(*count)++], certificate, logger);
  for (auto* make : {&UA_SecurityPolicy_Basic256Sha256, &UA_SecurityPolicy_Aes128Sha256RsaOaep,
                     &UA_SecurityPolicy_Aes256Sha256RsaPss}) {
    if (!secure || status != UA_STATUSCODE_GOOD) break;
    status = make(&(*policies)[(*count)++], certificate, key, logger);
  }
  if (status == UA_STATUSCODE_GOOD) return {};
  --*count;
  return Error::make(Code::kInternal, "OPC UA security cannot be set up: " + ua_status_name(status),
                     "无法初始化 OPC UA 安全策略：" + ua_status_name(status));
}

/// "none, sign Basic256Sha256, ..." of what a server offers.
std::string offers_of(const UA_EndpointDescription* endpoints, std::size_t count) {
  std::string out;
  for (std::size_t i = 0; i < count; ++i) {
    std::string_view policy = ua_text(endpoints[i].securityPolicyUri);
    policy.remove_prefix(std::min(policy.size(), policy.find('#') + 1));
    std::string offer = mode_name(endpoints[i].securityMode);
    if (endpoints[i].securityMode != UA_MESSAGESECURITYMODE_NONE) {
      offer += " with " + std::string(policy.substr(0, 40));
    }
    if (out.find(offer) == std::string::npos) out += (out.empty() ? "" : ", ") + offer;
  }
  return out.empty() ? "nothing" : out;
}

}  // namespace

UaLink& UaLink::of(UA_Client* client) {
  return *static_cast<UaLink*>(UA_Client_getConfig(client)->clientContext);
}

void UaLink::on_log(void* self, UA_LogLevel level, UA_LogCategory /*category*/, const char* format,
                    va_list arguments) {
  if (level < UA_LOGLEVEL_ERROR) return;
  std::array<char, 512> buffer{};
  UA_String text = {buffer.size(), reinterpret_cast<UA_Byte*>(buffer.data())};
  if (UA_String_vformat(&text, format, arguments) != UA_STATUSCODE_GOOD) return;
  static_cast<UaLink*>(self)->last_words_ = std::string(ua_text(text));
}

void UaLink::on_subscription_status(UA_Client* client, UA_UInt32 /*id*/, void* /*context*/,
                                    UA_StatusChangeNotification* /*change*/) {
  of(client).subscription_lost_ = true;
}

void UaLink::on_subscription_deleted(UA_Client* client, UA_UInt32 /*id*/, void* /*context*/) {
  of(client).subscription_lost_ = true;
}

UaLink::~UaLink() {
  if (client_ == nullptr) return;
  UA_Client_disconnect(client_);
  UA_Client_delete(client_);
}

Result<std::unique_ptr<UaLink>> UaLink::connect(const OpcuaOptions& options,
                                                const std::stop_token& stop) {
  std::unique_ptr<UaLink> link(new UaLink(options, stop));
  if (options.security != OpcuaSecurity::kNone || !options.user.empty()) {
    MW_ASSIGN(link->identity_, open_opcua_identity(options.folder, SystemClock().now_ns()));
  }
  MW_TRY(link->make_client());
  MW_TRY(link->choose_endpoint());
  MW_TRY(link->still_wanted());
  MW_TRY(link->open_session());
  return link;
}

Result<void> UaLink::make_client() {
  logger_.log = &on_log;
  logger_.context = this;
  UA_ClientConfig config{};
  config.clientContext = this;
  config.logging = &logger_;
  config.timeout = static_cast<UA_UInt32>(options_.timeout_ms);
  config.requestedSessionTimeout = kSessionMs;
  config.secureChannelLifeTime = kChannelMs;
  config.noReconnect = true;
  config.noNewSession = true;
  config.outStandingPublishRequests = 3;
  config.localConnectionConfig = {0, 1U << 16, 1U << 16, kMostMessageBytes, 0, 0, 0};
  config.subscriptionInactivityCallback = [](UA_Client* client, UA_UInt32 /*id*/,
                                             void* /*context*/) {
    of(client).subscription_lost_ = true;
  };
  config.eventLoop = UA_EventLoop_new_POSIX(&logger_);
  UA_ConnectionManager* tcp = UA_ConnectionManager_new_POSIX_TCP(ua_view("tcp connection manager"));
  if (config.eventLoop == nullptr || tcp == nullptr) {
    return Error::make(Code::kResourceExhausted, "out of memory", "内存不足");
  }
  config.eventLoop->registerEventSource(config.eventLoop, &tcp->eventSource);
  config.certificateVerification.logging = &logger_;
  config.certificateVerification.verifyCertificate = &trust_what_was_checked;
  config.clientDescription.applicationType = UA_APPLICATIONTYPE_CLIENT;
  config.clientDescription.applicationUri =
      ua_copy(identity_.facts.uris.empty() ? "urn:millwright" : identity_.facts.uris[0]);
  config.clientDescription.applicationName = {ua_copy("en"), ua_copy("Millwright")};
  // Servers tell of addresses by which they know themselves, which need not lead anywhere from
  // here; open62541 would go there unless no server fits.
  config.applicationUri = ua_copy("urn:millwright:the-configured-address-only");
  config.sessionName = ua_copy("Millwright " + options_.name);
  Result<void> ready =
      add_policies(&config.securityPolicies, &config.securityPoliciesSize, identity_, &logger_);
  if (ready) {
    ready = add_policies(&config.authSecurityPolicies, &config.authSecurityPoliciesSize, identity_,
                         &logger_);
  }
  if (ready && !options_.user.empty()) {
    UA_ClientConfig_setAuthenticationUsername(&config, options_.user.c_str(),
                                              options_.password.c_str());
  }
  if (ready) client_ = UA_Client_newWithConfig(&config);
  if (client_ == nullptr) {
    UA_ClientConfig_clear(&config);
    if (ready) return Error::make(Code::kResourceExhausted, "out of memory", "内存不足");
    return ready;
  }
  // Now that it has its place: the bytes that the session's certificate must be (empty: any).
  UA_ClientConfig* kept = UA_Client_getConfig(client_);
  kept->certificateVerification.context = &kept->endpoint.serverCertificate;
  return {};
}

Result<void> UaLink::choose_endpoint() {
  std::size_t count = 0;
  UA_EndpointDescription* endpoints = nullptr;
  // Asked over a channel of its own; without this open62541 would choose before we do.
  UA_EndpointDescription& asked = UA_Client_getConfig(client_)->endpoint;
  asked.endpointUrl = ua_copy(options_.endpoint);
  asked.securityMode = UA_MESSAGESECURITYMODE_NONE;
  asked.securityPolicyUri = ua_copy(std::string(kPolicyPrefix) + "None");
  const UA_StatusCode status =
      UA_Client_getEndpoints(client_, options_.endpoint.c_str(), &count, &endpoints);
  if (status != UA_STATUSCODE_GOOD) return unreachable(status);
  const auto free_all = [count](UA_EndpointDescription* all) {
    UA_Array_delete(all, count, &UA_TYPES[UA_TYPES_ENDPOINTDESCRIPTION]);
  };
  const std::unique_ptr<UA_EndpointDescription, decltype(free_all)> freed(endpoints, free_all);
  const std::string policy = policy_uri(options_);
  const UA_EndpointDescription* chosen = nullptr;
  for (std::size_t i = 0; i < std::min(count, kMostEndpoints); ++i) {
    const bool fits = endpoints[i].securityMode == mode_of(options_.security) &&
                      ua_text(endpoints[i].securityPolicyUri) == policy;
    if (fits && chosen == nullptr) chosen = &endpoints[i];
  }
  if (chosen == nullptr) {
    const std::string offers = offers_of(endpoints, std::min(count, kMostEndpoints));
    const std::string wanted = opcua_security_word(options_.security);
    return Error::make(
        Code::kUnavailable,
        "the server does not offer security = \"" + wanted +
            "\" with the configured policy; it offers: " + offers,
        "服务器不提供 security = \"" + wanted + "\" 及所配置的策略；它提供：" + offers);
  }
  const std::string_view certificate = ua_text(chosen->serverCertificate);
  if (certificate.empty() && !options_.user.empty()) {
    return Error::make(
        Code::kPermissionDenied,
        "the server shows no certificate, so nothing could protect the password of '" +
            options_.user + "': switch its security on, or take user and password_file away",
        "服务器未出示证书，无法保护用户“" + options_.user +
            "”的密码：请启用服务器的安全策略，或删除 user 和 password_file");
  }
  // A password is encrypted for who owns the certificate, which has to be the server.
  if (options_.security != OpcuaSecurity::kNone || !options_.user.empty()) {
    MW_ASSIGN(const OpcuaCertificate facts,
              check_opcua_trust(options_.folder, certificate,
                                ua_text(chosen->server.applicationUri), SystemClock().now_ns()));
    expires_ns_ = std::min(facts.until_ns, identity_.facts.until_ns);
  }
  UA_ClientConfig* config = UA_Client_getConfig(client_);
  UA_EndpointDescription_clear(&config->endpoint);
  UA_EndpointDescription_copy(chosen, &config->endpoint);
  // Servers announce names by which they know themselves; the configured one is known to work.
  UA_String_clear(&config->endpoint.endpointUrl);
  config->endpoint.endpointUrl = ua_copy(options_.endpoint);
  return {};
}

Result<void> UaLink::open_session() {
  const UA_StatusCode status = UA_Client_connect(client_, options_.endpoint.c_str());
  if (status == UA_STATUSCODE_GOOD) return {};
  return refusal(status);
}

Result<void> UaLink::still_wanted() const {
  if (!stop_.stop_requested()) return {};
  return Error::make(Code::kCancelled, "stopped while connecting", "连接过程中被停止");
}

Error UaLink::unreachable(UA_StatusCode status) const {
  if (const Result<void> wanted = still_wanted(); !wanted) return wanted.error();
  // Why, the operating system tells better.
  const Result<OpcuaEndpoint> place = parse_opcua_endpoint(options_.endpoint);
  if (!place) return place.error();
  const Result<int> dialled = dial_tcp(place->host, place->port, options_.timeout_ms);
  if (!dialled) return dialled.error();
  ::close(*dialled);
  return Error::make(Code::kUnavailable,
                     options_.endpoint + " does not answer as an OPC UA server within " +
                         std::to_string(options_.timeout_ms) + " ms: " + ua_status_name(status),
                     options_.endpoint + " 在 " + std::to_string(options_.timeout_ms) +
                         " ms 内没有以 OPC UA 应答：" + ua_status_name(status));
}

Error UaLink::refusal(UA_StatusCode status) const {
  const std::string name = ua_status_name(status);
  switch (status) {
    case UA_STATUSCODE_BADUSERACCESSDENIED:
    case UA_STATUSCODE_BADIDENTITYTOKENREJECTED:
    case UA_STATUSCODE_BADIDENTITYTOKENINVALID:
    case UA_STATUSCODE_BADIDENTITYCHANGENOTSUPPORTED: {
      const std::string who = options_.user.empty() ? "nobody in particular" : options_.user;
      return Error::make(
          Code::kPermissionDenied,
          "the server does not let in '" + who + "' (" + name + "): look at user and password_file",
          "服务器拒绝用户“" + who + "”（" + name + "）：请检查 user 和 password_file");
    }
    default:
      break;
  }
  if (options_.security == OpcuaSecurity::kNone) {
    const std::string more = last_words_.empty() ? "" : " (" + last_words_ + ")";
    return Error::make(Code::kUnavailable, "the server opens no session: " + name + more,
                       "服务器未建立会话：" + name + more);
  }
  return Error::make(Code::kPermissionDenied,
                     "the server opens no secure session (" + name +
                         "): let it trust our certificate " + identity_.file.string() +
                         ", thumbprint " + identity_.facts.thumbprint,
                     "服务器未建立安全会话（" + name + "）：请让它信任本机证书 " +
                         identity_.file.string() + "，指纹 " + identity_.facts.thumbprint);
}

Result<void> UaLink::check(UA_StatusCode status, const char* en, const char* zh) const {
  if (status == UA_STATUSCODE_GOOD) return {};
  const std::string name = ua_status_name(status);
  return Error::make(Code::kUnavailable, std::string(en) + ": " + name,
                     std::string(zh) + "：" + name);
}

Result<void> UaLink::pump(int ms) {
  const UA_StatusCode status = UA_Client_run_iterate(client_, static_cast<UA_UInt32>(ms));
  MW_TRY(check(status, "the connection was lost", "连接中断"));
  UA_SessionState session = UA_SESSIONSTATE_CLOSED;
  UA_StatusCode connected = UA_STATUSCODE_GOOD;
  UA_Client_getState(client_, nullptr, &session, &connected);
  MW_TRY(check(connected, "the connection was lost", "连接中断"));
  if (session != UA_SESSIONSTATE_ACTIVATED) {
    return check(UA_STATUSCODE_BADSESSIONCLOSED, "the connection was lost", "连接中断");
  }
  if (subscription_lost_) {
    return check(UA_STATUSCODE_BADNOSUBSCRIPTION, "the server stopped sending", "服务器停止发送");
  }
  return {};
}

}  // namespace mw::plant
