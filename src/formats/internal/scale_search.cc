#include "formats/internal/scale_search.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "core/half.h"

// Sums run in four lanes that are added at the end, so that a compiler may use vectors of four
// without changing a bit.

namespace mw::formats {
namespace {

constexpr std::size_t kMost = 32;
constexpr std::size_t kLanes = 4;
using Lanes = std::array<float, kLanes>;
using Levels = std::array<float, kMost>;

float total(const Lanes& lanes) { return (lanes[0] + lanes[1]) + (lanes[2] + lanes[3]); }

/// To nearest even for |value| < 2^22: the sum's last bit counts ones.
float nearest(float value) {
  constexpr float kOnes = 12582912.0F;  // 1.5 * 2^23
  return (value + kOnes) - kOnes;
}

float finite_inverse(float scale) {
  const float inverse = 1 / scale;
  return std::isfinite(inverse) ? inverse : 0;
}

float as_stored(float value, Stored stored) {
  return stored == Stored::kHalf ? half_rounded(value) : value;
}

/// The grid that fits given levels best, with a minimum of 0.
float solve_scale(std::span<const float> x, const Levels& levels) {
  Lanes xq{};
  Lanes qq{};
  for (std::size_t i = 0; i < x.size(); i += kLanes) {
    for (std::size_t l = 0; l < kLanes; ++l) {
      xq[l] += x[i + l] * levels[i + l];
      qq[l] += levels[i + l] * levels[i + l];
    }
  }
  const float squares = total(qq);
  return squares > 0 ? total(xq) / squares : 0;
}

/// The same with a minimum of its own.
Grid solve_grid(std::span<const float> x, const Levels& levels, Minimum minimum) {
  Lanes x_sum{};
  Lanes q_sum{};
  Lanes xq{};
  Lanes qq{};
  for (std::size_t i = 0; i < x.size(); i += kLanes) {
    for (std::size_t l = 0; l < kLanes; ++l) {
      const float q = levels[i + l];
      x_sum[l] += x[i + l];
      q_sum[l] += q;
      xq[l] += x[i + l] * q;
      qq[l] += q * q;
    }
  }
  const auto count = static_cast<float>(x.size());
  const float determinant = count * total(qq) - total(q_sum) * total(q_sum);
  Grid grid;
  if (determinant > 0) {
    grid.scale = (count * total(xq) - total(x_sum) * total(q_sum)) / determinant;
    grid.minimum = (total(x_sum) - grid.scale * total(q_sum)) / count;
  } else {
    grid.minimum = total(x_sum) / count;
  }
  if (minimum == Minimum::kAtMostZero && grid.minimum > 0) {
    grid = {solve_scale(x, levels), 0};
  }
  return grid;
}

/// Keeps the better of grids.
class Best {
 public:
  Best(std::span<const float> x, float low, float high) : x_(x), low_(low), high_(high) {}

  void try_grid(const Grid& grid) {
    if (!std::isfinite(grid.scale) || !std::isfinite(grid.minimum)) return;
    const float error = round_to_grid(x_, grid, low_, high_, levels_);
    if (error >= error_) return;
    error_ = error;
    grid_ = grid;
  }
  const Grid& grid() const { return grid_; }

 private:
  std::span<const float> x_;
  float low_;
  float high_;
  float error_ = std::numeric_limits<float>::infinity();
  Grid grid_;
  Levels levels_{};
};

}  // namespace

float half_rounded(float value) { return f16_to_f32(f32_to_f16(value)); }

float round_to_grid(std::span<const float> x, const Grid& grid, float low, float high,
                    std::span<float> levels) {
  const float inverse = finite_inverse(grid.scale);
  Lanes squares{};
  for (std::size_t i = 0; i < x.size(); i += kLanes) {
    for (std::size_t l = 0; l < kLanes; ++l) {
      const float place = (x[i + l] - grid.minimum) * inverse;
      const float q = nearest(std::min(std::max(place, low), high));
      const float miss = x[i + l] - (grid.scale * q + grid.minimum);
      levels[i + l] = q;
      squares[l] += miss * miss;
    }
  }
  return total(squares);
}

Grid search_scale(std::span<const float> x, float low, float high, Stored stored) {
  float extreme = 0;
  for (const float each : x) {
    if (std::fabs(each) > std::fabs(extreme)) extreme = each;
  }
  Best best(x, low, high);
  best.try_grid({});
  if (extreme == 0) return {};
  Levels levels{};
  // The extreme value at either end, a little inside it or beyond it.
  for (const float end : {low, high}) {
    const float apart = std::min(0.02F * std::fabs(end), 1.0F) * (end < 0 ? -1.0F : 1.0F);
    for (int step = -6; step <= 6; ++step) {
      const float level = end + apart * static_cast<float>(step);
      const Grid start{extreme / level, 0};
      best.try_grid({as_stored(start.scale, stored), 0});
      round_to_grid(x, start, low, high, levels);
      best.try_grid({as_stored(solve_scale(x, levels), stored), 0});
    }
  }
  return best.grid();
}

Grid search_grid(std::span<const float> x, float high, Minimum minimum, Stored stored) {
  const auto [smallest, largest] = std::minmax_element(x.begin(), x.end());
  const float floor = minimum == Minimum::kAtMostZero ? std::min(*smallest, 0.0F) : *smallest;
  const float range = *largest - floor;
  Best best(x, 0, high);
  const auto stored_grid = [&](const Grid& grid) {
    return Grid{as_stored(grid.scale, stored), as_stored(grid.minimum, stored)};
  };
  best.try_grid(stored_grid({0, floor}));
  if (!(range > 0)) return best.grid();
  Levels levels{};
  const auto start_from = [&](const Grid& start) {
    best.try_grid(stored_grid(start));
    round_to_grid(x, start, 0, high, levels);
    best.try_grid(stored_grid(solve_grid(x, levels, minimum)));
  };
  // The range over all levels, over fewer of them (values that lie on a coarser grid are found
  // exactly), or over more, which cuts the outermost.
  for (int step = -8; step <= 8; ++step) {
    start_from({range / (high * (1 + 0.02F * static_cast<float>(step))), floor});
  }
  for (int fewer = 1; fewer <= 3; ++fewer) {
    start_from({range / (high - static_cast<float>(fewer)), floor});
  }
  return best.grid();
}

}  // namespace mw::formats
