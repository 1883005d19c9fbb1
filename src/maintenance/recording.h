#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "core/result.h"

namespace mw::maintenance {

/// One channel of a vibration recording, read from a file.
struct Recording {
  std::string channel;  // the array's name; empty for a text file
  std::vector<double> samples;
  std::optional<double> rpm;  // of a MATLAB file that says it (an array ...RPM of one number)
};

/// Reads a MATLAB file (.mat, versions 5 to 7.2: docs/formats/mat_file.md) or text with a number a
/// line. `channel` names the array or how its name ends; empty takes the only one of 1000 values or
/// more.
/// Errors   io; corrupt, unsupported; invalid_argument: which channel is not clear (the message
///          lists them), or a line is no number.
Result<Recording> read_recording(const std::filesystem::path& path, const std::string& channel);

}  // namespace mw::maintenance
