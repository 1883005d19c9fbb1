#include "core/log.h"

#include <cstdio>
#include <ctime>
#include <memory>
#include <mutex>

namespace mw {
namespace {

std::string without_control_characters(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7f) {
      char escaped[8];
      std::snprintf(escaped, sizeof escaped, "\\x%02x", byte);
      out += escaped;
    } else {
      out += c;
    }
  }
  return out;
}

}  // namespace

LogSink stderr_log(LogLevel least) {
  auto lock = std::make_shared<std::mutex>();
  return [least, lock](LogLevel level, std::string_view area, std::string_view message) {
    if (level < least) return;
    static constexpr const char* kNames[] = {"debug", "info", "warning", "error"};
    const std::time_t now = std::time(nullptr);
    std::tm utc{};
    gmtime_r(&now, &utc);
    char stamp[32];
    std::strftime(stamp, sizeof stamp, "%Y-%m-%dT%H:%M:%SZ", &utc);
    const std::string text = without_control_characters(message);
    const std::lock_guard<std::mutex> guard(*lock);
    std::fprintf(stderr, "%s %s %.*s: %s\n", stamp, kNames[static_cast<int>(level)],
                 static_cast<int>(area.size()), area.data(), text.c_str());
  };
}

LogSink no_log() {
  return [](LogLevel, std::string_view, std::string_view) {};
}

}  // namespace mw
