#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/identity.h"
#include "core/language.h"
#include "core/time_zone.h"
#include "maintenance/detect/alarm_contract.h"
#include "maintenance/health/health_case.h"

namespace mw::maintenance {

/// What came of a scheduled training; the numbers lie in maintenance.db.
enum class RetrainResult {
  kNever = 0,
  kRunning = 1,
  kShadow = 2,       // a version runs in shadow and waits for a person; `why`: what
                     // is in its way
  kLive = 3,         // its gate was open and the schedule said so
  kRefused = 4,      // no version: `why`. Not tried again before the next time
  kInterrupted = 5,  // the server stopped meanwhile
};
inline constexpr int64_t kRetrainResults = 6;
/// "never", "running", "shadow", "live", "refused", "interrupted".
std::string_view retrain_result_name(RetrainResult result);

struct RetrainOutcome {
  RetrainResult result = RetrainResult::kNever;
  int64_t version = 0;  // 0: none
  TimeNs at_ns = 0;     // when it began
  Text why;
};

/// A machine is trained anew by itself, in the name of who set it (ADR 0141).
struct RetrainSchedule {
  std::string asset;
  int every_days = 7;     // 1 to 366
  int minute = 120;       // of the day, in the plant's zone, 0 to 1439
  int history_days = 30;  // that it learns from, up to the moment of training; 1 to 400
  AlarmContract contract;
  bool promote = false;  // goes live by itself where its gate is open
  Identity::Kind by_kind = Identity::Kind::kPerson;
  std::string by;  // "?": erased
  TimeNs set_ns = 0;
  TimeNs next_ns = 0;  // when it is trained next
  RetrainOutcome last;
};

/// Errors   kInvalidArgument that names the field.
Result<void> check_schedule(const RetrainSchedule& schedule);
/// "02:00" as a minute of the day, and back. Errors: kInvalidArgument.
Result<int> minute_of_day(std::string_view text);
std::string time_of_day(int minute);

/// The first time after a moment at its time of day.
TimeNs first_run_ns(const RetrainSchedule& schedule, const TimeZone& zone, TimeNs after_ns);
/// The next one of its rhythm after a moment: times that went by with the
/// server off are left out.
TimeNs next_run_ns(const RetrainSchedule& schedule, const TimeZone& zone, TimeNs after_ns);

/// What no normal running is learned from: from an hour before each confirmed
/// or open case of the machine until it was decided, in time order and apart
/// from each other.
std::vector<TimeWindow> stretches_of_cases(const std::vector<HealthCase>& cases_of_machine,
                                           TimeWindow window);

}  // namespace mw::maintenance
