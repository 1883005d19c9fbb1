#include "maintenance/data/shuffle.h"

#include <numeric>
#include <utility>

namespace mw::maintenance {
namespace {

/// SplitMix64 (Steele, Lea, Flood 2014).
uint64_t next(uint64_t& state) {
  state += 0x9E3779B97F4A7C15ULL;
  uint64_t z = state;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
  return z ^ (z >> 31);
}

}  // namespace

std::vector<std::size_t> shuffled(std::size_t count, uint64_t seed) {
  std::vector<std::size_t> out(count);
  std::iota(out.begin(), out.end(), std::size_t{0});
  uint64_t state = seed;
  for (std::size_t i = count; i > 1; --i) {
    // The remainder's bias is 1 in 2^40 for a million rows.
    std::swap(out[i - 1], out[next(state) % i]);
  }
  return out;
}

}  // namespace mw::maintenance
