#pragma once

#include "core/json.h"
#include "plant/ingest.h"

namespace mw::plant {

/// {"ts": ..., "value": ..., "quality": ..., "unit": ...} as docs/formats/mqtt.md says it; other
/// members are ignored, so that `tag` of a pushed sample is its caller's part.
/// Errors  kInvalidArgument naming the member.
Result<Reading> read_json_reading(const Json& json);

/// Its `ts`: milliseconds since 1970, or RFC 3339.
Result<TimeNs> read_json_time(const Json& value);

}  // namespace mw::plant
