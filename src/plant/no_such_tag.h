#pragma once

#include <string_view>

#include "core/error.h"

namespace mw::plant {

/// For a tag that does not exist and for one that the asker may not see: nobody can tell which.
Error no_such_tag(std::string_view tag);

}  // namespace mw::plant
