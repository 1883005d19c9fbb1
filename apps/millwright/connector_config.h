#pragma once

#include <string>

#include "apps/millwright/toml.h"
#include "core/result.h"
#include "plant/connector_options.h"

namespace mw::app {

/// One [[connector]] of a configuration (docs/ops/connectors.md). Whether its tags exist, the plant
/// tells when it opens.
Result<plant::ConnectorOptions> read_connector(const toml::table& table, const std::string& file);

}  // namespace mw::app
