#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/clock.h"
#include "core/evidence.h"
#include "core/language.h"
#include "plant/asset.h"

namespace mw::plant {

/// Why a sample is not good.
enum class QualityReason : uint8_t {
  kNone,
  kDevice,           // the device itself said so
  kOutOfRange,       // outside the tag's physical range
  kWrongType,        // not a finite number, or not a state of the asset
  kClockSkew,        // stamped in the future: stored under the server's time
  kNoCommunication,  // the link to the device or to the broker is down
  kSilent,           // the link is up, but the tag said nothing for a watchdog period
  kWrongUnit,        // the device names another unit than the tag has
  kCutText,          // the text was longer than a text tag's value may be: its beginning is there
  kNoRoomForText,    // the store has as many different texts as it can hold
  kClockBehind,      // for a watchdog period all that arrived was older than the newest value
  kFlat,             // samples arrive, and the value has not moved for the tag's flat_after_s
};

/// In both languages, for the console and for answers.
Text describe(QualityReason reason);
/// "good", "uncertain", "bad".
std::string_view quality_name(Quality quality);

/// One value of one tag.
struct Sample {
  TagIndex tag = 0;
  TimeNs ts_ns = 0;         // when the device says it held (source time): with `tag` the key
  TimeNs server_ts_ns = 0;  // when it reached us
  double value = 0;         // of numbers and counters; NaN when there is none
  // Of states ("running") and text tags. A text tag's sample that is not bad and has no text says
  // that the text is empty: no batch, no message.
  std::string text;
  Quality quality = Quality::kGood;
  QualityReason reason = QualityReason::kNone;
};

}  // namespace mw::plant
