#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "core/result.h"
#include "server/http/http_types.h"

namespace mw::server {

/// Reads HTTP/1.x requests from bytes as they come (the one user of Beast's parser). Refuses what
/// two readers could understand differently: length and chunking together, several or odd
/// Transfer-Encodings, several Hosts, folded headers.
///
/// Errors  kTooLarge with param "header" (431) or "body" (413), kInvalidArgument (400),
///         kUnsupported for Transfer-Encodings other than chunked. After one, only close.
class RequestReader {
 public:
  RequestReader(uint32_t max_header_bytes, int max_header_fields);
  ~RequestReader();
  RequestReader(RequestReader&&) noexcept;
  RequestReader& operator=(RequestReader&&) noexcept;

  /// Takes what it can from `bytes` and returns how much; the rest has to come again with more
  /// behind it. Stops after the header until allow_body(), and after the whole request.
  Result<std::size_t> consume(std::string_view bytes);

  bool header_done() const;
  bool complete() const;
  /// After header_done(). The declared length is checked at once.
  Result<void> allow_body(uint64_t limit_bytes);
  /// Method, target, path, query, headers. Valid after header_done().
  const HttpRequest& request() const;
  /// The declared or so far received size of the body.
  uint64_t body_bytes() const;
  bool has_body() const;  // a body is announced
  bool expects_continue() const;
  bool keep_alive() const;
  /// Valid when complete(); the reader is then ready for the next request.
  HttpRequest take();

 private:
  class Parser;
  std::unique_ptr<Parser> parser_;
  uint32_t max_header_bytes_;
  int max_header_fields_;
};

}  // namespace mw::server
