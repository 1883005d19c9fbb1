#include "core/utc_text.h"

#include <time.h>

#include <cstdio>

namespace mw {

std::string utc_text(TimeNs ts_ns) {
  int64_t seconds = ts_ns / kNsPerSecond;
  int64_t rest = ts_ns % kNsPerSecond;
  if (rest < 0) {
    rest += kNsPerSecond;
    --seconds;
  }
  const auto unix_s = static_cast<time_t>(seconds);
  struct tm parts {};
  ::gmtime_r(&unix_s, &parts);
  char text[48];
  const std::size_t size = ::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &parts);
  std::snprintf(text + size, sizeof text - size, ".%03dZ", static_cast<int>(rest / kNsPerMs));
  return text;
}

}  // namespace mw
