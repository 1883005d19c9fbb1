#pragma once

#include <string>
#include <vector>

#include "core/identity.h"
#include "plant/plant.h"

namespace mw::maintenance {

/// When each life of a machine began and failed, told by kinds of its events.
struct LifeSpans {
  std::vector<TimeWindow> lives;  // oldest first
  int without_beginning = 0;      // failures before which nothing tells when the life began
};

/// `ends`: kind of the events that a life ends with, a failure. `begins`: of those that begin one;
/// empty: the next one begins when the machine runs again after the failure.
/// Errors   kInvalidArgument: no kind; those of Plant::events.
Result<LifeSpans> life_spans(const plant::Plant& plant, const Identity& who,
                             const std::string& asset, const std::string& begins,
                             const std::string& ends, TimeWindow window);

/// When the latest event of a kind ended in a window, which a life begins with; 0: there is none.
Result<TimeNs> latest_beginning(const plant::Plant& plant, const Identity& who,
                                const std::string& asset, const std::string& begins,
                                TimeWindow window);

/// What lives are cut out of the store by.
struct LivesOrder {
  std::vector<std::string> assets;
  std::vector<std::string> columns;  // last parts of tags; empty: the numbers of the first asset
  std::vector<std::string> states;   // in which machines wear; empty: always
  double row_s = 0;
  double unit_s = 0;      // of the table's time
  std::string time_name;  // "hour"
  std::string begins, ends;
  TimeWindow window;
};

/// A table of whole lives as CSV: life, time, columns with their units; `maintain train` reads it.
struct CutLives {
  std::string csv;
  int lives = 0, without_beginning = 0;
  int too_short = 0;  // of fewer than two rows: not in the table
  std::size_t rows = 0;
};
Result<CutLives> cut_lives(const plant::Plant& plant, const Identity& who, const LivesOrder& order);

}  // namespace mw::maintenance
