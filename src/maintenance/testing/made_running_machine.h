#pragma once

#include <cmath>
#include <random>
#include <string>
#include <vector>

#include "maintenance/health/health_history.h"

namespace mw::maintenance {

/// A machine of made values: load drives heat and current, vibration is its own; runs and idles by
/// turns of ten minutes. Rows 5 s apart.
class MadeRunningMachine {
 public:
  MadeRunningMachine() {
    for (const auto& [name, unit] :
         {std::pair{"heat", "degC"}, {"current", "A"}, {"vibration", "mm/s"}}) {
      plant::Tag tag;
      tag.id = std::string("m1/") + name;
      tag.asset = "m1";
      tag.unit = unit;
      tags_.push_back(tag);
    }
  }

  std::string state(std::size_t row) const { return row / 120 % 2 == 0 ? "running" : "idle"; }
  /// `wear` 0 is sound.
  std::vector<double> row(std::size_t index, double wear = 0) {
    const double load = state(index) == "running" ? 10 + noise() : 2 + 0.3 * noise();
    return {40 + 2 * load + 0.2 * noise() + 4 * wear, 3 * load + 0.2 * noise() + 2 * wear,
            2 + 0.1 * noise() + 3 * wear};
  }
  HealthHistory history(double hours, double wear_at_end = 0) {
    HealthHistory out;
    for (const plant::Tag& tag : tags_) out.tags.push_back(&tag);
    out.rows.columns = tags_.size();
    out.step_s = 5;
    out.good_share.assign(tags_.size(), 1.0);
    const auto rows = static_cast<std::size_t>(hours * 720);
    for (std::size_t i = 0; i < rows; ++i) {
      out.rows.add(row(i, i > rows * 9 / 10 ? wear_at_end : 0));
      out.states.push_back(state(i));
    }
    return out;
  }

 private:
  double noise() { return normal_(random_); }
  std::vector<plant::Tag> tags_;
  std::mt19937_64 random_{7};
  std::normal_distribution<double> normal_;
};

}  // namespace mw::maintenance
