#pragma once

#include <memory>
#include <string>
#include <vector>

#include "apps/millwright/server_config.h"
#include "certificates/certificate_watch.h"
#include "plant/plant.h"

namespace mw::app {

/// The ways of a plant to others: what config.toml says, or plant_setup.json.
struct PlantWays {
  std::string broker;
  std::string broker_ca_file;
  std::vector<plant::ConnectorOptions> connectors;
  std::vector<plant::FeedOptions> feeds;
};

/// All who show us a certificate: brokers, database, identity provider, mail servers and webhooks,
/// models of other servers. OPC UA servers are left out, since their connectors tell.
std::vector<certificates::Watched> watched_certificates(const ServerConfig& config,
                                                        const PlantWays& ways);

/// Watches them; the connectors of `plant` (may be null) are told, and tell of OPC UA's.
std::shared_ptr<const certificates::CertificateWatch> watch_certificates(
    const ServerConfig& config, const PlantWays& ways, const std::shared_ptr<plant::Plant>& plant,
    const Clock& clock, LogSink log);

}  // namespace mw::app
