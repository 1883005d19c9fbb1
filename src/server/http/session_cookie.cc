#include "server/http/session_cookie.h"

namespace mw::server {
namespace {

std::string_view cookie_name(bool secure) { return secure ? "__Host-mw_session" : "mw_session"; }

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

}  // namespace

std::string cookie_value(const HttpRequest& request, std::string_view name) {
  const std::string* header = request.header("Cookie");
  if (header == nullptr) return {};
  std::string_view rest = *header;
  while (!rest.empty()) {
    const std::size_t end = rest.find(';');
    const std::string_view pair = trimmed(rest.substr(0, end));
    rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
    const std::size_t equals = pair.find('=');
    if (equals != std::string_view::npos && pair.substr(0, equals) == name) {
      return std::string(pair.substr(equals + 1));
    }
  }
  return {};
}

std::string session_token(const HttpRequest& request) {
  return cookie_value(request, cookie_name(request.secure));
}

std::string session_cookie(std::string_view token, bool secure) {
  return std::string(cookie_name(secure)) + "=" + std::string(token) +
         "; Path=/; HttpOnly; SameSite=Strict" + (token.empty() ? "; Max-Age=0" : "") +
         (secure ? "; Secure" : "");
}

}  // namespace mw::server
