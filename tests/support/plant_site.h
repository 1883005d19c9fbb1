#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "alarms/alarms.h"
#include "core/tool.h"
#include "maintenance/health_monitor.h"
#include "maintenance/life_watch.h"
#include "maintenance/trainings.h"
#include "maintenance/vibration_archive.h"
#include "server/api.h"
#include "server/testing/fakes.h"
#include "server/testing/test_client.h"
#include "tests/support/plant_description.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/test_people.h"

namespace mw::testing_support {

/// The whole API over a real plant with alarms, machine health, people and a model that writes one
/// word; each line's first machine is in alarm and has an open case.
class PlantSite {
 public:
  using Query = std::vector<std::pair<std::string, std::string>>;

  explicit PlantSite(const PlantDescription& description);
  ~PlantSite();

  /// Somebody who may do all with every line.
  static Identity anything();

  /// What a route answers, asked without a socket: status, body, headers, events. The guard is not
  /// asked: whoever asks is let in.
  std::string ask(server::Method method, const std::string& path, const Identity& who,
                  Query query = {}, std::string body = {}) const;
  /// The body of a GET.
  Json get(const std::string& path, const Identity& who, Query query = {}) const;

  void add_person(const std::string& name, const security::Grant& grant) const;
  void add_group(const std::string& group, const security::Grant& grant,
                 const std::string& member) const;
  /// Whose requests carry the session from now on.
  Identity log_in(const std::string& name);

  const server::Router& router() const { return *router_; }
  /// For a server over this, which must stop before this ends.
  server::Router router_to_serve() const { return api_->router(); }
  const std::shared_ptr<security::People>& people() const { return people_; }
  alarms::Alarms& alarms() const { return *alarms_; }
  maintenance::HealthMonitor& health() const { return *health_; }
  maintenance::TableArchive& tables() const { return *tables_; }
  maintenance::Trainings& trainings() const { return *trainings_; }
  /// Alarms see the newest values.
  void look() const;

 private:
  void open_plant(const PlantDescription& description);
  void open_people();
  void open_health();
  void open_lives();
  /// A table and a training that is over of each line that has a first machine.
  void open_tables();
  /// Of point "p"; the first of a machine has the number kNow in milliseconds.
  void add_recording(const std::string& asset);

  TemporaryFolder folder_;
  std::shared_ptr<FixedClock> clock_ = std::make_shared<FixedClock>(kNow);
  std::shared_ptr<plant::Plant> plant_;
  std::shared_ptr<alarms::Alarms> alarms_;
  std::shared_ptr<maintenance::HealthMonitor> health_;
  std::shared_ptr<maintenance::LifeWatch> lives_;
  std::shared_ptr<maintenance::VibrationArchive> vibration_;
  FixedClock tables_clock_{kNow};
  std::shared_ptr<maintenance::TableArchive> tables_;
  std::shared_ptr<maintenance::Trainings> trainings_;
  std::shared_ptr<security::People> people_;
  std::map<std::string, std::string> tokens_;  // of sessions, by who logged in
  ToolRegistry tools_;
  std::unique_ptr<server::Api> api_;
  std::unique_ptr<server::Router> router_;
};

}  // namespace mw::testing_support
