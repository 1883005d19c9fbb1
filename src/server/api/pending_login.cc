#include "server/api/pending_login.h"

#include <openssl/crypto.h>

#include <algorithm>

#include "core/hex.h"
#include "core/json.h"
#include "security/random.h"
#include "server/http/session_cookie.h"

namespace mw::server {
namespace {

constexpr int64_t kUnderWayNs = 10 * kNsPerMinute;
constexpr std::size_t kMostSpent = 10'000;
constexpr std::size_t kMostCookie = 4096;
constexpr std::string_view kBound = "login at an identity provider";

std::string_view cookie_name(bool secure) { return secure ? "__Host-mw_oidc" : "mw_oidc"; }

/// Lax, not Strict: the browser comes back from another site.
std::string set_cookie(std::string_view value, bool secure) {
  return std::string(cookie_name(secure)) + "=" + std::string(value) +
         "; Path=/; HttpOnly; SameSite=Lax; Max-Age=" + (value.empty() ? "0" : "600") +
         (secure ? "; Secure" : "");
}

Error not_begun() {
  return Error::make(Code::kUnauthenticated,
                     "this browser has not begun this login, or more than ten minutes ago, or it "
                     "was answered already: begin again on the login page",
                     "此浏览器没有发起本次登录，或已超过十分钟，或已完成：请在登录页重新开始");
}

}  // namespace

Result<std::string> PendingLogins::cookie(const PendingLogin& pending, TimeNs now_ns, bool secure) {
  security::AeadNonce nonce{};
  MW_ASSIGN(const std::string random, security::random_bytes(nonce.size()));
  std::copy(random.begin(), random.end(), nonce.begin());
  const std::string text = to_text({{"state", pending.asked.state},
                                    {"nonce", pending.asked.nonce},
                                    {"verifier", pending.asked.verifier},
                                    {"again_ns", pending.asked.asked_again_ns},
                                    {"session", pending.session},
                                    {"at_ns", now_ns}});
  const std::lock_guard lock(mutex_);
  if (!key_) {
    security::AeadKey made{};
    MW_ASSIGN(const std::string bytes, security::random_bytes(made.size()));
    std::copy(bytes.begin(), bytes.end(), made.begin());
    key_ = made;
  }
  MW_ASSIGN(const std::string sealed, security::aead_seal(*key_, nonce, kBound, text));
  const std::string whole = random + sealed;
  return set_cookie(hex_of({reinterpret_cast<const uint8_t*>(whole.data()), whole.size()}), secure);
}

std::string PendingLogins::no_cookie(bool secure) { return set_cookie("", secure); }

Result<PendingLogin> PendingLogins::take(const HttpRequest& request, std::string_view state,
                                         TimeNs now_ns) {
  const std::string hex = cookie_value(request, cookie_name(request.secure));
  security::AeadNonce nonce{};
  std::string whole(hex.size() / 2, '\0');
  if (hex.size() > kMostCookie || whole.size() < nonce.size() ||
      !from_hex(hex, {reinterpret_cast<uint8_t*>(whole.data()), whole.size()})) {
    return not_begun();
  }
  std::copy_n(whole.begin(), nonce.size(), nonce.begin());
  const std::lock_guard lock(mutex_);
  if (!key_) return not_begun();
  const auto text =
      security::aead_open(*key_, nonce, kBound, std::string_view(whole).substr(nonce.size()));
  if (!text) return not_begun();
  MW_ASSIGN(const Json json, parse_json(*text, 2));
  PendingLogin out;
  oidc::Pending& pending = out.asked;
  MW_ASSIGN(pending.state, json_string(json, "state"));
  MW_ASSIGN(pending.nonce, json_string(json, "nonce"));
  MW_ASSIGN(pending.verifier, json_string(json, "verifier"));
  MW_ASSIGN(pending.asked_again_ns, json_integer(json, "again_ns", 0));
  MW_ASSIGN(out.session, json_string(json, "session"));
  MW_ASSIGN(const int64_t at_ns, json_integer(json, "at_ns", 0));
  if (state.size() != pending.state.size() ||
      CRYPTO_memcmp(state.data(), pending.state.data(), state.size()) != 0 || now_ns < at_ns ||
      now_ns - at_ns > kUnderWayNs) {
    return not_begun();
  }
  while (!spent_.empty() &&
         (spent_.size() >= kMostSpent || now_ns - spent_.front().second > kUnderWayNs)) {
    spent_.pop_front();
  }
  const bool spent = std::any_of(spent_.begin(), spent_.end(),
                                 [&](const auto& each) { return each.first == pending.state; });
  if (spent) return not_begun();
  spent_.emplace_back(pending.state, now_ns);
  return out;
}

}  // namespace mw::server
