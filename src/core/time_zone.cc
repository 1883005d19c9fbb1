#include "core/time_zone.h"

#include <algorithm>
#include <chrono>

#include "core/file.h"
#include "core/internal/posix_reader.h"

namespace mw {
namespace {

constexpr int64_t kSecondsPerDay = 86400;
constexpr uint64_t kMaxZoneFileBytes = 256 * 1024;  // the largest of tzdata 2025b has 3.5 KiB
constexpr const char* kZoneFolder = "/usr/share/zoneinfo/";
constexpr int kFirstYear = 1700;  // 64-bit nanoseconds hold 1677 to 2262
constexpr int kLastYear = 2250;

int64_t floor_div(int64_t a, int64_t b) {
  return a / b - ((a % b != 0 && (a < 0) != (b < 0)) ? 1 : 0);
}

Error corrupt(const std::string& name, const std::string& what) {
  return Error::make(Code::kCorrupt, "time zone '" + name + "': " + what,
                     "时区“" + name + "”数据损坏：" + what, "time_zone");
}

/// Bytes of a TZif file, read big-endian; running past the end is remembered, not undefined.
class Bytes {
 public:
  explicit Bytes(std::string_view content) : content_(content) {}
  bool ok() const { return ok_; }
  bool skip(uint64_t count) {
    if (!ok_ || count > content_.size()) return ok_ = false;
    content_.remove_prefix(count);
    return true;
  }
  int64_t integer(int bytes) {
    if (!ok_ || content_.size() < static_cast<size_t>(bytes)) {
      ok_ = false;
      return 0;
    }
    uint64_t value = (content_[0] & 0x80) != 0 ? ~uint64_t{0} : 0;  // sign extension
    for (int i = 0; i < bytes; ++i) {
      value = (value << 8) | static_cast<unsigned char>(content_[static_cast<size_t>(i)]);
    }
    content_.remove_prefix(static_cast<size_t>(bytes));
    return static_cast<int64_t>(value);
  }
  int byte() { return static_cast<int>(integer(1) & 0xff); }
  std::string_view take(uint64_t count) {
    if (!ok_ || count > content_.size()) {
      ok_ = false;
      return {};
    }
    const std::string_view taken = content_.substr(0, count);
    content_.remove_prefix(count);
    return taken;
  }
  std::string_view rest() const { return content_; }

 private:
  std::string_view content_;
  bool ok_ = true;
};

struct Header {
  int version = 0;
  uint64_t utc_flags = 0, standard_flags = 0, leaps = 0, times = 0, types = 0, letters = 0;
};

bool read_header(Bytes& bytes, Header& header) {
  if (bytes.take(4) != "TZif") return false;
  header.version = bytes.byte();
  bytes.skip(15);
  uint64_t* fields[] = {&header.utc_flags, &header.standard_flags, &header.leaps,
                        &header.times,     &header.types,          &header.letters};
  for (uint64_t* field : fields) *field = static_cast<uint64_t>(bytes.integer(4)) & 0xffffffffu;
  return bytes.ok();
}

}  // namespace

int64_t days_from_civil(int year, int month, int day) {
  using namespace std::chrono;
  const auto first =
      sys_days{std::chrono::year{year} / std::chrono::month(static_cast<unsigned>(month)) / 1};
  return first.time_since_epoch().count() + day - 1;
}

CivilTime civil_from_days(int64_t days) {
  using namespace std::chrono;
  const year_month_day date{sys_days{std::chrono::days{static_cast<int>(days)}}};
  CivilTime civil;
  civil.year = static_cast<int>(date.year());
  civil.month = static_cast<int>(static_cast<unsigned>(date.month()));
  civil.day = static_cast<int>(static_cast<unsigned>(date.day()));
  return civil;
}

int weekday_of_days(int64_t days) {
  const int64_t shifted = (days + 3) % 7;  // 1970-01-01 was a Thursday
  return static_cast<int>(shifted < 0 ? shifted + 7 : shifted);
}

bool is_valid_date(int year, int month, int day) {
  if (year < kFirstYear || year > kLastYear || month < 1 || month > 12 || day < 1) return false;
  using namespace std::chrono;
  return year_month_day{std::chrono::year{year}, std::chrono::month(static_cast<unsigned>(month)),
                        std::chrono::day(static_cast<unsigned>(day))}
      .ok();
}

TimeZone TimeZone::utc() {
  TimeZone zone;
  zone.types_.push_back({0, "UTC", false});
  return zone;
}

Result<TimeZone> TimeZone::load(std::string_view name) {
  if (name == "UTC" || name == "Z") return utc();
  std::string path = "/etc/localtime";
  if (!name.empty() && name != "local") {
    const bool plain =
        name.size() < 64 && name.front() != '/' && name.find("..") == std::string_view::npos &&
        std::all_of(name.begin(), name.end(), [](unsigned char c) {
          return std::isalnum(c) != 0 || c == '/' || c == '_' || c == '-' || c == '+';
        });
    if (plain) path = kZoneFolder + std::string(name);
    const bool may_be_rule = name.find_first_of("0123456789") != std::string_view::npos;
    std::error_code ignored;
    if (!plain || (may_be_rule && !std::filesystem::is_regular_file(path, ignored))) {
      auto rule = parse_posix(name);
      if (rule) return rule;
      return Error::make(
          Code::kNotFound,
          "time zone '" + std::string(name) +
              "': expected a name such as Europe/Berlin, UTC, local, or a POSIX rule",
          "时区“" + std::string(name) + "”无效：应为 Asia/Shanghai、UTC、local 或 POSIX 规则",
          "time_zone");
    }
  }
  auto content = read_file(path, kMaxZoneFileBytes);
  if (!content) {
    // A machine without /etc/localtime runs on UTC (POSIX, and every libc).
    if (name.empty() || name == "local") return utc();
    return Error::make(
        Code::kNotFound,
        "time zone '" + std::string(name) + "' is not known here (" + content.error().message.en +
            "): install tzdata, or give a POSIX rule such as CET-1CEST,M3.5.0,M10.5.0/3",
        "本机没有时区“" + std::string(name) + "”：请安装 tzdata 或改用 POSIX 规则", "time_zone");
  }
  std::string shown(name.empty() ? "local" : name);
  return parse(std::move(shown), *content);
}

Result<TimeZone> TimeZone::parse(std::string name, std::string_view content) {
  Bytes bytes(content);
  Header header;
  if (!read_header(bytes, header)) return corrupt(name, "not a TZif file");
  int time_bytes = 4;
  if (header.version >= '2') {  // the 64-bit block follows the 32-bit one
    bytes.skip(header.times * 5 + header.types * 6 + header.letters + header.leaps * 8 +
               header.standard_flags + header.utc_flags);
    if (!read_header(bytes, header)) return corrupt(name, "the 64-bit block is missing");
    time_bytes = 8;
  }
  if (header.types == 0 || header.types > 256) return corrupt(name, "expected 1 to 256 types");
  if (header.times > content.size() || header.letters > content.size()) {
    return corrupt(name, "counts are larger than the file");
  }

  TimeZone zone;
  zone.name_ = name;
  for (uint64_t i = 0; i < header.times; ++i)
    zone.transitions_.push_back(bytes.integer(time_bytes));
  for (uint64_t i = 0; i < header.times; ++i) zone.transition_types_.push_back(bytes.byte());
  std::vector<size_t> letters_at;
  for (uint64_t i = 0; i < header.types; ++i) {
    Offset offset;
    offset.seconds = static_cast<int>(bytes.integer(4));
    offset.daylight = bytes.byte() != 0;
    letters_at.push_back(static_cast<size_t>(bytes.byte()));
    if (std::abs(static_cast<int64_t>(offset.seconds)) > 2 * kSecondsPerDay) {
      return corrupt(name, "an offset of more than two days");
    }
    zone.types_.push_back(offset);
  }
  const std::string_view letters = bytes.take(header.letters);
  bytes.skip(header.leaps * (static_cast<uint64_t>(time_bytes) + 4) + header.standard_flags +
             header.utc_flags);
  if (!bytes.ok()) return corrupt(name, "cut short");
  if (!std::is_sorted(zone.transitions_.begin(), zone.transitions_.end())) {
    return corrupt(name, "transitions are not in order");
  }
  for (const int type : zone.transition_types_) {
    if (type >= static_cast<int>(zone.types_.size())) return corrupt(name, "a type out of range");
  }
  for (size_t i = 0; i < letters_at.size(); ++i) {
    if (letters_at[i] >= letters.size()) return corrupt(name, "an abbreviation out of range");
    const std::string_view from = letters.substr(letters_at[i]);
    zone.types_[i].abbreviation = std::string(from.substr(0, from.find('\0')));
  }
  std::string_view footer = bytes.rest();
  if (time_bytes == 8 && footer.size() > 2 && footer.front() == '\n' && footer.back() == '\n') {
    footer = footer.substr(1, footer.size() - 2);
    auto tail = PosixReader(footer).read();
    if (!tail) return corrupt(name, "bad rule at the end");
    zone.tail_ = std::move(*tail);
    zone.has_tail_ = true;
  }
  return zone;
}

Result<TimeZone> TimeZone::parse_posix(std::string_view rule) {
  MW_ASSIGN(Posix tail, PosixReader(rule).read());
  TimeZone zone;
  zone.name_ = std::string(rule);
  zone.types_.push_back(tail.standard);
  zone.tail_ = std::move(tail);
  zone.has_tail_ = true;
  return zone;
}

int64_t TimeZone::rule_day(const Rule& rule, int year) {
  const int64_t new_year = days_from_civil(year, 1, 1);
  switch (rule.kind) {
    case Rule::Kind::kJulian: {  // 1..365, February 29th is never counted
      const bool leap = std::chrono::year{year}.is_leap();
      return new_year + rule.day - 1 + (leap && rule.day >= 60 ? 1 : 0);
    }
    case Rule::Kind::kDayOfYear:
      return new_year + rule.day;
    case Rule::Kind::kMonthWeekDay:
      break;
  }
  const int64_t first = days_from_civil(year, rule.month, 1);
  const int wanted = (rule.day + 6) % 7;  // POSIX counts from Sunday
  int64_t day = first + (wanted - weekday_of_days(first) + 7) % 7 + 7 * (rule.week - 1);
  const int64_t next_month =
      rule.month == 12 ? days_from_civil(year + 1, 1, 1) : days_from_civil(year, rule.month + 1, 1);
  while (day >= next_month) day -= 7;  // week 5 is the last one
  return day;
}

TimeZone::Offset TimeZone::posix_offset(int64_t utc_s) const {
  if (!tail_.has_daylight) return tail_.standard;
  const int year = civil_from_days(floor_div(utc_s + tail_.standard.seconds, kSecondsPerDay)).year;
  const int64_t start =
      rule_day(tail_.start, year) * kSecondsPerDay + tail_.start.seconds - tail_.standard.seconds;
  const int64_t end =
      rule_day(tail_.end, year) * kSecondsPerDay + tail_.end.seconds - tail_.daylight.seconds;
  const bool daylight = start < end ? utc_s >= start && utc_s < end  // north of the equator
                                    : utc_s >= start || utc_s < end;
  return daylight ? tail_.daylight : tail_.standard;
}

TimeZone::Offset TimeZone::offset_at(TimeNs instant) const {
  const int64_t utc_s = floor_div(instant, kNsPerSecond);
  const auto after = std::upper_bound(transitions_.begin(), transitions_.end(), utc_s);
  if (after == transitions_.end() && has_tail_) return posix_offset(utc_s);
  if (after == transitions_.begin()) {
    const auto standard = std::find_if(types_.begin(), types_.end(),
                                       [](const Offset& type) { return !type.daylight; });
    return standard != types_.end() ? *standard : types_.front();
  }
  const auto index = static_cast<size_t>(after - transitions_.begin() - 1);
  return types_[static_cast<size_t>(transition_types_[index])];
}

CivilTime TimeZone::to_civil(TimeNs instant) const {
  const int64_t local_s = floor_div(instant, kNsPerSecond) + offset_at(instant).seconds;
  const int64_t days = floor_div(local_s, kSecondsPerDay);
  const int second_of_day = static_cast<int>(local_s - days * kSecondsPerDay);
  CivilTime civil = civil_from_days(days);
  civil.hour = second_of_day / 3600;
  civil.minute = second_of_day / 60 % 60;
  civil.second = second_of_day % 60;
  return civil;
}

TimeZone::Instants TimeZone::from_civil(const CivilTime& civil) const {
  MW_CHECK(is_valid_date(civil.year, civil.month, civil.day));
  const int64_t local_s = days_from_civil(civil.year, civil.month, civil.day) * kSecondsPerDay +
                          civil.hour * 3600 + civil.minute * 60 + civil.second;
  const auto at = [&](int64_t utc_s) { return offset_at(utc_s * kNsPerSecond).seconds; };
  // The offsets a day before and after bracket any single change of the clocks.
  const int64_t by_before = local_s - at(local_s - kSecondsPerDay);
  const int64_t by_after = local_s - at(local_s + kSecondsPerDay);
  const bool before_holds = by_before + at(by_before) == local_s;
  const bool after_holds = by_after + at(by_after) == local_s;
  Instants found;
  if (before_holds && after_holds && by_before != by_after) {
    found = {Instants::Kind::kRepeated, std::min(by_before, by_after) * kNsPerSecond,
             std::max(by_before, by_after) * kNsPerSecond};
  } else if (!before_holds && !after_holds) {
    found = {Instants::Kind::kSkipped, by_before * kNsPerSecond, by_before * kNsPerSecond};
  } else {
    const int64_t utc_s = before_holds ? by_before : by_after;
    found = {Instants::Kind::kUnique, utc_s * kNsPerSecond, utc_s * kNsPerSecond};
  }
  return found;
}

}  // namespace mw
