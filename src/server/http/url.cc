#include "server/http/url.h"

#include <cctype>

#include "core/storable_text.h"

namespace mw::server {
namespace {

constexpr std::size_t kMaxQueryParameters = 64;

Error bad_target(std::string_view why) {
  std::string en = "request target: ";
  std::string zh = "请求地址无效：";
  return Error::make(Code::kInvalidArgument, en.append(why), zh.append(why), "url");
}

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// Splits at '/' before decoding, so that an escaped slash stays inside its segment's text.
Result<std::string> tidy_path(std::string_view raw) {
  std::string out;
  while (!raw.empty()) {
    const std::size_t slash = raw.find('/');
    const std::string_view segment = raw.substr(0, slash);
    raw = slash == std::string_view::npos ? std::string_view{} : raw.substr(slash + 1);
    if (segment.empty()) continue;
    MW_ASSIGN(const std::string decoded, percent_decode(segment, false));
    if (decoded == "." || decoded == "..") return bad_target("'.' and '..' are not followed");
    out += '/';
    out += decoded;
  }
  return out.empty() ? std::string("/") : out;
}

}  // namespace

Result<std::string> percent_decode(std::string_view text, bool plus_is_space) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '%') {
      const int high = i + 2 < text.size() ? hex_value(text[i + 1]) : -1;
      const int low = i + 2 < text.size() ? hex_value(text[i + 2]) : -1;
      if (high < 0 || low < 0) return bad_target("'%' is not followed by two hexadecimal digits");
      c = static_cast<char>(high * 16 + low);
      i += 2;
    } else if (c == '+' && plus_is_space) {
      c = ' ';
    }
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7f) return bad_target("holds a control character");
    out += c;
  }
  if (!is_valid_utf8(out)) return bad_target("is not UTF-8");
  return out;
}

Result<Target> parse_target(std::string_view target) {
  Target out;
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (target.substr(0, scheme.size()) != scheme) continue;
    target.remove_prefix(scheme.size());
    const std::size_t end = target.find_first_of("/?");
    out.authority = std::string(target.substr(0, end));
    target = end == std::string_view::npos ? std::string_view("/") : target.substr(end);
    if (out.authority.empty()) return bad_target("names no host");
    break;
  }
  if (target == "*") {
    out.path.assign(1, '*');  // not = "*": GCC 12 warns about that falsely (bug 105329)
    return out;
  }
  if (target.empty() || (target.front() != '/' && out.authority.empty())) {
    return bad_target("expected a path that starts with '/'");
  }
  target = target.substr(0, target.find('#'));
  const std::size_t question = target.find('?');
  MW_ASSIGN(out.path, tidy_path(target.substr(0, question)));
  std::string_view query =
      question == std::string_view::npos ? std::string_view{} : target.substr(question + 1);
  while (!query.empty()) {
    const std::size_t ampersand = query.find('&');
    const std::string_view pair = query.substr(0, ampersand);
    query = ampersand == std::string_view::npos ? std::string_view{} : query.substr(ampersand + 1);
    if (pair.empty()) continue;
    if (out.query.size() == kMaxQueryParameters) return bad_target("more than 64 parameters");
    const std::size_t equals = pair.find('=');
    MW_ASSIGN(std::string key, percent_decode(pair.substr(0, equals), true));
    std::string value;
    if (equals != std::string_view::npos) {
      MW_ASSIGN(value, percent_decode(pair.substr(equals + 1), true));
    }
    out.query.emplace_back(std::move(key), std::move(value));
  }
  return out;
}

Result<HostPort> parse_host(std::string_view text) {
  const auto bad = [&] {
    return Error::make(Code::kInvalidArgument, "Host: expected host or host:port",
                       "Host 头应为“主机”或“主机:端口”", "host");
  };
  if (text.empty() || text.size() > 255) return bad();
  HostPort out;
  std::string_view rest;
  if (text.front() == '[') {
    const std::size_t close = text.find(']');
    if (close == std::string_view::npos) return bad();
    out.host = std::string(text.substr(1, close - 1));
    rest = text.substr(close + 1);
  } else {
    const std::size_t colon = text.find(':');
    out.host = std::string(text.substr(0, colon));
    if (colon != std::string_view::npos) rest = text.substr(colon);
  }
  if (out.host.empty()) return bad();
  for (char& c : out.host) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x80 || (std::isalnum(byte) == 0 && c != '.' && c != '-' && c != ':' && c != '_'))
      return bad();
    c = static_cast<char>(std::tolower(byte));
  }
  if (rest.empty()) return out;
  if (rest.front() != ':' || rest.size() < 2 || rest.size() > 6) return bad();
  for (const char c : rest.substr(1)) {
    if (c < '0' || c > '9') return bad();
  }
  out.port = std::string(rest.substr(1));
  return out;
}

bool is_loopback_host(std::string_view host) {
  if (host == "localhost" || host == "localhost." || host == "::1") return true;
  if (host.substr(0, 4) != "127.") return false;
  // "127.evil.example" is a name, not an address: only four numbers count.
  int dots = 0;
  for (const char c : host) {
    if (c == '.') {
      ++dots;
    } else if (c < '0' || c > '9') {
      return false;
    }
  }
  return dots == 3;
}

bool is_valid_utf8(std::string_view text) { return is_utf8(text); }

}  // namespace mw::server
