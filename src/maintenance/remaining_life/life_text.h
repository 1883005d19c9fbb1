#pragma once

#include <string>

#include "core/language.h"
#include "maintenance/remaining_life.h"

namespace mw::maintenance {

/// The answer in a sentence. `foreign`: its settings were never seen, not only its sensors' values.
Text life_text(const LifeAnswer& answer, bool foreign, const std::string& time_name);

}  // namespace mw::maintenance
