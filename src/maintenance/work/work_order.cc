#include "maintenance/work/work_order.h"

#include <algorithm>
#include <cmath>

#include "core/utc_text.h"
#include "maintenance/work/price_window.h"
#include "plant/shift_calendar.h"
#include "plant/upkeep_calendar.h"

namespace mw::maintenance {
namespace {

constexpr int64_t kQuarterNs = 15 * kNsPerMinute;

std::string last_part(const std::string& tag) { return tag.substr(tag.find('/') + 1); }

const plant::FailureMode* find_mode(const plant::Asset& asset, const std::string& id) {
  for (const plant::FailureMode& mode : asset.failure_modes) {
    if (mode.id == id) return &mode;
  }
  return nullptr;
}

void note(WorkOrderDraft& draft, std::string en, std::string zh) {
  draft.not_given.push_back({std::move(en), std::move(zh)});
}

void take_mode(const plant::FailureMode& mode, const plant::Catalogue& catalogue,
               WorkOrderDraft& draft) {
  draft.mode = mode.id;
  draft.title = mode.name;
  draft.steps = mode.steps;
  draft.parts = mode.parts;
  draft.standstill_h = mode.standstill_h;
  for (const plant::SkillHours& each : mode.work) {
    CostLine line;
    line.kind = CostKind::kLabour;
    line.id = each.skill;
    line.quantity = each.hours;
    for (const plant::Skill& skill : catalogue.upkeep().skills) {
      if (skill.id == each.skill) line.what = skill.name;
    }
    draft.work.push_back(std::move(line));
  }
}

bool is_short(const plant::SparePart& part) {
  return part.in_stock && *part.in_stock < part.quantity;
}

/// What the plant could say of this repair and does not.
void note_missing(const plant::Catalogue& catalogue, const plant::Asset& asset,
                  WorkOrderDraft& draft) {
  const plant::Upkeep& upkeep = catalogue.upkeep();
  if (draft.modes.empty()) note(draft, "failure modes of this machine", "该设备的故障模式");
  if (draft.steps.empty()) note(draft, "steps", "步骤");
  if (draft.parts.empty()) note(draft, "parts", "备件");
  if (draft.work.empty()) note(draft, "skills and hours", "技能与工时");
  if (!draft.standstill_h) note(draft, "how long the machine stands", "停机时长");
  if (upkeep.currency.empty()) note(draft, "currency", "货币");
  for (const plant::SparePart& part : draft.parts) {
    if (!part.price) note(draft, "price of part " + part.number, "备件 " + part.number + " 的价格");
    if (!part.in_stock) {
      note(draft, "stock of part " + part.number, "备件 " + part.number + " 的库存");
    }
    if (is_short(part) && !part.delivery_days) {
      note(draft, "delivery time of part " + part.number + ", of which there are too few",
           "库存不足的备件 " + part.number + " 的交货期");
    }
  }
  if (upkeep.planned_stops.empty()) note(draft, "planned stops", "计划停机");
  const bool shifts =
      scheduled_time(TimeZone::utc(), catalogue.shifts(), {}, asset.line, draft.ahead).has_value();
  if (!shifts) note(draft, "shifts of the line", "产线班次");
}

/// After pricing: rates that are missing of at least one window.
void note_missing_rates(WorkOrderDraft& draft) {
  std::vector<std::string> told;
  for (const WorkWindow& window : draft.windows) {
    for (const CostLine& line : window.lines) {
      if (line.amount || line.kind == CostKind::kPart) continue;
      const std::string key = std::string(cost_name(line.kind)) + " " + line.id;
      if (std::find(told.begin(), told.end(), key) != told.end()) continue;
      told.push_back(key);
      if (line.kind == CostKind::kStandstill) {
        note(draft, "cost of an hour of standstill at some times", "部分时段的每小时停机成本");
      } else {
        note(draft, "hourly rate of " + line.what.en + " at some times",
             line.what.in(Language::kZh) + "在部分时段的小时费率");
      }
    }
  }
}

/// A part that has to come first shuts what begins before.
Text why_shut(const WorkOrderDraft& draft, TimeNs start_ns, TimeNs now_ns) {
  for (const plant::SparePart& part : draft.parts) {
    if (!is_short(part) || !part.delivery_days) continue;
    const TimeNs there_ns =
        now_ns + static_cast<int64_t>(*part.delivery_days * static_cast<double>(kNsPerDay));
    if (start_ns >= there_ns) continue;
    return {"part " + part.number + " is not there before " + utc_text(there_ns),
            "备件 " + part.number + " 在 " + utc_text(there_ns) + " 之前不到货"};
  }
  return {};
}

class WindowList {
 public:
  WindowList(WorkOrderDraft& draft, TimeNs now_ns)
      : draft_(draft),
        now_ns_(now_ns),
        length_ns_(static_cast<int64_t>(draft.standstill_h.value_or(0) *
                                        static_cast<double>(kNsPerHour))) {}

  /// The first of a beginning counts; what does not end in time is left out.
  void add(WindowKind kind, Text name, TimeNs start_ns, bool beyond = false) {
    const TimeWindow window{start_ns, start_ns + length_ns_};
    if (!beyond && (start_ns < draft_.ahead.start_ns || window.end_ns > draft_.ahead.end_ns))
      return;
    for (const WorkWindow& each : draft_.windows) {
      if (each.window.start_ns == start_ns) return;
    }
    WorkWindow& out = draft_.windows.emplace_back();
    out.kind = kind;
    out.name = std::move(name);
    out.window = window;
    out.shut = why_shut(draft_, start_ns, now_ns_);
  }

 private:
  WorkOrderDraft& draft_;
  const TimeNs now_ns_;
  const int64_t length_ns_;
};

void find_windows(const plant::Catalogue& catalogue, const TimeZone& zone,
                  const plant::Asset& asset, TimeNs now_ns, const WorkQuestion& question,
                  WorkOrderDraft& draft) {
  WindowList list(draft, now_ns);
  const TimeWindow ahead = draft.ahead;
  if (draft.standstill_h) {
    for (const auto& run : planned_stop_runs(zone, catalogue, asset.line, ahead)) {
      list.add(WindowKind::kPlannedStop, run.stop->name, run.window.start_ns);
    }
    for (const auto& run : shift_runs_of(zone, catalogue, asset.line, ahead)) {
      list.add(WindowKind::kShift, run.shift->name, run.window.start_ns);
    }
    const auto scheduled =
        scheduled_time(zone, catalogue.shifts(), catalogue.shift_exceptions(), asset.line, ahead);
    for (const TimeWindow& run : scheduled.value_or(std::vector<TimeWindow>())) {
      if (run.end_ns < ahead.end_ns) list.add(WindowKind::kOutsideShifts, {}, run.end_ns);
    }
    list.add(WindowKind::kAtOnce, {}, ahead.start_ns);
  }
  if (question.start_ns) list.add(WindowKind::kChosen, {}, *question.start_ns, true);
  for (WorkWindow& window : draft.windows) price_window(draft, catalogue, zone, asset, window);
  std::stable_sort(draft.windows.begin(), draft.windows.end(),
                   [](const WorkWindow& a, const WorkWindow& b) {
                     return a.window.start_ns < b.window.start_ns;
                   });
}

/// Of those that the plant's data led to; windows lie by their beginning.
std::optional<std::size_t> first_open(const std::vector<WorkWindow>& windows) {
  for (std::size_t i = 0; i < windows.size(); ++i) {
    if (windows[i].kind != WindowKind::kChosen && windows[i].shut.en.empty()) return i;
  }
  return std::nullopt;
}

Error bad_time(const char* member, const char* en, const char* zh) {
  return Error::make(Code::kInvalidArgument, std::string("'") + member + "': " + en,
                     std::string("“") + member + "”：" + zh, member);
}

}  // namespace

double mode_fit(const HealthCase& one, const plant::FailureMode& mode) {
  double length = 0;
  double product = 0;
  for (const CaseEvidence& each : one.evidence) {
    length += each.share * each.share;
    const bool sign =
        std::find(mode.signs.begin(), mode.signs.end(), last_part(each.tag)) != mode.signs.end();
    if (sign) product += each.share;
  }
  if (!(length > 0) || mode.signs.empty()) return 0;
  return std::clamp(product / std::sqrt(length * static_cast<double>(mode.signs.size())), 0.0, 1.0);
}

Result<WorkOrderDraft> draft_work(const HealthCase& one, const plant::Catalogue& catalogue,
                                  const TimeZone& zone, TimeNs now_ns, const WorkQuestion& question,
                                  const LifeDate& life) {
  if (question.before_ns && *question.before_ns <= now_ns) {
    return bad_time("before_ms", "it is past: name a time to come", "该时间已过，请指定将来的时间");
  }
  if (question.start_ns &&
      (*question.start_ns < now_ns || *question.start_ns > now_ns + kMostWorkAheadNs)) {
    return bad_time("start_ms", "expected a time within the next 30 days",
                    "应为今后 30 天以内的时间");
  }
  const plant::Asset* asset = catalogue.asset(one.asset);
  if (asset == nullptr) {
    return Error::make(Code::kNotFound, "there is no asset '" + one.asset + "' any more",
                       "设备“" + one.asset + "”已不存在", "asset");
  }
  WorkOrderDraft draft;
  for (const plant::FailureMode& mode : asset->failure_modes) {
    draft.modes.push_back({mode.id, mode.name, mode_fit(one, mode)});
  }
  std::stable_sort(draft.modes.begin(), draft.modes.end(),
                   [](const KnownMode& a, const KnownMode& b) { return a.fit > b.fit; });
  std::string wanted = question.mode;
  if (wanted.empty() && !draft.modes.empty() && draft.modes.front().fit > 0) {
    wanted = draft.modes.front().id;
  }
  const plant::FailureMode* mode = find_mode(*asset, wanted);
  if (mode == nullptr && !wanted.empty()) {
    return Error::make(Code::kNotFound,
                       "the machine has no failure mode '" + wanted.substr(0, 64) + "'",
                       "该设备没有故障模式“" + wanted.substr(0, 64) + "”", "mode");
  }
  draft.currency = catalogue.upkeep().currency;
  draft.before_given = question.before_ns.has_value();
  const TimeNs start_ns = (now_ns + kQuarterNs - 1) / kQuarterNs * kQuarterNs;
  draft.life = life;
  draft.by_life = !question.before_ns && question.by_life && life.before_ns.has_value();
  const TimeNs usual_ns = now_ns + kWorkAheadNs;
  TimeNs latest_ns = question.before_ns.value_or(usual_ns);
  // A model's date makes the stretch shorter only: the machine is unlike its normal already.
  if (draft.by_life) latest_ns = std::min(usual_ns, *life.before_ns);
  draft.ahead = {start_ns, std::max(start_ns, std::min(latest_ns, now_ns + kMostWorkAheadNs))};
  if (mode != nullptr) {
    take_mode(*mode, catalogue, draft);
  } else {
    WorkOrder first_look = proposed_work(one.kind);
    draft.title = std::move(first_look.title);
    draft.steps = std::move(first_look.steps);
  }
  note_missing(catalogue, *asset, draft);
  find_windows(catalogue, zone, *asset, now_ns, question, draft);
  const bool late = draft.by_life && draft.standstill_h && !first_open(draft.windows);
  if (late) {
    draft.windows.clear();
    draft.ahead.end_ns = usual_ns;
    find_windows(catalogue, zone, *asset, now_ns, question, draft);
    draft.late = {"no window ends before that: the first that there is is proposed",
                  "没有在此之前结束的时段：建议最早的可用时段"};
  }
  draft.proposed = compare_windows(draft.windows);
  if (late) draft.proposed = first_open(draft.windows);
  note_missing_rates(draft);
  return draft;
}

}  // namespace mw::maintenance
