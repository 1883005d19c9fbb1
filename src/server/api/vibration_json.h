#pragma once

#include "core/json.h"
#include "maintenance/vibration_archive.h"

namespace mw::server {

/// VibrationRecording of the schemas.
/// What the plant description says of a machine's measuring points.
Json measuring_points_json(const plant::Asset& asset);
Json vibration_info_json(const maintenance::VibrationInfo& info);
/// VibrationReport: what is found in a recording, and its charts.
Json vibration_look_json(const maintenance::VibrationArchive::Look& look);
/// VibrationWaterfall.
Json vibration_series_json(const maintenance::VibrationArchive::Series& series);

}  // namespace mw::server
