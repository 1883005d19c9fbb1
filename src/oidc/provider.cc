#include "oidc/provider.h"

#include <algorithm>

#include "core/sha256.h"
#include "oidc/id_token.h"
#include "oidc/internal/base64url.h"
#include "oidc/internal/form.h"
#include "oidc/internal/token_error.h"
#include "security/random.h"

namespace mw::oidc {
namespace {

constexpr uint64_t kMostBytes = 256 * 1024;  // of an answer
constexpr TimeNs kKeptNs = kNsPerHour;
constexpr TimeNs kKeysEveryNs = kNsPerMinute;
constexpr TimeNs kRetryNs = 5 * kNsPerSecond;
constexpr int kMostWaiting = 4;  // for the provider: the other threads serve everybody else
constexpr std::size_t kRandomBytes = 32;
constexpr std::size_t kMostCode = 4096;
constexpr std::size_t kMostErrorName = 64;

Error unavailable(const std::string& en, const std::string& zh) {
  return Error::make(Code::kUnavailable,
                     "the identity provider " + en + ". Log in with a password, or try again later",
                     "身份提供方" + zh + "。请使用密码登录，或稍后重试");
}

Error crowded() {
  return Error::make(Code::kResourceExhausted, "too many logins at once: try again in a moment",
                     "同时登录的人过多，请稍后重试");
}

/// Of what the browser brought.
Error code_error(const std::string& en, const std::string& zh) {
  Error error = token_error(en, zh);
  error.param = "code";
  return error;
}

bool is_loopback(const hub::Url& url) {
  return url.host == "localhost" || url.host == "::1" || url.host == "127.0.0.1";
}

Result<hub::Url> checked_url(const std::string& text, const char* option) {
  const auto url = hub::parse_url(text);
  if (url && (url->tls || is_loopback(*url)) &&
      url->target.find_first_of("?#") == std::string::npos)
    return *url;
  return Error::make(
      Code::kInvalidArgument,
      std::string(option) + ": expected an https address without a query, got '" + text + "'",
      std::string(option) + "：应为不含参数的 https 地址，实际为“" + text + "”", option);
}

Result<std::string> random_text() {
  MW_ASSIGN(const std::string bytes, security::random_bytes(kRandomBytes));
  return base64url(bytes);
}

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

hub::HttpClientOptions client_options(const ProviderOptions& options) {
  hub::HttpClientOptions out;
  out.connect_timeout = std::min(options.patience, std::chrono::milliseconds(5000));
  out.idle_timeout = options.patience;
  out.max_redirects = 0;  // a redirect would lead to a host that nobody allowed
  out.ca_file = options.ca_file;
  out.user_agent = options.user_agent;
  return out;
}

/// Gives back on destruction what was taken.
class Seat {
 public:
  explicit Seat(std::atomic<int>& taken) : taken_(taken), number_(++taken) {}
  Seat(const Seat&) = delete;
  Seat& operator=(const Seat&) = delete;
  ~Seat() { --taken_; }
  bool too_many() const { return number_ > kMostWaiting; }

 private:
  std::atomic<int>& taken_;
  const int number_;
};

}  // namespace

Provider::Provider(ProviderOptions options, hub::Url issuer)
    : options_(std::move(options)), issuer_(std::move(issuer)), client_(client_options(options_)) {}

Result<std::unique_ptr<Provider>> Provider::create(ProviderOptions options) {
  MW_ASSIGN(hub::Url issuer, checked_url(options.issuer, "issuer"));
  MW_TRY(checked_url(options.redirect_uri, "url"));
  if (options.client_id.empty()) {
    return Error::make(Code::kInvalidArgument, "client_id: expected a name", "client_id 不能为空",
                       "client_id");
  }
  if (std::find(options.scopes.begin(), options.scopes.end(), "openid") == options.scopes.end()) {
    return Error::make(Code::kInvalidArgument, "scopes: expected openid among them",
                       "scopes 应包含 openid", "scopes");
  }
  return std::unique_ptr<Provider>(new Provider(std::move(options), std::move(issuer)));
}

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

Result<Departure> Provider::depart() {
  MW_ASSIGN(const std::shared_ptr<const Known> provider, known());
  Departure out;
  MW_ASSIGN(out.pending.state, random_text());
  MW_ASSIGN(out.pending.nonce, random_text());
  MW_ASSIGN(out.pending.verifier, random_text());
  Sha256 hash;
  hash.update(out.pending.verifier);
  const Sha256Digest digest = hash.digest();
  std::string scopes;
  for (const std::string& each : options_.scopes) scopes += (scopes.empty() ? "" : " ") + each;
  const std::string query = form_text({
      {"response_type", "code"},
      {"client_id", options_.client_id},
      {"redirect_uri", options_.redirect_uri},
      {"scope", scopes},
      {"state", out.pending.state},
      {"nonce", out.pending.nonce},
      {"code_challenge", base64url({reinterpret_cast<const char*>(digest.data()), digest.size()})},
      {"code_challenge_method", "S256"},
  });
  const std::string base = provider->authorization.text();
  out.url = base + (base.find('?') == std::string::npos ? "?" : "&") + query;
  return out;
}

Result<Json> Provider::exchange(const Known& known, const Pending& pending,
                                const std::string& code) const {
  std::vector<std::pair<std::string, std::string>> fields = {
      {"grant_type", "authorization_code"},
      {"code", code},
      {"redirect_uri", options_.redirect_uri},
      {"code_verifier", pending.verifier},
  };
  hub::HttpRequest request;
  request.url = known.token;
  const bool basic = !options_.client_secret.empty() && !known.posts_secret;
  if (basic) {
    // Both are form-encoded first (RFC 6749 2.3.1).
    request.headers["Authorization"] = "Basic " + base64(form_encoded(options_.client_id) + ":" +
                                                         form_encoded(options_.client_secret));
  } else {
    fields.emplace_back("client_id", options_.client_id);
    if (!options_.client_secret.empty()) {
      fields.emplace_back("client_secret", options_.client_secret);
    }
  }
  request.body = form_text(fields);
  request.content_type = "application/x-www-form-urlencoded";
  MW_ASSIGN(const std::string text, fetch(std::move(request), "token"));
  auto answer = parse_json(text, 8);
  if (answer && answer->is_object()) return answer;
  return unavailable("answered a login with no JSON object", "的登录应答不是 JSON 对象");
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

Result<void> Provider::check_signature(const Jwt& token, std::shared_ptr<const Known> provider) {
  KeySet::Verdict verdict = provider->keys->check(token);
  if (verdict == KeySet::Verdict::kNoKey) {
    MW_ASSIGN(provider, with_newer_keys(provider));
    verdict = provider->keys->check(token);
  }
  if (verdict == KeySet::Verdict::kSigned) return {};
  if (verdict == KeySet::Verdict::kForged) {
    return token_error("its signature does not fit", "签名不符");
  }
  return token_error("it is signed with a key that the provider does not list",
                     "所用密钥不在身份提供方的密钥集中");
}

Result<Json> Provider::userinfo(const Known& known, const Json& answer,
                                const std::string& subject) const {
  hub::HttpRequest request;
  request.url = *known.userinfo;
  MW_ASSIGN(request.bearer_token, json_string(answer, "access_token"));
  if (request.bearer_token.empty()) return Json::object();
  MW_ASSIGN(const std::string text, fetch(std::move(request), "userinfo"));
  auto claims = parse_json(text, 16);
  if (!claims || !claims->is_object()) {
    return unavailable("answered userinfo with no JSON object", "的 userinfo 不是 JSON 对象");
  }
  // Else it may be somebody else's (OpenID Connect Core 5.3.2).
  if (json_string(*claims, "sub").value_or("") != subject) {
    return token_error("userinfo is somebody else's (sub)", "userinfo 的主体（sub）不符");
  }
  return claims;
}

Result<Person> Provider::finish(const Pending& pending, const Arrival& arrival) {
  MW_ASSIGN(const std::shared_ptr<const Known> provider, known());
  if (arrival.issuer.empty() ? provider->says_issuer : arrival.issuer != options_.issuer) {
    return code_error("the answer is another issuer's (iss)", "应答的签发者（iss）不符");
  }
  if (arrival.code.empty() || arrival.code.size() > kMostCode) {
    return code_error("the answer holds no code", "应答中没有代码");
  }
  MW_ASSIGN(const Json answer, exchange(*provider, pending, arrival.code));
  const std::string id_token = json_string(answer, "id_token").value_or("");
  MW_ASSIGN(const Jwt token, parse_jwt(id_token));
  MW_TRY(check_signature(token, provider));
  MW_TRY(check_claims(token.claims, {options_.issuer, options_.client_id, pending.nonce,
                                     options_.clock->now_ns()}));
  Person person;
  person.issuer = options_.issuer;
  MW_ASSIGN(person.subject, json_string(token.claims, "sub"));
  const Json* names = &token.claims;
  const Json* groups = &token.claims;
  Json more = Json::object();
  const bool whole =
      token.claims.contains(options_.name_claim) &&
      (options_.groups_claim.empty() || token.claims.contains(options_.groups_claim));
  if (!whole && provider->userinfo) {
    MW_ASSIGN(more, userinfo(*provider, answer, person.subject));
    if (!names->contains(options_.name_claim)) names = &more;
    if (!groups->contains(options_.groups_claim)) groups = &more;
  }
  const std::vector<std::string> found = texts_of(*names, options_.name_claim);
  if (found.size() == 1) person.name = found.front();
  if (!options_.groups_claim.empty()) person.groups = texts_of(*groups, options_.groups_claim);
  return person;
}

Result<Person> Provider::arrive(const Pending& pending, const Arrival& arrival) {
  const Seat seat(waiting_);
  if (seat.too_many()) return crowded();
  auto person = finish(pending, arrival);
  if (person || person.error().param == "code") return person;
  const TimeNs now = options_.clock->now_ns();
  const std::lock_guard lock(mutex_);
  // Strangers may bring as many as they like: one a second is told.
  if (now < told_ns_ || now - told_ns_ >= kNsPerSecond) {
    told_ns_ = now;
    options_.log(LogLevel::kWarning, "oidc", person.error().message.en);
  }
  return person;
}

}  // namespace mw::oidc
