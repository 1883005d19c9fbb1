#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "apps/millwright/command_line.h"
#include "apps/millwright/model_path.h"
#include "runtime/loaded_model.h"
#include "tensor/isa.h"

namespace mw::app {

/// What the commands that run a model share: where models are, threads, instruction set.
struct EngineFlags {
  std::filesystem::path data;
  int threads = 0;  // 0: not given, see choose_engine
  models::Precision precision;
};

/// Asks `line` for --data and --threads.
EngineFlags engine_flags(CommandLine& line);

/// The same with --round-weights, --kv and --activations, of commands that open a model themselves.
EngineFlags model_flags(CommandLine& line);

/// What is meant by "auto", "f16" or "int8" for keys and values, and by "auto", "int16" or "int8"
/// for activations (docs/ops/config.md).
std::optional<models::KvPrecision> kv_precision(std::string_view name);
std::optional<models::InputPrecision> input_precision(std::string_view name);

/// The highest instruction set, or the one of MILLWRIGHT_FORCE_ISA; choose_engine() also knows
/// which one is faster.
Result<tensor::Isa> engine_isa();

/// Version, commit, what was hashed of the file, and models::precision_suffix() of what was loaded:
/// OpenAI's system_fingerprint.
std::string fingerprint(const std::filesystem::path& model, const std::string& precision);

/// "0.1.0" and the commit this was built from.
std::string version();
std::string commit();

}  // namespace mw::app
