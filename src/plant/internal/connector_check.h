#pragma once

#include <vector>

#include "core/result.h"
#include "plant/catalogue.h"
#include "plant/connector_options.h"

namespace mw::plant {

/// What is wrong between connectors: a name that is taken or no identifier, a tag that two bring.
/// What is wrong within one, its start tells.
Result<void> check_connectors(const std::vector<ConnectorOptions>& connectors,
                              const Catalogue& catalogue);

}  // namespace mw::plant
