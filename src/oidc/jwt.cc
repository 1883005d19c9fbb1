#include "oidc/jwt.h"

#include <array>
#include <optional>
#include <utility>

#include "oidc/internal/base64url.h"
#include "oidc/internal/token_error.h"

namespace mw::oidc {
namespace {

constexpr std::size_t kMostBytes = 64 * 1024;
constexpr std::size_t kMostKid = 256;
constexpr int kClaimsDepth = 16;

constexpr std::array<std::pair<std::string_view, Algorithm>, 4> kAlgorithms = {{
    {"RS256", Algorithm::kRs256},
    {"PS256", Algorithm::kPs256},
    {"ES256", Algorithm::kEs256},
    {"EdDSA", Algorithm::kEdDsa},
}};

Result<Json> object_of(std::string_view part, int depth, const char* en, const char* zh) {
  const auto text = from_base64url(part);
  if (!text) return token_error(en, zh);
  auto json = parse_json(*text, depth);
  if (!json || !json->is_object()) return token_error(en, zh);
  return json;
}

Result<void> read_header(const Json& header, Jwt& token) {
  const auto alg = json_string(header, "alg");
  const auto kid = json_string(header, "kid");
  const auto typ = json_string(header, "typ", "JWT");
  if (!alg || !kid || !typ || kid->size() > kMostKid) {
    return token_error("its header is damaged", "头部损坏");
  }
  std::optional<Algorithm> found;
  for (const auto& [name, algorithm] : kAlgorithms) {
    if (*alg == name) found = algorithm;
  }
  if (!found) {
    return token_error("its algorithm is not one of RS256, PS256, ES256, EdDSA",
                       "签名算法不是 RS256、PS256、ES256 或 EdDSA");
  }
  if (*typ != "JWT" && *typ != "jwt") return token_error("it is no ID token", "不是 ID 令牌");
  // Whoever does not know an extension that must be understood has to refuse (RFC 7515 4.1.11).
  if (header.contains("crit")) return token_error("it asks for extensions", "要求未知扩展");
  token.algorithm = *found;
  token.kid = *kid;
  return {};
}

}  // namespace

Result<Jwt> parse_jwt(std::string_view text) {
  if (text.size() > kMostBytes) return token_error("it is over 64 KiB", "超过 64 KiB");
  const std::size_t first = text.find('.');
  const std::size_t second = first == text.npos ? first : text.find('.', first + 1);
  if (second == text.npos || text.find('.', second + 1) != text.npos) {
    return token_error("it has not three parts", "不是三段");
  }
  Jwt token;
  MW_ASSIGN(const Json header,
            object_of(text.substr(0, first), 4, "its header is damaged", "头部损坏"));
  MW_TRY(read_header(header, token));
  MW_ASSIGN(token.claims, object_of(text.substr(first + 1, second - first - 1), kClaimsDepth,
                                    "its claims are damaged", "声明损坏"));
  auto signature = from_base64url(text.substr(second + 1));
  if (!signature || signature->empty()) return token_error("it is not signed", "没有签名");
  token.signature = std::move(*signature);
  token.signed_text = text.substr(0, second);
  return token;
}

}  // namespace mw::oidc
