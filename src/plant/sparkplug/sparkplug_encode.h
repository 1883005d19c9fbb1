#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <variant>

#include "plant/sparkplug/sparkplug_payload.h"

namespace mw::plant {

/// A metric that we publish.
struct SparkplugOut {
  std::string name;  // of births and of bdSeq; empty: known by its alias
  std::optional<uint64_t> alias;
  uint64_t timestamp_ms = 0;  // 0: it has none
  SparkplugType type = SparkplugType::kDouble;
  bool says_type = true;  // births do, data do not
  bool historical = false;
  std::variant<std::monostate, double, std::string, bool, uint64_t> value;  // none: null
  std::optional<int> quality;  // property "Quality": 0 bad, 192 good, 500 stale
  std::string unit;            // property "engUnit"
};

/// The payload of a message. `seq` and `timestamp_ms` where the message has them.
std::string write_sparkplug(std::optional<uint64_t> timestamp_ms, std::optional<uint64_t> seq,
                            std::span<const SparkplugOut> metrics);

}  // namespace mw::plant
