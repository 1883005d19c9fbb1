#include <pthread.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <optional>

#include "alarms/alarms.h"
#include "apps/millwright/adapter_flag.h"
#include "apps/millwright/commands.h"
#include "apps/millwright/engine_choice.h"
#include "apps/millwright/local_model_host.h"
#include "apps/millwright/people_store.h"
#include "apps/millwright/plant_service.h"
#include "apps/millwright/server_config.h"
#include "apps/millwright/server_facts.h"
#include "apps/millwright/upstream_config.h"
#include "assistant/assistant.h"
#include "core/file.h"
#include "core/file_lock.h"
#include "core/usable_cores.h"
#include "plant/plant_tools.h"
#include "server/api.h"
#include "server/http_server.h"

namespace mw::app {
namespace {

struct Request {
  EngineFlags flags;
  ServerConfig config;
  bool demo = false;
};

/// Signals that end the server are waited for by one thread; blocked before any other starts.
sigset_t block_end_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  return signals;
}

/// Everything that runs while the server does, in the order in which it starts and the reverse of
/// the one in which it ends.
struct Service {
  std::optional<FileLock> folder_lock;
  PeopleStore people;
  LogSink log;
  SystemClock clock;
  std::shared_ptr<plant::Plant> plant;
  std::shared_ptr<alarms::Alarms> alarms;  // follow the plant
  std::shared_ptr<notify::Outbox> outbox;
  std::shared_ptr<notify::Sender> sender;
  std::shared_ptr<alarms::Escalation> escalation;
  std::shared_ptr<LocalModelHost> models;
  std::shared_ptr<upstream::Upstreams> upstreams;
  ToolRegistry tools;
  std::shared_ptr<assistant::Assistant> assistant;
  std::shared_ptr<server::ServerMetrics> metrics;
  std::shared_ptr<server::ServedCertificate> certificate;  // with TLS
  std::unique_ptr<server::Api> api;
  std::unique_ptr<server::HttpServer> http;
};

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

/// Without a journal there are no alarms, but everything else: a full disk must not take the plant
/// from sight.
void start_alarms(const Request& request, Service& service) {
  if (service.plant == nullptr) return;
  const Identity all{Identity::Kind::kService, "serve", {}, {"*"}, {}};
  alarms::AlarmOptions options;
  options.path = (request.flags.data / "alarms.db").string();
  options.catalogue = service.plant->catalogue(all);
  options.clock = &service.clock;
  options.log = service.log;
  options.audit = service.people.audit;
  auto alarms = alarms::Alarms::open(std::move(options));
  if (!alarms) {
    service.log(LogLevel::kError, "alarms", "there are none: " + alarms.error().message.en);
    return;
  }
  service.alarms = std::move(*alarms);
  service.alarms->watch(*service.plant);
}

/// Telling people of alarms that nobody acknowledges, where the configuration says whom.
Result<void> start_escalation(const Request& request, Service& service) {
  const NotifyConfig& config = request.config.notify;
  if (config.channels.empty() || service.alarms == nullptr) return {};
  MW_ASSIGN(service.outbox, notify::Outbox::open((request.flags.data / "notify.db").string()));
  notify::SenderOptions sender;
  sender.outbox = service.outbox;
  MW_ASSIGN(sender.channels, make_channels(config, service.clock));
  sender.clock = &service.clock;
  sender.log = service.log;
  service.sender = std::make_shared<notify::Sender>(std::move(sender));
  alarms::EscalationOptions options;
  options.steps = config.steps;
  for (const auto& [name, each] : config.channels) options.languages[name] = each.language;
  options.console_url = config.console_url;
  options.clock = &service.clock;
  options.log = service.log;
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

Result<void> start_assistant(const Request& request, Service& service) {
  if (service.plant == nullptr) return {};
  plant::register_tools(service.tools, *service.plant);
  assistant::AskOptions options;
  MW_ASSIGN(options.zone,
            zone_of_plant(request.config, *service.plant->catalogue(Identity::local_viewer())));
  options.model = request.config.default_model;
  service.assistant =
      std::make_shared<assistant::Assistant>(service.tools, *service.plant, service.models.get(),
                                             service.clock, std::move(options), service.log);
  return {};
}

Result<void> start(const Request& request, Service& service) {
  MW_TRY(make_private_folder(request.flags.data));
  MW_ASSIGN(service.folder_lock, FileLock::try_acquire(request.flags.data / "serve.lock"));
  if (!service.folder_lock) {
    return Error::make(Code::kConflict,
                       "another millwright serves the data folder " + request.flags.data.string() +
                           "; stop it, or give this one a folder of its own with --data",
                       "数据目录 " + request.flags.data.string() +
                           " 已被另一个 millwright 使用；请先停止它，或用 --data 指定其他目录",
                       "data");
  }
  MW_ASSIGN(service.people, open_people(request.flags.data, service.log, &request.config.people));
  MW_ASSIGN(const Engine engine, choose_engine(request.flags, Calibrate::kWhenMissing));
  service.log(LogLevel::kInfo, "engine", engine_text(engine));
  if (engine.not_kept) service.log(LogLevel::kWarning, "engine", engine.not_kept->message.en);
  auto plant = start_plant(request.config, request.demo, request.flags.data, service.log,
                           removal_record(service.people.audit));
  if (plant) {
    service.plant = std::move(*plant);
  } else if (request.demo && plant.error().code == Code::kUnavailable) {
    // No broker on this machine: models and chat still serve.
    service.log(LogLevel::kWarning, "plant", plant.error().message.en);
  } else {
    return plant.error();
  }

  MW_ASSIGN(auto store, open_store(request.flags.data));
  ModelHostOptions host;
  host.data = request.flags.data;
  host.default_model = request.config.default_model;
  host.embedding_models = request.config.embedding_models;
  MW_ASSIGN(host.adapters, parse_adapter_flags(request.config.adapters));
  host.threads = engine.threads;
  host.isa = engine.isa;
  host.precision.eight_bit_kv = request.config.eight_bit_kv;
  host.scheduler = scheduler_options(request.config);
  host.pull = pull_options_from_environment();
  service.models = std::make_shared<LocalModelHost>(std::move(store), std::move(host), service.log);
  if (!request.config.upstreams.empty()) {
    warn_of_clear_keys(request.config.upstreams, service.log);
    service.upstreams = std::make_shared<upstream::Upstreams>(
        request.config.upstreams, "millwright/" + version(), service.log);
  }
  start_alarms(request, service);
  MW_TRY(start_escalation(request, service));
  MW_TRY(start_assistant(request, service));

  service.metrics = std::make_shared<server::ServerMetrics>();
  show_channels(service);
  server::ApiParts parts;
  parts.models = service.models;
  parts.upstreams = service.upstreams;
  parts.asker = service.assistant;
  parts.plant = service.plant;
  parts.alarms = service.alarms;
  parts.escalation = service.escalation;
  parts.system =
      std::make_shared<ServerFacts>(request.flags.data, engine, service.models, service.plant);
  parts.metrics = service.metrics;
  if (!request.config.server.tls_certificate_file.empty()) {
    service.certificate = std::make_shared<server::ServedCertificate>();
  }
  parts.certificate = service.certificate;
  parts.people = service.people.people;
  parts.audit = service.people.audit;
  if (!request.config.sign_on.empty()) {
    MW_ASSIGN(parts.sign_on, make_sign_on(request.config.sign_on, service.log));
  }
  parts.log = service.log;
  parts.responses.folder = request.flags.data / "responses";
  parts.responses.keep_days = request.config.keep_responses_days;
  service.api = std::make_unique<server::Api>(std::move(parts));
  server::ServerOptions options = request.config.server;
  options.metrics = service.metrics;
  options.people = service.people.people;
  options.certificate = service.certificate;
  MW_ASSIGN(service.http,
            server::HttpServer::start(std::move(options), service.api->router(), service.log));
  return {};
}

int serve(CommandLine& line, const Request& request) {
  const sigset_t signals = block_end_signals();
  Service service;
  service.log = stderr_log(LogLevel::kInfo);
  if (const auto started = start(request, service); !started) return fail(line, started.error());

  const auto note = [&](const char* action) {
    return service.people.audit->record({"service:millwright", "", action, service.http->url()});
  };
  if (const auto noted = note("server.start"); !noted) return fail(line, noted.error());
  // Where `millwright ask` finds us.
  const auto address_file = request.flags.data / "server.json";
  const Json address{{"url", service.http->url()}, {"pid", ::getpid()}};
  if (const auto written = write_file_atomically(address_file, to_text(address)); !written) {
    service.log(LogLevel::kWarning, "serve", written.error().message.en);
  }
  if (line.json()) {
    print_json(address);
  } else {
    std::printf("Millwright is ready: %s\n", service.http->url().c_str());
    if (request.demo && service.plant != nullptr) {
      std::printf("The plant shown is simulated.\n");
    }
  }
  std::fflush(stdout);

  int signal = 0;
  sigwait(&signals, &signal);
  service.log(LogLevel::kInfo, "serve", "stopping");
  service.http->stop();
  std::error_code ignored;
  std::filesystem::remove(address_file, ignored);
  if (const auto noted = note("server.stop"); !noted) return fail(line, noted.error());
  return 0;
}

}  // namespace

int cmd_serve(CommandLine& line) {
  line.describe("Runs the server: console, OpenAI's API, the plant and its assistant.");
  Request request;
  request.flags = engine_flags(line);
  const auto config =
      line.maybe_option("config", "FILE", "default: config.toml in the data folder");
  const auto listen = line.maybe_option("listen", "ADDR:PORT", "default: 127.0.0.1:8080");
  const std::vector<std::string> adapters = adapter_flags(line);
  const auto upstreams = line.options(
      "upstream", "NAME=URL",
      "models of another server with OpenAI's API, such as cluster=https://host:8000/v1, as "
      "cluster/MODEL; again with the same name: its next replica");
  request.demo = line.flag("demo", "start a simulated plant with a broker of its own");
  if (const auto status = line.finish()) return *status;

  const auto file = config ? std::filesystem::path(*config) : request.flags.data / "config.toml";
  request.config.default_model = hub::kDefaultModel;
  std::error_code problem;
  if (config || std::filesystem::exists(file, problem)) {
    auto read = read_server_config(file);
    if (!read) return fail(line, read.error());
    request.config = std::move(*read);
  }
  request.config.adapters.insert(request.config.adapters.end(), adapters.begin(), adapters.end());
  auto& known = request.config.upstreams;
  if (const auto added = add_upstreams(upstreams, known); !added) return fail(line, added.error());
  if (const auto checked = check_upstreams(known); !checked) return fail(line, checked.error());
  if (listen) {
    if (const auto parsed = parse_listen(*listen, request.config.server); !parsed) {
      return fail(line, parsed.error());
    }
  }
  if (request.config.threads > 0) {
    const int most = request.flags.threads > 0 ? request.flags.threads : usable_cores();
    request.flags.threads = std::min(most, request.config.threads);
  }
  return serve(line, request);
}

}  // namespace mw::app
