#include "apps/millwright/engine_choice.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "core/clock.h"
#include "core/file.h"
#include "core/usable_cores.h"
#include "tensor/calibrate.h"

namespace mw::app {
namespace {

constexpr int64_t kBusyHoldsS = 600;

std::string forced_isa() {
  const char* forced = std::getenv("MILLWRIGHT_FORCE_ISA");
  return forced == nullptr ? "" : forced;
}

bool is_outdated(const tensor::MachineLimits& limits, int64_t now_s) {
  const int64_t age_s = now_s - limits.measured_at_s;
  return limits.busy && (age_s < 0 || age_s > kBusyHoldsS);
}

Result<tensor::MachineLimits> measure(const tensor::MachineKey& key, int64_t now_s) {
  tensor::CalibrationOptions options;
  options.cores = key.cores;
  options.l2_bytes = key.processor.l2_bytes;
  options.l3_bytes = key.processor.l3_bytes;
  options.now_s = now_s;
  if (!key.forced_isa.empty()) {
    MW_ASSIGN(options.isa, tensor::choose_isa(key.forced_isa));
  }
  return tensor::calibrate(options);
}

Result<void> keep(const Engine& engine, const tensor::MachineKey& key, bool make_folder) {
  const auto folder = engine.file.parent_path();
  std::error_code problem;
  if (make_folder) MW_TRY(make_private_folder(folder));
  if (!std::filesystem::is_directory(folder, problem)) {
    return Error::make(Code::kNotFound,
                       "the data folder " + folder.string() +
                           " does not exist, so the calibration is not kept; make it with: "
                           "millwright info --calibrate",
                       "数据目录 " + folder.string() +
                           " 不存在，校准结果未保存；请执行 millwright info --calibrate");
  }
  return write_file_atomically(engine.file, machine_file_text(*engine.limits, key));
}

}  // namespace

Result<Engine> choose_engine(const EngineFlags& flags, Calibrate when) {
  Engine engine;
  MW_ASSIGN(engine.isa, engine_isa());  // refuses an unknown or missing one first
  tensor::MachineKey key;
  key.processor = tensor::read_processor();
  key.cores = usable_cores();
  key.build = version() + " " + commit();
  key.forced_isa = forced_isa();
  engine.file = flags.data / (key.forced_isa.empty() ? std::string("machine.json")
                                                     : "machine-" + key.forced_isa + ".json");
  const int64_t now_s = SystemClock().now_ns() / kNsPerSecond;
  if (when != Calibrate::kAnew) {
    auto kept = tensor::read_machine_file(engine.file, key);
    if (kept && (when == Calibrate::kNever || !is_outdated(*kept, now_s))) {
      engine.limits = std::move(*kept);
    } else if (!kept) {
      engine.not_read = kept.error();
    }
  }
  const bool wanted = when == Calibrate::kWhenMissing || when == Calibrate::kAnew ||
                      (when == Calibrate::kForThreads && flags.threads == 0);
  if (!engine.limits && wanted) {
    MW_ASSIGN(engine.limits, measure(key, now_s));
    engine.measured_now = true;
    if (const auto kept = keep(engine, key, when == Calibrate::kAnew); !kept) {
      engine.not_kept = kept.error();
    }
  }
  if (engine.limits) engine.isa = engine.limits->isa;
  engine.threads = flags.threads > 0 ? flags.threads
                   : engine.limits   ? tensor::choose_threads(*engine.limits).threads
                                     : key.cores;
  return engine;
}

std::string engine_text(const Engine& engine) {
  std::string text = std::string(tensor::isa_name(engine.isa)) + ", " +
                     std::to_string(engine.threads) + " threads";
  if (!engine.limits) return text;
  const tensor::ThreadRates& rates = engine.limits->at(engine.threads);
  char line[160];
  std::snprintf(line, sizeof line,
                "; multiply-adds %.0f int, %.0f f32 G/s; read L2 %.0f, memory %.0f GB/s",
                rates.int_gmac_s, rates.f32_gmac_s, rates.l2_gb_s, rates.memory_gb_s);
  text += line;
  if (engine.measured_now) {
    std::snprintf(line, sizeof line, "; measured in %.0f ms%s", engine.limits->took_ms,
                  engine.limits->busy ? " on a busy machine" : "");
    text += line;
  }
  return text;
}

runtime::OpenOptions open_options(const EngineFlags& flags, const Engine& engine,
                                  const std::filesystem::path& model) {
  return {engine.isa, engine.threads,
          packed_cache(flags.data, model, stderr_log(LogLevel::kWarning)), flags.precision};
}

}  // namespace mw::app
