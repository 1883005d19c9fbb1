#pragma once

#include <cstddef>
#include <utility>

namespace mw::maintenance {

/// The chance that a Poisson count of `mean` is at most `count`.
double poisson_at_most(std::size_t count, double mean);

/// Garwood's interval of the mean behind a count: both ends excluded with (1 - confidence) / 2
/// each.
std::pair<double, double> poisson_interval(std::size_t count, double confidence);

}  // namespace mw::maintenance
