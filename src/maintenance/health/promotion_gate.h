#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "core/language.h"
#include "maintenance/health/replay_health.h"

namespace mw::maintenance {

/// Why a version must not go live; nothing where it may.
struct PromotionGate {
  bool not_replayed = false;
  bool nothing_judged = false;   // no row beside those that it learned from
  bool breaks_contract = false;  // on the replay
  std::vector<int64_t> missed;   // confirmed cases that it would not have raised
  std::vector<int64_t> newer;    // confirmed cases that the replay does not know

  bool open() const {
    return !not_replayed && !nothing_judged && !breaks_contract && missed.empty() && newer.empty();
  }
};

/// A version holds the contract on its replay and misses no confirmed case of its machine. Of a
/// case whose values are gone nothing can be said: it neither opens nor shuts the gate.
PromotionGate promotion_gate(const std::optional<HealthReplay>& replay,
                             const std::vector<HealthCase>& cases_of_machine);
/// A sentence for each reason; only cases that `is_shown` are named.
std::vector<Text> gate_texts(const PromotionGate& gate,
                             const std::function<bool(int64_t number)>& is_shown);

}  // namespace mw::maintenance
