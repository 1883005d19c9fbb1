#include "tensor/processor.h"

#include <cstdio>
#include <sstream>

#include "core/file.h"

namespace mw::tensor {
namespace {

namespace fs = std::filesystem;

/// About 2 KB a processor; only the first one's lines are looked at.
constexpr uint64_t kMaxBytes = uint64_t{16} << 20;
constexpr std::size_t kMaxField = 200;

/// The value of "name : value" of the first processor.
std::string field(const std::string& cpuinfo, const std::string& name) {
  std::istringstream lines(cpuinfo);
  for (std::string line; std::getline(lines, line);) {
    const std::size_t colon = line.find(':');
    if (colon == std::string::npos) continue;
    const std::size_t end = line.find_last_not_of(" \t", colon == 0 ? 0 : colon - 1);
    if (end == std::string::npos || line.substr(0, end + 1) != name) continue;
    const std::size_t begin = line.find_first_not_of(" \t", colon + 1);
    return begin == std::string::npos ? "" : line.substr(begin);
  }
  return {};
}

std::string hex_digest(const std::string& text) {
  uint64_t hash = 14695981039346656037ULL;  // FNV-1a
  for (const char each : text) hash = (hash ^ static_cast<unsigned char>(each)) * 1099511628211ULL;
  char out[17];
  std::snprintf(out, sizeof out, "%016llx", static_cast<unsigned long long>(hash));
  return out;
}

/// "1024K" or "32M".
uint64_t size_in_bytes(const std::string& text) {
  uint64_t value = 0;
  char unit = 0;
  std::istringstream in(text);
  in >> value >> unit;
  if (value > (uint64_t{1} << 30)) return 0;
  return value << (unit == 'G' ? 30 : unit == 'M' ? 20 : unit == 'K' ? 10 : 0);
}

uint64_t cache_bytes(const fs::path& root, int level) {
  for (int index = 0; index < 8; ++index) {
    const fs::path folder =
        root / "sys/devices/system/cpu/cpu0/cache" / ("index" + std::to_string(index));
    const auto found = read_file(folder / "level", 64);
    const auto size = read_file(folder / "size", 64);
    if (found && size && found->starts_with(std::to_string(level))) return size_in_bytes(*size);
  }
  return 0;
}

}  // namespace

Processor read_processor(const fs::path& root) {
  Processor out;
  if (const auto cpuinfo = read_file(root / "proc/cpuinfo", kMaxBytes)) {
    out.name = field(*cpuinfo, "model name").substr(0, kMaxField);
    out.stepping = (field(*cpuinfo, "cpu family") + "." + field(*cpuinfo, "model") + "." +
                    field(*cpuinfo, "stepping"))
                       .substr(0, kMaxField);
    out.microcode = field(*cpuinfo, "microcode").substr(0, kMaxField);
    out.flags = hex_digest(field(*cpuinfo, "flags"));
  }
  out.l2_bytes = cache_bytes(root, 2);
  if (out.l2_bytes == 0) out.l2_bytes = uint64_t{1} << 20;
  out.l3_bytes = cache_bytes(root, 3);
  return out;
}

}  // namespace mw::tensor
