#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/evidence.h"
#include "core/result.h"
#include "plant/connector_history.h"
#include "plant/plant_record.h"

namespace mw::plant {

inline constexpr std::string_view kConnectorRecords = "connector";  // their PlantRecord::kind

/// The first moment of the minute, or of whatever is `step_ns` long, that holds a time.
TimeNs floor_to(TimeNs ts_ns, int64_t step_ns);

/// Two of the same stretch as one: the worst state, sums, the greatest backlog, the later clock.
ConnectorMinute put_together(const ConnectorMinute& before, const ConnectorMinute& after);

/// Of one connector, ascending, within one hour: as the store keeps them
/// (docs/formats/plant_db.md).
PlantRecord record_of(const std::string& connector, const std::vector<ConnectorMinute>& minutes);
/// Errors: kCorrupt.
Result<std::vector<ConnectorMinute>> minutes_of(const PlantRecord& record);

/// In at most `max_points` stretches of equal length, a round one.
ConnectorHistory in_points(const std::vector<ConnectorMinute>& minutes, TimeWindow window,
                           int max_points);

}  // namespace mw::plant
