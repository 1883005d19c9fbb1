#pragma once

#include <string>
#include <string_view>

namespace mw::plant {

/// Evidence from the store says so as its source, whichever database it is, with what it is about:
/// "plant samples cnc-2/spindle_temperature".
inline constexpr std::string_view kSampleSource = "plant samples";

inline std::string sample_source(std::string_view about) {
  return std::string(kSampleSource) + " " + std::string(about);
}

}  // namespace mw::plant
