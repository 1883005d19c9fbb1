#pragma once

#include <string_view>
#include <vector>

#include "core/result.h"
#include "plant/ingest.h"

namespace mw::plant {

/// Reads the payload of one message: {"ts": ..., "value": ..., "quality": ...} or an array of such.
/// `ts` is milliseconds since 1970 or an RFC 3339 text, absent for "now"; `value` a number, a text,
/// true/false (1/0) or null; `quality` "good" (the default), "uncertain" or "bad"; `unit`, if
/// given, is checked. Other members are ignored. The readings name no tag: that is the topic's
/// part.
///
/// Errors  kInvalidArgument naming the member; at most 1 MiB and 10,000 readings.
/// Format  docs/formats/mqtt.md
Result<std::vector<Reading>> decode_mqtt_payload(std::string_view payload);

/// The tag that "millwright/<site>/<line>/<asset>/<tag>" names, or why there is none.
Result<const Tag*> tag_of_topic(const Catalogue& catalogue, std::string_view topic);
/// The other way round.
std::string topic_of_tag(const Catalogue& catalogue, const Tag& tag);

}  // namespace mw::plant
