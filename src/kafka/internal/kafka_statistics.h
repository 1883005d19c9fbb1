#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "core/result.h"

namespace mw::kafka {

/// What we want of the library's statistics (its STATISTICS.md).
struct Statistics {
  int brokers_up = 0;           // connected, logged in
  bool in_group = false;        // of a consumer: a member that has its share of the partitions
  std::optional<uint64_t> lag;  // of a consumer: over all its partitions; absent: not known yet
};

/// Errors  kInvalidArgument: no JSON, or not of that form.
Result<Statistics> parse_statistics(std::string_view json);

}  // namespace mw::kafka
