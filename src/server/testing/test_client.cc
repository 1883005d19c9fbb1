#include "server/testing/test_client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>

#include "core/clock.h"

namespace mw::server::testing {
namespace {

constexpr int kWaitMs = 5000;

}  // namespace

std::string SeenResponse::header(std::string_view name) const {
  const std::string* value = find_header(headers, name);
  return value == nullptr ? std::string() : *value;
}

TestClient::TestClient(uint16_t port, int receive_buffer_bytes) {
  socket_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (receive_buffer_bytes > 0) {
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &receive_buffer_bytes,
                 sizeof receive_buffer_bytes);
  }
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) close();
}

TestClient::~TestClient() { close(); }

void TestClient::close() {
  if (socket_ >= 0) ::close(socket_);
  socket_ = -1;
}

void TestClient::half_close() { ::shutdown(socket_, SHUT_WR); }

bool TestClient::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t count = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (count <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

bool TestClient::fill() {
  pollfd waiting{socket_, POLLIN, 0};
  if (socket_ < 0 || ::poll(&waiting, 1, kWaitMs) <= 0) return false;
  char chunk[16384];
  const ssize_t count = ::recv(socket_, chunk, sizeof chunk, 0);
  if (count <= 0) return false;
  buffer_.append(chunk, static_cast<std::size_t>(count));
  return true;
}

bool TestClient::closed_within(int timeout_ms) {
  const int64_t end = steady_ns() + timeout_ms * kNsPerMs;
  for (;;) {
    const int64_t left_ms = (end - steady_ns()) / kNsPerMs;
    pollfd waiting{socket_, POLLIN, 0};
    if (left_ms <= 0 || ::poll(&waiting, 1, static_cast<int>(left_ms)) <= 0) return false;
    char chunk[16384];
    const ssize_t count = ::recv(socket_, chunk, sizeof chunk, 0);
    if (count <= 0) return true;
    buffer_.append(chunk, static_cast<std::size_t>(count));
  }
}

std::string TestClient::take(std::size_t count) {
  std::string out = buffer_.substr(0, count);
  buffer_.erase(0, count);
  return out;
}

std::string TestClient::read_until(std::string_view text) {
  while (buffer_.find(text) == std::string::npos) {
    if (!fill()) return std::exchange(buffer_, {});
  }
  return take(buffer_.find(text) + text.size());
}

std::optional<SeenResponse> TestClient::read_response(bool head_only) {
  std::string head = read_until("\r\n\r\n");
  if (head.size() < 16 || head.substr(0, 7) != "HTTP/1.") return std::nullopt;
  SeenResponse out;
  std::from_chars(head.data() + 9, head.data() + 12, out.status);
  std::size_t at = head.find("\r\n") + 2;
  while (at < head.size() - 2) {
    const std::size_t end = head.find("\r\n", at);
    const std::size_t colon = head.find(':', at);
    out.headers.push_back({head.substr(at, colon - at), head.substr(colon + 2, end - colon - 2)});
    at = end + 2;
  }
  if (out.status == 100) return read_response(head_only);
  if (head_only || out.status == 204 || out.status == 304) return out;
  if (out.header("Transfer-Encoding") == "chunked") {
    for (;;) {
      const std::string line = read_until("\r\n");
      std::size_t size = 0;
      if (line.size() < 3 ||
          std::from_chars(line.data(), line.data() + line.size(), size, 16).ec != std::errc()) {
        out.truncated = true;
        return out;
      }
      while (buffer_.size() < size + 2) {
        if (!fill()) {
          out.truncated = true;
          return out;
        }
      }
      out.body += take(size + 2).substr(0, size);
      if (size == 0) return out;
    }
  }
  const std::string length = out.header("Content-Length");
  if (length.empty()) {
    while (fill()) {
    }
    out.body = std::exchange(buffer_, {});
    return out;
  }
  std::size_t size = 0;
  std::from_chars(length.data(), length.data() + length.size(), size);
  while (buffer_.size() < size) {
    if (!fill()) {
      out.truncated = true;
      break;
    }
  }
  out.body = take(std::min(size, buffer_.size()));
  return out;
}

std::optional<SeenResponse> TestClient::get(std::string_view path, std::string_view extra_headers) {
  send("GET " + std::string(path) + " HTTP/1.1\r\nHost: localhost\r\n" +
       std::string(extra_headers) + "\r\n");
  return read_response();
}

std::optional<SeenResponse> TestClient::post(std::string_view path, std::string_view body,
                                             std::string_view extra_headers) {
  return request("POST", path, body, extra_headers);
}

std::optional<SeenResponse> TestClient::request(std::string_view method, std::string_view path,
                                                std::string_view body,
                                                std::string_view extra_headers) {
  send(std::string(method) + " " + std::string(path) +
       " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: " +
       std::to_string(body.size()) + "\r\n" + std::string(extra_headers) + "\r\n" +
       std::string(body));
  return read_response();
}

}  // namespace mw::server::testing
