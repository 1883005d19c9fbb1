#pragma once

#include <string>

#include "apps/millwright/table_reader.h"
#include "apps/millwright/toml.h"
#include "core/result.h"
#include "plant/connector_options.h"

namespace mw::app {

/// One [[connector]] of a configuration (docs/ops/connectors.md). Whether its tags exist, the plant
/// tells when it opens.
Result<plant::ConnectorOptions> read_connector(const toml::table& table, const std::string& file);
/// The same of whatever document. JSON cannot name files or devices of this machine.
Result<plant::ConnectorOptions> read_connector(const toml::table& table, const TablePlace& place);
/// `address`, `tls`, `sasl` and so on of a Kafka cluster, checked.
Result<kafka::Server> read_kafka_server(TableReader& reader, const TablePlace& place);
/// A topic of the broker that is not one of ours.
Result<plant::TopicValue> read_topic(const toml::table& table, const TablePlace& place);

}  // namespace mw::app
