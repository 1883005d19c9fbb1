#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/clock.h"
#include "plant/csv_reader.h"  // trimmed
#include "plant/ingest.h"

namespace mw::plant {

/// A time as files write it:
///   2026-01-31T08:15:30.250Z, 2026-01-31 08:15:30+08:00   with its zone
///   2026-01-31 08:15[:30[.250]], 2026/01/31 ..., 31.01.2026 ...   in the zone of `utc_offset`
///   1769847330, 1769847330250, 1769847330.25   seconds or milliseconds since 1970
/// Nothing when it is none of these, or names no zone and `utc_offset_min` is absent.
std::optional<TimeNs> parse_csv_time(std::string_view text, std::optional<int> utc_offset_min);

/// A number, with a decimal comma where the separator is none ("21,5"); empty, "null", "NaN" and
/// "-" are no value; anything else is a text, which a state tag takes and a number tag does not.
void read_csv_value(std::string_view text, bool decimal_comma, Reading& reading);

/// A text as a cell that no spreadsheet takes for a formula: where it begins with = + - @ or a
/// control character, or with ', a ' stands in front (OWASP, CSV injection).
std::string harmless_cell(std::string_view text);
/// The text that harmless_cell() made a cell of; any other cell as it is.
std::string_view plain_cell(std::string_view cell);

/// "good", "uncertain", "bad", or an OPC status (192 and above, 64 to 191, below). Empty is good.
std::optional<Quality> parse_csv_quality(std::string_view text);

}  // namespace mw::plant
