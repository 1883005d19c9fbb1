#include "maintenance/work/price_window.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "plant/upkeep_calendar.h"

namespace mw::maintenance {
namespace {

constexpr double kNsPerHourOf = static_cast<double>(kNsPerHour);

double hours_of(const TimeWindow& window) {
  return static_cast<double>(window.end_ns - window.start_ns) / kNsPerHourOf;
}

void put(WorkWindow& window, CostLine line) {
  if (line.rate) line.amount = money(line.quantity * *line.rate);
  window.lines.push_back(std::move(line));
}

void price_standstill(const plant::Catalogue& catalogue, const TimeZone& zone,
                      const plant::Asset& asset, WorkWindow& window) {
  TimeNs at_ns = window.window.start_ns;
  const auto running_until = [&](TimeNs end_ns) {
    if (at_ns >= end_ns) return;
    for (const plant::RatedTime& each :
         rated_time(zone, catalogue, catalogue.upkeep().standstill, asset, {at_ns, end_ns})) {
      put(window, {CostKind::kStandstill,
                   "",
                   {"standstill", "停机"},
                   each.window,
                   hours_of(each.window),
                   each.per_hour,
                   {}});
    }
    at_ns = end_ns;
  };
  for (const auto& run : planned_stop_runs(zone, catalogue, asset.line, window.window)) {
    const TimeNs from_ns = std::max(at_ns, run.window.start_ns);
    const TimeNs to_ns = std::min(window.window.end_ns, run.window.end_ns);
    if (from_ns >= to_ns) continue;
    running_until(from_ns);
    const TimeWindow stands{from_ns, to_ns};
    put(window, {CostKind::kStandstill,
                 "",
                 {"standstill in the planned stop \"" + run.stop->name.en + "\": it stands anyway",
                  "计划停机“" + run.stop->name.in(Language::kZh) + "”期间：本来就停机"},
                 stands,
                 hours_of(stands),
                 0.0,
                 {}});
    at_ns = to_ns;
  }
  running_until(window.window.end_ns);
}

}  // namespace

double money(double amount) { return std::round(amount * 100) / 100; }

void price_window(const WorkOrderDraft& draft, const plant::Catalogue& catalogue,
                  const TimeZone& zone, const plant::Asset& asset, WorkWindow& window) {
  const double length_h = hours_of(window.window);
  if (length_h > 0) price_standstill(catalogue, zone, asset, window);
  for (const CostLine& work : draft.work) {
    const auto& skills = catalogue.upkeep().skills;
    const auto skill = std::find_if(skills.begin(), skills.end(),
                                    [&](const plant::Skill& each) { return each.id == work.id; });
    if (!(length_h > 0) || skill == skills.end()) {
      put(window, work);
      continue;
    }
    for (const plant::RatedTime& each :
         rated_time(zone, catalogue, skill->rates, asset, window.window)) {
      CostLine line = work;
      line.window = each.window;
      line.quantity = work.quantity * hours_of(each.window) / length_h;
      line.rate = each.per_hour;
      put(window, std::move(line));
    }
  }
  for (const plant::SparePart& part : draft.parts) {
    put(window, {CostKind::kPart, part.number, part.name, {}, part.quantity, part.price, {}});
  }
  window.complete = length_h > 0;
  for (const CostLine& line : window.lines) {
    window.known += line.amount.value_or(0);
    window.complete = window.complete && line.amount.has_value();
  }
  window.known = money(window.known);
}

std::optional<std::size_t> compare_windows(std::vector<WorkWindow>& windows) {
  using Key = std::pair<CostKind, std::string>;
  const auto missing_of = [](const WorkWindow& window) {
    std::set<Key> out;
    for (const CostLine& line : window.lines) {
      if (!line.amount && line.kind != CostKind::kPart) out.insert({line.kind, line.id});
    }
    return out;
  };
  std::optional<std::set<Key>> of_all;  // missing in each
  for (const WorkWindow& window : windows) {
    std::set<Key> mine = missing_of(window);
    if (of_all) std::erase_if(mine, [&](const Key& key) { return !of_all->contains(key); });
    of_all = std::move(mine);
  }
  std::optional<std::size_t> best;
  double best_cost = 0;
  for (std::size_t i = 0; i < windows.size(); ++i) {
    WorkWindow& window = windows[i];
    const std::set<Key> missing = missing_of(window);
    window.compared = window.window.start_ns < window.window.end_ns &&
                      !missing.contains({CostKind::kStandstill, ""}) &&
                      std::all_of(missing.begin(), missing.end(),
                                  [&](const Key& key) { return of_all->contains(key); });
    if (!window.compared || !window.shut.en.empty()) continue;
    double cost = 0;
    for (const CostLine& line : window.lines) {
      if (!of_all->contains({line.kind, line.id})) cost += line.amount.value_or(0);
    }
    cost = money(cost);
    if (best && cost >= best_cost) continue;
    best = i;
    best_cost = cost;
  }
  return best;
}

}  // namespace mw::maintenance
