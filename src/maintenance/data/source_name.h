#pragma once

#include <string>

namespace mw::maintenance {

inline constexpr std::size_t kMostSourceNameBytes = 128;

/// The last part of a path as somebody's browser or command named it, shortened: what people are
/// told of where data came from, never a path to open.
inline std::string source_name(const std::string& path) {
  const std::size_t slash = path.find_last_of("/\\");
  return path.substr(slash == std::string::npos ? 0 : slash + 1).substr(0, kMostSourceNameBytes);
}

}  // namespace mw::maintenance
