// Any bytes as an HTTP request: the reader gives the same request, or none, whether they come at
// once or in pieces; what it accepts goes through routing and the access rules.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/check.h"
#include "server/http/access_guard.h"
#include "server/http/request_reader.h"
#include "server/http/session_cookie.h"
#include "server/router.h"

namespace {

using mw::server::HttpRequest;
using mw::server::RequestReader;

constexpr uint64_t kBodyBytes = 4096;

std::optional<HttpRequest> read(std::string_view bytes, std::size_t step) {
  RequestReader reader(2048, 20);
  std::string buffer;
  for (std::size_t at = 0; at < bytes.size();) {
    const std::string_view piece = bytes.substr(at, step);
    buffer += piece;
    at += piece.size();
    for (bool progress = true; progress;) {
      const auto used = reader.consume(buffer);
      if (!used) return std::nullopt;
      MW_CHECK(*used <= buffer.size());
      buffer.erase(0, *used);
      progress = *used > 0 && !buffer.empty();
      if (reader.header_done() && !reader.complete()) {
        if (!reader.allow_body(kBodyBytes)) return std::nullopt;
      }
      if (reader.complete()) return reader.take();
    }
  }
  return std::nullopt;
}

const mw::server::Router& router() {
  static const mw::server::Router* made = [] {
    auto* out = new mw::server::Router();
    for (const char* pattern : {"/v1/models", "/v1/models/{id...}", "/a/{b}/c", "/"}) {
      mw::server::Route route;
      route.pattern = pattern;
      route.doc.operation = pattern;
      route.handler = [](const std::shared_ptr<mw::server::Exchange>&) {};
      out->add(std::move(route));
    }
    return out;
  }();
  return *made;
}

const mw::server::AccessGuard& guard() {
  static const mw::server::AccessGuard made = [] {
    mw::server::ServerOptions options;
    options.api_keys = {{"a", "0123456789abcdef"}};
    return *mw::server::AccessGuard::create(options);
  }();
  return made;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::size_t step = 1 + data[0] % 16;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const auto whole = read(bytes, bytes.size() + 1);
  const auto pieces = read(bytes, step);
  // An unfinished header may be refused at once or still waited for; nothing is accepted of it.
  MW_CHECK(whole.has_value() == pieces.has_value());
  if (!whole) return 0;
  const HttpRequest& request = *whole;
  MW_CHECK(request.target == pieces->target);
  MW_CHECK(request.body == pieces->body);
  MW_CHECK(request.headers.size() == pieces->headers.size());
  MW_CHECK(request.body.size() <= kBodyBytes);
  MW_CHECK(request.headers.size() <= 20);
  MW_CHECK(!request.path.empty());
  const auto match = router().match(request.method, request.path);
  for (const auto& [name, value] : match.values) MW_CHECK(!value.empty());
  const auto origin = guard().check_origin(request);
  MW_CHECK(origin.has_value() || origin.error().code == mw::Code::kPermissionDenied ||
           origin.error().code == mw::Code::kInvalidArgument);  // a Host that is none
  static const mw::server::Route kRoute = [] {
    mw::server::Route route;
    route.pattern = "/api/plant";
    return route;
  }();
  // Nothing but the one key gets in, and it gets in as itself.
  const auto who = guard().identify(request, kRoute);
  if (who.has_value()) {
    MW_CHECK(who->name == "a");
  } else {
    MW_CHECK(who.error().code == mw::Code::kUnauthenticated);
  }
  MW_CHECK(mw::server::session_token(request).size() <= bytes.size());
  return 0;
}
