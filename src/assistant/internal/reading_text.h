#pragma once

#include <string>

#include "assistant/internal/plan.h"
#include "core/language.h"
#include "core/time_zone.h"

namespace mw::assistant {

/// What a plan would look up, as a choice for the asker: "mean, minimum and maximum of the spindle
/// temperature of CNC-2, from 10:10 to 10:20 CET".
std::string reading_text(const Plan& plan, Language language, const TimeZone& zone, TimeNs now);

}  // namespace mw::assistant
