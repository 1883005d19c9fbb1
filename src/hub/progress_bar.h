#pragma once

#include <string>

#include "core/language.h"
#include "hub/pull.h"

namespace mw::hub {

/// One line that shows how far a pull is, at most `columns` wide:
///   fetching [############----------------]  44%  41.8/92.9 MB  10.2 MB/s  6 s left
/// Parts that are not known are left out.
std::string progress_line(const PullProgress& progress, int columns, Language language);

/// "1 h 02 min", "3 min 07 s", "5 s".
std::string remaining_time(double seconds, Language language);

/// Whether a log (no terminal) should get another line: at each change of stage and each tenth.
bool is_milestone(const PullProgress& before, const PullProgress& now);

}  // namespace mw::hub
