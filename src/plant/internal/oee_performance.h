#pragma once

#include <vector>

#include "plant/oee.h"

namespace mw::plant {

/// A stretch in a state whose use is described.
struct UseSpan {
  TimeNs start_ns = 0;
  TimeNs end_ns = 0;
  StateUse use = StateUse::kUndeclared;
};

/// Counts parts and production time where state and product are known: `in.products` and
/// `in.performance`, which stays absent where no part of the time has a cycle time. `known` ascends
/// without overlap; the counters of `tags` are covered well enough.
Result<void> read_performance(const SampleStore& store, const Asset& asset, const OeeTags& tags,
                              const std::vector<UseSpan>& known, OeeInputs& in);

}  // namespace mw::plant
