#pragma once

#include <memory>

#include "apps/millwright/people_store.h"
#include "apps/millwright/stored_plant.h"
#include "core/clock.h"
#include "maintenance/health_monitor.h"
#include "maintenance/life_watch.h"
#include "maintenance/vibration_archive.h"

namespace mw::app {

/// Health, remaining life and vibration recordings over a data folder that no server has open, for
/// one command. What is decided through it stands in the audit log under the account that runs it.
struct LocalMonitor {
  PeopleStore people;
  SystemClock clock;
  Identity who;  // may all
  std::shared_ptr<plant::Plant> plant;
  std::unique_ptr<maintenance::HealthMonitor> health;
  std::shared_ptr<maintenance::LifeWatch> lives;
  std::unique_ptr<maintenance::VibrationArchive> vibration;
};

/// Errors   kConflict where a server has the folder, with `instead`: what to do then.
Result<std::unique_ptr<LocalMonitor>> open_local_monitor(const StoredPlant& stored,
                                                         const Text& instead);

}  // namespace mw::app
