#pragma once

#include "alarms/alarms.h"
#include "alarms/escalation.h"
#include "alarms/rule_preview.h"
#include "core/json.h"
#include "plant/catalogue.h"

namespace mw::server {

/// Alarm, AlarmLoad, AlarmList and AlarmEntry of the schemas; names are those of `catalogue`.
Json to_json(const alarms::AlarmView& view, const plant::Catalogue& catalogue);
Json to_json(const alarms::AlarmLoad& load);
/// With what its rule is called and looks at now, where there still is one that who asks may see.
Json to_json(const alarms::Entry& entry, const alarms::AlarmView* rule,
             const plant::Catalogue& catalogue);
/// AlarmRule with its revision, and AlarmRulePreview.
Json rule_json(const alarms::AlarmRule& rule);
Json to_json(const alarms::RulePreview& preview);
/// AlarmMessages: who is told when nobody acknowledges, whether that works, and what became of it.
Result<Json> messages_json(const alarms::Escalation& escalation, const Identity& who);
/// Those that are not normal, or all, with the load and what `who` may do.
Json alarms_json(const alarms::Alarms& alarms, const Identity& who,
                 const plant::Catalogue& catalogue, bool all);

}  // namespace mw::server
