#pragma once

#include <cstdint>

#include "plant/sample.h"

namespace mw::plant {

/// What a status code of OPC UA (Part 4, 7.39) says of a value.
Quality opcua_quality(uint32_t status);
/// Why it is not good.
QualityReason opcua_reason(uint32_t status);
/// The server gave up values because its queue was full (the overflow bit of a data value).
bool opcua_values_lost(uint32_t status);

}  // namespace mw::plant
