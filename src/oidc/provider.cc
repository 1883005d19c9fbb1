#include "oidc/provider.h"

#include <algorithm>

#include "core/sha256.h"
#include "oidc/id_token.h"
#include "oidc/internal/base64url.h"
#include "oidc/internal/form.h"
#include "oidc/internal/provider_parts.h"
#include "oidc/internal/token_error.h"
#include "security/random.h"

namespace mw::oidc {
namespace {

constexpr std::size_t kRandomBytes = 32;
constexpr std::size_t kMostCode = 4096;

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

hub::HttpClientOptions client_options(const ProviderOptions& options) {
  hub::HttpClientOptions out;
  out.connect_timeout = std::min(options.patience, std::chrono::milliseconds(5000));
  out.idle_timeout = options.patience;
  out.max_redirects = 0;  // a redirect would lead to a host that nobody allowed
  out.ca_file = options.ca_file;
  out.user_agent = options.user_agent;
  return out;
}

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

Result<Departure> Provider::depart(Purpose purpose) {
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
  std::vector<std::pair<std::string, std::string>> fields = {
      {"response_type", "code"},
      {"client_id", options_.client_id},
      {"redirect_uri", options_.redirect_uri},
      {"scope", scopes},
      {"state", out.pending.state},
      {"nonce", out.pending.nonce},
      {"code_challenge", base64url({reinterpret_cast<const char*>(digest.data()), digest.size()})},
      {"code_challenge_method", "S256"},
  };
  if (purpose == Purpose::kShowAgain) {
    out.pending.asked_again_ns = options_.clock->now_ns();
    fields.emplace_back("prompt", "login");
    fields.emplace_back("max_age", "0");
  }
  const std::string query = form_text(fields);
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
                                     options_.clock->now_ns(), pending.asked_again_ns}));
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
