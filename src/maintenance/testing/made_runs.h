#pragma once

#include <cmath>
#include <string>

#include "core/check.h"
#include "maintenance/run_table.h"

namespace mw::maintenance {

/// Numbers that look like noise in [-1, 1] and are the same everywhere.
inline double noise(uint64_t number) {
  number = (number + 1) * 0x9E3779B97F4A7C15ULL;
  number = (number ^ (number >> 30)) * 0xBF58476D1CE4E5B9ULL;
  number = (number ^ (number >> 27)) * 0x94D049BB133111EBULL;
  return static_cast<double>((number ^ (number >> 31)) >> 11) * 0x1.0p-52 - 1;
}

/// Machines that wear until they fail: `wear` and `heat` rise with what is used up, under two loads
/// that move `heat` by far more than wear does. Machine i lives 60 + 7 i cycles; `until`: the share
/// of its life that is seen.
inline std::string made_runs_csv(int machines, double until = 1, uint64_t seed = 1) {
  std::string text = "machine,cycle,load [kW],wear [mm],heat [K],still [V]\n";
  uint64_t drawn = seed * 1'000'000;
  for (int machine = 0; machine < machines; ++machine) {
    const int life = 60 + 7 * machine;
    for (int cycle = 1; cycle <= static_cast<int>(life * until); ++cycle) {
      const double used = static_cast<double>(cycle) / life;
      const double load = noise(drawn++) > 0 ? 100 : 20;
      const double wear = used * used * 4 + 0.15 * noise(drawn++);
      const double heat = load * 3 + used * 8 + 0.4 * noise(drawn++);
      text += "m" + std::to_string(machine) + "," + std::to_string(cycle) + "," +
              std::to_string(load) + "," + std::to_string(wear) + "," + std::to_string(heat) +
              ",5\n";
    }
  }
  return text;
}

inline RunTable made_runs(int machines, double until = 1, uint64_t seed = 1) {
  TableMapping mapping;
  mapping.asset = "machine";
  mapping.time = "cycle";
  auto table = read_run_table(made_runs_csv(machines, until, seed), mapping);
  MW_CHECK(table.has_value());
  return *std::move(table);
}

}  // namespace mw::maintenance
