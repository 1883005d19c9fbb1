#pragma once

#include <string>

#include "core/whole_number.h"

namespace mw::plant {

/// What a number is called in the `states` of a connector: its digits; "?" where it is no whole
/// number.
inline std::string state_key(double number) {
  const std::optional<int64_t> whole = whole_number(number);
  return whole ? std::to_string(*whole) : "?";
}

}  // namespace mw::plant
