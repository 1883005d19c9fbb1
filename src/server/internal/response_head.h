#pragma once

#include <cstdint>
#include <string>

#include "server/http/http_types.h"

namespace mw::server {

/// What the connection adds to a response.
struct HeadContext {
  std::string request_id;
  bool keep_alive = true;
  bool chunked = false;    // else content_length
  bool no_length = false;  // an HTTP/1.0 stream: ends with the connection
  uint64_t content_length = 0;
  int64_t processing_ms = 0;
  std::string cross_origin;  // the Origin that may read this answer, empty: none
};

/// Status line and header fields, with the security headers that every answer carries. Bytes in
/// values that are not printable ASCII become '?', so that no value can end the header.
std::string response_head(const HttpResponse& response, const HeadContext& context);

/// "Sun, 06 Nov 1994 08:49:37 GMT".
std::string http_date(int64_t unix_s);

}  // namespace mw::server
