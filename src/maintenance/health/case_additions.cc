// What else deviates while a case is open: told in that case, which no second one joins (ADR 0155).
#include <algorithm>
#include <cmath>

#include "maintenance/health/health_machine.h"

namespace mw::maintenance {
namespace {

// In widths of the normal range beyond its end. Not by shares of the deviation: one fault smears
// them over signals that are well, and a large first one hides a second.
constexpr double kTellingWidths = 0.5;

bool is_outside(double value, double low, double high) { return value < low || value > high; }

bool is_far_outside(const CaseEvidence& one) {
  const double margin = kTellingWidths * (one.normal_high - one.normal_low);
  return is_outside(one.value, one.normal_low - margin, one.normal_high + margin);
}

/// It was part of what the case was opened for, or has been added.
bool is_told(const HealthCase& one, const std::string& tag) {
  for (const CaseEvidence& each : one.evidence) {
    if (each.tag == tag && is_outside(each.value, each.normal_low, each.normal_high)) return true;
  }
  return std::any_of(one.also.begin(), one.also.end(),
                     [&](const CaseAddition& each) { return each.evidence.tag == tag; });
}

}  // namespace

std::optional<double> recent_mean(const std::deque<std::vector<double>>& rows, std::size_t column) {
  double sum = 0;
  double count = 0;
  for (const std::vector<double>& row : rows) {
    if (std::isnan(row[column])) continue;
    sum += row[column];
    ++count;
  }
  return count > 0 ? std::optional<double>(sum / count) : std::nullopt;
}

std::vector<CaseEvidence> HealthMonitor::evidence_of(const Machine& machine) const {
  std::vector<CaseEvidence> out;
  const auto limits = machine.scorer.limits(machine.point.state);
  for (std::size_t j = 0; j < machine.model.tags.size(); ++j) {
    const std::optional<double> mean = recent_mean(machine.rows, j);
    const plant::Tag* tag = catalogue_->tag(machine.model.tags[j]);
    if (!mean || tag == nullptr) continue;
    out.push_back(
        {tag->id, tag->unit, *mean, limits[j].low, limits[j].high, machine.point.contributions[j]});
  }
  return out;
}

void HealthMonitor::add_to_case(Machine& machine, TimeNs now_ns) {
  const auto open = std::find_if(cases_.begin(), cases_.end(), [&](const HealthCase& each) {
    return each.number == machine.open_case;
  });
  if (open == cases_.end() || machine.rows.size() < kScoredRows) return;
  const auto lasting_ns =
      static_cast<int64_t>(kScoredRows * machine.model.card.step_s * kNsPerSecond);
  for (const CaseEvidence& each : evidence_of(machine)) {
    if (!is_far_outside(each)) {
      machine.straying.erase(each.tag);
      continue;
    }
    if (is_told(*open, each.tag)) continue;
    const TimeNs since_ns = machine.straying.try_emplace(each.tag, now_ns).first->second;
    if (now_ns - since_ns < lasting_ns || now_ns < machine.retry_ns) continue;
    const CaseAddition addition{each, since_ns};
    const auto add = [&]() -> Result<void> {
      MW_TRY(audit("service:millwright", "case_also", "case:" + std::to_string(open->number),
                   security::AuditOutcome::kDone, "tag=" + each.tag));
      return store_.add_to(open->number, addition);
    };
    if (const Result<void> done = add(); !done) {
      machine.retry_ns = now_ns + kCaseRetryNs;
      options_.log(LogLevel::kError, "maintenance",
                   "what else deviates cannot be kept: " + done.error().message.en);
      continue;
    }
    open->also.push_back(addition);
  }
}

}  // namespace mw::maintenance
