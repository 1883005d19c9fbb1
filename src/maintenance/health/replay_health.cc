#include "maintenance/health/replay_health.h"

#include <algorithm>
#include <cmath>

namespace mw::maintenance {
namespace {

constexpr std::size_t kFewestJudged = 20;  // rows of a case
constexpr std::size_t kMostBeside = 50;
constexpr double kSecondsADay = 86'400;

bool overlap(const TimeWindow& a, const TimeWindow& b) {
  return a.start_ns < b.end_ns && b.start_ns < a.end_ns;
}

/// What one source of a case's rows says.
struct Look {
  std::size_t judged = 0;
  std::optional<TimeNs> alarm_ns;  // the first
};

Result<Look> look_at(const HealthModel& model, const HealthHistory& history,
                     const std::vector<std::size_t>& columns, TimeWindow window) {
  MW_ASSIGN(HealthScorer scorer, HealthScorer::make(model));
  Look out;
  std::vector<double> row(columns.size());
  for (std::size_t i = 0; i < history.rows.rows(); ++i) {
    for (std::size_t j = 0; j < columns.size(); ++j) row[j] = history.rows.row(i)[columns[j]];
    const TimeNs ts_ns = history.time_of(i);
    const HealthPoint point = scorer.take(ts_ns, history.states[i], row);
    if (!point.score || ts_ns < window.start_ns || ts_ns >= window.end_ns) continue;
    ++out.judged;
    if (point.verdict == HealthVerdict::kAlarm && !out.alarm_ns) out.alarm_ns = ts_ns;
  }
  return out;
}

}  // namespace

std::string_view answer_name(CaseAnswer answer) {
  switch (answer) {
    case CaseAnswer::kRaised:
      return "raised";
    case CaseAnswer::kMissed:
      return "missed";
    case CaseAnswer::kNotKept:
      break;
  }
  return "not_kept";
}

TimeWindow case_window(const HealthCase& one, const HealthCard& card) {
  const auto quiet_ns = static_cast<int64_t>(card.counting.quiet_s * kNsPerSecond);
  return {one.opened_ns - kCaseLeadNs, one.opened_ns + quiet_ns};
}

Result<HealthReplayer> HealthReplayer::make(const HealthModel& model, TimeNs start_ns) {
  HealthReplayer out;
  out.model_ = &model;
  out.start_ns_ = start_ns;
  MW_ASSIGN(HealthScorer scorer, HealthScorer::make(model));
  out.scorer_ = std::move(scorer);
  return out;
}

Result<std::vector<std::size_t>> HealthReplayer::columns_of(const HealthHistory& history) const {
  std::vector<std::size_t> out;
  for (const std::string& tag : model_->tags) {
    const auto found = std::find_if(history.tags.begin(), history.tags.end(),
                                    [&](const plant::Tag* each) { return each->id == tag; });
    if (found == history.tags.end()) {
      return Error::make(Code::kNotFound, "there is no tag '" + tag + "' any more: train anew",
                         "标签“" + tag + "”已不存在，请重新训练", "tag");
    }
    out.push_back(static_cast<std::size_t>(found - history.tags.begin()));
  }
  return out;
}

Result<void> HealthReplayer::add(const HealthHistory& history) {
  MW_ASSIGN(const std::vector<std::size_t> columns, columns_of(history));
  std::vector<double> row(columns.size());
  for (std::size_t i = 0; i < history.rows.rows(); ++i) {
    for (std::size_t j = 0; j < columns.size(); ++j) row[j] = history.rows.row(i)[columns[j]];
    const HealthPoint point = scorer_->take(history.time_of(i), history.states[i], row);
    scores_.push_back(point.score.value_or(std::nan("")));
  }
  return {};
}

Result<void> HealthReplayer::judge(const HealthCase& one, const HealthHistory& stored,
                                   const HealthHistory* recorded) {
  JudgedCase out;
  out.replay.number = one.number;
  out.window = case_window(one, model_->card);
  if (one.outcome == CaseOutcome::kConfirmed) {
    out.excused = {out.window.start_ns, std::max(out.window.end_ns, one.decided_ns)};
  }
  for (const HealthHistory* source : {&stored, recorded}) {
    if (source == nullptr) continue;
    MW_ASSIGN(const std::vector<std::size_t> columns, columns_of(*source));
    MW_ASSIGN(const Look look, look_at(*model_, *source, columns, out.window));
    if (!look.alarm_ns && look.judged < kFewestJudged) continue;
    out.replay.answer = look.alarm_ns ? CaseAnswer::kRaised : CaseAnswer::kMissed;
    out.replay.from_recording = source == recorded;
    if (look.alarm_ns) {
      out.replay.lead_s = static_cast<double>(one.opened_ns - *look.alarm_ns) / kNsPerSecond;
    }
    break;
  }
  cases_.push_back(out);
  return {};
}

HealthReplay HealthReplayer::finish() const {
  const HealthCard& card = model_->card;
  const double step_s = card.step_s;
  const auto time_of = [&](std::size_t row) {
    return start_ns_ + static_cast<TimeNs>(static_cast<double>(row) * step_s * kNsPerSecond);
  };
  HealthReplay out;
  out.version = card.version;
  out.window = {start_ns_, time_of(scores_.size())};
  const auto known =
      std::count_if(scores_.begin(), scores_.end(), [](double each) { return !std::isnan(each); });
  out.judged_days = static_cast<double>(known) * step_s / kSecondsADay;
  for (const AlarmSpan& span : alarm_spans(scores_, card.threshold.score, card.counting)) {
    const TimeWindow when{time_of(span.begin), time_of(span.end)};
    const bool of_a_case = std::any_of(cases_.begin(), cases_.end(), [&](const JudgedCase& each) {
      return overlap(each.window, when);
    });
    if (of_a_case) continue;
    double highest = 0;
    for (std::size_t i = span.begin; i < span.end; ++i) {
      if (scores_[i] > highest) highest = scores_[i];
    }
    out.beside.push_back({when.start_ns, when.end_ns, highest});
  }
  std::vector<double> counted = scores_;
  // Rows that it learned from look better than they are; the threshold is from the ones after.
  for (std::size_t i = 0; i < counted.size(); ++i) {
    const TimeNs ts_ns = time_of(i);
    const bool learned = ts_ns >= card.fit.start_ns && ts_ns < card.calibration.end_ns;
    const bool excused = std::any_of(cases_.begin(), cases_.end(), [&](const JudgedCase& each) {
      return ts_ns >= each.excused.start_ns && ts_ns < each.excused.end_ns;
    });
    if (learned || excused) counted[i] = std::nan("");
  }
  out.contract = replay_contract(counted, card.threshold.score, card.contract, card.counting);
  out.beside_count = out.beside.size();
  const auto louder = [](const ReplayAlarm& a, const ReplayAlarm& b) { return a.score > b.score; };
  std::stable_sort(out.beside.begin(), out.beside.end(), louder);
  out.beside.resize(std::min(out.beside.size(), kMostBeside));
  std::sort(out.beside.begin(), out.beside.end(),
            [](const ReplayAlarm& a, const ReplayAlarm& b) { return a.from_ns < b.from_ns; });
  for (const JudgedCase& each : cases_) out.cases.push_back(each.replay);
  return out;
}

}  // namespace mw::maintenance
