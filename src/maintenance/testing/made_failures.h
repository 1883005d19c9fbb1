#pragma once

#include <cstdio>
#include <string>

#include "core/check.h"
#include "maintenance/run_table.h"
#include "maintenance/testing/made_runs.h"

namespace mw::maintenance {

/// Rows of a mill with three kinds of failure that are exact, and one that is chance:
///   power    outside 2000 to 6000 W (torque times speed)
///   heat     warmer than the air by less than 8.6 K at under 1380 rpm
///   strain   wear times torque over 4000, 5000, 6000 for tools of kind A, B, C
///   chance   one row in 200
inline std::string made_failures_csv(int rows, uint64_t drawn = 77) {
  std::string text =
      "kind,air [K],process [K],speed [rpm],torque [Nm],wear "
      "[min],failed,power,heat,strain,chance\n";
  for (int row = 0; row < rows; ++row) {
    const auto draw = [&](double middle, double reach) { return middle + reach * noise(drawn++); };
    const int kind = static_cast<int>(draw(1.5, 1.5)) % 3;
    // As files hold them: to a tenth.
    const int air_tenths = static_cast<int>(draw(3000, 30));
    const double air = air_tenths / 10.0;
    const double process = (air_tenths + static_cast<int>(draw(100, 18))) / 10.0;
    const int speed = static_cast<int>(draw(1500, 250));
    const double torque = static_cast<int>(draw(300, 190)) / 10.0;
    const int wear = static_cast<int>(draw(90, 90));
    const double power_w = torque * speed * 2 * 3.14159265358979323846 / 60;
    const bool power = power_w < 2000 || power_w > 6000;
    const bool heat = process - air < 8.6 && speed < 1380;
    const bool strain = wear * torque > 4000 + 1000 * kind;
    const bool chance = row % 200 == 7;
    char line[160];
    std::snprintf(line, sizeof line, "%c,%.1f,%.1f,%d,%.1f,%d,%d,%d,%d,%d,%d\n", 'A' + kind, air,
                  process, speed, torque, wear, power || heat || strain || chance ? 1 : 0,
                  power ? 1 : 0, heat ? 1 : 0, strain ? 1 : 0, chance ? 1 : 0);
    text += line;
  }
  return text;
}

inline RunTable made_failures(int rows, uint64_t drawn = 77) {
  TableMapping mapping;
  mapping.label = "failed";
  mapping.modes = {"power", "heat", "strain", "chance"};
  auto table = read_run_table(made_failures_csv(rows, drawn), mapping);
  MW_CHECK(table.has_value());
  return *std::move(table);
}

}  // namespace mw::maintenance
