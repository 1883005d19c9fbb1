#include <time.h>
#include <unistd.h>

#include <cstdio>

#include "apps/millwright/commands.h"
#include "apps/millwright/engine_choice.h"
#include "core/usable_cores.h"

namespace mw::app {
namespace {

struct Memory {
  uint64_t total_bytes = 0;
  uint64_t free_bytes = 0;
};

Memory memory() {
  const auto page = static_cast<uint64_t>(::sysconf(_SC_PAGESIZE));
  return {page * static_cast<uint64_t>(::sysconf(_SC_PHYS_PAGES)),
          page * static_cast<uint64_t>(::sysconf(_SC_AVPHYS_PAGES))};
}

Json info_json(const Engine& engine) {
  Json available = Json::array();
  for (const tensor::Isa each : tensor::available_isas()) {
    available.push_back(tensor::isa_name(each));
  }
  const Memory bytes = memory();
  Json out{{"version", version()},
           {"commit", commit()},
           {"isa_available", std::move(available)},
           {"isa_used", tensor::isa_name(engine.isa)},
           {"threads", engine.threads},
           {"cores", usable_cores()},
           {"memory", {{"total_bytes", bytes.total_bytes}, {"free_bytes", bytes.free_bytes}}},
           {"calibration_file", engine.file.string()},
           {"limits", nullptr}};
  if (!engine.limits) {
    out["limits_missing"] = engine.not_read ? engine.not_read->message.en : std::string();
    return out;
  }
  out["limits"] = limits_json(*engine.limits);
  const tensor::ThreadChoice threads = tensor::choose_threads(*engine.limits);
  const tensor::BatchShapes shapes = tensor::choose_batch_shapes(*engine.limits, engine.threads);
  out["choice"] = {{"threads", threads.threads},
                   {"threads_decode", threads.decode},
                   {"threads_prefill", threads.prefill},
                   {"decode_rows_w4", shapes.decode_rows_w4},
                   {"decode_rows_w8", shapes.decode_rows_w8},
                   {"prefill_rows", shapes.prefill_rows}};
  return out;
}

std::string time_text(int64_t unix_s) {
  const time_t seconds = static_cast<time_t>(unix_s);
  struct tm parts {};
  ::gmtime_r(&seconds, &parts);
  char text[40];
  std::strftime(text, sizeof text, "%Y-%m-%d %H:%M UTC", &parts);
  return text;
}

void print_limits(const Engine& engine) {
  if (!engine.limits) {
    std::printf("limits            not measured; measure with: millwright info --calibrate\n");
    if (engine.not_read) std::printf("                  %s\n", engine.not_read->message.en.c_str());
    return;
  }
  const tensor::MachineLimits& limits = *engine.limits;
  const tensor::BatchShapes shapes = tensor::choose_batch_shapes(limits, engine.threads);
  std::printf("limits            measured %s in %.0f ms%s, kept in %s\n",
              time_text(limits.measured_at_s).c_str(), limits.took_ms,
              limits.busy ? " while others used the processors" : "", engine.file.c_str());
  std::printf(
      "  threads   int GMAC/s   f32 GMAC/s   L2 GB/s   memory GB/s   prefill GMAC/s   "
      "decode GB/s\n");
  for (const tensor::ThreadRates& each : limits.rates) {
    std::printf("  %7d   %10.1f   %10.1f   %7.1f   %11.1f   %14.1f   %11.1f\n", each.threads,
                each.int_gmac_s, each.f32_gmac_s, each.l2_gb_s, each.memory_gb_s,
                each.prefill_gmac_s, each.decode_gb_s);
  }
  for (const tensor::IsaRates& each : limits.isas) {
    std::printf("  %-7s   prefill %.1f GMAC/s, decode %.1f GB/s\n",
                std::string(tensor::isa_name(each.isa)).c_str(), each.prefill_gmac_s,
                each.decode_gb_s);
  }
  std::printf("  sequences that decode for little more than the time of one: %d (w4), %d (w8)\n",
              shapes.decode_rows_w4, shapes.decode_rows_w8);
}

}  // namespace

int cmd_info(CommandLine& line) {
  line.describe("Shows version, instruction sets, threads, memory and the machine's limits.");
  const EngineFlags flags = engine_flags(line);
  const bool anew = line.flag("calibrate", "measure the machine's limits and keep them");
  if (const auto status = line.finish()) return *status;
  const auto engine = choose_engine(flags, anew ? Calibrate::kAnew : Calibrate::kNever);
  if (!engine) return fail(line, engine.error());
  if (engine->not_kept) return fail(line, *engine->not_kept);
  if (line.json()) {
    print_json(info_json(*engine));
    return 0;
  }
  std::string names;
  for (const tensor::Isa each : tensor::available_isas()) {
    names += (names.empty() ? "" : ", ") + std::string(tensor::isa_name(each));
  }
  const Memory bytes = memory();
  std::printf("millwright %s (%s)\n", version().c_str(), commit().c_str());
  std::printf("instruction sets  %s; used: %s\n", names.c_str(),
              std::string(tensor::isa_name(engine->isa)).c_str());
  std::printf("threads           %d of %d cores\n", engine->threads, usable_cores());
  std::printf("memory            %.1f GB, %.1f GB free\n",
              static_cast<double>(bytes.total_bytes) / 1e9,
              static_cast<double>(bytes.free_bytes) / 1e9);
  std::printf("data              %s\n", flags.data.c_str());
  print_limits(*engine);
  return 0;
}

}  // namespace mw::app
