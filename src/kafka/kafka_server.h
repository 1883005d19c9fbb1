#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/language.h"
#include "core/result.h"

namespace mw::kafka {

/// How the brokers are to know us; none: by nothing, or by the network they are in.
enum class Sasl { kNone, kPlain, kScramSha256, kScramSha512 };

/// "plain", "scram_sha256", "scram_sha512".
std::optional<Sasl> sasl_of(std::string_view word);

/// Brokers of one Kafka cluster: some of them, which name the others.
struct Server {
  std::string address = {};  // "kafka-1:9092,kafka-2:9092"
  bool tls = false;          // of their certificates and names; there is no way to leave that out
  std::string ca_file = {};  // with tls; the system's certificates when empty
  Sasl sasl = Sasl::kNone;
  std::string user = {}, password = {};  // with sasl
};

/// Errors  kInvalidArgument, whose `param` is the key that is wrong: "address", "ca_file", "user".
Result<void> check_server(const Server& server);

/// What Kafka allows as the name of a topic: 1 to 249 of letters, digits, '.', '_', '-'.
bool is_topic(std::string_view name);

/// How the link to the brokers stands.
struct LinkState {
  bool up = false;
  Text problem;                 // why not, as far as it is known; empty while it is up,
                                // and before anything is known
  std::optional<uint64_t> lag;  // of a consumer: records there that it has not acknowledged
};

}  // namespace mw::kafka
