#include "plant/oee.h"

#include <algorithm>
#include <map>

#include "plant/internal/oee_performance.h"
#include "plant/internal/rollup_fold.h"
#include "plant/query.h"

namespace mw::plant {
namespace {

constexpr double kEnough = 0.9;       // share of the scheduled time that has to be covered
constexpr double kComplete = 0.9995;  // from here on gaps are not worth a word
// Two counters are not read at the same moment: at the ends of a window they may differ by a part.
constexpr double kBoundaryPart = 1;

struct RemarkRow {
  OeeRemark remark;
  std::string_view name;
  const char* en;
  const char* zh;
};
constexpr RemarkRow kRemarks[] = {
    {OeeRemark::kNoStates, "no_states",
     "the machine reports no state, or its description does not say which states are production",
     "该设备没有状态测点，或描述中没有说明哪些状态算作生产"},
    {OeeRemark::kStatesMissing, "states_missing",
     "the state is known for too little of the scheduled time", "计划时间内已知状态的时间太少"},
    {OeeRemark::kNotScheduled, "not_scheduled", "no shift of its line runs in this window",
     "该时间段内所属产线没有排班"},
    {OeeRemark::kNotPlanned, "not_planned",
     "it was in planned stops all the time, so nothing was to be produced",
     "全部时间为计划停机，没有应生产的时间"},
    {OeeRemark::kNoTotal, "no_total", "its description names no counter of parts",
     "描述中没有产量计数器"},
    {OeeRemark::kNoQuality, "no_quality",
     "its description names no counter that tells good from rejected parts",
     "描述中没有区分合格品与废品的计数器"},
    {OeeRemark::kCountersMissing, "counters_missing",
     "a counter of parts has good samples for too little of the scheduled time",
     "计划时间内计数器的有效样本太少"},
    {OeeRemark::kContradiction, "contradiction", "the counters and states contradict each other",
     "计数器与状态互相矛盾"},
    {OeeRemark::kNoIdealCycle, "no_ideal_cycle", "its description gives no ideal cycle time",
     "描述中没有理想节拍"},
    {OeeRemark::kNothingMade, "nothing_made", "no part was made", "没有产出"},
    {OeeRemark::kAbove100, "above_100",
     "it was faster than its ideal cycle time allows, so the description gives too long a one",
     "它比描述中的理想节拍更快，因此该节拍偏长"},
    {OeeRemark::kGaps, "gaps", "time without a known state is left out", "状态未知的时间不计入"},
    {OeeRemark::kResets, "resets", "a counter was reset and counted on from zero",
     "计数器曾被清零，从零继续累计"},
    {OeeRemark::kProductsMissing, "products_missing",
     "which product ran, or its ideal cycle time, is known for too little of the production time",
     "生产时间内已知产品及其理想节拍的时间太少"},
    {OeeRemark::kProductGaps, "product_gaps",
     "production time without a known product is left out of performance",
     "产品未知的生产时间不计入性能率"}};

const RemarkRow& row_of(OeeRemark remark) {
  return *std::find_if(std::begin(kRemarks), std::end(kRemarks),
                       [&](const RemarkRow& row) { return row.remark == remark; });
}

double seconds(int64_t ns) { return static_cast<double>(ns) / kNsPerSecond; }

/// Parts made and good ones, from whichever two counters there are.
struct Parts {
  std::optional<double> total, good;
  bool contradictory = false;
};
Parts parts_of(const OeeInputs& in) {
  Parts parts;
  parts.total = in.total;
  if (!parts.total && in.good && in.reject) parts.total = *in.good + *in.reject;
  parts.good = in.good;
  if (!parts.good && parts.total && in.reject) parts.good = *parts.total - *in.reject;
  if (!parts.total || !parts.good) return parts;
  const double sum_off = in.total && in.good && in.reject ? *in.good + *in.reject - *in.total : 0.0;
  parts.contradictory = *parts.good > *parts.total + kBoundaryPart ||
                        *parts.good < -kBoundaryPart || sum_off > 2 * kBoundaryPart;
  parts.good = std::clamp(*parts.good, 0.0, *parts.total);
  return parts;
}

/// How the parts compare with the time that made them; nothing where it is not known well enough.
std::optional<OeeInputs::Performance> performance_of(const OeeInputs& in, double total) {
  if (in.performance) return in.performance;
  if (in.products_described || !in.ideal_cycle_s) return std::nullopt;
  return OeeInputs::Performance{*in.ideal_cycle_s * total, total, in.production_ns};
}

/// Growth of a counter over the scheduled time; nothing where its samples do not cover it.
struct Counted {
  std::optional<double> parts;
  double share = 0;
  int resets = 0;
};
Result<Counted> count(const SampleStore& store, const Tag& tag,
                      const std::vector<TimeWindow>& scheduled, int64_t scheduled_ns) {
  Counted out;
  double parts = 0;
  bool started = true;
  double covered_ns = 0;
  for (const TimeWindow& window : scheduled) {
    MW_ASSIGN(const CounterIncrease grown,
              counter_increase(store, tag.index, window, hold_of(tag)));
    parts += grown.increase;
    out.resets += grown.resets;
    started = started && grown.first.has_value();
    covered_ns += grown.good_share * static_cast<double>(window.end_ns - window.start_ns);
  }
  out.share = covered_ns / static_cast<double>(scheduled_ns);
  if (started && out.share >= kEnough) out.parts = parts;
  return out;
}

StateUse use_of(const Asset& asset, const std::string& state) {
  for (const AssetState& each : asset.states) {
    if (each.id == state) return each.use;
  }
  return StateUse::kUndeclared;
}

Result<std::vector<UseSpan>> add_states(const SampleStore& store, const Asset& asset,
                                        const Tag& tag, const std::vector<TimeWindow>& scheduled,
                                        OeeInputs& in) {
  std::vector<UseSpan> spans;
  std::map<std::string, OeeInputs::StateTime> times;
  double good_ns = 0;
  for (const TimeWindow& window : scheduled) {
    MW_ASSIGN(const StateHistory history, state_history(store, tag.index, window, hold_of(tag)));
    good_ns += history.good_share * static_cast<double>(window.end_ns - window.start_ns);
    for (const StateSpan& span : history.spans) {
      const StateUse use = use_of(asset, span.state);
      if (use != StateUse::kUndeclared) spans.push_back({span.start_ns, span.end_ns, use});
    }
    for (const StateTotal& total : history.totals) {
      const StateUse use = use_of(asset, total.state);
      if (use == StateUse::kUndeclared) {  // says nothing: like a gap, however good its samples
        good_ns -= static_cast<double>(total.duration_ns);
        continue;
      }
      OeeInputs::StateTime& time = times[total.state];
      time.state = total.state;
      time.use = use;
      time.duration_ns += total.duration_ns;
      time.entries += total.entries;
    }
  }
  in.state_share = std::max(0.0, good_ns) / static_cast<double>(in.scheduled_ns);
  for (auto& [id, time] : times) {
    in.known_ns += time.duration_ns;
    int64_t& sum = time.use == StateUse::kProduction      ? in.production_ns
                   : time.use == StateUse::kSetup         ? in.setup_ns
                   : time.use == StateUse::kUnplannedStop ? in.unplanned_ns
                                                          : in.planned_stop_ns;
    sum += time.duration_ns;
    in.states.push_back(std::move(time));
  }
  std::stable_sort(in.states.begin(), in.states.end(),
                   [](const auto& a, const auto& b) { return a.duration_ns > b.duration_ns; });
  return spans;
}

}  // namespace

std::string_view oee_remark_name(OeeRemark remark) { return row_of(remark).name; }
Text describe(OeeRemark remark) { return {row_of(remark).en, row_of(remark).zh}; }

std::optional<Text> describe_oee_remark(std::string_view name) {
  for (const RemarkRow& row : kRemarks) {
    if (row.name == name) return Text{row.en, row.zh};
  }
  return std::nullopt;
}

Oee compute_oee(const OeeInputs& in) {
  Oee out;
  const auto remark = [&](OeeRemark each) { out.remarks.push_back(each); };
  if (in.scheduled_ns <= 0) {
    remark(OeeRemark::kNotScheduled);
    return out;
  }
  const double known = seconds(in.known_ns) / seconds(in.scheduled_ns);
  if (!in.has_states) {
    remark(OeeRemark::kNoStates);
  } else if (known < kEnough) {
    remark(OeeRemark::kStatesMissing);
  } else if (in.busy_ns() == 0) {
    remark(OeeRemark::kNotPlanned);
  } else {
    out.availability = seconds(in.production_ns) / seconds(in.busy_ns());
    if (known < kComplete) remark(OeeRemark::kGaps);
  }
  const Parts parts = parts_of(in);
  if (parts.contradictory ||
      (parts.total && *parts.total > kBoundaryPart && out.availability && in.production_ns == 0)) {
    remark(OeeRemark::kContradiction);
    return out;
  }
  if (in.counters_missing) remark(OeeRemark::kCountersMissing);
  if (!in.total_described) remark(OeeRemark::kNoTotal);
  if (!in.quality_described) remark(OeeRemark::kNoQuality);
  if (!in.ideal_cycle_s && !in.products_described) remark(OeeRemark::kNoIdealCycle);
  if (in.resets > 0) remark(OeeRemark::kResets);
  out.parts = parts.total;
  out.good_parts = parts.good;
  if (!parts.total) return out;

  std::optional<OeeInputs::Performance> speed = performance_of(in, *parts.total);
  if (in.products_described && in.production_ns > 0) {
    const double of = speed ? seconds(speed->production_ns) / seconds(in.production_ns) : 0.0;
    if (of < kEnough) {
      remark(OeeRemark::kProductsMissing);
      speed.reset();
    } else if (of < kComplete) {
      remark(OeeRemark::kProductGaps);
    }
  }
  if (speed && out.availability && speed->production_ns > 0) {
    out.performance = speed->ideal_s / seconds(speed->production_ns);
    out.speed_loss_s = std::max(0.0, seconds(speed->production_ns) - speed->ideal_s);
    if (*out.performance > 1 + 1e-9) remark(OeeRemark::kAbove100);
  }
  if (*parts.total <= 0) {
    remark(OeeRemark::kNothingMade);
    // Whatever the quality of nothing is.
    if (out.availability && (in.ideal_cycle_s || in.products_described)) out.oee = 0.0;
    return out;
  }
  if (!parts.good) return out;
  out.quality = *parts.good / *parts.total;
  if (speed && speed->parts > 0) {
    out.quality_loss_s = speed->ideal_s / speed->parts * (*parts.total - *parts.good);
  }
  if (out.availability && out.performance) {
    out.oee = *out.availability * *out.performance * *out.quality;
  }
  return out;
}

Result<OeeInputs> read_oee_inputs(const SampleStore& store, const Asset& asset, const OeeTags& tags,
                                  TimeWindow window,
                                  const std::optional<std::vector<TimeWindow>>& scheduled) {
  OeeInputs in;
  in.window = window;
  in.has_shifts = scheduled.has_value();
  const std::vector<TimeWindow> times = scheduled.value_or(std::vector<TimeWindow>{window});
  for (const TimeWindow& each : times) in.scheduled_ns += each.end_ns - each.start_ns;
  in.ideal_cycle_s = asset.production.ideal_cycle_s;
  in.total_described = tags.total != nullptr || (tags.good != nullptr && tags.reject != nullptr);
  in.quality_described = tags.good != nullptr || tags.reject != nullptr;
  in.has_states = tags.state != nullptr &&
                  std::any_of(asset.states.begin(), asset.states.end(),
                              [](const auto& state) { return state.use == StateUse::kProduction; });
  if (in.scheduled_ns <= 0) return in;
  std::vector<UseSpan> spans;
  if (in.has_states) {
    MW_ASSIGN(spans, add_states(store, asset, *tags.state, times, in));
  }
  const std::pair<const Tag*, std::optional<double>*> counters[] = {
      {tags.total, &in.total}, {tags.good, &in.good}, {tags.reject, &in.reject}};
  for (const auto& [tag, parts] : counters) {
    if (tag == nullptr) continue;
    MW_ASSIGN(const Counted counted, count(store, *tag, times, in.scheduled_ns));
    *parts = counted.parts;
    in.counters_missing = in.counters_missing || !counted.parts;
    in.counter_share = std::min(in.counter_share.value_or(1.0), counted.share);
    in.resets += counted.resets;
  }
  in.products_described = tags.product != nullptr && !asset.production.products.empty();
  const bool counted = in.total || (in.good && in.reject);
  const bool gaps = seconds(in.known_ns) < kComplete * seconds(in.scheduled_ns);
  if (counted && in.has_states && (in.products_described || gaps)) {
    MW_TRY(read_performance(store, asset, tags, spans, in));
  }
  return in;
}

}  // namespace mw::plant
