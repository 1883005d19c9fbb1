#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

namespace mw::tensor {

/// What tells one machine from another as far as speed goes.
struct Processor {
  std::string name;       // "AMD EPYC"
  std::string stepping;   // "family.model.stepping", "25.17.1"
  std::string microcode;  // "0x1000065"; empty where a hypervisor hides it
  std::string flags;      // a digest of all feature flags, 16 hex digits
  uint64_t l2_bytes = 0;  // of a core; 1 MiB where the system does not say
  uint64_t l3_bytes = 0;  // of the first core's group; 0 where there is none

  bool operator==(const Processor&) const = default;
};

/// Reads /proc/cpuinfo and /sys/devices/system/cpu below `root` ("/" but for tests). What is not
/// there stays empty, and is as good a name as any.
Processor read_processor(const std::filesystem::path& root = "/");

}  // namespace mw::tensor
