#pragma once

// Which scale and minimum of a block lose least. Rounding to the nearest level is easy once both
// are known; the least squares solution is easy once the levels are known; so each of some twenty
// starting points is rounded, solved, and rounded again, and the best is kept.

#include <span>

namespace mw::formats {

/// x is about scale * q + minimum, q a whole number from `low` to `high`.
struct Grid {
  float scale = 0;
  float minimum = 0;
};

/// What a block stores of its grid.
enum class Stored {
  kExact,  // here as f32; the caller rounds
  kHalf,   // as f16: what is compared is what is stored
};

/// The nearest f16.
float half_rounded(float value);

/// Levels of x on a grid, as whole numbers in f32; returns the squared error.
float round_to_grid(std::span<const float> x, const Grid& grid, float low, float high,
                    std::span<float> levels);

/// The best grid with minimum 0. At most 32 values, a multiple of 4.
Grid search_scale(std::span<const float> x, float low, float high, Stored stored);

/// Whether the minimum may be over 0: K types store it as a number that is subtracted.
enum class Minimum { kAny, kAtMostZero };

/// The best grid with levels 0 to `high`.
Grid search_grid(std::span<const float> x, float high, Minimum minimum, Stored stored);

}  // namespace mw::formats
