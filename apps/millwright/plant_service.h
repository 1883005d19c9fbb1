#pragma once

#include <filesystem>
#include <memory>
#include <optional>

#include "apps/millwright/server_config.h"
#include "apps/millwright/setup_reader.h"
#include "core/log.h"
#include "plant/plant.h"
#include "security/audit_event.h"

namespace mw::app {

/// What a plant asks of the program around it.
struct PlantHooks {
  plant::RemovalRecord removal;
  plant::FeedHost feeds;
  std::shared_ptr<plant::Tellers> tellers;
};

/// The plant that `serve` shows: the demo plant, the one of the configuration, or none (null).
/// The pointer keeps whatever stands behind it (the demo's broker and simulator) alive.
Result<std::shared_ptr<plant::Plant>> start_plant(const ServerConfig& config, bool demo,
                                                  const std::filesystem::path& data, LogSink log,
                                                  PlantHooks hooks);
/// Where the plant's clocks stand: as configured, else as its description says, else this
/// machine's.
Result<TimeZone> zone_of_plant(const ServerConfig& config, const plant::Catalogue& catalogue);
/// The plant of plant_setup.json.
Result<std::shared_ptr<plant::Plant>> start_setup_plant(const Setup& setup,
                                                        const ServerConfig& config,
                                                        const std::filesystem::path& data,
                                                        LogSink log, PlantHooks hooks);
/// Where the demo keeps what it made up, so that it never lies among what was measured.
std::filesystem::path demo_folder(const std::filesystem::path& data);
/// Why the console cannot set the plant up; nothing where it can.
std::optional<Text> why_setup_is_fixed(const ServerConfig& config);
/// Of plant.store_password_file; empty without.
Result<std::string> store_password(const ServerConfig& config);
/// Puts what retention is about to remove into the audit log.
plant::RemovalRecord removal_record(std::shared_ptr<security::Audit> audit);

}  // namespace mw::app
