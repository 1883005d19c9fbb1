#include "apps/millwright/watched_certificates.h"

#include <algorithm>
#include <set>
#include <utility>

namespace mw::app {
namespace {

using certificates::Greeting;
using certificates::Peer;
using certificates::Use;
using certificates::Watched;

class Collected {
 public:
  /// Passed over where `address` has no TLS, or is none: who uses it says so.
  void add(const Use& use, const std::string& address, std::string_view scheme, uint16_t port,
           const std::string& ca_file, Greeting greeting = Greeting::kNone) {
    if (!address.starts_with(scheme)) return;
    auto peer = certificates::peer_at(address, port);
    if (!peer) return;
    peer->ca_file = ca_file;
    peer->greeting = greeting;
    all_.push_back({use, std::move(*peer)});
  }
  void add_mqtt(const Use& use, const std::string& address, const std::string& ca_file) {
    add(use, address, "ssl://", 8883, ca_file);
  }
  void add_kafka(const Use& use, const kafka::Server& server) {
    if (!server.tls) return;
    for (std::size_t at = 0; at <= server.address.size();) {
      const std::size_t comma = std::min(server.address.find(',', at), server.address.size());
      add(use, server.address.substr(at, comma - at), "", 9092, server.ca_file);
      at = comma + 1;
    }
  }
  std::vector<Watched> take() { return std::move(all_); }

 private:
  std::vector<Watched> all_;
};

void add_plant(const PlantWays& ways, Collected& all) {
  all.add_mqtt({"broker", "broker"}, ways.broker, ways.broker_ca_file);
  for (const plant::ConnectorOptions& each : ways.connectors) {
    if (const auto* sparkplug = std::get_if<plant::SparkplugOptions>(&each)) {
      all.add_mqtt({"connector", sparkplug->name}, sparkplug->broker, sparkplug->ca_file);
    } else if (const auto* kafka = std::get_if<plant::KafkaOptions>(&each)) {
      all.add_kafka({"connector", kafka->name}, kafka->server);
    }
  }
  for (const plant::FeedOptions& each : ways.feeds) {
    if (const auto* sparkplug = std::get_if<plant::SparkplugFeed>(&each.to)) {
      all.add_mqtt({"feed", each.name}, sparkplug->broker, sparkplug->ca_file);
    } else if (const auto* kafka = std::get_if<plant::KafkaFeed>(&each.to)) {
      all.add_kafka({"feed", each.name}, kafka->server);
    }
  }
}

/// Where the URL asks that encryption be there ("require", "verify-ca", "verify-full").
void add_store(const std::string& url, Collected& all) {
  const bool asks = url.find("sslmode=require") != std::string::npos ||
                    url.find("sslmode=verify-") != std::string::npos;
  if (asks) all.add({"store", "PostgreSQL"}, url, "postgres", 5432, {}, Greeting::kPostgres);
}

void add_channels(const NotifyConfig& config, Collected& all) {
  for (const auto& [name, channel] : config.channels) {
    const Use use{"channel", name};
    if (const auto* email = std::get_if<notify::EmailOptions>(&channel.options)) {
      all.add(use, email->server, "smtps://", 465, email->ca_file);
      if (email->require_tls) {
        all.add(use, email->server, "smtp://", 25, email->ca_file, Greeting::kSmtp);
      }
    } else if (const auto* hook = std::get_if<notify::WebhookOptions>(&channel.options)) {
      all.add(use, hook->url, "https://", 443, hook->ca_file);
    } else if (const auto* mqtt = std::get_if<notify::MqttChannelOptions>(&channel.options)) {
      all.add_mqtt(use, mqtt->broker, mqtt->ca_file);
    }
  }
}

std::set<std::string> secure_opcua(const PlantWays& ways) {
  std::set<std::string> out;
  for (const plant::ConnectorOptions& each : ways.connectors) {
    const auto* opcua = std::get_if<plant::OpcuaOptions>(&each);
    if (opcua == nullptr || opcua->security == plant::OpcuaSecurity::kNone) continue;
    out.insert(opcua->name);
  }
  return out;
}

/// What OPC UA connectors say of theirs, as the watch says it of the others.
std::vector<certificates::WatchedStatus> seen_by_connectors(const plant::Plant& plant,
                                                            const std::set<std::string>& names) {
  const Identity all{Identity::Kind::kService, "certificates", {{Role::kViewer, {"*"}, {}}}};
  std::vector<certificates::WatchedStatus> out;
  for (const plant::ConnectorStatus& each : plant.connectors(all)) {
    if (!names.contains(each.name)) continue;
    certificates::WatchedStatus status{{"connector", each.name}, each.address, {}, 0, {}};
    if (each.certificate_expires_ns) {
      status.certificate.emplace();
      status.certificate->until_ns = *each.certificate_expires_ns;
    }
    out.push_back(std::move(status));
  }
  return out;
}

}  // namespace

std::vector<Watched> watched_certificates(const ServerConfig& config, const PlantWays& ways) {
  Collected all;
  add_plant(ways, all);
  add_store(config.store, all);
  all.add({"sign_on", config.sign_on.name}, config.sign_on.provider.issuer, "https://", 443,
          config.sign_on.provider.ca_file);
  add_channels(config.notify, all);
  for (const upstream::UpstreamOptions& each : config.upstreams) {
    for (const hub::Url& replica : each.replicas) {
      all.add({"upstream", each.name}, replica.text(), "https://", 443, each.ca_file);
    }
  }
  return all.take();
}

std::shared_ptr<const certificates::CertificateWatch> watch_certificates(
    const ServerConfig& config, const PlantWays& ways, const std::shared_ptr<plant::Plant>& plant,
    const Clock& clock, LogSink log) {
  certificates::WatchOptions options;
  options.watched = watched_certificates(config, ways);
  options.clock = &clock;
  options.log = std::move(log);
  // Weakly: whoever asks must not keep a plant that shall end.
  const std::weak_ptr<plant::Plant> of = plant;
  options.seen_by_others = [of, names = secure_opcua(ways)] {
    const auto now = names.empty() ? nullptr : of.lock();
    return now == nullptr ? std::vector<certificates::WatchedStatus>()
                          : seen_by_connectors(*now, names);
  };
  options.on_seen = [of](const Use& use, TimeNs until_ns) {
    const bool is_way = use.kind == "broker" || use.kind == "connector" || use.kind == "feed";
    const auto now = is_way ? of.lock() : nullptr;
    if (now != nullptr) now->set_certificate_expiry(use.name, until_ns);
  };
  return std::make_shared<const certificates::CertificateWatch>(std::move(options));
}

}  // namespace mw::app
