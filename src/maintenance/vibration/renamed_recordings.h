#pragma once

#include "maintenance/vibration_archive.h"

namespace mw::maintenance {

/// Recordings of machines that the plant description calls otherwise now (`formerly`) go on under
/// today's name, for good; a start goes on with what a crash cut short. One whose number the new
/// name has already stays where it is, and the log says so.
/// Errors   those of the disk and of the audit log, which has it before it is done.
Result<void> follow_renamed_recordings(const VibrationOptions& options,
                                       const plant::Catalogue& catalogue);

}  // namespace mw::maintenance
