#include <unistd.h>

#include <cstdio>

#include "apps/millwright/commands.h"
#include "apps/millwright/engine_flags.h"

namespace mw::app {

int cmd_info(CommandLine& line) {
  line.describe("Shows version, instruction sets, threads and memory.");
  const EngineFlags flags = engine_flags(line);
  if (const auto status = line.finish()) return *status;
  const auto isa = engine_isa();
  if (!isa) return fail(line, isa.error());
  Json available = Json::array();
  std::string names;
  for (const tensor::Isa each : tensor::available_isas()) {
    available.push_back(tensor::isa_name(each));
    names += (names.empty() ? "" : ", ") + std::string(tensor::isa_name(each));
  }
  const auto page = static_cast<uint64_t>(::sysconf(_SC_PAGESIZE));
  const uint64_t total = page * static_cast<uint64_t>(::sysconf(_SC_PHYS_PAGES));
  const uint64_t available_bytes = page * static_cast<uint64_t>(::sysconf(_SC_AVPHYS_PAGES));
  if (line.json()) {
    print_json(Json{{"version", version()},
                    {"commit", commit()},
                    {"isa_available", std::move(available)},
                    {"isa_used", tensor::isa_name(*isa)},
                    {"threads", flags.threads},
                    {"memory", {{"total_bytes", total}, {"free_bytes", available_bytes}}}});
    return 0;
  }
  std::printf("millwright %s (%s)\n", version().c_str(), commit().c_str());
  std::printf("instruction sets  %s; used: %s\n", names.c_str(),
              std::string(tensor::isa_name(*isa)).c_str());
  std::printf("threads           %d\n", flags.threads);
  std::printf("memory            %.1f GB, %.1f GB free\n", static_cast<double>(total) / 1e9,
              static_cast<double>(available_bytes) / 1e9);
  std::printf("data              %s\n", flags.data.c_str());
  return 0;
}

}  // namespace mw::app
