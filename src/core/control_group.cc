#include "core/control_group.h"

#include <algorithm>
#include <sstream>
#include <string>

#include "core/file.h"

namespace mw {

namespace fs = std::filesystem;

std::vector<fs::path> control_group_folders(const fs::path& root) {
  constexpr uint64_t kMaxBytes = 65536;
  std::vector<fs::path> found{fs::path()};
  const auto text = read_file(root / "proc/self/cgroup", kMaxBytes);
  if (!text) return found;
  std::istringstream lines(*text);  // "0::/a/b" and "4:cpu,cpuacct:/a/b"
  for (std::string line; std::getline(lines, line);) {
    const std::size_t first = line.find(':');
    const std::size_t second = first == std::string::npos ? first : line.find(':', first + 1);
    if (second == std::string::npos) continue;
    fs::path folder = fs::path(line.substr(second + 1)).lexically_normal().relative_path();
    for (; !folder.empty(); folder = folder.parent_path()) {
      if (std::find(found.begin(), found.end(), folder) == found.end()) found.push_back(folder);
    }
  }
  return found;
}

}  // namespace mw
