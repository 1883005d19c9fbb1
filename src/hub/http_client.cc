#include "hub/http_client.h"

#include <algorithm>
#include <array>
#include <boost/asio/ip/address.hpp>

#include "hub/internal/http_connection.h"

namespace mw::hub {
namespace {

constexpr std::size_t kErrorBodyBytes = 4096;
constexpr std::size_t kReadBytes = 64 << 10;

bool is_redirect(int status) {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

/// The request as it goes over the wire. Addresses hold no spaces or control characters
/// (parse_url); the other values are the caller's, and checked here, since a line break would forge
/// a header.
Result<std::string> request_text(const HttpRequest& request, const Url& url,
                                 const HttpClientOptions& options) {
  const bool own_origin = url.same_origin(request.url);
  const bool post = !request.body.empty() && own_origin;
  HttpHeaders headers = request.headers;
  headers["User-Agent"] = options.user_agent;
  if (!request.bearer_token.empty() && own_origin) {
    headers["Authorization"] = "Bearer " + request.bearer_token;
  }
  if (post) {
    headers["Content-Type"] = request.content_type;
    headers["Content-Length"] = std::to_string(request.body.size());
  }
  std::string text = (post ? "POST " : "GET ") + url.target +
                     " HTTP/1.1\r\nHost: " + url.authority() +
                     "\r\nAccept: */*\r\nAccept-Encoding: identity\r\nConnection: close\r\n";
  for (const auto& [name, value] : headers) {
    if (std::any_of(value.begin(), value.end(),
                    [](unsigned char c) { return c < 0x20 || c == 0x7f; })) {
      return Error::make(Code::kInvalidArgument,
                         "the value for " + name + " holds a control character (a line break?)",
                         name + " 的值含有控制字符（换行？）", name);
    }
    text += name + ": " + value + "\r\n";
  }
  return text + "\r\n" + (post ? request.body : "");
}

HttpHeaders headers_of(const HttpConnection::Parser& parser) {
  HttpHeaders headers;
  for (const auto& field : parser.get()) {
    std::string name(field.name_string());
    std::transform(name.begin(), name.end(), name.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    headers[name] = std::string(field.value());
  }
  return headers;
}

/// Whether the user's own address is inside: then redirects may stay inside. Names count by what
/// they say ("localhost"), since a public name that resolves to an inside address is no consent.
bool names_internal(const Url& url) {
  boost::system::error_code not_an_address;
  boost::asio::ip::make_address(url.host, not_an_address);
  if (not_an_address) return url.host == "localhost" || url.host.ends_with(".localhost");
  return is_internal_address(url.host);
}

Result<Url> next_url(const HttpResponse& response, const HttpClientOptions& options) {
  const auto location = response.headers.find("location");
  if (location == response.headers.end()) {
    return Error::make(Code::kCorrupt, response.url.host + " redirects without saying where",
                       response.url.host + " 返回了没有目标的跳转");
  }
  if (static_cast<int>(response.redirects.size()) >= options.max_redirects) {
    return Error::make(
        Code::kUnavailable,
        response.url.host + ": more than " + std::to_string(options.max_redirects) + " redirects",
        response.url.host + "：跳转超过 " + std::to_string(options.max_redirects) + " 次");
  }
  auto url = resolve_url(response.url, location->second);
  if (!url) return url.error().within("redirect of " + response.url.host);
  if (response.url.tls && !url->tls) {
    return Error::make(Code::kPermissionDenied,
                       "refused a redirect from https to http (" + url->host + ")",
                       "拒绝从 https 跳转到 http（" + url->host + "）");
  }
  return url;
}

}  // namespace

bool is_internal_address(std::string_view ip) {
  boost::system::error_code code;
  boost::asio::ip::address address = boost::asio::ip::make_address(std::string(ip), code);
  if (code) return true;
  if (address.is_v6()) {
    const auto v6 = address.to_v6();
    if (!v6.is_v4_mapped()) {
      const auto bytes = v6.to_bytes();
      const bool unique_local = (bytes[0] & 0xfe) == 0xfc;                       // fc00::/7
      const bool nat64 = bytes[0] == 0 && bytes[1] == 0x64 && bytes[2] == 0xff;  // 64:ff9b::/96
      return v6.is_loopback() || v6.is_link_local() || v6.is_unspecified() || v6.is_multicast() ||
             v6.is_site_local() || unique_local || nat64;
    }
    address = boost::asio::ip::make_address_v4(boost::asio::ip::v4_mapped, v6);
  }
  struct Block {
    uint32_t network;
    int bits;
  };
  // IANA's special-purpose IPv4 registry.
  static constexpr std::array<Block, 13> kBlocks = {{{0x00000000, 8},  // "this network"
                                                     {0x0a000000, 8},
                                                     {0x64400000, 10},  // carrier-grade NAT
                                                     {0x7f000000, 8},
                                                     {0xa9fe0000, 16},
                                                     {0xac100000, 12},
                                                     {0xc0000000, 24},
                                                     {0xc0000200, 24},
                                                     {0xc0a80000, 16},
                                                     {0xc6120000, 15},
                                                     {0xc6336400, 24},
                                                     {0xcb007100, 24},
                                                     {0xe0000000, 3}}};  // multicast, reserved
  const uint32_t value = address.to_v4().to_uint();
  return std::any_of(kBlocks.begin(), kBlocks.end(), [&](const Block& block) {
    return (value >> (32 - block.bits)) == (block.network >> (32 - block.bits));
  });
}

bool bypasses_proxy(std::string_view host, std::string_view no_proxy) {
  while (!no_proxy.empty()) {
    const std::size_t comma = no_proxy.find(',');
    std::string_view entry = no_proxy.substr(0, comma);
    no_proxy.remove_prefix(comma == std::string_view::npos ? no_proxy.size() : comma + 1);
    while (!entry.empty() && entry.front() == ' ') entry.remove_prefix(1);
    while (!entry.empty() && entry.back() == ' ') entry.remove_suffix(1);
    if (entry == "*") return true;
    if (entry.starts_with('.')) entry.remove_prefix(1);
    if (entry.empty()) continue;
    if (host == entry) return true;
    if (host.size() > entry.size() && host.ends_with(entry) &&
        host[host.size() - entry.size() - 1] == '.') {
      return true;
    }
  }
  return false;
}

Result<HttpResponse> HttpClient::get(const HttpRequest& request, const OnHead& on_head,
                                     const OnBody& on_body, std::stop_token stop) const {
  const bool internal_start = names_internal(request.url);
  HttpResponse response;
  Url url = request.url;
  while (true) {
    HttpConnection connection(options_, stop);
    // The first address is the user's choice, wherever it resolves to; only redirects are not.
    MW_TRY(connection.connect(url, internal_start || response.redirects.empty()));
    connection.set_patience(request.patience);
    MW_ASSIGN(const std::string text, request_text(request, url, options_));
    MW_TRY(connection.send(text));
    HttpConnection::Parser parser;
    parser.body_limit(request.max_body_bytes);
    MW_TRY(connection.read_head(parser));
    response.status = static_cast<int>(parser.get().result_int());
    response.headers = headers_of(parser);
    response.url = url;
    if (is_redirect(response.status)) {
      MW_ASSIGN(url, next_url(response, options_));
      response.redirects.push_back(response.headers);
      continue;
    }
    const bool success = response.status / 100 == 2;
    if (success && on_head) MW_TRY(on_head(response));
    std::vector<char> bytes(kReadBytes);
    while (true) {
      MW_ASSIGN(const std::size_t got, connection.read_body(parser, bytes.data(), bytes.size()));
      if (got == 0) return response;
      if (success) {
        MW_TRY(on_body(std::string_view(bytes.data(), got)));
        continue;
      }
      response.error_body.append(bytes.data(),
                                 std::min(got, kErrorBodyBytes - response.error_body.size()));
      if (response.error_body.size() == kErrorBodyBytes) return response;
    }
  }
}

Result<std::pair<HttpResponse, std::string>> HttpClient::get_text(const HttpRequest& request,
                                                                  std::stop_token stop) const {
  std::string text;
  const auto append = [&](std::string_view bytes) -> Result<void> {
    text += bytes;
    return {};
  };
  MW_ASSIGN(HttpResponse response, get(request, {}, append, std::move(stop)));
  return std::pair{std::move(response), std::move(text)};
}

}  // namespace mw::hub
