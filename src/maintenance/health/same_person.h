#pragma once

#include <algorithm>
#include <string>

namespace mw::maintenance {

/// Stands where a name was that was taken out (ADR 0098).
inline constexpr const char* kNobody = "?";

/// As people log in: ASCII letters of either case are one.
inline bool is_same_person(const std::string& one, const std::string& other) {
  const auto lower = [](char each) { return each >= 'A' && each <= 'Z' ? each + 32 : int{each}; };
  return std::equal(one.begin(), one.end(), other.begin(), other.end(),
                    [&](char a, char b) { return lower(a) == lower(b); });
}

}  // namespace mw::maintenance
