#include "plant/internal/shift_date.h"

#include <charconv>

#include "core/time_zone.h"

namespace mw::plant {

std::optional<int64_t> day_of_date(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
  int parts[3] = {0, 0, 0};
  constexpr std::size_t kStarts[] = {0, 5, 8};
  constexpr std::size_t kSizes[] = {4, 2, 2};
  for (int i = 0; i < 3; ++i) {
    const std::string_view part = text.substr(kStarts[i], kSizes[i]);
    const auto [end, problem] = std::from_chars(part.data(), part.data() + part.size(), parts[i]);
    if (problem != std::errc() || end != part.data() + part.size() || parts[i] < 1) {
      return std::nullopt;
    }
  }
  if (!is_valid_date(parts[0], parts[1], parts[2])) return std::nullopt;
  return days_from_civil(parts[0], parts[1], parts[2]);
}

}  // namespace mw::plant
