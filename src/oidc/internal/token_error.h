#pragma once

#include <string>

#include "core/error.h"

namespace mw::oidc {

/// Why a token is not believed. Nothing of the token itself: errors are logged.
inline Error token_error(const std::string& en, const std::string& zh) {
  return Error::make(Code::kUnauthenticated,
                     "the identity provider's token was refused: " + en +
                         "; an administrator finds what to do in docs/guide/sso.md",
                     "身份提供方的令牌被拒绝：" + zh + "；管理员请参阅 docs/guide/sso.md");
}

}  // namespace mw::oidc
