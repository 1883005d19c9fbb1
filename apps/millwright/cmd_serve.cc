#include <pthread.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <thread>

#include "apps/millwright/adapter_flag.h"
#include "apps/millwright/commands.h"
#include "apps/millwright/service.h"
#include "apps/millwright/upstream_config.h"
#include "core/file.h"
#include "core/usable_cores.h"

namespace mw::app {
namespace {

constexpr int kLettingGoSteps = 200;  // 50 ms each

/// Signals that end the server are waited for by one thread; blocked before any other starts.
/// SIGUSR1 is our own: the plant shall start anew.
sigset_t block_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGUSR1);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  return signals;
}

Result<void> note(const Lasting& lasting, const Service& service, const char* action) {
  return lasting.people.audit->record({"service:millwright", "", action, service.http->url()});
}

void tell_ready(CommandLine& line, const ServeRequest& request, const Lasting& lasting,
                const Service& service, const Json& address) {
  if (line.json()) {
    print_json(address);
  } else {
    std::printf("Millwright is ready: %s\n", service.http->url().c_str());
    if (request.demo && service.plant != nullptr && lasting.setup->shows_demo()) {
      std::printf("The plant shown is simulated.\n");
    }
  }
  std::fflush(stdout);
}

/// Ends it. What its answers still hold of the plant has to be let go before another can be opened.
void end(const Lasting& lasting, std::unique_ptr<Service> service) {
  service->http->stop();
  const std::weak_ptr<plant::Plant> plant = service->plant;
  service.reset();
  for (int i = 0; i < kLettingGoSteps && !plant.expired(); ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  if (!plant.expired()) {
    lasting.log(LogLevel::kError, "serve", "an answer does not let go of the plant");
  }
}

int serve(CommandLine& line, const ServeRequest& request) {
  const sigset_t signals = block_signals();
  Lasting lasting;
  lasting.log = stderr_log(LogLevel::kInfo);
  const auto begun = begin(
      request, [] { ::kill(::getpid(), SIGUSR1); }, lasting);
  if (!begun) return fail(line, begun.error());
  // Where `millwright ask` finds us.
  const auto address_file = request.flags.data / "server.json";
  int signal = SIGUSR1;
  for (bool first = true; signal == SIGUSR1; first = false) {
    auto service = std::make_unique<Service>();
    if (const auto started = start(request, lasting, *service); !started) {
      return fail(line, started.error());
    }
    const char* began = first ? "server.start" : "server.restart";
    if (const auto noted = note(lasting, *service, began); !noted) {
      return fail(line, noted.error());
    }
    const Json address{{"url", service->http->url()}, {"pid", ::getpid()}};
    if (const auto written = write_file_atomically(address_file, to_text(address)); !written) {
      lasting.log(LogLevel::kWarning, "serve", written.error().message.en);
    }
    if (first) tell_ready(line, request, lasting, *service, address);
    do {
      sigwait(&signals, &signal);
    } while (signal == SIGUSR1 && !lasting.setup->restarting());
    lasting.log(LogLevel::kInfo, "serve", signal == SIGUSR1 ? "the plant starts anew" : "stopping");
    if (signal != SIGUSR1) {
      service->http->stop();
      std::error_code ignored;
      std::filesystem::remove(address_file, ignored);
      if (const auto noted = note(lasting, *service, "server.stop"); !noted) {
        return fail(line, noted.error());
      }
    }
    end(lasting, std::move(service));
  }
  return 0;
}

}  // namespace

int cmd_serve(CommandLine& line) {
  line.describe("Runs the server: console, OpenAI's API, the plant and its assistant.");
  ServeRequest request;
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
