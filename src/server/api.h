#pragma once

#include <memory>

#include "alarms/alarms.h"
#include "alarms/escalation.h"
#include "assistant/ask.h"
#include "certificates/certificate_watch.h"
#include "core/clock.h"
#include "core/log.h"
#include "plant/plant.h"
#include "runtime/model_host.h"
#include "security/audit_log.h"
#include "security/people.h"
#include "server/openai/response_store.h"
#include "server/plant_setup.h"
#include "server/router.h"
#include "server/served_certificate.h"
#include "server/server_metrics.h"
#include "server/single_sign_on.h"
#include "server/system_info.h"
#include "upstream/upstreams.h"

namespace mw::assistant {
class ReportReader;
}
namespace mw::maintenance {
class HealthMonitor;
class LifeWatch;
class TableArchive;
class Trainings;
class VibrationArchive;
}  // namespace mw::maintenance

namespace mw::server {

/// The parts that answer. What is null is absent: its routes answer 503 and say so.
struct ApiParts {
  std::shared_ptr<runtime::ModelHost> models;
  std::shared_ptr<upstream::Upstreams> upstreams;
  std::shared_ptr<assistant::Asker> asker;
  std::shared_ptr<const assistant::ReportReader> reports;  // of maintenance, in free words
  std::shared_ptr<plant::Plant> plant;
  std::shared_ptr<alarms::Alarms> alarms;                    // of that plant
  std::shared_ptr<const alarms::Escalation> escalation;      // null: nobody is told of alarms
  std::shared_ptr<maintenance::HealthMonitor> health;        // of the machines of that plant
  std::shared_ptr<maintenance::VibrationArchive> vibration;  // of those machines
  std::shared_ptr<maintenance::LifeWatch> lives;             // how long those last
  std::shared_ptr<maintenance::TableArchive> tables;         // to learn from
  std::shared_ptr<maintenance::Trainings> trainings;         // from those tables
  std::shared_ptr<PlantSetup> setup;
  std::shared_ptr<SystemInfo> system;
  std::shared_ptr<security::People> people;
  std::shared_ptr<security::AuditLog> audit;
  std::shared_ptr<const SingleSignOn> sign_on;  // null: passwords and keys only
  std::shared_ptr<const Clock> clock;           // the machine's when null
  std::shared_ptr<ServerMetrics> metrics;
  std::shared_ptr<const ServedCertificate> certificate;                // null without TLS
  std::shared_ptr<const certificates::CertificateWatch> certificates;  // of others; may be null
  LogSink log = no_log();
  openai::ResponseStoreOptions responses;      // what /v1/responses keeps
  int64_t keep_requests_ns = 24 * kNsPerHour;  // how long /api/requests tells of one
  int default_max_tokens = 2048;               // of a chat answer, when the request names none
  int answers_per_client = 320;                // under way at once; the scheduler holds 64 + 256
  int answers_in_all = 320;
};

struct ApiState;

/// Every route of the product: OpenAI's, our own under /api, health, metrics, the console.
///
///   Api api(parts);
///   auto server = HttpServer::start(options, api.router(), log);
///   ... server->stop() before `api` goes.
///
/// Threads  one thread of its own writes the event streams; ends with the object.
class Api {
 public:
  explicit Api(ApiParts parts);
  ~Api();
  Api(const Api&) = delete;
  Api& operator=(const Api&) = delete;

  Router router() const;

 private:
  std::shared_ptr<ApiState> state_;
};

}  // namespace mw::server
