#pragma once

#include <string_view>

namespace mw::plant {

/// Whether events of `kind`, in their teller's words, are what somebody calls `asked`: the kind has
/// each word of it, whatever number and capitals ("Corrective Work Orders" of "corrective work
/// order"), and the usual words of maintenance in either language ("预防性工单" of "preventive work
/// order"). Of other Chinese words the very characters.
bool kind_is(std::string_view kind, std::string_view asked);

}  // namespace mw::plant
