#include "server/internal/response_head.h"

#include <ctime>

namespace mw::server {
namespace {

void field(std::string& out, std::string_view name, std::string_view value) {
  out += name;
  out += ": ";
  for (const char c : value) out += c >= 0x20 && c < 0x7f ? c : '?';
  out += "\r\n";
}

// The console runs its own script and style and talks to its own origin only (assistant.md 6.2;
// web/mock/static.mjs tests the same policy in a browser).
constexpr std::string_view kPagePolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; font-src 'self'; manifest-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; "
    "trusted-types 'none'";
// Nothing else is ever shown as a page.
constexpr std::string_view kDataPolicy = "default-src 'none'; frame-ancestors 'none'; sandbox";

bool is_page(std::string_view type) { return type.substr(0, 9) == "text/html"; }

}  // namespace

std::string http_date(int64_t unix_s) {
  const auto seconds = static_cast<std::time_t>(unix_s);
  std::tm utc{};
  gmtime_r(&seconds, &utc);
  char text[40];
  std::strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S GMT", &utc);
  return text;
}

std::string response_head(const HttpResponse& response, const HeadContext& context) {
  std::string out = "HTTP/1.1 " + std::to_string(response.status) + " ";
  out += reason_phrase(response.status);
  out += "\r\n";
  field(out, "Date", http_date(std::time(nullptr)));
  const bool bodiless = response.status == 204 || response.status == 304;
  if (!bodiless && !response.content_type.empty()) {
    field(out, "Content-Type", response.content_type);
  }
  if (context.chunked) {
    field(out, "Transfer-Encoding", "chunked");
  } else if (!context.no_length && !bodiless) {
    field(out, "Content-Length", std::to_string(context.content_length));
  }
  field(out, "Connection", context.keep_alive ? "keep-alive" : "close");
  if (find_header(response.headers, "Cache-Control") == nullptr) {
    field(out, "Cache-Control", "no-store");
  }
  field(out, "X-Content-Type-Options", "nosniff");
  field(out, "Referrer-Policy", "no-referrer");
  field(out, "X-Frame-Options", "DENY");
  field(out, "Content-Security-Policy", is_page(response.content_type) ? kPagePolicy : kDataPolicy);
  field(out, "Cross-Origin-Opener-Policy", "same-origin");
  field(out, "Cross-Origin-Resource-Policy",
        context.cross_origin.empty() ? "same-origin" : "cross-origin");
  if (!context.cross_origin.empty()) {
    field(out, "Access-Control-Allow-Origin", context.cross_origin);
    field(out, "Vary", "Origin");
  }
  if (!context.request_id.empty()) {
    field(out, "x-request-id", context.request_id);
    field(out, "openai-processing-ms", std::to_string(context.processing_ms));
  }
  for (const Header& header : response.headers) field(out, header.name, header.value);
  out += "\r\n";
  return out;
}

}  // namespace mw::server
