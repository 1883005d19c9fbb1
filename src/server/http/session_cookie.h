#pragma once

#include <string>
#include <string_view>

#include "server/http/http_types.h"

namespace mw::server {

/// The value of the request's cookie of that name, empty when there is none.
std::string cookie_value(const HttpRequest& request, std::string_view name);

/// The token of the request's session cookie, empty when there is none. Over TLS the cookie is
/// "__Host-mw_session", which a browser takes only from this very host over TLS; else "mw_session".
std::string session_token(const HttpRequest& request);

/// A Set-Cookie value: HttpOnly (no script reads it), SameSite=Strict (no other site sends it),
/// Secure over TLS; ends with the browser, so that the next at a shared station is somebody else.
/// An empty token erases it.
std::string session_cookie(std::string_view token, bool secure);

}  // namespace mw::server
