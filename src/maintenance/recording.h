#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"

namespace mw::maintenance {

/// One channel of a vibration recording, read from a file.
struct Recording {
  std::string channel;  // the array's name; empty for a text file
  std::vector<double> samples;
  std::optional<double> rpm;  // of a MATLAB file that says it (an array ...RPM of one number)
};

/// Reads the bytes of a MATLAB file (`name` ends with .mat, versions 5 to 7.2:
/// docs/formats/mat_file.md) or of text: a number a line, or columns with a header or without.
/// `channel` names the array or column, or how its name ends (without a header its number, from 1);
/// empty takes the only array of 1000 values or more, the only column beside one of times.
/// Errors   corrupt, unsupported; invalid_argument: which channel is not clear (the message lists
///          them), or a line is no number.
Result<Recording> parse_recording(std::string_view bytes, const std::string& name,
                                  const std::string& channel);
/// The same of a file. Errors also: io.
Result<Recording> read_recording(const std::filesystem::path& path, const std::string& channel);

}  // namespace mw::maintenance
