#include "apps/millwright/service.h"

#include <algorithm>
#include <chrono>
#include <thread>

#include "apps/millwright/adapter_flag.h"
#include "apps/millwright/audited_tellers.h"
#include "apps/millwright/feed_config.h"
#include "apps/millwright/plant_service.h"
#include "apps/millwright/schedule_rights.h"
#include "apps/millwright/server_facts.h"
#include "apps/millwright/upstream_config.h"
#include "core/file.h"
#include "core/usable_cores.h"
#include "maintenance/health_tools.h"
#include "maintenance/life_tool.h"
#include "plant/plant_tools.h"

namespace mw::app {
namespace {

constexpr int kPortAttempts = 40;  // 250 ms each

runtime::SchedulerOptions scheduler_options(const ServerConfig& config) {
  runtime::SchedulerOptions options;
  options.kv_bytes = static_cast<uint64_t>(config.kv_memory_mb) << 20;
  options.kept_kv_share = config.shared_prompts_percent / 100.0;
  options.max_stall_ms = config.max_stall_ms;
  options.max_first_token_ms = config.max_first_token_s * 1000;
  options.max_running = config.max_running;
  options.max_waiting = config.max_waiting;
  return options;
}

/// Where what is known of the plant lies: of the simulated one, in a folder of its own.
std::filesystem::path plant_folder(const ServeRequest& request, const Lasting& lasting) {
  return lasting.setup->shows_demo() ? demo_folder(request.flags.data) : request.flags.data;
}

/// Without a journal there are no alarms, but everything else: a full disk must not take the plant
/// from sight.
void start_alarms(const ServeRequest& request, Lasting& lasting, Service& service) {
  if (service.plant == nullptr) return;
  const Identity all{Identity::Kind::kService, "serve", {{Role::kViewer, {"*"}, {}}}};
  alarms::AlarmOptions options;
  options.path = (plant_folder(request, lasting) / "alarms.db").string();
  options.catalogue = service.plant->catalogue(all);
  options.clock = &lasting.clock;
  options.log = lasting.log;
  options.audit = lasting.people.audit;
  auto alarms = alarms::Alarms::open(std::move(options));
  if (!alarms) {
    lasting.log(LogLevel::kError, "alarms", "there are none: " + alarms.error().message.en);
    return;
  }
  service.alarms = std::move(*alarms);
  service.alarms->watch(*service.plant);
}

/// What all of maintenance that keeps something in a folder begins with.
template <class Options>
Options kept_in(const char* folder, const ServeRequest& request, Lasting& lasting) {
  Options options;
  options.folder = plant_folder(request, lasting) / folder;
  options.clock = &lasting.clock;
  options.log = lasting.log;
  options.audit = lasting.people.audit;
  return options;
}

/// A part that cannot be opened is missing, and said to be; everything else runs.
template <class Opened, class Part>
bool keep_part(Opened opened, Part& part, const std::string& without, Lasting& lasting) {
  if (opened) {
    part = std::move(*opened);
  } else {
    lasting.log(LogLevel::kError, "maintenance", without + ": " + opened.error().message.en);
  }
  return opened.has_value();
}

void start_health(const ServeRequest& request, Lasting& lasting, Service& service) {
  auto options = kept_in<maintenance::HealthOptions>("maintenance", request, lasting);
  options.plant = service.plant;
  options.lives = service.lives;
  std::vector<std::string> key_names;
  for (const auto& key : request.config.server.api_keys) key_names.push_back(key.name);
  options.may_still = engineers_of_today(lasting.people.people, std::move(key_names));
  if (auto zone =
          zone_of_plant(request.config, *service.plant->catalogue(Identity::local_viewer()))) {
    options.zone = std::move(*zone);
  }
  if (keep_part(maintenance::HealthMonitor::open(std::move(options)), service.health,
                "no machine is watched", lasting)) {
    service.health->watch();
  }
}

void open_tables(const ServeRequest& request, Lasting& lasting, Service& service) {
  constexpr const char* kWithout = "there are no tables to learn from";
  auto archive = kept_in<maintenance::TableArchiveOptions>("maintenance/tables", request, lasting);
  archive.plant = service.plant;
  if (!keep_part(maintenance::TableArchive::open(std::move(archive)), service.tables, kWithout,
                 lasting)) {
    return;
  }
  auto trainings = kept_in<maintenance::TrainingsOptions>("maintenance", request, lasting);
  trainings.tables = service.tables;
  // Whoever waits for an answer has the other cores to themselves.
  trainings.threads = std::max(1, usable_cores() / 2);
  keep_part(maintenance::Trainings::open(std::move(trainings)), service.trainings, kWithout,
            lasting);
}

void start_maintenance(const ServeRequest& request, Lasting& lasting, Service& service) {
  if (service.plant == nullptr) return;
  auto lives = kept_in<maintenance::LifeWatchOptions>("maintenance", request, lasting);
  lives.plant = service.plant;
  keep_part(maintenance::LifeWatch::open(std::move(lives)), service.lives,
            "no remaining life is told", lasting);
  start_health(request, lasting, service);  // asks the lives
  auto vibration =
      kept_in<maintenance::VibrationOptions>("maintenance/vibration", request, lasting);
  vibration.plant = service.plant;
  keep_part(maintenance::VibrationArchive::open(std::move(vibration)), service.vibration,
            "there are no vibration recordings", lasting);
  open_tables(request, lasting, service);
}

/// Telling people of alarms that nobody acknowledges, where the configuration says whom.
Result<void> start_escalation(const ServeRequest& request, Lasting& lasting, Service& service) {
  const NotifyConfig& config = request.config.notify;
  if (config.channels.empty() || service.alarms == nullptr) return {};
  MW_ASSIGN(service.outbox,
            notify::Outbox::open((plant_folder(request, lasting) / "notify.db").string()));
  notify::SenderOptions sender;
  sender.outbox = service.outbox;
  MW_ASSIGN(sender.channels, make_channels(config, lasting.clock));
  sender.clock = &lasting.clock;
  sender.log = lasting.log;
  service.sender = std::make_shared<notify::Sender>(std::move(sender));
  alarms::EscalationOptions options;
  options.steps = config.steps;
  for (const auto& [name, each] : config.channels) options.languages[name] = each.language;
  options.console_url = config.console_url;
  options.clock = &lasting.clock;
  options.log = lasting.log;
  service.escalation = std::make_shared<alarms::Escalation>(*service.alarms, *service.sender,
                                                            *service.outbox, std::move(options));
  service.escalation->start();
  return {};
}

/// How the ways to tell people do, for /metrics.
void show_channels(Service& service) {
  if (service.sender == nullptr) return;
  for (const notify::ChannelHealth& each : service.sender->health()) {
    const auto read = [sender = service.sender, name = each.name](auto pick) {
      for (const notify::ChannelHealth& now : sender->health()) {
        if (now.name == name) return static_cast<double>(pick(now));
      }
      return 0.0;
    };
    const std::string labels = server::label("channel", each.name);
    service.metrics->registry.gauge(
        "millwright_notify_waiting", "Messages that a channel could not hand over yet.",
        [read] { return read([](const auto& health) { return health.waiting; }); }, labels);
    service.metrics->registry.gauge(
        "millwright_notify_up", "1 unless the channel's last attempt failed.",
        [read] { return read([](const auto& health) { return health.problem ? 0 : 1; }); }, labels);
  }
}

/// How the ways in and out of the plant do, for /metrics.
void show_connectors(Service& service) {
  if (service.plant == nullptr) return;
  const Identity all{Identity::Kind::kService, "metrics", {{Role::kViewer, {"*"}, {}}}};
  for (const plant::ConnectorStatus& each : service.plant->connectors(all)) {
    const auto read = [plant = service.plant, all, name = each.name](auto pick) {
      for (const plant::ConnectorStatus& now : plant->connectors(all)) {
        if (now.name == name) return static_cast<double>(pick(now));
      }
      return 0.0;
    };
    const std::string labels = server::label("connector", each.name);
    server::MetricsRegistry& registry = service.metrics->plant_registry;
    registry.gauge(
        "millwright_connector_up", "1 while a way in or out of the plant is connected.",
        [read] {
          return read([](const auto& now) {
            return now.state == plant::ConnectorState::kConnected ||
                           now.state == plant::ConnectorState::kSilent
                       ? 1
                       : 0;
          });
        },
        labels);
    registry.counter_from(
        "millwright_connector_samples_total", "Samples that came or went by it.",
        [read] { return read([](const auto& now) { return now.samples; }); }, labels);
    if (!each.backlog) continue;
    registry.gauge(
        "millwright_connector_waiting", "What waits before it or in it: records, files, samples.",
        [read] { return read([](const auto& now) { return now.backlog.value_or(0); }); }, labels);
    registry.gauge(
        "millwright_connector_waiting_seconds", "Age of the oldest that waits, where known.",
        [read] {
          return read([](const auto& now) {
            const TimeNs since_ns = now.waiting_since_ns;
            return since_ns == 0 ? 0.0
                                 : static_cast<double>(SystemClock().now_ns() - since_ns) / 1e9;
          });
        },
        labels);
  }
}

Result<void> start_assistant(const ServeRequest& request, Lasting& lasting, Service& service) {
  if (service.plant == nullptr) return {};
  plant::register_tools(service.tools, *service.plant);
  if (service.health != nullptr) {
    maintenance::register_health_tools(service.tools, *service.health, *service.plant);
  }
  if (service.lives != nullptr) {
    service.tools.add(maintenance::make_life_tool(*service.lives, *service.plant));
  }
  assistant::AskOptions options;
  MW_ASSIGN(options.zone,
            zone_of_plant(request.config, *service.plant->catalogue(Identity::local_viewer())));
  options.model = request.config.default_model;
  service.reports = std::make_shared<assistant::ReportReader>(
      *service.plant, lasting.models.get(), lasting.clock,
      assistant::ReportOptions{options.zone, options.model});
  service.assistant =
      std::make_shared<assistant::Assistant>(service.tools, *service.plant, lasting.models.get(),
                                             lasting.clock, std::move(options), lasting.log);
  return {};
}

Result<void> start_models(const ServeRequest& request, Lasting& lasting) {
  MW_ASSIGN(auto store, open_store(request.flags.data));
  ModelHostOptions host;
  host.data = request.flags.data;
  host.default_model = request.config.default_model;
  host.embedding_models = request.config.embedding_models;
  host.import_folders = request.config.import_folders;
  MW_ASSIGN(host.adapters, parse_adapter_flags(request.config.adapters));
  host.threads = lasting.engine->threads;
  host.isa = lasting.engine->isa;
  host.precision.kv = request.config.kv;
  host.precision.inputs = request.config.activations;
  host.scheduler = scheduler_options(request.config);
  host.pull = pull_options_from_environment();
  lasting.models = std::make_shared<LocalModelHost>(std::move(store), std::move(host), lasting.log);
  if (!request.config.upstreams.empty()) {
    warn_of_clear_keys(request.config.upstreams, lasting.log);
    lasting.upstreams = std::make_shared<upstream::Upstreams>(
        request.config.upstreams, "millwright/" + version(), lasting.log);
  }
  return {};
}

Result<void> open_plant(const ServeRequest& request, Lasting& lasting, Service& service) {
  const auto open = [&](const Setup* setup) {
    const ServerConfig& config = request.config;
    service.ways =
        setup != nullptr
            ? PlantWays{setup->broker, setup->broker_ca_file, setup->connectors, config.feeds}
        : request.demo
            ? PlantWays{}
            : PlantWays{config.broker, config.broker_ca_file, config.connectors, config.feeds};
    const auto& data = request.flags.data;
    PlantHooks hooks{removal_record(lasting.people.audit),
                     feed_host(lasting.people.people, lasting.people.audit),
                     tellers_of(lasting.people.audit->names())};
    return setup != nullptr
               ? start_setup_plant(*setup, request.config, data, lasting.log, std::move(hooks))
               : start_plant(request.config, request.demo, data, lasting.log, std::move(hooks));
  };
  auto plant = lasting.setup->open_plant(open);
  if (plant) {
    service.plant = std::move(*plant);
  } else if (request.demo && plant.error().code == Code::kUnavailable) {
    // No broker on this machine: models and chat still serve.
    lasting.log(LogLevel::kWarning, "plant", plant.error().message.en);
  } else {
    return plant.error();
  }
  return {};
}

/// The address that was printed stays, also when the system is slow to give it back.
Result<void> start_http(const ServeRequest& request, Lasting& lasting, Service& service) {
  server::ServerOptions options = request.config.server;
  options.metrics = service.metrics;
  options.people = lasting.people.people;
  options.certificate = service.certificate;
  if (lasting.port != 0) options.port = lasting.port;
  for (int attempt = 1;; ++attempt) {
    auto started = server::HttpServer::start(options, service.api->router(), lasting.log);
    if (started) {
      service.http = std::move(*started);
      lasting.port = service.http->port();
      return {};
    }
    const bool again = lasting.port != 0 && started.error().code == Code::kConflict;
    if (!again || attempt >= kPortAttempts) return started.error();
    std::this_thread::sleep_for(std::chrono::milliseconds(250));
  }
}

}  // namespace

Result<void> begin(const ServeRequest& request, std::function<void()> restart, Lasting& lasting) {
  MW_TRY(make_private_folder(request.flags.data));
  MW_ASSIGN(lasting.folder_lock, FileLock::try_acquire(request.flags.data / "serve.lock"));
  if (!lasting.folder_lock) {
    return Error::make(Code::kConflict,
                       "another millwright serves the data folder " + request.flags.data.string() +
                           "; stop it, or give this one a folder of its own with --data",
                       "数据目录 " + request.flags.data.string() +
                           " 已被另一个 millwright 使用；请先停止它，或用 --data 指定其他目录",
                       "data");
  }
  MW_ASSIGN(lasting.people, open_people(request.flags.data, lasting.log, &request.config.people));
  MW_ASSIGN(lasting.engine, choose_engine(request.flags, Calibrate::kWhenMissing));
  lasting.log(LogLevel::kInfo, "engine", engine_text(*lasting.engine));
  if (lasting.engine->not_kept) {
    lasting.log(LogLevel::kWarning, "engine", lasting.engine->not_kept->message.en);
  }
  SetupStoreOptions setup;
  setup.data = request.flags.data;
  setup.audit = lasting.people.audit;
  setup.secrets = {lasting.people.people, &lasting.people.people->secrets()};
  setup.log = lasting.log;
  setup.fixed = why_setup_is_fixed(request.config);
  setup.demo = request.demo;
  setup.restart = std::move(restart);
  lasting.setup = std::make_shared<SetupStore>(std::move(setup));
  return start_models(request, lasting);
}

Result<void> start(const ServeRequest& request, Lasting& lasting, Service& service) {
  MW_TRY(open_plant(request, lasting, service));
  start_alarms(request, lasting, service);
  start_maintenance(request, lasting, service);
  MW_TRY(start_escalation(request, lasting, service));
  MW_TRY(start_assistant(request, lasting, service));
  service.metrics = std::make_shared<server::ServerMetrics>();
  show_channels(service);
  show_connectors(service);
  server::ApiParts parts;
  parts.models = lasting.models;
  parts.upstreams = lasting.upstreams;
  parts.asker = service.assistant;
  parts.reports = service.reports;
  parts.plant = service.plant;
  parts.alarms = service.alarms;
  parts.health = service.health;
  parts.lives = service.lives;
  parts.vibration = service.vibration;
  parts.tables = service.tables;
  parts.trainings = service.trainings;
  parts.escalation = service.escalation;
  parts.setup = lasting.setup;
  parts.system = std::make_shared<ServerFacts>(request.flags.data, *lasting.engine, lasting.models,
                                               service.plant);
  parts.metrics = service.metrics;
  if (!request.config.server.tls_certificate_file.empty()) {
    service.certificate = std::make_shared<server::ServedCertificate>();
  }
  parts.certificate = service.certificate;
  service.certificates =
      watch_certificates(request.config, service.ways, service.plant, lasting.clock, lasting.log);
  parts.certificates = service.certificates;
  parts.people = lasting.people.people;
  parts.audit = lasting.people.audit;
  if (!request.config.sign_on.empty()) {
    MW_ASSIGN(parts.sign_on, make_sign_on(request.config.sign_on, lasting.log));
  }
  parts.log = lasting.log;
  parts.responses.folder = request.flags.data / "responses";
  parts.keep_requests_ns = request.config.keep_requests_hours * kNsPerHour;
  parts.responses.keep_days = request.config.keep_responses_days;
  service.api = std::make_unique<server::Api>(std::move(parts));
  return start_http(request, lasting, service);
}

}  // namespace mw::app
