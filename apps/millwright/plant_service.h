#pragma once

#include <filesystem>
#include <memory>

#include "apps/millwright/server_config.h"
#include "core/log.h"
#include "plant/plant.h"
#include "security/audit_event.h"

namespace mw::app {

/// The plant that `serve` shows: the demo plant, the one of the configuration, or none (null).
/// The pointer keeps whatever stands behind it (the demo's broker and simulator) alive.
Result<std::shared_ptr<plant::Plant>> start_plant(const ServerConfig& config, bool demo,
                                                  const std::filesystem::path& data, LogSink log,
                                                  plant::RemovalRecord record);
/// Where the plant's clocks stand: as configured, else as its description says, else this
/// machine's.
Result<TimeZone> zone_of_plant(const ServerConfig& config, const plant::Catalogue& catalogue);
/// What a file holds, without the line break at its end; empty for no file.
Result<std::string> read_secret(const std::string& file);
/// Puts what retention is about to remove into the audit log.
plant::RemovalRecord removal_record(std::shared_ptr<security::Audit> audit);

}  // namespace mw::app
