#include "core/usable_cores.h"

#include <sched.h>

#include <algorithm>
#include <cmath>
#include <sstream>
#include <string>

#include "core/control_group.h"
#include "core/file.h"

namespace mw {
namespace {

namespace fs = std::filesystem;

constexpr uint64_t kMaxBytes = 65536;

std::optional<double> positive_number(const std::string& text) {
  double value = 0;
  std::istringstream in(text);
  in >> value;
  if (!in || !(value > 0)) return std::nullopt;
  return value;
}

/// "QUOTA PERIOD" of version 2, where QUOTA may be "max".
std::optional<double> quota_of_v2(const fs::path& folder) {
  const auto text = read_file(folder / "cpu.max", kMaxBytes);
  if (!text) return std::nullopt;
  const std::size_t space = text->find(' ');
  if (space == std::string::npos) return std::nullopt;
  const auto quota = positive_number(text->substr(0, space));
  const auto period = positive_number(text->substr(space + 1));
  if (!quota || !period) return std::nullopt;
  return *quota / *period;
}

/// Two files in version 1; a quota of -1 is none.
std::optional<double> quota_of_v1(const fs::path& folder) {
  const auto quota_text = read_file(folder / "cpu.cfs_quota_us", kMaxBytes);
  const auto period_text = read_file(folder / "cpu.cfs_period_us", kMaxBytes);
  if (!quota_text || !period_text) return std::nullopt;
  const auto quota = positive_number(*quota_text);
  const auto period = positive_number(*period_text);
  if (!quota || !period) return std::nullopt;
  return *quota / *period;
}

int scheduled_cores() {
  // 1024 processors fit cpu_set_t; a larger machine makes the call fail, and counts as 1024.
  cpu_set_t set;
  CPU_ZERO(&set);
  if (::sched_getaffinity(0, sizeof set, &set) != 0) return 1024;
  return std::max(1, CPU_COUNT(&set));
}

}  // namespace

std::optional<double> cpu_quota_cores(const fs::path& root) {
  std::optional<double> least;
  const auto take = [&least](std::optional<double> quota) {
    if (quota && (!least || *quota < *least)) least = quota;
  };
  const fs::path mounted = root / "sys/fs/cgroup";
  for (const fs::path& folder : control_group_folders(root)) {
    take(quota_of_v2(mounted / folder));
    take(quota_of_v1(mounted / "cpu" / folder));
    take(quota_of_v1(mounted / "cpu,cpuacct" / folder));
  }
  return least;
}

int usable_cores() {
  const int cores = scheduled_cores();
  const auto quota = cpu_quota_cores();
  if (!quota || *quota >= cores) return cores;
  // To the nearest: with more threads than the quota pays for, all of them stand still for the
  // rest of each period of 100 ms.
  return std::max(1, static_cast<int>(std::lround(*quota)));
}

}  // namespace mw
