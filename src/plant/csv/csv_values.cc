#include "plant/csv/csv_values.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <string>

#include "plant/internal/rfc3339.h"

namespace mw::plant {
namespace {

constexpr double kFirstMs = 1e11;     // as seconds that would be the year 5138, as ms it is 1973
constexpr double kMostSeconds = 9e9;  // nanoseconds hold no more

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::optional<double> parse_double(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  double value = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (problem != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<TimeNs> parse_epoch(std::string_view text) {
  const bool plain =
      std::all_of(text.begin(), text.end(), [](char c) { return is_digit(c) || c == '.'; });
  if (!plain || text.size() < 9) return std::nullopt;
  const std::optional<double> number = parse_double(text);
  if (!number) return std::nullopt;
  const double seconds = *number >= kFirstMs ? *number / 1000 : *number;
  if (seconds > kMostSeconds) return std::nullopt;
  // To the microsecond: a double holds no more of a time of these years.
  return static_cast<TimeNs>(std::llround(seconds * 1e6)) * 1000;
}

/// "31.01.2026 08:15" and "2026/01/31 08:15" as "2026-01-31 08:15:00".
std::string with_iso_date(std::string_view text) {
  std::string out(text);
  if (out.size() >= 10 && out[4] == '/' && out[7] == '/') out[4] = out[7] = '-';
  if (out.size() >= 10 && out[2] == '.' && out[5] == '.') {
    out = out.substr(6, 4) + "-" + out.substr(3, 2) + "-" + out.substr(0, 2) + out.substr(10);
  }
  if (out.size() == 16) out += ":00";
  return out;
}

bool same_word(std::string_view text, std::string_view lower) {
  return std::equal(text.begin(), text.end(), lower.begin(), lower.end(), [](char a, char b) {
    return (a >= 'A' && a <= 'Z' ? static_cast<char>(a + 32) : a) == b;
  });
}

/// What a spreadsheet would compute, and the mark itself, so that one that was there stays.
bool needs_mark(std::string_view text) {
  return !text.empty() && std::string_view("=+-@'\t\r\n").find(text[0]) != std::string_view::npos;
}

}  // namespace

std::optional<TimeNs> parse_csv_time(std::string_view text, std::optional<int> utc_offset_min) {
  if (text.size() > 64) return std::nullopt;
  if (const auto epoch = parse_epoch(text)) return epoch;
  const std::string iso = with_iso_date(text);
  if (const auto zoned = parse_rfc3339(iso)) return zoned;
  if (!utc_offset_min) return std::nullopt;
  const auto as_utc = parse_rfc3339(iso + "Z");
  if (!as_utc || *as_utc < 0) return std::nullopt;
  return *as_utc - *utc_offset_min * kNsPerMinute;
}

void read_csv_value(std::string_view text, bool decimal_comma, Reading& reading) {
  for (const std::string_view none : {"", "-", "null", "nan", "none"}) {
    if (same_word(text, none)) return;
  }
  if (const auto number = parse_double(text)) {
    reading.value = *number;
    return;
  }
  const std::size_t comma = text.find(',');
  if (decimal_comma && comma != std::string_view::npos) {
    std::string with_point(text);
    with_point[comma] = '.';
    if (const auto number = parse_double(with_point)) {
      reading.value = *number;
      return;
    }
  }
  if (same_word(text, "true") || same_word(text, "false")) {
    reading.value = same_word(text, "true") ? 1.0 : 0.0;
    return;
  }
  reading.value = std::string(text.substr(0, 256));
}

std::string harmless_cell(std::string_view text) {
  return needs_mark(text) ? "'" + std::string(text) : std::string(text);
}

std::string_view plain_cell(std::string_view cell) {
  return cell.starts_with('\'') && needs_mark(cell.substr(1)) ? cell.substr(1) : cell;
}

std::optional<Quality> parse_csv_quality(std::string_view text) {
  if (text.empty() || same_word(text, "good")) return Quality::kGood;
  if (same_word(text, "uncertain")) return Quality::kUncertain;
  if (same_word(text, "bad")) return Quality::kBad;
  const auto status = parse_double(text);
  if (!status || !(*status >= 0)) return std::nullopt;
  if (*status >= 192) return Quality::kGood;
  return *status >= 64 ? Quality::kUncertain : Quality::kBad;
}

}  // namespace mw::plant
