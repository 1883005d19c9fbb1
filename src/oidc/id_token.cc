#include "oidc/id_token.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "oidc/internal/token_error.h"

namespace mw::oidc {
namespace {

constexpr double kSkewS = 60;
constexpr double kOldestS = 600;  // a token is made while we wait for it
constexpr std::size_t kMostSubject = 255;
constexpr std::size_t kMostTexts = 1000;
constexpr std::size_t kMostBytes = 256;

/// Seconds since 1970; nothing where it is no such number.
std::optional<double> time_of(const Json& claims, const char* name) {
  const auto found = claims.find(name);
  if (found == claims.end() || !found->is_number()) return std::nullopt;
  const auto seconds = found->get<double>();
  if (!std::isfinite(seconds)) return std::nullopt;
  return seconds;
}

/// Whether the token is for us, and for us alone as far as it says.
bool is_for(const Json& claims, const std::string& client_id) {
  const auto aud = claims.find("aud");
  if (aud == claims.end()) return false;
  bool several = false;
  if (aud->is_array()) {
    const bool named = std::any_of(aud->begin(), aud->end(), [&](const Json& each) {
      return each.is_string() && each.get<std::string>() == client_id;
    });
    if (!named) return false;
    several = aud->size() > 1;
  } else if (!aud->is_string() || aud->get<std::string>() != client_id) {
    return false;
  }
  const auto azp = claims.find("azp");
  if (azp == claims.end()) return !several;
  return azp->is_string() && azp->get<std::string>() == client_id;
}

}  // namespace

Result<void> check_claims(const Json& claims, const Expected& expected) {
  const auto issuer = json_string(claims, "iss");
  if (!issuer || *issuer != expected.issuer) {
    return token_error("it is another issuer's (iss)", "签发者（iss）不符");
  }
  if (!is_for(claims, expected.client_id)) {
    return token_error("it is for another client (aud, azp)", "受众（aud、azp）不符");
  }
  const double now_s = static_cast<double>(expected.now_ns) / kNsPerSecond;
  const auto expires = time_of(claims, "exp");
  if (!expires || now_s >= *expires + kSkewS) {
    return token_error("it has expired (exp): is this machine's clock right?",
                       "已过期（exp）：请检查本机时钟");
  }
  const auto made = time_of(claims, "iat");
  const auto from = claims.contains("nbf") ? time_of(claims, "nbf") : made;
  if (!made || !from || *made > now_s + kSkewS || *made < now_s - kOldestS ||
      *from > now_s + kSkewS) {
    return token_error("it was not made now (iat, nbf): is this machine's clock right?",
                       "签发时间（iat、nbf）不符：请检查本机时钟");
  }
  const auto nonce = json_string(claims, "nonce");
  if (!nonce || expected.nonce.empty() || *nonce != expected.nonce) {
    return token_error("it answers another login (nonce)", "不属于本次登录（nonce）");
  }
  if (expected.asked_again_ns != 0) {
    const auto authenticated = time_of(claims, "auth_time");
    const double asked_s = static_cast<double>(expected.asked_again_ns) / kNsPerSecond;
    if (!authenticated || *authenticated < asked_s - kSkewS || *authenticated > now_s + kSkewS) {
      return token_error("it does not say that you signed in again just now (auth_time)",
                         "未表明您刚刚重新登录（auth_time）");
    }
  }
  const auto subject = json_string(claims, "sub");
  if (!subject || subject->empty() || subject->size() > kMostSubject) {
    return token_error("it does not say who (sub)", "缺少主体（sub）");
  }
  return {};
}

std::vector<std::string> texts_of(const Json& claims, const std::string& name) {
  std::vector<std::string> out;
  const auto add = [&](const Json& each) {
    if (!each.is_string() || out.size() >= kMostTexts) return;
    auto text = each.get<std::string>();
    if (!text.empty() && text.size() <= kMostBytes) out.push_back(std::move(text));
  };
  const auto found = claims.find(name);
  if (found == claims.end()) return out;
  if (found->is_array()) {
    for (const Json& each : *found) add(each);
  } else {
    add(*found);
  }
  return out;
}

}  // namespace mw::oidc
