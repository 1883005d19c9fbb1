#include "server/http/access_guard.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include <algorithm>

#include "core/check.h"
#include "server/http/session_cookie.h"
#include "server/http/url.h"
#include "server/router.h"

namespace mw::server {
namespace {

constexpr std::size_t kLeastKeyCharacters = 16;

Error denied(std::string en, std::string zh, std::string param) {
  return Error::make(Code::kPermissionDenied, std::move(en), std::move(zh), std::move(param));
}

// "Bearer KEY" in any case, "Basic base64(name:KEY)" (a browser's own login box), or x-api-key.
std::string presented_key(const HttpRequest& request) {
  if (const std::string* key = request.header("x-api-key")) return *key;
  const std::string* header = request.header("Authorization");
  if (header == nullptr) return {};
  const std::size_t space = header->find(' ');
  if (space == std::string::npos) return {};
  const std::string_view scheme = std::string_view(*header).substr(0, space);
  std::string_view rest = std::string_view(*header).substr(space + 1);
  while (!rest.empty() && rest.front() == ' ') rest.remove_prefix(1);
  if (equals_ignoring_case(scheme, "Bearer")) return std::string(rest);
  if (!equals_ignoring_case(scheme, "Basic") || rest.empty() || rest.size() % 4 != 0) return {};
  std::string decoded(rest.size() / 4 * 3, '\0');
  const int length = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(decoded.data()),
                                     reinterpret_cast<const unsigned char*>(rest.data()),
                                     static_cast<int>(rest.size()));  // header is at most 16 KiB
  if (length < 0) return {};
  decoded.resize(static_cast<std::size_t>(length));
  while (!rest.empty() && rest.back() == '=' && !decoded.empty()) {
    rest.remove_suffix(1);
    decoded.pop_back();
  }
  const std::size_t colon = decoded.find(':');
  return colon == std::string::npos ? std::string() : decoded.substr(colon + 1);
}

Error not_known() {
  return Error::make(Code::kUnauthenticated,
                     "log in, or send a valid API key: 'Authorization: Bearer KEY'",
                     "请登录，或发送有效的 API 密钥：“Authorization: Bearer 密钥”", "");
}

/// The part of the API that a route belongs to, for the scopes of service keys.
std::string_view scope_of(std::string_view pattern) {
  if (pattern.starts_with("/v1/")) return "models";
  return pattern == "/metrics" ? "metrics" : "plant";
}

/// What the owner of the machine hands out by its configuration, or holds before anybody is known:
/// all but the management of people.
const security::Grant kOwner{security::Role::kEngineer, {"*"}, {"*"}};
const security::Grant kOnlooker{security::Role::kViewer, {"*"}, {"*"}};

bool holds(const std::vector<std::string>& list, std::string_view item) {
  return std::any_of(list.begin(), list.end(),
                     [&](const std::string& mine) { return equals_ignoring_case(mine, item); });
}

}  // namespace

bool is_loopback_address(std::string_view address) { return is_loopback_host(address); }

Result<AccessGuard> AccessGuard::create(const ServerOptions& options) {
  AccessGuard guard;
  guard.loopback_only_ = is_loopback_address(options.address);
  if (!guard.loopback_only_) {
    const bool tls = !options.tls_certificate_file.empty() && !options.tls_key_file.empty();
    const bool people = options.people != nullptr && options.people->anyone();
    if (!tls || (options.api_keys.empty() && !people)) {
      return Error::make(
          Code::kInvalidArgument,
          "listening on " + options.address +
              " makes the server reachable from other machines: give a TLS certificate and key "
              "and at least one person (`millwright user add`) or key (`millwright token create`), "
              "or "
              "listen on 127.0.0.1",
          "监听 " + options.address +
              " 会使其他机器可以访问：请提供 TLS 证书和密钥，并至少添加一个用户（`millwright user "
              "add`）或密钥（`millwright "
              "token create`），或改为监听 127.0.0.1",
          "listen");
    }
  }
  if (RAND_bytes(guard.process_key_.data(), static_cast<int>(guard.process_key_.size())) != 1) {
    return Error::make(Code::kInternal, "the system's random generator failed",
                       "系统随机数生成器出错");
  }
  for (const ApiKey& key : options.api_keys) {
    if (key.secret.size() < kLeastKeyCharacters) {
      return Error::make(Code::kInvalidArgument,
                         "API key '" + key.name + "': expected at least 16 characters, got " +
                             std::to_string(key.secret.size()),
                         "API 密钥“" + key.name + "”至少需要 16 个字符", "api_keys");
    }
    if (key.secret.starts_with("mw_") || key.name.starts_with("mw_") ||
        key.name == security::kLocalName) {
      return Error::make(Code::kInvalidArgument,
                         "API key '" + key.name +
                             "': its name is 'local' or it begins as service keys do (mw_): choose "
                             "another, or make one with `millwright token create`",
                         "API 密钥“" + key.name +
                             "”：名称为 local 或以服务密钥前缀 mw_ 开头，请更换，或用 `millwright "
                             "token create` 创建",
                         "api_keys");
    }
    guard.keys_.push_back({key.name, guard.digest(key.secret)});
  }
  for (const std::string& host : options.allowed_hosts) {
    MW_ASSIGN(const HostPort parsed, parse_host(host));
    guard.allowed_hosts_.push_back(parsed.host);
  }
  guard.people_ = options.people;
  guard.loopback_viewer_ = options.loopback_viewer;
  guard.allowed_origins_ = options.allowed_origins;
  return guard;
}

AccessGuard::Digest AccessGuard::digest(std::string_view secret) const {
  Digest out{};
  unsigned int length = 0;
  HMAC(EVP_sha256(), process_key_.data(), static_cast<int>(process_key_.size()),
       reinterpret_cast<const unsigned char*>(secret.data()), secret.size(), out.data(), &length);
  MW_CHECK_EQ(length, out.size());  // digests of nothing would all be alike
  return out;
}

Result<void> AccessGuard::check_origin(const HttpRequest& request) const {
  const std::string* host = request.header("Host");
  if (host != nullptr) {
    MW_ASSIGN(const HostPort parsed, parse_host(*host));
    const bool ours = is_loopback_host(parsed.host) || holds(allowed_hosts_, parsed.host);
    if (loopback_only_ && !ours) {
      return denied("Host '" + parsed.host +
                        "' is not this server: expected localhost, 127.0.0.1 "
                        "or a name from allowed_hosts",
                    "Host “" + parsed.host + "”不是本服务器", "host");
    }
  }
  const std::string* origin = request.header("Origin");
  if (origin != nullptr) {
    const std::string own =
        (request.secure ? "https://" : "http://") + (host != nullptr ? *host : std::string());
    if (!equals_ignoring_case(*origin, own) && !holds(allowed_origins_, *origin)) {
      return denied(
          "a page from another origin may not call this server; add it to "
          "allowed_origins if it should",
          "不允许其他来源的网页访问本服务器；如需允许请加入 allowed_origins", "origin");
    }
    return {};
  }
  // Without an Origin: links and images from elsewhere, which browsers mark.
  const std::string* site = request.header("Sec-Fetch-Site");
  const std::string* mode = request.header("Sec-Fetch-Mode");
  const bool elsewhere = site != nullptr && (*site == "cross-site" || *site == "same-site");
  if (elsewhere && (mode == nullptr || *mode != "navigate")) {
    return denied("a page from another site may not load from this server",
                  "不允许其他站点的网页加载本服务器的内容", "sec-fetch-site");
  }
  return {};
}

Result<AccessGuard::Caller> AccessGuard::key_holder(const HttpRequest& request,
                                                    const std::string& presented) const {
  if (people_ != nullptr && presented.starts_with("mw_")) {
    MW_ASSIGN(security::KeyUse use, people_->key(presented, request.remote_address));
    return Caller{std::move(use.who), std::move(use.scopes)};
  }
  const Digest given = digest(presented);
  const KnownKey* found = nullptr;
  for (const KnownKey& key : keys_) {  // all of them: the time does not tell which one matched
    if (CRYPTO_memcmp(key.digest.data(), given.data(), given.size()) == 0) found = &key;
  }
  if (found == nullptr) return not_known();
  return Caller{security::identity_of(Identity::Kind::kApiKey, found->name, kOwner), {"*"}};
}

Result<AccessGuard::Caller> AccessGuard::caller(const HttpRequest& request) const {
  const std::string presented = presented_key(request);
  const bool known = !keys_.empty() || (people_ != nullptr && people_->anyone());
  if (!known) return Caller{security::identity_of(Identity::Kind::kPerson, "local", kOwner), {"*"}};
  if (!presented.empty()) return key_holder(request, presented);
  const std::string token = session_token(request);
  if (people_ != nullptr && !token.empty()) {
    auto who = people_->session(token);
    if (who) return Caller{std::move(*who), {"*"}};
    if (!loopback_viewer_) return who.error();
  }
  if (loopback_viewer_ && loopback_only_) {
    return Caller{security::identity_of(Identity::Kind::kPerson, "local", kOnlooker), {"*"}};
  }
  return not_known();
}

Result<Identity> AccessGuard::identify(const HttpRequest& request, const Route& route) const {
  if (!route.needs_key && !route.takes_key) return Identity();
  Result<Caller> found = caller(request);
  if (!route.needs_key) return found ? std::move(found->who) : Identity();
  if (!found) return found.error();
  const std::string_view scope = scope_of(route.pattern);
  if (!holds(found->scopes, "*") && !holds(found->scopes, scope)) {
    return denied("the key's scopes do not reach this: it needs '" + std::string(scope) + "'",
                  "密钥的范围不含此操作：需要“" + std::string(scope) + "”", "scope");
  }
  if (security::is_newcomer(found->who)) {
    return denied("choose a password of your own first: PUT /api/session/password",
                  "请先设置自己的密码：PUT /api/session/password", "password");
  }
  if (!found->who.has_role(route.least_role)) {
    const std::string role(security::role_name(route.least_role));
    return denied("this needs the role " + role + " or a higher one; ask an administrator",
                  "此操作需要角色 " + role + " 或更高，请联系管理员", "role");
  }
  const bool person =
      found->who.kind == Identity::Kind::kPerson && found->who.name != security::kLocalName;
  if (route.needs_person && !person) {
    return denied("this needs a person who logged in: a key, or this machine's own screen, may not",
                  "此操作需要登录的人员：密钥或本机屏幕不可以", "person");
  }
  return std::move(found->who);
}

bool AccessGuard::may_read_across(std::string_view origin) const {
  return holds(allowed_origins_, origin);
}

}  // namespace mw::server
