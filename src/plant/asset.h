#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/language.h"

namespace mw::plant {

/// Position of a tag in the whole catalogue; stays the same in a view that hides lines.
using TagIndex = uint32_t;

enum class TagKind {
  kNumber,   // a measured quantity
  kState,    // one of the asset's states, as text
  kCounter,  // grows; a fall is a reset
};

/// An operating state that an asset can be in.
struct AssetState {
  std::string id;  // "running"
  Text name;       // "running", "运行"
  std::vector<std::string> synonyms;
};

/// A machine.
struct Asset {
  std::string id;                          // "cnc-2"
  Text name;                               // "CNC-2", "2号数控机床"
  std::string kind;                        // "cnc"
  Text kind_name;                          // "CNC machine", "数控机床"
  std::string line;                        // "line-1": what rights are granted on
  std::string state_tag;                   // "cnc-2/state"; empty when the asset reports no state
  std::vector<std::string> synonyms;       // en and zh, besides `name`
  std::vector<std::string> kind_synonyms;  // other words for the kind: "machining centre", "机床"
  std::vector<AssetState> states;
};

/// One signal of an asset.
struct Tag {
  TagIndex index = 0;
  std::string id;     // "cnc-2/spindle_temperature"
  std::string asset;  // "cnc-2"
  Text name;          // "spindle temperature", "主轴温度"
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
  double deadband = 0;     // a change smaller than this is noise to whoever looks
};

/// A production line: the unit that rights are granted on.
struct Line {
  std::string id;  // "line-1"
  Text name;
  std::vector<std::string> synonyms;
};

/// A working shift: [start, end) in minutes after local midnight; end < start runs over midnight.
struct Shift {
  std::string id;  // "early"
  Text name;
  int start_minute = 0;
  int end_minute = 0;
};

}  // namespace mw::plant
