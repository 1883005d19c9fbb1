#pragma once

#include <string>

#include "plant/connector_options.h"
#include "plant/ingest.h"
#include "plant/sparkplug/sparkplug_payload.h"

namespace mw::plant {

/// What a metric says about its tag. `type` is the datatype of its birth. A value of another type
/// than that, or of one that no tag can hold, is no value: then `problem` says why.
struct SparkplugReading {
  Reading reading;
  Text problem;  // empty when all is well
};
SparkplugReading sparkplug_reading(const SparkplugTag& tag, const SparkplugMetric& metric,
                                   uint64_t type, std::optional<uint64_t> payload_ms);

/// Milliseconds as our time; those beyond it become its last moment, which nobody finds plausible.
TimeNs sparkplug_time(uint64_t ms);

/// Whether values of this type can be one of a tag: a number, a text or a truth.
bool is_sparkplug_scalar(uint64_t type);

}  // namespace mw::plant
