#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "core/json.h"
#include "tensor/machine_limits.h"
#include "tensor/processor.h"

namespace mw::tensor {

/// The file that keeps a calibration (docs/formats/machine_json.md).
///
/// Goals      one start measures, the next ones read; a file that is broken, of another machine or
///            of another build is never believed: the caller measures again.
/// Non-goals  history, more than one machine a file, editing by hand.

/// What a calibration holds for. Any difference makes it stale.
struct MachineKey {
  Processor processor;
  int cores = 1;           // that may be used
  std::string build;       // "0.1.0 6ee00ef": kernels change with the program
  std::string forced_isa;  // empty: the choice was free

  bool operator==(const MachineKey&) const = default;
};

inline constexpr int kMachineFileFormat = 1;

/// The rates alone, as `info --json` shows them too.
Json limits_json(const MachineLimits& limits);

std::string machine_file_text(const MachineLimits& limits, const MachineKey& key);

/// kCorrupt for what is no such file or holds a value outside its range; kConflict for a file of
/// another format, machine or build, naming what differs.
Result<MachineLimits> parse_machine_file(std::string_view text, const MachineKey& expected);

/// The same from a file of at most 64 KiB.
Result<MachineLimits> read_machine_file(const std::filesystem::path& path,
                                        const MachineKey& expected);

}  // namespace mw::tensor
