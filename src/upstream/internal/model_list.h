#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"

namespace mw::upstream {

/// The ids of a GET /v1/models: at most 1000, each of 1 to 256 printable characters; others are
/// left out. Errors: kCorrupt when it is no such list.
Result<std::vector<std::string>> parse_model_list(std::string_view body);

}  // namespace mw::upstream
