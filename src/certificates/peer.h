#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace mw::certificates {

/// What is said before TLS begins.
enum class Greeting {
  kNone,      // TLS from the first byte: HTTPS, SMTPS, MQTT and Kafka over TLS
  kSmtp,      // EHLO and STARTTLS (RFC 3207)
  kPostgres,  // PostgreSQL's request for encryption
};

/// Somebody who proves by a certificate who they are.
struct Peer {
  std::string host;  // a name or an address; IPv6 without its brackets
  uint16_t port = 0;
  Greeting greeting = Greeting::kNone;
  std::string ca_file;  // PEM, beside the system's certificates; may be empty

  /// "kafka-1:9093", "[fe80::1]:9093".
  std::string address() const;
};

/// Host and port of "ssl://broker:8883", "https://[::1]/path", "kafka-1:9093". What stands in front
/// of an '@' is left out. Nothing where there is no host, no port that is one, or neither a port
/// nor `default_port`.
std::optional<Peer> peer_at(std::string_view address, uint16_t default_port = 0);

}  // namespace mw::certificates
