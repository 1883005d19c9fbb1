#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/clock.h"
#include "core/evidence.h"
#include "core/result.h"
#include "plant/asset.h"
#include "plant/sample_store.h"

namespace mw::plant {

/// Why a share of OEE is not stated, or what has to be known beside it.
enum class OeeRemark {
  kNoStates,         // the asset reports no state, or its states do not say what time they are
  kStatesMissing,    // less than 90 % of the scheduled time has a known state
  kNotScheduled,     // no shift of the line runs in the window
  kNotPlanned,       // it was in planned stops all the time: nothing was to be produced
  kNoTotal,          // there is no counter of all parts
  kNoQuality,        // good and rejected parts are not told apart
  kCountersMissing,  // a counter is covered by good samples for less than 90 % of the scheduled
                     // time
  kContradiction,    // the counters contradict each other: more good or rejected parts than parts
  kNoIdealCycle,     // the ideal cycle time is not described
  kNothingMade,      // no part was made: performance and quality of nothing
  kAbove100,         // performance is above 100 %: the ideal cycle time is longer than the real one
  kGaps,             // part of the scheduled time has no known state; it counts for nothing
  kResets,           // a counter was reset in the window; counted from zero
  kProductsMissing,  // products are described, but which one ran, or its ideal cycle time, is known
                     // for less than 90 % of the production time
  kProductGaps,      // production time without a known product counts for nothing in performance
};
/// "states_missing": as the API and evidence name it.
std::string_view oee_remark_name(OeeRemark remark);
Text describe(OeeRemark remark);
/// By its name; nothing for what is none.
std::optional<Text> describe_oee_remark(std::string_view name);

/// What OEE is computed from. Times lie within the scheduled time of the window.
struct OeeInputs {
  TimeWindow window;
  int64_t scheduled_ns = 0;   // in shifts of the line; all of the window where none are described
  bool has_shifts = false;    // whether that comes from shifts
  int64_t known_ns = 0;       // of it, with a known state
  int64_t production_ns = 0;  // ISO 22400: actual production time
  int64_t setup_ns = 0;
  int64_t unplanned_ns = 0;
  int64_t planned_stop_ns = 0;  // no part of the planned busy time
  bool has_states = false;
  std::optional<double> total, good, reject;  // parts; absent where there is no good evidence
  std::optional<double> ideal_cycle_s;
  double state_share = 0;               // of the scheduled time with good samples of the state
  std::optional<double> counter_share;  // the smallest of the counters that were read
  bool counters_missing = false;        // one was there, but not covered well enough
  bool total_described = false, quality_described = false;
  int resets = 0;
  // Performance compares parts with the time that made them. Where part of the time has no known
  // state, or products have cycle times of their own, it stands on the rest alone: parts that were
  // made while nothing was known must not make the known time look faster.
  struct Performance {
    double ideal_s = 0;         // that those parts take at best
    double parts = 0;           // made while state and product were known
    int64_t production_ns = 0;  // while they were
  };
  std::optional<Performance> performance;  // absent: all parts, all production time, ideal_cycle_s
  struct ProductTime {
    std::string product;                  // code; empty: not known
    std::optional<double> ideal_cycle_s;  // absent: not described
    int64_t production_ns = 0;
    double parts = 0;
  };
  bool products_described = false;
  std::vector<ProductTime> products;  // longest production first
  struct StateTime {
    std::string state;
    StateUse use = StateUse::kUndeclared;
    int64_t duration_ns = 0;
    int entries = 0;
  };
  std::vector<StateTime> states;  // longest first

  /// ISO 22400: planned busy time.
  int64_t busy_ns() const { return production_ns + setup_ns + unplanned_ns; }
};

/// Overall equipment effectiveness after ISO 22400-2 (ADR 0094):
///   availability = production time / planned busy time
///   performance  = ideal cycle time * parts / production time      (effectiveness),
///                  the ideal cycle time being that of the product that ran, where described
///   quality      = good parts / parts                              (quality ratio)
///   OEE          = availability * performance * quality = ideal cycle time * good / busy time
///
/// Shares are 0..1; performance may exceed 1, and kAbove100 says so. A share is absent, never
/// guessed, where an input is missing or covered for less than 90 % of the scheduled time;
/// `remarks` say why. OEE is 0 when the machine was meant to produce and made nothing. Worked
/// value: busy 7 h, production 6 h, cycle 14 s, 1400 parts, 1379 good:
///   0.8571 * 0.9074 * 0.985 = 0.7661.
struct Oee {
  std::optional<double> oee, availability, performance, quality;
  std::vector<OeeRemark> remarks;
  // Losses as time: what was not produced at the ideal cycle (slow or short stops), and what the
  // rejected parts took; absent where performance or quality is.
  std::optional<double> speed_loss_s, quality_loss_s;
  // Counted, or from the two other counters.
  std::optional<double> parts, good_parts;
};
Oee compute_oee(const OeeInputs& inputs);

/// The tags that OEE of an asset is read from; null where there is none.
struct OeeTags {
  const Tag* state = nullptr;
  const Tag* total = nullptr;
  const Tag* good = nullptr;
  const Tag* reject = nullptr;
  const Tag* product = nullptr;
};
/// Reads the inputs of one asset over `scheduled` (see scheduled_time), or over all of the window.
Result<OeeInputs> read_oee_inputs(const SampleStore& store, const Asset& asset, const OeeTags& tags,
                                  TimeWindow window,
                                  const std::optional<std::vector<TimeWindow>>& scheduled);

struct OeeReport {
  OeeInputs inputs;
  Oee oee;
};

}  // namespace mw::plant
