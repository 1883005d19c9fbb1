#pragma once

#include <string_view>

#include "core/time_zone.h"

namespace mw {

/// Reads a POSIX TZ string: std offset [dst [offset] [,start[/time],end[/time]]].
class PosixReader {
 public:
  explicit PosixReader(std::string_view text) : rest_(text), whole_(text) {}
  Result<TimeZone::Posix> read();

 private:
  Error error(const char* what) const;
  bool name(std::string& out);
  bool number(int most, int& out);
  /// [+-]h[h[h]][:mm[:ss]] in seconds; POSIX 2024 allows up to 167 hours.
  bool time(int& seconds);
  bool rule(TimeZone::Rule& out);
  bool take(char c);

  std::string_view rest_;
  std::string_view whole_;
};

}  // namespace mw
