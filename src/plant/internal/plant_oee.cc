// What Plant tells of shifts and OEE.
#include "plant/internal/plant_impl.h"
#include "plant/internal/shift_date.h"
#include "plant/shift_calendar.h"

namespace mw::plant {
namespace {

constexpr int64_t kLongestOeeNs = 100 * kNsPerDay;  // states of so long are read sample by sample
constexpr int kDaysBack = 31;                       // for the latest run of a shift

}  // namespace

Result<const Asset*> PlantImpl::visible_asset(const Identity& who, std::string_view asset) const {
  const Asset* found = catalogue_->asset(asset);
  if (found != nullptr && who.may_see_line(found->line)) return found;
  const std::string id(asset.substr(0, 130));
  return Error::make(Code::kNotFound, "there is no asset '" + id + "'", "没有设备“" + id + "”",
                     "asset");
}

Result<OeeReport> PlantImpl::oee(const Identity& who, std::string_view asset,
                                 TimeWindow window) const {
  MW_ASSIGN(const Asset* found, visible_asset(who, asset));
  MW_ASSIGN(window, checked(window));
  if (window.end_ns - window.start_ns > kLongestOeeNs) {
    return Error::make(Code::kInvalidArgument, "OEE is computed over at most 100 days",
                       "OEE 最多按 100 天计算", "window");
  }
  return oee_over(*found, window,
                  scheduled_time(zone_, catalogue_->shifts(), catalogue_->shift_exceptions(),
                                 found->line, window));
}

Result<OeeReport> PlantImpl::oee_over(
    const Asset& asset, TimeWindow window,
    const std::optional<std::vector<TimeWindow>>& scheduled) const {
  const auto tag = [&](const std::string& id) {
    return id.empty() ? nullptr : catalogue_->tag(id);
  };
  const OeeTags tags{tag(asset.state_tag), tag(asset.production.total), tag(asset.production.good),
                     tag(asset.production.reject), tag(asset.production.product)};
  OeeReport report;
  MW_ASSIGN(report.inputs, read_oee_inputs(*store_, asset, tags, window, scheduled));
  report.oee = compute_oee(report.inputs);
  return report;
}

Result<TimeWindow> PlantImpl::shift_run(const Identity& who, std::string_view asset,
                                        std::string_view shift, std::string_view date) const {
  MW_ASSIGN(const Asset* found, visible_asset(who, asset));
  std::optional<int64_t> day;
  if (!date.empty()) {
    day = day_of_date(date);
    if (!day) {
      return Error::make(Code::kInvalidArgument, "'date': expected a day such as 2026-11-26",
                         "“date”应为日期，例如 2026-11-26", "date");
    }
  }
  const TimeNs now_ns = clock_.now_ns();
  const CivilTime today = zone_.to_civil(now_ns);
  const int64_t last = day.value_or(days_from_civil(today.year, today.month, today.day));
  for (int64_t each = last; each > last - (day ? 1 : kDaysBack); --each) {
    for (const Shift& known : catalogue_->shifts()) {
      if (known.id != shift ||
          !shift_runs(known, catalogue_->shift_exceptions(), each, found->line)) {
        continue;
      }
      const TimeWindow run = shift_window(zone_, known, each);
      if (run.start_ns < now_ns) return run;
    }
  }
  const std::string id(shift.substr(0, 130));
  return Error::make(
      Code::kNotFound,
      "no shift '" + id + "' of " + found->id + " had begun " +
          (day ? "on that day" : "in the last 31 days"),
      found->id + (day ? " 在该日没有已开始的班次“" : " 最近 31 天没有已开始的班次“") + id + "”",
      "shift");
}

}  // namespace mw::plant
