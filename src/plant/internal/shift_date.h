#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace mw::plant {

/// "2026-12-25" as days since 1970; nothing for any other text and for days that do not exist.
std::optional<int64_t> day_of_date(std::string_view text);

}  // namespace mw::plant
