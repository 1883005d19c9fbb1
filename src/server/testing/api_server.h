#pragma once

#include <memory>
#include <string>

#include "server/api.h"
#include "server/http_server.h"
#include "server/testing/fakes.h"
#include "server/testing/test_client.h"

namespace mw::server::testing {

/// The whole API over a real socket, with fakes behind it.
struct ApiServer {
  std::shared_ptr<FakeModelHost> models = std::make_shared<FakeModelHost>();
  std::shared_ptr<FakeAsker> asker = std::make_shared<FakeAsker>();
  std::shared_ptr<FakePlant> plant = std::make_shared<FakePlant>();
  std::shared_ptr<FixedClock> clock = std::make_shared<FixedClock>(1'700'000'000 * kNsPerSecond);
  std::shared_ptr<ServerMetrics> metrics = std::make_shared<ServerMetrics>();
  std::shared_ptr<upstream::Upstreams> upstreams;
  std::unique_ptr<Api> api;
  std::unique_ptr<HttpServer> server;

  explicit ApiServer(ServerOptions options = {}, bool with_parts = true, int answers = 320,
                     std::vector<upstream::UpstreamOptions> upstream_options = {},
                     std::shared_ptr<security::AuditLog> audit = nullptr,
                     std::shared_ptr<const SingleSignOn> sign_on = nullptr) {
    ApiParts parts;
    parts.sign_on = std::move(sign_on);
    parts.audit = std::move(audit);
    parts.metrics = metrics;
    parts.people = options.people;
    parts.clock = clock;
    parts.answers_per_client = answers;
    if (!upstream_options.empty()) {
      upstreams =
          std::make_shared<upstream::Upstreams>(std::move(upstream_options), "test", no_log());
      parts.upstreams = upstreams;
    }
    if (with_parts) {
      parts.models = models;
      parts.asker = asker;
      parts.plant = plant;
      parts.system = std::make_shared<FakeSystemInfo>();
    }
    api = std::make_unique<Api>(std::move(parts));
    if (options.port == ServerOptions().port) options.port = 0;
    options.metrics = metrics;
    auto started = HttpServer::start(std::move(options), api->router(), no_log());
    MW_CHECK(started.has_value());
    server = std::move(*started);
  }
  uint16_t port() const { return server->port(); }
  FakeGenerator& generator() const { return *models->generator; }
  void script(std::vector<FakeGenerator::Script> scripts) const {
    models->generator->set_scripts(std::move(scripts));
  }
};

/// The parsed body; null when it is not JSON.
inline Json body_of(const std::optional<SeenResponse>& response) {
  if (!response) return {};
  return parse_json(response->body).value_or(Json());
}

}  // namespace mw::server::testing
