#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/language.h"

namespace mw::server {

/// What the machine can do at best with the threads in use, measured (ADR 0015).
struct MachineFacts {
  double int_gmac_s = 0;  // integer multiply-adds of the kernels' instruction
  double f32_gmac_s = 0;
  double l2_gb_s = 0;
  double memory_gb_s = 0;
  int64_t measured_at_ms = 0;
  bool busy = false;  // others used the processors meanwhile: memory_gb_s may be low
};

/// The data folder came out of a backup: rights and keys in it are those of back then.
struct RestoredFacts {
  std::string made;  // when the backup was, UTC
  int64_t restored_ms = 0;
  bool sound = true;  // false: it was damaged before it was backed up
};

/// What the server cannot know by itself about the process it runs in. Given by apps/millwright;
/// the rest of /api/system (memory, uptime, latencies, generator, ingest) the server reads itself.
struct SystemFacts {
  std::string version;  // "0.1.0"
  std::string commit;   // short hash
  std::vector<std::string> isa_available;
  std::string isa_used;
  int threads = 0;
  std::optional<MachineFacts> machine;
  uint64_t model_bytes = 0;  // weights in memory
  std::optional<uint64_t> disk_free_bytes;
  std::optional<RestoredFacts> restored;
  std::optional<Text> disk_problem;  // what cannot be stored at present, and why
};

/// Safe from any thread; called about every two seconds, must not block.
class SystemInfo {
 public:
  virtual ~SystemInfo() = default;
  virtual SystemFacts facts() const = 0;
};

}  // namespace mw::server
