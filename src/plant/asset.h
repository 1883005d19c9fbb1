#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/language.h"
#include "plant/measuring_point.h"
#include "plant/upkeep.h"

namespace mw::plant {

/// Position of a tag in the whole catalogue; stays the same in a view that hides lines.
using TagIndex = uint32_t;

enum class TagKind {
  kNumber,   // a measured quantity
  kState,    // one of the asset's states, as text
  kCounter,  // grows; a fall is a reset
  kText,     // any text, one line: a batch number, a product code, an operator's message
};
/// Whether the values of such tags are texts, of which there are no statistics.
constexpr bool is_text(TagKind kind) { return kind == TagKind::kState || kind == TagKind::kText; }

/// How a tag's value goes from one sample to the next (ADR 0131).
enum class Interpolation {
  kStepped,  // it stays until the next one: states, counters, devices that report changes
  kLinear,   // along a straight line, where both ends are usable and no silence lies between
};

/// What time in a state is for OEE, after the times of ISO 22400 (ADR 0094).
enum class StateUse {
  kUndeclared,
  kProduction,     // making parts: actual production time
  kSetup,          // being set up: a loss of availability
  kUnplannedStop,  // should produce and does not: a loss of availability
  kPlannedStop,    // is not meant to produce: no part of the planned busy time
};

/// An operating state that an asset can be in.
struct AssetState {
  std::string id;  // "running"
  StateUse use = StateUse::kUndeclared;
  Text name;  // "running", "运行"
  std::vector<std::string> synonyms;
};

/// A part of a machine that some of its tags belong to: "spindle". It has no rights of its own.
struct Component {
  std::string id;  // unique within the machine
  Text name;
  std::vector<std::string> synonyms;
};

/// How long a part of one product takes at best.
struct ProductCycle {
  std::string code;  // as the product tag says it: "A-100"
  Text name;         // the code where none is described
  double ideal_cycle_s = 0;
};

/// What OEE and batches are computed from besides states. Tags are identifiers, empty where there
/// is none.
struct Production {
  std::string total;                    // counter of all parts made
  std::string good;                     // counter of the good ones
  std::string reject;                   // counter of the others
  std::optional<double> ideal_cycle_s;  // shortest time for one part
  std::string batch;                    // text: the batch that runs; empty while none does
  std::string product;                  // text: the product that is made
  // Where there are any, performance is that of the product that ran, and of no other.
  std::vector<ProductCycle> products;
};

/// A machine.
struct Asset {
  std::string id;                          // "cnc-2"
  Text name;                               // "CNC-2", "2号数控机床"
  std::string kind;                        // "cnc"
  Text kind_name;                          // "CNC machine", "数控机床"
  std::string line;                        // "line-1": what rights are granted on
  std::string cell;                        // of that line; empty when in none
  std::string state_tag;                   // "cnc-2/state"; empty when the asset reports no state
  std::vector<std::string> synonyms;       // en and zh, besides `name`
  std::vector<std::string> kind_synonyms;  // other words for the kind: "machining centre", "机床"
  std::vector<AssetState> states;
  std::vector<Component> components;  // of its kind, then its own
  Production production;
  std::vector<FailureMode> failure_modes;        // of its kind, then its own
  std::vector<MeasuringPoint> measuring_points;  // the same
};

/// Most bytes of a text tag's value (ADR 0114).
inline constexpr std::size_t kMostTextBytes = 200;

/// Where a tag's history was stored before its device measured in another unit (ADR 0145).
struct EarlierName {
  std::string id;    // "cnc-2/oil_temperature"
  std::string unit;  // of the values that are stored under it
};

/// One signal of an asset.
struct Tag {
  TagIndex index = 0;
  std::string id;         // "cnc-2/spindle_temperature"
  std::string asset;      // "cnc-2"
  std::string component;  // of that asset; empty when of the machine as a whole
  Text name;              // "spindle temperature", "主轴温度"
  std::vector<std::string> synonyms;
  TagKind kind = TagKind::kNumber;
  std::string unit;  // as shown: "degC", "bar", "mm/s", "kW", "A", "1/min", ""
  // Outside these the sensor cannot be right: the sample is stored with quality bad.
  std::optional<double> physical_low, physical_high;
  // Outside these something is unusual (not bad): shown, and found by unusual_now.
  std::optional<double> normal_low, normal_high;
  // The normal range is meant for these states only; empty means for all of them.
  std::vector<std::string> normal_states;
  int decimals = 1;        // shown after the decimal point
  bool key = false;        // one of the few that stand for the asset
  double watchdog_s = 10;  // silence longer than this is quality bad
  // Samples arrive and do not leave the deadband for so long: uncertain. 0: nobody looks.
  double flat_after_s = 0;
  Interpolation interpolation = Interpolation::kStepped;  // linear: of numbers only
  double deadband = 0;  // a change smaller than this is noise to whoever looks
  // What the store may still have it under: an earlier identifier, a unit that was a wrong label.
  std::string former_id, former_unit;
  std::vector<EarlierName> earlier;  // the latest one first, as the description has them
  // Of what is only history (Catalogue::stored_tag): the tag that goes on from it; else empty.
  std::string goes_on_as;
};

/// A part of the site that holds lines. No rights are granted on it: who may see one of its lines
/// knows its name, whoever may see none does not.
struct Area {
  std::string id;
  Text name;
  std::vector<std::string> synonyms;
};

/// A production line: the unit that rights are granted on.
struct Line {
  std::string id;  // "line-1"
  Text name;
  std::vector<std::string> synonyms;
  std::string area;  // empty when in none
};

/// Machines of a line that work together. Seen by whoever may see the line.
struct Cell {
  std::string id;
  Text name;
  std::vector<std::string> synonyms;
  std::string line;
};

/// A working shift: [start, end) in minutes after local midnight; end < start runs over midnight.
struct Shift {
  std::string id;  // "early"
  Text name;
  int start_minute = 0;
  int end_minute = 0;
  unsigned days = kEveryDay;       // on which it begins: bit 0 is Monday
  std::vector<std::string> lines;  // that work it; empty: all
  static constexpr unsigned kEveryDay = 0x7f;
};

/// A day on which other shifts run than usual.
struct ShiftException {
  int64_t day = 0;                  // days since 1970-01-01, local
  std::vector<std::string> shifts;  // ids of those that run; empty: none does
  std::vector<std::string> lines;   // for which this holds; empty: all
  Text name;                        // "public holiday"
};

}  // namespace mw::plant
