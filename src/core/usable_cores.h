#pragma once

#include <filesystem>
#include <optional>

namespace mw {

/// How many threads of this process can compute at the same time: the processors that it may be
/// scheduled on, and no more than its control group's quota pays for. At least 1.
int usable_cores();

/// The tightest CPU quota of the process's control group and of those above it, in cores (1.5 is
/// one and a half); nothing when there is none. Reads both layouts, `cpu.max` and
/// `cpu.cfs_quota_us`, below `root` ("/" but for tests).
std::optional<double> cpu_quota_cores(const std::filesystem::path& root = "/");

}  // namespace mw
