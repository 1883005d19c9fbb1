// What a provider says of itself: its addresses and its keys, fetched, checked and kept.
#include <algorithm>

#include "oidc/internal/provider_parts.h"
#include "oidc/provider.h"

namespace mw::oidc {
namespace {

constexpr uint64_t kMostBytes = 256 * 1024;  // of an answer
constexpr TimeNs kKeptNs = kNsPerHour;
constexpr TimeNs kKeysEveryNs = kNsPerMinute;
constexpr TimeNs kRetryNs = 5 * kNsPerSecond;
constexpr std::size_t kMostErrorName = 64;

bool lists(const Json& metadata, const char* name, std::string_view wanted) {
  const auto found = metadata.find(name);
  return found != metadata.end() && found->is_array() &&
         std::any_of(found->begin(), found->end(), [&](const Json& each) {
           return each.is_string() && each.get<std::string>() == wanted;
         });
}

/// "invalid_grant" of an error answer; nothing that could carry more than a name into our log.
std::string error_name(const std::string& body) {
  const auto json = parse_json(body, 4);
  const std::string name =
      json && json->is_object() ? json_string(*json, "error").value_or("") : std::string();
  const bool plain = std::all_of(name.begin(), name.end(),
                                 [](char c) { return (c >= 'a' && c <= 'z') || c == '_'; });
  return plain && name.size() <= kMostErrorName ? name : std::string();
}

}  // namespace

/// The body of an answer with status 200; `what` was asked for, in messages.
Result<std::string> Provider::fetch(hub::HttpRequest request, const char* what) const {
  const auto until = std::chrono::steady_clock::now() + options_.patience;
  request.max_body_bytes = kMostBytes;
  request.patience = [until] {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
        until - std::chrono::steady_clock::now());
    return std::max(left, std::chrono::milliseconds(1));
  };
  request.headers["Accept"] = "application/json";
  const std::string host = request.url.authority();
  const auto answer = client_.get_text(request);
  if (!answer) {
    return unavailable(
        "(" + host + ", " + what + ") cannot be reached: " + answer.error().message.en,
        "（" + host + "，" + what + "）无法访问：" + answer.error().message.zh);
  }
  const auto& [response, body] = *answer;
  if (response.status == 200) return body;
  const std::string name = error_name(response.error_body);
  if (response.status == 400 && name == "invalid_grant") {
    return code_error("the login's code was used already or is too old: begin again",
                      "登录代码已使用或已过期，请重新登录");
  }
  const std::string status =
      std::to_string(response.status) + (name.empty() ? "" : " (" + name + ")");
  return unavailable("(" + host + ", " + what + ") answered " + status,
                     "（" + host + "，" + what + "）返回 " + status);
}

Result<hub::Url> Provider::endpoint(const Json& metadata, const char* name) const {
  const std::string text = json_string(metadata, name).value_or("");
  const auto url = hub::parse_url(text);
  const bool known_host =
      url && (url->host == issuer_.host || std::find(options_.hosts.begin(), options_.hosts.end(),
                                                     url->host) != options_.hosts.end());
  if (known_host && (url->tls || (!issuer_.tls && is_loopback(*url)))) return *url;
  return unavailable(
      "names a " + std::string(name) +
          " that is not an https address of its own host; other hosts have to be listed in "
          "oidc.hosts",
      "的 " + std::string(name) + " 不是其自身主机的 https 地址；其他主机须列入 oidc.hosts");
}

Result<std::shared_ptr<const Provider::Known>> Provider::fetch_known() {
  hub::HttpRequest request;
  request.url = issuer_;
  if (request.url.target.ends_with('/')) request.url.target.pop_back();
  request.url.target += "/.well-known/openid-configuration";
  MW_ASSIGN(const std::string text, fetch(std::move(request), "metadata"));
  const auto metadata = parse_json(text, 8);
  if (!metadata || !metadata->is_object()) {
    return unavailable("has metadata that is no JSON object", "的元数据不是 JSON 对象");
  }
  // Exactly: else one provider could speak for another (OpenID Connect Discovery 4.3).
  if (json_string(*metadata, "issuer").value_or("") != options_.issuer) {
    return unavailable(
        "calls itself by another name than oidc.issuer: both have to be the same "
        "text, a slash at the end included",
        "的 issuer 与 oidc.issuer 不一致：两者须完全相同，包括末尾斜杠");
  }
  auto known = std::make_shared<Known>();
  MW_ASSIGN(known->authorization, endpoint(*metadata, "authorization_endpoint"));
  MW_ASSIGN(known->token, endpoint(*metadata, "token_endpoint"));
  MW_ASSIGN(known->keys_url, endpoint(*metadata, "jwks_uri"));
  if (metadata->contains("userinfo_endpoint")) {
    MW_ASSIGN(known->userinfo, endpoint(*metadata, "userinfo_endpoint"));
  }
  constexpr const char* kMethods = "token_endpoint_auth_methods_supported";
  known->posts_secret = lists(*metadata, kMethods, "client_secret_post") &&
                        !lists(*metadata, kMethods, "client_secret_basic");
  known->says_issuer =
      json_bool(*metadata, "authorization_response_iss_parameter_supported", false).value_or(false);
  hub::HttpRequest keys;
  keys.url = known->keys_url;
  MW_ASSIGN(const std::string key_text, fetch(std::move(keys), "keys"));
  MW_ASSIGN(KeySet set, KeySet::parse(key_text));
  known->keys = std::make_shared<const KeySet>(std::move(set));
  known->fetched_ns = options_.clock->now_ns();
  return std::shared_ptr<const Known>(std::move(known));
}

Result<std::shared_ptr<const Provider::Known>> Provider::known() {
  const TimeNs now = options_.clock->now_ns();
  const auto within = [&](TimeNs then, TimeNs span) { return now >= then && now - then < span; };
  std::shared_ptr<const Known> old;
  {
    const std::lock_guard lock(mutex_);
    old = known_;
    if (old != nullptr && within(old->fetched_ns, kKeptNs)) return old;
    // One that is down is not asked by each visitor of the login page.
    if (failed_ && within(failed_ns_, kRetryNs)) {
      if (old != nullptr) return old;
      return *failed_;
    }
  }
  // Who comes first asks; a few wait for that, the others do not keep threads.
  const Seat seat(waiting_);
  std::unique_lock turn(fetching_, std::defer_lock);
  if (old != nullptr ? !turn.try_lock() : seat.too_many()) {
    if (old != nullptr) return old;
    return crowded();
  }
  if (old == nullptr) {
    turn.lock();
    const std::lock_guard lock(mutex_);
    if (known_ != nullptr) return known_;
    if (failed_ && within(failed_ns_, kRetryNs)) return *failed_;
  }
  auto fetched = fetch_known();
  const std::lock_guard lock(mutex_);
  if (fetched) {
    known_ = *fetched;
    failed_.reset();
    return fetched;
  }
  options_.log(LogLevel::kWarning, "oidc", fetched.error().message.en);
  failed_ = fetched.error();
  failed_ns_ = options_.clock->now_ns();
  if (old != nullptr) return old;
  return fetched;
}

/// The provider may have changed its keys. It is not asked for each token that somebody makes up.
Result<std::shared_ptr<const Provider::Known>> Provider::with_newer_keys(
    const std::shared_ptr<const Known>& old) {
  auto renewed = std::make_shared<Known>();
  {
    const std::lock_guard lock(mutex_);
    const std::shared_ptr<const Known> latest = known_ != nullptr ? known_ : old;
    const TimeNs now = options_.clock->now_ns();
    const bool just_tried = now >= latest->keys_ns && now - latest->keys_ns < kKeysEveryNs;
    if (latest->keys != old->keys || just_tried) return latest;
    *renewed = *latest;
    renewed->keys_ns = now;
    known_ = std::make_shared<const Known>(*renewed);
  }
  hub::HttpRequest request;
  request.url = renewed->keys_url;
  MW_ASSIGN(const std::string text, fetch(std::move(request), "keys"));
  MW_ASSIGN(KeySet set, KeySet::parse(text));
  renewed->keys = std::make_shared<const KeySet>(std::move(set));
  const std::lock_guard lock(mutex_);
  known_ = renewed;
  return known_;
}

}  // namespace mw::oidc
