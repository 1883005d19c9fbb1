#include "apps/millwright/local_monitor.h"

#include "apps/millwright/plant_service.h"

namespace mw::app {
namespace {

/// Puts the account of the operating system in place of the identity that acts for it.
class LocalAudit final : public security::Audit {
 public:
  explicit LocalAudit(std::shared_ptr<security::Audit> kept) : kept_(std::move(kept)) {}
  Result<void> record(const security::AuditEvent& event) override {
    security::AuditEvent mine = event;
    mine.who = local_actor().who;
    return kept_->record(mine);
  }

 private:
  std::shared_ptr<security::Audit> kept_;
};

}  // namespace

Result<std::unique_ptr<LocalMonitor>> open_local_monitor(const StoredPlant& stored,
                                                         const Text& instead) {
  const LogSink log = stderr_log(LogLevel::kWarning);
  auto plant = open_stored_plant(stored, log);
  if (!plant) return told_to_use_the_server(plant.error(), instead);
  auto out = std::make_unique<LocalMonitor>();
  MW_ASSIGN(out->people, open_people(stored.data, log));
  out->who = {Identity::Kind::kPerson, local_actor().who, {{Role::kEngineer, {"*"}, {}}}};
  MW_ASSIGN(const ServerConfig config, stored_config(stored));
  maintenance::HealthOptions options;
  options.folder = (stored.demo ? demo_folder(stored.data) : stored.data) / "maintenance";
  out->plant = *plant;
  options.plant = out->plant;
  options.clock = &out->clock;
  MW_ASSIGN(options.zone, zone_of_plant(config, *(*plant)->catalogue(out->who)));
  options.log = log;
  options.audit = std::make_shared<LocalAudit>(out->people.audit);
  maintenance::LifeWatchOptions lives;
  lives.folder = options.folder;
  lives.plant = out->plant;
  lives.clock = &out->clock;
  lives.log = log;
  lives.audit = options.audit;
  maintenance::VibrationOptions vibration;
  vibration.folder = options.folder / "vibration";
  vibration.plant = *plant;
  vibration.clock = &out->clock;
  vibration.log = log;
  vibration.audit = options.audit;
  MW_ASSIGN(out->vibration, maintenance::VibrationArchive::open(std::move(vibration)));
  MW_ASSIGN(out->lives, maintenance::LifeWatch::open(std::move(lives)));
  options.lives = out->lives;
  MW_ASSIGN(out->health, maintenance::HealthMonitor::open(std::move(options)));
  return out;
}

}  // namespace mw::app
