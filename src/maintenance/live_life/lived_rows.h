#pragma once

#include "core/identity.h"
#include "maintenance/live_life/life_source.h"
#include "maintenance/run_table.h"
#include "plant/plant.h"

namespace mw::maintenance {

/// The rows of a life that began at the window's start. Reads with the rights of `who`.
/// A cell without a sample holds the value before it for as long as the tag's watchdog lets it.
/// Errors   kInvalidArgument: more rows or cells than kMostLivedRows, kMostLifeCells; an asset
///          that reports no state, where states are asked for. Those of Plant's reads.
Result<LivedRows> read_lived_rows(const plant::Plant& plant, const Identity& who,
                                  const LifeSource& source, TimeWindow window);

/// Of all its rows a table with one asset, in units of `unit_s`. `time_name`: "hour".
RunTable table_of_life(const LivedRows& rows, const LifeSource& source, double unit_s,
                       const std::string& time_name);

}  // namespace mw::maintenance
