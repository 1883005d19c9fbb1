#pragma once

#include "core/json.h"
#include "plant/plant.h"

namespace mw::server {

Json to_json(const Text& text);
Json to_json(const plant::BrokerStatus& broker);
Json to_json(const plant::ConnectorStatus& connector);
Json connectors_json(const plant::Snapshot& snapshot);
/// GET /api/plant.
Json plant_json(const plant::Snapshot& snapshot, const plant::Catalogue& catalogue);
/// Of an earlier name: the tag that goes on from it. null for a tag of now.
Json goes_on_as_json(const plant::Tag& tag);
/// {"tag", "value", "text", "ts_ms", "quality", "reason"}, of texts "since_ms" too
Json value_json(const plant::TagValue& value);
/// {"asset", "state", "since_ms", "state_name", "abnormal"}
Json state_json(const plant::AssetStatus& status, const plant::Catalogue& catalogue);
/// [[ts_ms, mean, min, max], ...]; a gap has nulls.
/// What GET /api/oee answers.
Json oee_json(const plant::OeeReport& report, const plant::Asset& asset,
              const plant::Catalogue& catalogue, bool simulated);

Json points_json(const std::vector<plant::Bucket>& points);

int64_t to_ms(TimeNs ts_ns);
/// The same; null for 0, which stands for "never".
Json time_or_null(TimeNs ts_ns);

}  // namespace mw::server
