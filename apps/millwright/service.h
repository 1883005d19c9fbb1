#pragma once

#include <memory>
#include <optional>

#include "alarms/alarms.h"
#include "apps/millwright/engine_choice.h"
#include "apps/millwright/local_model_host.h"
#include "apps/millwright/people_store.h"
#include "apps/millwright/server_config.h"
#include "apps/millwright/setup_store.h"
#include "apps/millwright/watched_certificates.h"
#include "assistant/assistant.h"
#include "assistant/report_reader.h"
#include "core/file_lock.h"
#include "maintenance/health_monitor.h"
#include "maintenance/life_watch.h"
#include "maintenance/trainings.h"
#include "maintenance/vibration_archive.h"
#include "server/api.h"
#include "server/http_server.h"

namespace mw::app {

/// What `serve` was asked for.
struct ServeRequest {
  EngineFlags flags;
  ServerConfig config;
  bool demo = false;
};

/// What stays while the plant starts anew with another setup: the data folder, people, models.
struct Lasting {
  std::optional<FileLock> folder_lock;
  PeopleStore people;
  LogSink log;
  SystemClock clock;
  std::optional<Engine> engine;
  std::shared_ptr<LocalModelHost> models;
  std::shared_ptr<upstream::Upstreams> upstreams;
  std::shared_ptr<SetupStore> setup;
  uint16_t port = 0;  // once one was taken
};
/// `restart` asks for the plant to start anew; it is called from threads of the server.
Result<void> begin(const ServeRequest& request, std::function<void()> restart, Lasting& lasting);

/// Everything else, in the order in which it starts and the reverse of the one in which it ends.
struct Service {
  std::shared_ptr<plant::Plant> plant;
  PlantWays ways;                                      // of that plant
  std::shared_ptr<alarms::Alarms> alarms;              // follow the plant
  std::shared_ptr<maintenance::HealthMonitor> health;  // follows it, too
  std::shared_ptr<maintenance::LifeWatch> lives;
  std::shared_ptr<maintenance::VibrationArchive> vibration;  // of its machines
  std::shared_ptr<maintenance::TableArchive> tables;         // to learn from
  std::shared_ptr<maintenance::Trainings> trainings;
  std::shared_ptr<const assistant::ReportReader> reports;
  std::shared_ptr<notify::Outbox> outbox;
  std::shared_ptr<notify::Sender> sender;
  std::shared_ptr<alarms::Escalation> escalation;
  ToolRegistry tools;
  std::shared_ptr<assistant::Assistant> assistant;
  std::shared_ptr<server::ServerMetrics> metrics;
  std::shared_ptr<server::ServedCertificate> certificate;  // with TLS
  std::shared_ptr<const certificates::CertificateWatch> certificates;
  std::unique_ptr<server::Api> api;
  std::unique_ptr<server::HttpServer> http;
};
Result<void> start(const ServeRequest& request, Lasting& lasting, Service& service);

}  // namespace mw::app
