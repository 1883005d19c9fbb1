#pragma once

#include <string>

#include "plant/catalogue.h"
#include "plant/feed/feed_cursor.h"

namespace mw::plant {

/// {"tag": "press-1/oil_temperature", "ts": 1764273620123, "value": 61.5, "quality": "good", ...}:
/// what docs/formats/feed.md says, which docs/formats/push.md can read.
std::string feed_json(const FeedItem& item, const Catalogue& catalogue);

}  // namespace mw::plant
