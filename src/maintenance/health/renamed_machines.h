#pragma once

#include <filesystem>
#include <memory>

#include "core/log.h"
#include "plant/catalogue.h"
#include "security/audit_event.h"

namespace mw::maintenance {

/// Lets what is kept of machines' health go on under the names that the plant description has now
/// (`formerly`): files of models, their events and replays, schedules, cases. For good, since
/// `formerly` may be gone at the next start; what is done already is not done again, and what a
/// crash cut short is finished. A machine whose new name has models of its own keeps both apart,
/// and the log says so.
/// `folder` is DATA/maintenance, whose maintenance.db nobody else has open.
/// Errors   those of the disk and of the audit log, which has it before it is done.
Result<void> follow_renamed_machines(const std::filesystem::path& folder,
                                     const plant::Catalogue& catalogue, const LogSink& log,
                                     const std::shared_ptr<security::Audit>& audit);

}  // namespace mw::maintenance
