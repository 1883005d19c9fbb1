// What an identity provider sends, or somebody in its name: a key set, a line feed, a token.
#include <cstdint>
#include <string_view>

#include "oidc/id_token.h"
#include "oidc/jwt.h"
#include "oidc/key_set.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::size_t end = text.find('\n');
  const auto keys = mw::oidc::KeySet::parse(text.substr(0, end));
  const auto token =
      mw::oidc::parse_jwt(end == text.npos ? std::string_view() : text.substr(end + 1));
  if (!token) return 0;
  if (keys) (void)keys->check(*token);
  (void)mw::oidc::check_claims(token->claims, {"https://id.example", "mw", "n", 0});
  (void)mw::oidc::texts_of(token->claims, "groups");
  return 0;
}
