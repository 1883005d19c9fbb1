#pragma once

#include "alarms/alarms.h"
#include "core/language.h"
#include "notify/channel.h"

namespace mw::alarms {

/// What somebody who is not looking is told of an alarm that nobody has acknowledged: what, since
/// when, the value when this was written, and what the rule says about cause and response.
/// `console_url`: where to look; empty: no link.
notify::Message message_of_alarm(const AlarmView& view, Language language, TimeNs now_ns,
                                 const std::string& console_url);

/// That it is over: who acknowledged it, or that it went by itself. `last`: what ended it.
notify::Message message_of_end(const AlarmView& view, const std::optional<Entry>& last,
                               Language language, TimeNs now_ns);

}  // namespace mw::alarms
