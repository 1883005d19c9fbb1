#pragma once

#include <string>
#include <utility>
#include <vector>

#include "core/clock.h"
#include "core/json.h"
#include "core/result.h"

namespace mw::maintenance {

/// How a machine's samples become the rows of a table: one a stretch of wear, each the mean of its
/// samples. Histories are cut out of the store and followed live by the same rows.
struct LifeSource {
  std::string asset;
  std::vector<std::pair<std::string, std::string>> columns;  // of the table, and the tag of each
  std::vector<std::string> states;                           // in which it wears; empty: always
  double row_s = 0;                                          // of wear, from row to row
};

/// Rows of one life, oldest first. Only whole ones: a stretch that is not over is none.
struct LivedRows {
  std::vector<std::vector<double>> values;  // row, column; NaN where the tag had no good value
  std::vector<double> worn_s;               // at the row's end, since the life began
  std::vector<TimeNs> end_ns;
  double worn_last_week = 0;   // share of the window's last seven days in which it wore, 0..1
  double unknown_state_s = 0;  // not counted as wear: nobody knows whether it ran
};

/// At most so many rows of a life, and cells of the grid that they are made of.
inline constexpr std::size_t kMostLivedRows = 20'000;
inline constexpr std::size_t kMostLifeCells = 400'000;

/// What a live machine's remaining life is told from (docs/formats/life_following.md).
struct LifeFollowing {
  LifeSource source;
  std::string model;    // the name that it had
  double unit_s = 0;    // of wear, that one unit of the table's time is
  TimeNs since_ns = 0;  // the life began, unless an event tells of a later beginning
  std::string begins;   // kind of such events: "bearing replaced"; empty: none
  std::string set_by;
  TimeNs set_ns = 0;
};

Json to_json(const LifeFollowing& following);
/// Errors   kCorrupt.
Result<LifeFollowing> following_from_json(const Json& json);

}  // namespace mw::maintenance
