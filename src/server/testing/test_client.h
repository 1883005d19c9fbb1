#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/http/http_types.h"

namespace mw::server::testing {

/// A response as a test sees it.
struct SeenResponse {
  int status = 0;
  std::vector<Header> headers;
  std::string body;        // chunks joined
  bool truncated = false;  // the connection ended before the body did

  std::string header(std::string_view name) const;
};

/// A blocking HTTP client over a real socket, small enough to misbehave on purpose: it sends raw
/// bytes, stops in the middle, reads slowly. Every wait ends after five seconds.
class TestClient {
 public:
  explicit TestClient(uint16_t port, int receive_buffer_bytes = 0);
  ~TestClient();
  TestClient(const TestClient&) = delete;
  TestClient& operator=(const TestClient&) = delete;

  bool send(std::string_view bytes);
  void half_close();
  void close();
  /// Nothing when the connection ended or the time was over before a header.
  std::optional<SeenResponse> read_response(bool head_only = false);
  /// Reads until `text` was seen; returns all read so far, with what was left from before.
  std::string read_until(std::string_view text);
  /// True when the server closes within `timeout_ms`. What it sends before is kept.
  bool closed_within(int timeout_ms);
  const std::string& buffered() const { return buffer_; }

  std::optional<SeenResponse> get(std::string_view path, std::string_view extra_headers = {});
  std::optional<SeenResponse> post(std::string_view path, std::string_view body,
                                   std::string_view extra_headers = {});
  /// With a JSON body.
  std::optional<SeenResponse> request(std::string_view method, std::string_view path,
                                      std::string_view body, std::string_view extra_headers = {});

 private:
  bool fill();
  std::string take(std::size_t count);

  int socket_ = -1;
  std::string buffer_;
};

}  // namespace mw::server::testing
