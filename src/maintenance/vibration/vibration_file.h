#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "maintenance/vibration_archive.h"

namespace mw::maintenance {

/// The bytes of a recording's file (docs/formats/vibration.md). `samples` are info.samples many.
std::string vibration_bytes(const VibrationInfo& info, std::span<const double> samples);

/// What a file says of itself, its samples unread: cheap for a list.
/// Errors   corrupt: not what the format promises.
Result<VibrationInfo> parse_vibration_head(std::string_view bytes);

struct VibrationFile {
  VibrationInfo info;
  std::vector<double> samples;
};
/// The whole of it, held against its digest. Errors: corrupt.
Result<VibrationFile> parse_vibration_file(std::string_view bytes);

/// Whether a description can be: names of points and machines, rate, speed, bearing.
/// Errors   kInvalidArgument, with the member that is wrong.
Result<void> check_vibration_info(const VibrationInfo& info);

Result<VibrationInfo> parse_vibration_info(const Json& json);

}  // namespace mw::maintenance
