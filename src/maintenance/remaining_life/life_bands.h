#pragma once

#include <span>
#include <vector>

#include "core/json.h"
#include "core/result.h"

namespace mw::maintenance {

/// How far the truth lay from predictions on assets that taught nothing, by the size of the
/// prediction: split conformal prediction within neighbourhoods of it (Mondrian).
/// Source  Vovk 2005; Lei et al. 2018, arXiv:1604.04173.
class LifeBands {
 public:
  /// `predicted` and `actual` N each, of held-out assets, `assets` of them; `level`: 0.9.
  /// Errors  kInvalidArgument: fewer than 100 points.
  static Result<LifeBands> fit(std::span<const double> predicted, std::span<const double> actual,
                               int64_t assets, double cap, double level);

  double level() const { return level_; }
  struct Range {
    double low = 0, high = 0;
  };
  /// The narrowest range that held `level` of what was predicted about so much, inside [0, cap].
  Range around(double prediction) const;

  Json to_json() const;
  static Result<LifeBands> from_json(const Json& json);

 private:
  double cap_ = 0, level_ = 0;
  std::vector<double> below_, above_;  // what to add at 0, step, 2 step, ... cap
};

}  // namespace mw::maintenance
