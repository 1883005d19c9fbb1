#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "maintenance/health/health_case.h"
#include "maintenance/health/health_history.h"
#include "maintenance/health/health_scorer.h"

namespace mw::maintenance {

/// What a model says of a past case: it alarms then; it does not; there are no values any more to
/// judge by.
enum class CaseAnswer { kRaised, kMissed, kNotKept };
/// "raised", "missed", "not_kept".
std::string_view answer_name(CaseAnswer answer);

struct CaseReplay {
  int64_t number = 0;
  CaseAnswer answer = CaseAnswer::kNotKept;
  double lead_s = 0;  // raised: from its alarm to the case's opening; below 0: it came later
  bool from_recording = false;  // judged by what was kept with the case
};

/// An alarm that it would have raised where there is no case.
struct ReplayAlarm {
  TimeNs from_ns = 0;
  TimeNs to_ns = 0;
  double score = 0;  // the highest
};

/// What a model would have done over all that is stored of its machine.
struct HealthReplay {
  int64_t version = 0;
  std::string made_by;
  TimeNs made_ns = 0;
  TimeWindow window;
  double judged_days = 0;  // with a score
  /// Alarms against the contract, over what it neither learned from nor got its threshold from,
  /// without those of confirmed cases. An alarm counts as false until somebody confirms it.
  ContractReplay contract;
  std::vector<CaseReplay> cases;    // of this machine, oldest first
  std::vector<ReplayAlarm> beside;  // the highest ones, in time order
  std::size_t beside_count = 0;     // of all
};

Json to_json(const HealthReplay& replay);
/// Errors: kCorrupt.
Result<HealthReplay> parse_health_replay(const Json& json);

/// Told how many rows of how many are judged, before each stretch; false gives the replay up.
using OnReplay = std::function<bool(int64_t done, int64_t rows)>;

/// An alarm up to so long before a case was opened is of that case: earlier is better.
inline constexpr int64_t kCaseLeadNs = kNsPerHour;
/// The rows to judge a case by.
TimeWindow case_window(const HealthCase& one, const HealthCard& card);

/// Runs a model over the past, stretch after stretch, with the scorer that is used live.
///
/// Errors   kNotFound where the history lacks a tag that the model looks at.
class HealthReplayer {
 public:
  static Result<HealthReplayer> make(const HealthModel& model, TimeNs start_ns);

  /// The next stretch: it begins where the one before ended.
  Result<void> add(const HealthHistory& history);
  /// By rows of case_window(); a second source is asked where the first has too few.
  Result<void> judge(const HealthCase& one, const HealthHistory& stored,
                     const HealthHistory* recorded);
  HealthReplay finish() const;

 private:
  HealthReplayer() = default;
  struct JudgedCase {
    CaseReplay replay;
    TimeWindow window;
    TimeWindow excused;  // confirmed: no alarm in it is false. Until somebody had decided
  };
  Result<std::vector<std::size_t>> columns_of(const HealthHistory& history) const;

  const HealthModel* model_ = nullptr;
  std::optional<HealthScorer> scorer_;
  TimeNs start_ns_ = 0;
  std::vector<double> scores_;  // of all rows; NaN where there is none
  std::vector<JudgedCase> cases_;
};

}  // namespace mw::maintenance
