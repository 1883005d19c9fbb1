#pragma once

#include <filesystem>
#include <vector>

namespace mw {

/// The folders of this process's control groups and of all groups above them, relative to where
/// groups are mounted (`sys/fs/cgroup`, or a controller's folder in it); the top itself is an empty
/// path. `root` is "/" but for tests.
std::vector<std::filesystem::path> control_group_folders(const std::filesystem::path& root);

}  // namespace mw
