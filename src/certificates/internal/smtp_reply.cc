#include "certificates/internal/smtp_reply.h"

#include <algorithm>

namespace mw::certificates {

std::optional<int> smtp_status(std::string_view bytes) {
  if (bytes.size() > kMostSmtpReplyBytes) return 0;
  while (true) {
    const std::size_t end = bytes.find('\n');
    if (end == std::string_view::npos) return std::nullopt;
    const std::string_view line = bytes.substr(0, end);
    const auto digit = [](char c) { return c >= '0' && c <= '9'; };
    if (line.size() < 3 || !std::all_of(line.begin(), line.begin() + 3, digit)) return 0;
    if (line.size() == 3 || line[3] != '-') {
      return (line[0] - '0') * 100 + (line[1] - '0') * 10 + (line[2] - '0');
    }
    bytes.remove_prefix(end + 1);
  }
}

}  // namespace mw::certificates
