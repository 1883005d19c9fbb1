#pragma once

#include <string>

#include "core/result.h"

namespace mw::security {

/// From the system's random generator, fit for keys. Errors: kInternal.
Result<std::string> random_bytes(std::size_t count);

}  // namespace mw::security
