#pragma once

#include <string>
#include <string_view>

#include "core/result.h"

namespace mw::plant {

/// The unit that a common code of UNECE Recommendation 20 stands for, as we show it: "CEL" is
/// "degC", "C16" is "mm/s". Codes of quantities that machines report; "C62" (one) shows nothing.
/// Errors  kInvalidArgument on `where` for a code that is not known, with those that are.
Result<std::string> unit_of_code(std::string_view code, const std::string& where);

}  // namespace mw::plant
