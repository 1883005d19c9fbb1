#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/identity.h"

namespace mw::server {

enum class Method { kGet, kHead, kPost, kPut, kPatch, kDelete, kOptions, kOther };

Method method_from(std::string_view token);
std::string_view method_name(Method method);

struct Header {
  std::string name;  // as sent; looked up without regard to case
  std::string value;
};

/// The value of the first header of that name, or nullptr.
const std::string* find_header(const std::vector<Header>& headers, std::string_view name);

/// True when the comma-separated list `value` holds `token`, without regard to case.
bool list_holds(std::string_view value, std::string_view token);

bool equals_ignoring_case(std::string_view a, std::string_view b);

/// One request as the routes see it: no socket, no library type.
struct HttpRequest {
  Method method = Method::kGet;
  std::string target;                                      // as sent: "/v1//models?x=1"
  std::string path;                                        // decoded and tidied: "/v1/models"
  std::vector<std::pair<std::string, std::string>> query;  // decoded
  std::vector<Header> headers;
  std::string body;
  int version_minor = 1;  // HTTP/1.0 or HTTP/1.1

  // Filled by the server.
  std::string remote_address;
  std::string request_id;
  bool secure = false;                                           // came over TLS
  std::vector<std::pair<std::string, std::string>> path_values;  // of the route's {names}
  Identity who;
  int64_t received_ns = 0;  // steady_ns() at the end of the header

  const std::string* header(std::string_view name) const { return find_header(headers, name); }
  /// Empty when there is none.
  std::string_view query_value(std::string_view name) const;
  std::string_view path_value(std::string_view name) const;
};

struct HttpResponse {
  int status = 200;
  std::string content_type = "application/json";
  std::vector<Header> headers;
  std::string body;
};

/// "Not Found" for 404; "Unknown" for a status we never send.
std::string_view reason_phrase(int status);

}  // namespace mw::server
