#pragma once

#include <span>
#include <vector>

#include "maintenance/bearing/bearing_diagnosis.h"

namespace mw::maintenance {

/// The scores of the four parts: all that a verdict on a bearing never seen may rest on. What
/// resonates, and how loud, is a matter of the machine.
std::vector<double> physics_features(const BearingDiagnosis& diagnosis);

/// The same and what the machine sounds like: ln of the power in 32 equal bands less their mean
/// (so that a louder mounting is no other fault), ln rms, ln kurtosis, ln crest. For a machine
/// whose own faults were recorded; it does not carry over to another bearing (CWRU: 1.00 at another
/// load, 0.68 on a size never seen, where physics alone has 0.83; bench/results/maintenance.jsonl).
std::vector<double> machine_features(std::span<const double> signal,
                                     const BearingDiagnosis& diagnosis);

}  // namespace mw::maintenance
