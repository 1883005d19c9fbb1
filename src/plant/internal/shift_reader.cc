#include "plant/internal/shift_reader.h"

#include <algorithm>

#include "plant/internal/description_fields.h"
#include "plant/internal/shift_date.h"

namespace mw::plant {
namespace {

constexpr const char* kDays[] = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};
constexpr std::size_t kMostShifts = 1000;
constexpr std::size_t kMostExceptions = 10'000;

/// "2026-12-25" as days since 1970.
Result<int64_t> read_date(const Json& json, const std::string& where) {
  MW_ASSIGN(const std::string text, read_text(json, "date", where));
  if (const std::optional<int64_t> day = day_of_date(text)) return *day;
  return wrong(where + ".date", "expected a date such as \"2026-12-25\", got '" + text + "'");
}

}  // namespace

Result<unsigned> read_days(const Json& json, const std::string& where) {
  if (find_member(json, "days") == nullptr) return Shift::kEveryDay;
  MW_ASSIGN(const std::vector<std::string> names, read_texts(json, "days", where));
  unsigned days = 0;
  for (const std::string& name : names) {
    const auto* const found = std::find(std::begin(kDays), std::end(kDays), name);
    if (found == std::end(kDays)) {
      return wrong(where + ".days",
                   "expected mon, tue, wed, thu, fri, sat or sun, got '" + name + "'");
    }
    days |= 1U << (found - std::begin(kDays));
  }
  if (days == 0) return wrong(where + ".days", "names no day; leave it out for every day");
  return days;
}

Result<std::vector<Shift>> read_shifts(const Json& json, const std::vector<Line>& lines) {
  std::vector<Shift> shifts;
  const auto take = [&](const Json& item, const std::string& where) -> Result<void> {
    Shift shift;
    MW_ASSIGN(shift.id, read_id(item, where));
    MW_ASSIGN(shift.name, read_name(item, where, shift.id));
    MW_ASSIGN(shift.start_minute, read_minute(item, "start", where));
    MW_ASSIGN(shift.end_minute, read_minute(item, "end", where));
    MW_ASSIGN(shift.days, read_days(item, where));
    MW_ASSIGN(shift.lines, read_known_ids(item, "lines", where, lines, "lines"));
    if (shifts.size() >= kMostShifts) {
      return wrong("shifts", "more than " + std::to_string(kMostShifts));
    }
    shifts.push_back(std::move(shift));
    return {};
  };
  MW_TRY(for_each(json, "shifts", "", take));
  return shifts;
}

Result<std::vector<ShiftException>> read_shift_exceptions(const Json& json,
                                                          const std::vector<Line>& lines,
                                                          const std::vector<Shift>& shifts) {
  std::vector<ShiftException> exceptions;
  const auto take = [&](const Json& item, const std::string& where) -> Result<void> {
    ShiftException exception;
    MW_ASSIGN(exception.day, read_date(item, where));
    MW_ASSIGN(exception.shifts, read_known_ids(item, "shifts", where, shifts, "shifts"));
    MW_ASSIGN(exception.lines, read_known_ids(item, "lines", where, lines, "lines"));
    MW_ASSIGN(exception.name, read_name(item, where, ""));
    if (exceptions.size() >= kMostExceptions) {
      return wrong("shift_exceptions", "more than " + std::to_string(kMostExceptions));
    }
    exceptions.push_back(std::move(exception));
    return {};
  };
  MW_TRY(for_each(json, "shift_exceptions", "", take));
  return exceptions;
}

}  // namespace mw::plant
