#pragma once

#include <string>
#include <string_view>

#include "core/result.h"
#include "maintenance/bearing/bearing_names.h"
#include "maintenance/signal/severity.h"

namespace mw::maintenance {

// What a person says of a machine beside a recording of it, on a command line or in a query.
// Errors   kInvalidArgument, with the name of the parameter and what is expected.

/// "9,0.3126,1.537[,15]": elements, their diameter, the pitch diameter, the contact angle.
Result<BearingGeometry> bearing_of_text(std::string_view text);
/// "3.585,5.415,2.357,0.398": BPFO, BPFI, BSF, FTF, in multiples of the shaft's speed.
Result<BearingOrders> orders_of_text(std::string_view text);

std::string_view group_name(MachineGroup group);  // "medium-rigid"
Result<MachineGroup> group_of_text(std::string_view text);

}  // namespace mw::maintenance
