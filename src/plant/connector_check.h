#pragma once

#include <vector>

#include "core/result.h"
#include "plant/catalogue.h"
#include "plant/connector_options.h"

namespace mw::plant {

/// What of the ways in does not fit the plant or each other: a name that is taken or no identifier,
/// a tag that is not there or that two bring, another unit, states that the machine does not have.
/// Errors  `param` says where: "connector[1].register[4]", "topic[0].tag".
Result<void> check_connectors(const std::vector<ConnectorOptions>& connectors,
                              const std::vector<TopicValue>& topics, const Catalogue& catalogue);

}  // namespace mw::plant
