#include "core/free_memory.h"

#include <algorithm>
#include <sstream>
#include <string>

#include "core/control_group.h"
#include "core/file.h"

namespace mw {
namespace {

namespace fs = std::filesystem;

constexpr uint64_t kMaxBytes = 65536;

/// The number after `name` in lines "NAME NUMBER" or "NAME: NUMBER kB".
std::optional<uint64_t> number_of(const fs::path& file, const std::string& name) {
  const auto text = read_file(file, kMaxBytes);
  if (!text) return std::nullopt;
  std::istringstream lines(*text);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string word;
    uint64_t number = 0;
    if (words >> word >> number && word == name) return number;
  }
  return std::nullopt;
}

/// A file that holds one number; "max" is none.
std::optional<uint64_t> number_in(const fs::path& file) {
  const auto text = read_file(file, kMaxBytes);
  if (!text) return std::nullopt;
  std::istringstream words(*text);
  uint64_t number = 0;
  if (!(words >> number)) return std::nullopt;
  return number;
}

std::optional<uint64_t> left_of(std::optional<uint64_t> limit, std::optional<uint64_t> used,
                                uint64_t files) {
  if (!limit || !used) return std::nullopt;
  const uint64_t kept = *used - std::min(*used, files);
  return *limit - std::min(*limit, kept);
}

std::optional<uint64_t> left_of_v2(const fs::path& folder) {
  const fs::path stat = folder / "memory.stat";
  const uint64_t files =
      number_of(stat, "inactive_file").value_or(0) + number_of(stat, "active_file").value_or(0);
  return left_of(number_in(folder / "memory.max"), number_in(folder / "memory.current"), files);
}

std::optional<uint64_t> left_of_v1(const fs::path& folder) {
  const fs::path stat = folder / "memory.stat";
  const uint64_t files = number_of(stat, "total_inactive_file").value_or(0) +
                         number_of(stat, "total_active_file").value_or(0);
  return left_of(number_in(folder / "memory.limit_in_bytes"),
                 number_in(folder / "memory.usage_in_bytes"), files);
}

}  // namespace

std::optional<uint64_t> free_memory_bytes(const fs::path& root) {
  std::optional<uint64_t> least;
  const auto take = [&least](std::optional<uint64_t> bytes) {
    if (bytes && (!least || *bytes < *least)) least = bytes;
  };
  if (const auto kib = number_of(root / "proc/meminfo", "MemAvailable:")) {
    if (*kib < (uint64_t{1} << 53)) take(*kib * 1024);
  }
  const fs::path mounted = root / "sys/fs/cgroup";
  for (const fs::path& folder : control_group_folders(root)) {
    take(left_of_v2(mounted / folder));
    take(left_of_v1(mounted / "memory" / folder));
  }
  return least;
}

}  // namespace mw
