#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace mw::maintenance {

/// The numbers 0 to `count` - 1 in an order that `seed` alone decides, the same on every machine
/// (Fisher and Yates with SplitMix64; std::shuffle's order is the library's own).
std::vector<std::size_t> shuffled(std::size_t count, uint64_t seed);

}  // namespace mw::maintenance
