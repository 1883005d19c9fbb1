// Any bytes as a request target and as a Host header: a tidied path is clean, and tidying it again
// changes nothing.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/check.h"
#include "server/http/url.h"

namespace {

std::string encoded(std::string_view text) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '/') {
      out += c;
    } else {
      out += '%';
      out += kDigits[byte >> 4];
      out += kDigits[byte & 15];
    }
  }
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  (void)mw::server::parse_host(text);
  const auto target = mw::server::parse_target(text);
  if (!target || target->path == "*") return 0;
  const std::string& path = target->path;
  MW_CHECK(path.front() == '/');
  MW_CHECK(mw::server::is_valid_utf8(path));
  for (const char c : path) MW_CHECK(static_cast<unsigned char>(c) >= 0x20);
  MW_CHECK(target->query.size() <= 64);
  const auto again = mw::server::parse_target(encoded(path));
  // An escaped slash or dot inside a segment may look like more segments the second time.
  if (again) MW_CHECK(mw::server::parse_target(encoded(again->path))->path == again->path);
  return 0;
}
