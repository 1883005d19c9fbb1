#include "plant/internal/rfc3339.h"

namespace mw::plant {
namespace {

/// Takes fixed pieces off the front of a text.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : rest_(text) {}

  std::optional<int> digits(std::size_t count) {
    if (rest_.size() < count) return std::nullopt;
    int value = 0;
    for (std::size_t i = 0; i < count; ++i) {
      if (rest_[i] < '0' || rest_[i] > '9') return std::nullopt;
      value = value * 10 + (rest_[i] - '0');
    }
    rest_.remove_prefix(count);
    return value;
  }
  bool take(char wanted) {
    if (rest_.empty() || rest_.front() != wanted) return false;
    rest_.remove_prefix(1);
    return true;
  }
  std::optional<int> digit() { return digits(1); }
  bool done() const { return rest_.empty(); }

 private:
  std::string_view rest_;
};

/// Days since 1970-01-01 of the proleptic Gregorian calendar (Howard Hinnant, "chrono-compatible
/// low-level date algorithms": years start in March, so that the leap day comes last).
int64_t days_from_civil(int64_t year, int month, int day) {
  year -= month <= 2 ? 1 : 0;
  const int64_t era = (year >= 0 ? year : year - 399) / 400;
  const int64_t year_of_era = year - era * 400;
  const int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  const int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return era * 146097 + day_of_era - 719468;
}

int days_of_month(int year, int month) {
  static constexpr int kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  return kDays[month - 1] + (month == 2 && leap ? 1 : 0);
}

}  // namespace

std::optional<TimeNs> parse_rfc3339(std::string_view text) {
  Scanner in(text);
  const auto year = in.digits(4);
  const bool dash1 = in.take('-');
  const auto month = in.digits(2);
  const bool dash2 = in.take('-');
  const auto day = in.digits(2);
  if (!year || !dash1 || !month || !dash2 || !day) return std::nullopt;
  if (!in.take('T') && !in.take('t') && !in.take(' ')) return std::nullopt;
  const auto hour = in.digits(2);
  const bool colon1 = in.take(':');
  const auto minute = in.digits(2);
  const bool colon2 = in.take(':');
  const auto second = in.digits(2);
  if (!hour || !colon1 || !minute || !colon2 || !second) return std::nullopt;
  // Years outside 1678..2261 do not fit into 64 bits of nanoseconds.
  if (*year < 1678 || *year > 2261 || *month < 1 || *month > 12 || *day < 1 ||
      *day > days_of_month(*year, *month) || *hour > 23 || *minute > 59 || *second > 60) {
    return std::nullopt;
  }
  int64_t fraction_ns = 0;
  if (in.take('.')) {
    int64_t unit_ns = 100'000'000;
    auto digit = in.digit();
    if (!digit) return std::nullopt;
    for (; digit; digit = in.digit()) {
      fraction_ns += *digit * unit_ns;
      unit_ns /= 10;
    }
  }
  int64_t offset_s = 0;
  if (!in.take('Z') && !in.take('z')) {
    const bool plus = in.take('+');
    if (!plus && !in.take('-')) return std::nullopt;
    const auto offset_hour = in.digits(2);
    const bool colon = in.take(':');
    const auto offset_minute = in.digits(2);
    if (!offset_hour || !colon || !offset_minute || *offset_hour > 23 || *offset_minute > 59) {
      return std::nullopt;
    }
    offset_s = (*offset_hour * 60 + *offset_minute) * 60 * (plus ? 1 : -1);
  }
  if (!in.done()) return std::nullopt;
  const int64_t seconds = days_from_civil(*year, *month, *day) * 86400 + *hour * 3600 +
                          *minute * 60 + *second - offset_s;
  return seconds * kNsPerSecond + (*second == 60 ? 0 : fraction_ns);
}

}  // namespace mw::plant
