#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/json.h"
#include "core/time_zone.h"
#include "maintenance/health/health_case.h"
#include "maintenance/live_life/life_date.h"
#include "plant/catalogue.h"

namespace mw::maintenance {

/// Windows are looked for so far ahead where nobody names a latest date, and at most so far.
inline constexpr int64_t kWorkAheadNs = 14 * kNsPerDay;
inline constexpr int64_t kMostWorkAheadNs = 30 * kNsPerDay;

enum class CostKind { kStandstill, kLabour, kPart };
std::string_view cost_name(CostKind kind);

/// One line of a calculation: quantity times rate.
struct CostLine {
  CostKind kind = CostKind::kPart;
  std::string id;  // of the skill, number of the part; empty for standstill
  Text what;
  TimeWindow window;             // of hours; of parts empty
  double quantity = 0;           // hours, pieces
  std::optional<double> rate;    // of one; absent: the plant does not give it
  std::optional<double> amount;  // to a hundredth
};

enum class WindowKind { kAtOnce, kShift, kOutsideShifts, kPlannedStop, kChosen };
std::string_view window_name(WindowKind kind);

/// A time in which the work could be done, and what that costs.
struct WorkWindow {
  WindowKind kind = WindowKind::kAtOnce;
  Text name;          // of the stop or the shift
  TimeWindow window;  // of no length where nobody knows how long the machine stands
  std::vector<CostLine> lines;
  double known = 0;       // sum of the amounts that are given
  bool complete = false;  // all amounts are
  bool compared = false;  // what differs between windows is known of it
  Text shut;              // why it cannot be, such as a part that is not there yet; empty: it can
};

/// A failure mode that the plant knows of the machine.
struct KnownMode {
  std::string id;
  Text name;
  double fit = 0;  // of its signs to the case's evidence, 0..1
};

/// What somebody asks for; what is absent is chosen by the data alone.
struct WorkQuestion {
  std::string mode;                 // empty: the one that fits best
  std::optional<TimeNs> before_ns;  // the work has to be done by then, whatever a model says
  std::optional<TimeNs> start_ns;   // a window of one's own, priced too
  bool by_life = true;              // without before_ns: by the date of the remaining-life model
};

/// What to do about a case: the plant's own knowledge, and each window priced by the plant's own
/// figures (ADR 0140). What it does not give is named, and no figure stands in its place.
struct WorkOrderDraft {
  std::string mode;              // empty: none fits, so the steps are those of the kind of signal
  std::vector<KnownMode> modes;  // best fit first
  Text title;
  std::vector<Text> steps;
  std::vector<plant::SparePart> parts;
  std::vector<CostLine> work;  // skills and hours, without price
  std::optional<double> standstill_h;
  std::string currency;
  TimeWindow ahead;           // what windows were looked for in
  bool before_given = false;  // by whoever asked
  bool by_life = false;       // the model's date was kept to, or `late` says why it was not
  LifeDate life;              // what the remaining-life model says, whether it was kept to or not
  Text late;                  // no window that is open ends before the model's date
  std::vector<WorkWindow> windows;      // by their beginning
  std::optional<std::size_t> proposed;  // the cheapest of those compared, the first of equals;
                                        // where it is late the first that is open
  std::vector<Text> not_given;
};

/// Errors   kNotFound on "mode"; kInvalidArgument on "before_ms" and "start_ms" for times that are
///          past, or further ahead than 30 days.
Result<WorkOrderDraft> draft_work(const HealthCase& one, const plant::Catalogue& catalogue,
                                  const TimeZone& zone, TimeNs now_ns, const WorkQuestion& question,
                                  const LifeDate& life = {});

/// How well the signs of a mode fit a case: the cosine of the angle between the shares of the
/// deviation and the signs, each counted once. Worked value: 0.8 and 0.6 on two tags against a mode
/// with the first as its only sign: 0.8.
double mode_fit(const HealthCase& one, const plant::FailureMode& mode);

// JSON of the API, the command and the store. Times are Unix milliseconds; what is not given null.
Json to_json(const WorkOrderDraft& draft);
/// One window alone, with all that is done in it: what is accepted. `check` in it says whether two
/// are the same.
Json accepted_json(const WorkOrderDraft& draft, const WorkWindow& window);
std::string work_check(const WorkOrderDraft& draft, const WorkWindow& window);

}  // namespace mw::maintenance
