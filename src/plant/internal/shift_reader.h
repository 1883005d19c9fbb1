#pragma once

#include <vector>

#include "core/json.h"
#include "core/result.h"
#include "plant/asset.h"

namespace mw::plant {

/// "days": of the week, bit 0 is Monday; every day when absent.
Result<unsigned> read_days(const Json& json, const std::string& where);
/// The shifts of a description: when, on which days of the week, for which lines.
/// Errors  kInvalidArgument naming the member: a day that does not exist, a line or shift that is
///         not there, an id twice.
Result<std::vector<Shift>> read_shifts(const Json& json, const std::vector<Line>& lines);
/// Days on which other shifts run than usual.
Result<std::vector<ShiftException>> read_shift_exceptions(const Json& json,
                                                          const std::vector<Line>& lines,
                                                          const std::vector<Shift>& shifts);

}  // namespace mw::plant
