#include "plant/internal/upkeep_reader.h"

#include <algorithm>

#include "plant/internal/description_fields.h"
#include "plant/internal/shift_date.h"
#include "plant/internal/shift_reader.h"

namespace mw::plant {
namespace {

constexpr double kMostMoney = 1e12;
constexpr double kMostPieces = 1e6;
constexpr double kMostRepairHours = 1000;
constexpr double kMostDeliveryDays = 1000;
constexpr std::size_t kMostRates = 1000;
constexpr std::size_t kMostModes = 100;

Result<HourlyRate> read_rate(const Json& json, const std::string& where,
                             const std::vector<Line>& lines, const std::vector<Shift>& shifts) {
  MW_TRY(only_members(
      json, where,
      {"lines", "assets", "shifts", "outside_shifts", "days", "start", "end", "per_hour"}));
  HourlyRate rate;
  MW_ASSIGN(rate.lines, read_known_ids(json, "lines", where, lines, "lines"));
  MW_ASSIGN(rate.assets, read_texts(json, "assets", where));
  MW_ASSIGN(rate.shifts, read_known_ids(json, "shifts", where, shifts, "shifts"));
  MW_ASSIGN(const bool outside, read_flag(json, "outside_shifts", where));
  const bool of_week = find_member(json, "start") != nullptr ||
                       find_member(json, "end") != nullptr || find_member(json, "days") != nullptr;
  if (int{!rate.shifts.empty()} + int{outside} + int{of_week} > 1) {
    return wrong(where, "names more than one of shifts, outside_shifts and a time of the week");
  }
  if (!rate.shifts.empty()) rate.when = HourlyRate::When::kShifts;
  if (outside) rate.when = HourlyRate::When::kOutsideShifts;
  if (of_week) {
    rate.when = HourlyRate::When::kTimeOfWeek;
    MW_ASSIGN(rate.days, read_days(json, where));
    if (find_member(json, "start") != nullptr || find_member(json, "end") != nullptr) {
      MW_ASSIGN(rate.start_minute, read_minute(json, "start", where));
      MW_ASSIGN(rate.end_minute, read_minute(json, "end", where));
    }
  }
  MW_ASSIGN(rate.per_hour, read_needed(json, "per_hour", where, 0, kMostMoney));
  return rate;
}

Result<std::vector<HourlyRate>> read_rates(const Json& json, const char* key,
                                           const std::string& where, const std::vector<Line>& lines,
                                           const std::vector<Shift>& shifts) {
  std::vector<HourlyRate> rates;
  const auto take = [&](const Json& item, const std::string& at) -> Result<void> {
    if (rates.size() >= kMostRates) return wrong(at, "more than 1000 rates");
    MW_ASSIGN(HourlyRate rate, read_rate(item, at, lines, shifts));
    rates.push_back(std::move(rate));
    return {};
  };
  MW_TRY(for_each(json, key, where, take));
  return rates;
}

struct LocalMoment {
  int64_t day = 0;
  int minute = 0;
};

/// "2026-12-05T06:00"
Result<LocalMoment> read_moment(const Json& json, const char* key, const std::string& where) {
  MW_ASSIGN(const std::string text, read_text(json, key, where));
  const auto day = text.size() == 16 && text[10] == 'T' ? day_of_date(text.substr(0, 10))
                                                        : std::optional<int64_t>();
  if (day) {
    const Json time = {{key, text.substr(11)}};
    MW_ASSIGN(const int minute, read_minute(time, key, where));
    return LocalMoment{*day, minute};
  }
  return wrong(where + "." + key,
               "expected a local time such as \"2026-12-05T06:00\", got '" + text + "'");
}

Result<PlannedStop> read_stop(const Json& json, const std::string& where,
                              const std::vector<Line>& lines) {
  MW_TRY(only_members(json, where, {"id", "name", "lines", "from", "to", "days", "start", "end"}));
  PlannedStop stop;
  MW_ASSIGN(stop.id, read_id(json, where));
  MW_ASSIGN(stop.name, read_name(json, where, stop.id));
  MW_ASSIGN(stop.lines, read_known_ids(json, "lines", where, lines, "lines"));
  const bool dated = find_member(json, "from") != nullptr || find_member(json, "to") != nullptr;
  if (!dated) {
    MW_ASSIGN(stop.days, read_days(json, where));
    MW_ASSIGN(stop.start_minute, read_minute(json, "start", where));
    MW_ASSIGN(stop.end_minute, read_minute(json, "end", where));
    return stop;
  }
  for (const char* key : {"days", "start", "end"}) {
    if (find_member(json, key) != nullptr) {
      return wrong(where + "." + key,
                   "is of a stop each week: leave it out, or \"from\" and \"to\"");
    }
  }
  MW_ASSIGN(const LocalMoment from, read_moment(json, "from", where));
  MW_ASSIGN(const LocalMoment to, read_moment(json, "to", where));
  if (std::pair(to.day, to.minute) <= std::pair(from.day, from.minute)) {
    return wrong(where + ".to", "lies before \"from\"");
  }
  stop.first_day = from.day;
  stop.start_minute = from.minute;
  stop.last_day = to.day;
  stop.end_minute = to.minute;
  return stop;
}

Result<SparePart> read_part(const Json& json, const std::string& where) {
  MW_TRY(only_members(json, where,
                      {"number", "name", "quantity", "in_stock", "price", "delivery_days"}));
  SparePart part;
  MW_ASSIGN(part.number, read_text(json, "number", where));
  if (part.number.empty()) return wrong(where + ".number", "must not be empty");
  MW_ASSIGN(part.name, read_name(json, where, part.number));
  MW_ASSIGN(part.quantity, read_needed(json, "quantity", where, 1e-6, kMostPieces));
  MW_ASSIGN(part.in_stock, read_maybe(json, "in_stock", where, 0, kMostPieces));
  MW_ASSIGN(part.price, read_maybe(json, "price", where, 0, kMostMoney));
  MW_ASSIGN(part.delivery_days, read_maybe(json, "delivery_days", where, 0, kMostDeliveryDays));
  return part;
}

Result<FailureMode> read_mode(const Json& json, const std::string& where, const Upkeep& upkeep) {
  MW_TRY(
      only_members(json, where, {"id", "name", "signs", "steps", "parts", "work", "standstill_h"}));
  FailureMode mode;
  MW_ASSIGN(mode.id, read_id(json, where));
  MW_ASSIGN(mode.name, read_name(json, where, mode.id));
  MW_ASSIGN(mode.signs, read_texts(json, "signs", where));
  const auto take_step = [&](const Json& item, const std::string& at) -> Result<void> {
    MW_ASSIGN(Text step, read_name_member(Json{{"step", item}}, "step", at, ""));
    mode.steps.push_back(std::move(step));
    return {};
  };
  MW_TRY(for_each(json, "steps", where, take_step));
  const auto take_part = [&](const Json& item, const std::string& at) -> Result<void> {
    MW_ASSIGN(SparePart part, read_part(item, at));
    mode.parts.push_back(std::move(part));
    return {};
  };
  MW_TRY(for_each(json, "parts", where, take_part));
  const auto take_work = [&](const Json& item, const std::string& at) -> Result<void> {
    MW_TRY(only_members(item, at, {"skill", "hours"}));
    SkillHours work;
    MW_ASSIGN(work.skill, read_text(item, "skill", at));
    const auto same = [&](const Skill& skill) { return skill.id == work.skill; };
    if (std::none_of(upkeep.skills.begin(), upkeep.skills.end(), same)) {
      return wrong(at + ".skill", "'" + work.skill + "' is none of upkeep.skills[].id");
    }
    MW_ASSIGN(work.hours, read_needed(item, "hours", at, 0, kMostRepairHours));
    mode.work.push_back(std::move(work));
    return {};
  };
  MW_TRY(for_each(json, "work", where, take_work));
  MW_ASSIGN(mode.standstill_h, read_maybe(json, "standstill_h", where, 0.01, kMostRepairHours));
  return mode;
}

}  // namespace

Result<Upkeep> read_upkeep(const Json& json, const std::vector<Line>& lines,
                           const std::vector<Shift>& shifts) {
  Upkeep upkeep;
  const Json* found = find_member(json, "upkeep");
  if (found == nullptr) return upkeep;
  if (!found->is_object()) return wrong("upkeep", "expected an object");
  MW_TRY(only_members(*found, "upkeep", {"currency", "skills", "standstill", "planned_stops"}));
  MW_ASSIGN(upkeep.currency, read_text(*found, "currency", "upkeep"));
  const auto take_skill = [&](const Json& item, const std::string& at) -> Result<void> {
    MW_TRY(only_members(item, at, {"id", "name", "rates"}));
    Skill skill;
    MW_ASSIGN(skill.id, read_id(item, at));
    MW_ASSIGN(skill.name, read_name(item, at, skill.id));
    MW_ASSIGN(skill.rates, read_rates(item, "rates", at, lines, shifts));
    const auto same = [&](const Skill& other) { return other.id == skill.id; };
    if (std::any_of(upkeep.skills.begin(), upkeep.skills.end(), same)) {
      return wrong(at + ".id", "'" + skill.id + "' is there twice");
    }
    upkeep.skills.push_back(std::move(skill));
    return {};
  };
  MW_TRY(for_each(*found, "skills", "upkeep", take_skill));
  MW_ASSIGN(upkeep.standstill, read_rates(*found, "standstill", "upkeep", lines, shifts));
  const auto take_stop = [&](const Json& item, const std::string& at) -> Result<void> {
    if (upkeep.planned_stops.size() >= kMostRates) return wrong(at, "more than 1000 stops");
    MW_ASSIGN(PlannedStop stop, read_stop(item, at, lines));
    upkeep.planned_stops.push_back(std::move(stop));
    return {};
  };
  MW_TRY(for_each(*found, "planned_stops", "upkeep", take_stop));
  return upkeep;
}

Result<void> check_upkeep_assets(const Upkeep& upkeep, const std::vector<Asset>& assets) {
  const auto check = [&](const std::vector<HourlyRate>& rates,
                         const std::string& where) -> Result<void> {
    for (const HourlyRate& rate : rates) {
      for (const std::string& id : rate.assets) {
        const auto same = [&, &wanted = id](const Asset& asset) { return asset.id == wanted; };
        if (std::none_of(assets.begin(), assets.end(), same)) {
          return wrong(where, "'" + id + "' is none of assets[].id");
        }
      }
    }
    return {};
  };
  MW_TRY(check(upkeep.standstill, "upkeep.standstill"));
  for (const Skill& skill : upkeep.skills) MW_TRY(check(skill.rates, "upkeep.skills"));
  return {};
}

Result<std::vector<FailureMode>> read_failure_modes(const Json& json, const std::string& where,
                                                    const Upkeep& upkeep) {
  std::vector<FailureMode> modes;
  const auto take = [&](const Json& item, const std::string& at) -> Result<void> {
    MW_ASSIGN(FailureMode mode, read_mode(item, at, upkeep));
    const auto same = [&](const FailureMode& other) { return other.id == mode.id; };
    if (std::any_of(modes.begin(), modes.end(), same)) {
      return wrong(at + ".id", "'" + mode.id + "' is there twice");
    }
    if (modes.size() >= kMostModes) return wrong(at, "more than 100 failure modes");
    modes.push_back(std::move(mode));
    return {};
  };
  MW_TRY(for_each(json, "failure_modes", where, take));
  return modes;
}

void add_failure_modes(std::vector<FailureMode> own, std::vector<FailureMode>& modes) {
  for (FailureMode& mode : own) {
    const auto found = std::find_if(modes.begin(), modes.end(),
                                    [&](const FailureMode& other) { return other.id == mode.id; });
    if (found != modes.end()) {
      *found = std::move(mode);
    } else {
      modes.push_back(std::move(mode));
    }
  }
}

Result<void> check_failure_signs(const std::vector<FailureMode>& modes,
                                 const std::vector<Tag>& tags, const std::string& where) {
  for (const FailureMode& mode : modes) {
    for (const std::string& sign : mode.signs) {
      const auto same = [&, &wanted = sign](const Tag& tag) {
        return tag.id == wanted && tag.kind == TagKind::kNumber;
      };
      if (std::any_of(tags.begin(), tags.end(), same)) continue;
      return wrong(where + ".failure_modes",
                   "'" + sign + "', a sign of '" + mode.id + "', is no numeric tag of it");
    }
  }
  return {};
}

}  // namespace mw::plant
