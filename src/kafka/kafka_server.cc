#include "kafka/kafka_server.h"

#include <algorithm>
#include <charconv>

namespace mw::kafka {
namespace {

constexpr std::size_t kMostAddressBytes = 1000;
constexpr std::size_t kMostTopicBytes = 249;

Error wrong(const std::string& param, const std::string& en, const std::string& zh) {
  return Error::make(Code::kInvalidArgument, param + ": " + en, param + "：" + zh, param);
}

bool is_port(std::string_view text) {
  uint16_t port = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), port);
  return problem == std::errc() && end == text.data() + text.size() && port != 0;
}

/// "host:9092", "[fe80::1]:9092".
bool is_broker(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos || colon == 0 || !is_port(text.substr(colon + 1))) {
    return false;
  }
  std::string_view host = text.substr(0, colon);
  const bool bracketed = host.front() == '[' && host.back() == ']' && host.size() > 2;
  if (bracketed) host = host.substr(1, host.size() - 2);
  const auto fits = [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '-' || c == '_' || (bracketed && (c == ':' || c == '%'));
  };
  return std::all_of(host.begin(), host.end(), fits);
}

bool has_control(const std::string& text) {
  return std::any_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

}  // namespace

std::optional<Sasl> sasl_of(std::string_view word) {
  if (word == "plain") return Sasl::kPlain;
  if (word == "scram_sha256") return Sasl::kScramSha256;
  if (word == "scram_sha512") return Sasl::kScramSha512;
  return std::nullopt;
}

Result<void> check_server(const Server& server) {
  bool fits = !server.address.empty() && server.address.size() <= kMostAddressBytes;
  for (std::size_t at = 0; fits && at <= server.address.size();) {
    const std::size_t comma = std::min(server.address.find(',', at), server.address.size());
    fits = is_broker(std::string_view(server.address).substr(at, comma - at));
    at = comma + 1;
  }
  if (!fits) {
    return wrong("address", "expected HOST:PORT, several with commas between, such as kafka:9092",
                 "应为 HOST:PORT，多个用逗号分隔，例如 kafka:9092");
  }
  if (!server.ca_file.empty() && !server.tls) {
    return wrong("ca_file", "is for tls = true", "仅用于 tls = true");
  }
  if (has_control(server.user) || has_control(server.password) || has_control(server.ca_file)) {
    return wrong("user", "control characters in user, password or ca_file",
                 "user、密码或 ca_file 中含有控制字符");
  }
  const bool known = !server.user.empty() && !server.password.empty();
  if (server.sasl != Sasl::kNone && !known) {
    return wrong("user", "sasl needs a user and a password", "sasl 需要用户名和密码");
  }
  if (server.sasl == Sasl::kNone && !(server.user.empty() && server.password.empty())) {
    return wrong("sasl", "say how the user logs in: plain, scram_sha256 or scram_sha512",
                 "请指明登录方式：plain、scram_sha256 或 scram_sha512");
  }
  return {};
}

bool is_topic(std::string_view name) {
  const auto fits = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '-' || c == '_';
  };
  return !name.empty() && name.size() <= kMostTopicBytes && name != "." && name != ".." &&
         std::all_of(name.begin(), name.end(), fits);
}

}  // namespace mw::kafka
