#pragma once

#include <string>
#include <string_view>

#include "core/identity.h"
#include "core/result.h"

namespace mw::plant {

/// Who told what the store keeps for years. A person's name has to be erasable (ADR 0098), so the
/// store keeps a reference, and this knows both ways. Safe from any thread.
class Tellers {
 public:
  virtual ~Tellers() = default;
  /// What is kept of who tells: the reference of a person, the name of a key.
  virtual Result<std::string> kept(const Identity& who) = 0;
  /// The name behind it; of one that was erased, and of what is no reference, what is kept.
  virtual std::string shown(std::string_view kept) = 0;
};

}  // namespace mw::plant
