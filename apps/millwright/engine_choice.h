#pragma once

#include <optional>

#include "apps/millwright/engine_flags.h"
#include "tensor/machine_file.h"
#include "tensor/machine_limits.h"

namespace mw::app {

/// When to measure the machine (0.2 to 0.8 s) where no valid calibration is kept.
enum class Calibrate {
  kNever,        // info: show what is known
  kForThreads,   // when --threads leaves the choice to us
  kWhenMissing,  // serve and bench: they show the limits
  kAnew,         // --calibrate
};

/// What a command computes on. No bit of an answer depends on any of it (ADR 0005).
struct Engine {
  tensor::Isa isa = tensor::Isa::kScalar;
  int threads = 1;
  std::optional<tensor::MachineLimits> limits;
  std::filesystem::path file;  // where the calibration is kept
  bool measured_now = false;
  std::optional<Error> not_read;  // why the file was not believed, or that it is not there
  std::optional<Error> not_kept;  // why what was measured is not in the file
};

/// Instruction set: MILLWRIGHT_FORCE_ISA, else the one whose products measured faster, else the
/// highest. Threads: --threads, else the smallest number near the best rate, else all usable cores.
///
/// The calibration is kept as machine.json in the data folder (machine-avx2.json for a forced
/// avx2). The folder is made by kAnew only; otherwise one that is not there stays so, and what was
/// measured is forgotten. A file that was measured on a busy machine holds for ten minutes.
Result<Engine> choose_engine(const EngineFlags& flags, Calibrate when);

/// "avx512, 2 threads; multiply-adds 470 int, 117 f32 G/s; read L2 230, memory 58 GB/s"
std::string engine_text(const Engine& engine);

/// How the commands open a model: kept weights are used, and what is wrong with them is told.
runtime::OpenOptions open_options(const EngineFlags& flags, const Engine& engine,
                                  const std::filesystem::path& model);

}  // namespace mw::app
