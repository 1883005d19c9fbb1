#pragma once

#include <functional>
#include <string>
#include <variant>
#include <vector>

#include "core/identity.h"
#include "core/result.h"
#include "kafka/kafka_server.h"
#include "plant/catalogue.h"

namespace mw::plant {

/// Samples as records of a Kafka topic (docs/formats/feed.md).
struct KafkaFeed {
  kafka::Server server;
  std::string topic;
};

/// Samples as metrics of a Sparkplug B edge node whose devices are machines (ADR 0113).
struct SparkplugFeed {
  std::string broker;  // "tcp://10.0.0.5:1883", "ssl://..."
  std::string user, password, ca_file;
  std::string group, edge;   // who we are
  std::string primary_host;  // whose state is waited for before anything is published; empty: none
};

/// Samples that go out: of which tags, under whose rights, to where (docs/guide/kafka.md).
struct FeedOptions {
  std::string name;
  std::vector<std::string> tags;  // ids with * for any characters: "press-*/oil*"
  std::string as;                 // the service key whose rights hold: what it may not see stays
  bool from_start = false;        // of a feed or tag that is new: all that the store has
  std::variant<KafkaFeed, SparkplugFeed> to;
};

/// What matters of a feed, for the audit log.
struct FeedDecision {
  std::string feed, as;
  bool allowed = false;
  std::string detail;
};

/// What a feed asks of the program around it.
struct FeedHost {
  /// Who `as` is at present. Errors: there is no such key, or it is revoked or over.
  std::function<Result<Identity>(const std::string& as)> identity_of;
  /// Must put it on record: an error, and nothing goes out.
  std::function<Result<void>(const FeedDecision& decision)> record;
};

/// Errors  kInvalidArgument with `param` such as "feed[1].tags[0]": a name that is taken or no
///         identifier, a pattern that no tag matches, brokers or a topic that can be none.
/// `taken`  names of connectors.
Result<void> check_feeds(const std::vector<FeedOptions>& feeds, const Catalogue& catalogue,
                         std::vector<std::string> taken);

}  // namespace mw::plant
