#include "apps/millwright/engine_flags.h"

#include <sys/stat.h>

#include <cstdlib>

#include "apps/millwright/data_folder.h"

namespace mw::app {

EngineFlags engine_flags(CommandLine& line) {
  EngineFlags flags;
  flags.data = data_folder(line);
  flags.threads = static_cast<int>(line.integer(
      "threads", "N", 0, "threads that compute; 0: as many as this machine gains from", 0, 256));
  return flags;
}

EngineFlags model_flags(CommandLine& line) {
  EngineFlags flags = engine_flags(line);
  if (line.flag("round-weights",
                "round F32, F16 and BF16 weights to 8 bits: several times faster, other logits")) {
    flags.precision.floats = models::FloatWeights::kRounded;
  }
  flags.precision.eight_bit_kv = line.flag(
      "int8-kv",
      "keys and values of 8 bits: half the memory, faster in long contexts, other logits");
  return flags;
}

Result<tensor::Isa> engine_isa() {
  const char* forced = std::getenv("MILLWRIGHT_FORCE_ISA");
  return tensor::choose_isa(forced == nullptr ? "" : forced);
}

std::string fingerprint(const std::filesystem::path& model, const models::Precision& precision) {
  // A file of the store is named by its hash; another one is told apart by size and time.
  std::string file = model.filename().string();
  if (file.starts_with("sha256-"))
    return "mw-" + commit() + "-" + file.substr(7, 12) + precision.suffix();
  struct stat status {};
  ::stat(model.c_str(), &status);
  return "mw-" + commit() + "-" + std::to_string(status.st_size) + "-" +
         std::to_string(status.st_mtime) + precision.suffix();
}

std::string version() { return MW_VERSION; }
std::string commit() { return MW_COMMIT; }

}  // namespace mw::app
