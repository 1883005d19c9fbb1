#pragma once

#include <optional>
#include <string>
#include <vector>

#include "assistant/internal/understanding.h"
#include "core/evidence.h"
#include "core/json.h"
#include "core/language.h"
#include "plant/asset.h"

namespace mw::assistant {

/// What one call of a tool is to be told as.
enum class Purpose {
  kLatest,           // a tag now
  kAt,               // a tag at a moment
  kStatistics,       // mean, minimum, ... of a window
  kTrend,            // how a tag changed over a window
  kCompareWindows,   // one tag, two windows
  kCompareMachines,  // tags of the same quantity, ranked
  kCount,            // growth of a counter
  kState,            // the state of a machine now
  kStateTimes,       // how long it was in which state
  kStateWhen,        // when it last went into a state
  kStateCount,       // how often it went into a state
  kStateOfMany,      // which machines are (not) in a state
  kUnusual,
  kListAssets,
  kListSites,  // the site, its lines and how many machines each has
  kListTags,
  kDescribe,   // what the plant description says of a machine
  kOverview,   // a machine's state and key values
  kOee,        // overall equipment effectiveness
  kBatches,    // which batches ran
  kEvents,     // what people and systems noted of a machine
  kHealth,     // how healthy machines are, and what deviates
  kCases,      // machines that ran unlike normal, and what was found
  kWork,       // what to do about open cases, and what that costs
  kModes,      // how a machine may fail, and what shows it
  kLife,       // when a machine fails, by a model of remaining life
  kTextNow,    // what a text tag says now
  kTextTimes,  // what it said, and for how long
};

/// One call and how to tell of it. Tags and assets belong to the plan's catalogue.
struct Step {
  Purpose purpose = Purpose::kLatest;
  std::string tool;
  Json arguments;
  const plant::Asset* asset = nullptr;
  const plant::Tag* tag = nullptr;
  std::vector<const plant::Tag*> tags;  // kCompareMachines; kModes: what is to show them
  std::optional<TimeWindow> window;
  std::optional<TimeWindow> baseline;
  TimeNs at = 0;                    // kAt: the moment asked for
  bool default_window = false;      // the question named no time
  bool lowest = false;              // kCompareMachines: "which is the coolest"
  std::vector<std::string> states;  // all that were asked about; kStateOfMany looks at each
  Text place;                       // kListAssets: whose machines are meant; empty: the plant's
  bool of_kind = false;             // kModes: of each machine of the asset's kind
  std::string state;                // the state asked about; empty for any
  bool yes_no = false;              // the question wants a yes or a no
  bool negated = false;             // "not running"
  std::optional<Threshold> threshold;
};

/// One way to understand the question: what to call, in which order.
struct Plan {
  std::vector<Step> steps;
  double score = 0;  // how well the words fit, 0..1
  std::string id;    // the same for the same reading of the same question, at any time
};

/// Why there is no plan.
struct Refusal {
  enum class Kind {
    kNothing,      // nothing known was asked for
    kHelp,         // "what can I ask": no refusal at heart, but no fact either
    kTime,         // Refusal::time
    kUnknown,      // Refusal::unknown
    kNoSuchTag,    // the machine has no such quantity
    kUnsupported,  // Refusal::feature
    kNoTool,       // the tool it takes is not registered
    kNoWindowNow,  // the past of something that is only known for now
    kNotRead,      // Refusal::words were not understood
    kPeriods,  // by day or the like: of no time, of too long a one, or of what has no such answer
  };
  Kind kind = Kind::kNothing;
  std::optional<TimeProblem> time;
  std::vector<UnknownName> unknown;
  Feature feature = Feature::kWhy;
  std::string tool;
  std::vector<std::string> words;
};

struct Planned {
  std::vector<Plan> plans;  // best first; those within kNearTie of the first are rivals
  std::optional<Refusal> refusal;
};

/// Two readings whose scores differ by less than this are a choice for the asker. A whole name
/// against a part of one differs by 0.35, a name against its synonym by 0.03.
inline constexpr double kNearTie = 0.12;
inline constexpr size_t kMostReadings = 6;

}  // namespace mw::assistant
