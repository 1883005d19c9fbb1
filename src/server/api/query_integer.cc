#include "server/api/query_integer.h"

#include <charconv>

namespace mw::server {

Result<std::optional<int64_t>> query_integer(const HttpRequest& request, const std::string& name,
                                             int64_t low, int64_t high) {
  const std::string_view text = request.query_value(name);
  if (text.empty()) return std::optional<int64_t>();
  int64_t value = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value);
  if (parsed.ec != std::errc() || parsed.ptr != text.data() + text.size() || value < low ||
      value > high) {
    return Error::make(
        Code::kInvalidArgument,
        "'" + name + "': expected an integer from " + std::to_string(low) + " to " +
            std::to_string(high) + ", got '" + std::string(text.substr(0, 40)) + "'",
        "“" + name + "”应为 " + std::to_string(low) + " 到 " + std::to_string(high) + " 的整数",
        name);
  }
  return std::optional<int64_t>(value);
}

int64_t path_number(const HttpRequest& request, const char* name) {
  const std::string_view text = request.path_value(name);
  int64_t number = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool whole = read.ec == std::errc() && read.ptr == text.data() + text.size();
  return whole && number >= 0 ? number : -1;
}

}  // namespace mw::server
