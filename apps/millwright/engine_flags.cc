#include "apps/millwright/engine_flags.h"

#include <sys/stat.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include "apps/millwright/data_folder.h"
#include "core/sha256.h"

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
  const std::string kv = line.choice(
      "kv", {"auto", "f16", "int8"},
      "keys and values; int8: half the memory, faster in long contexts, other logits; auto: int8 "
      "where the family of models bears it");
  flags.precision.kv = *kv_precision(kv);
  const std::string activations =
      line.choice("activations", {"auto", "int16", "int8"},
                  "what weights are multiplied with; int8: faster prompts and many at once, other "
                  "logits; auto: int8 where the family of models bears it");
  flags.precision.inputs = *input_precision(activations);
  return flags;
}

std::optional<models::KvPrecision> kv_precision(std::string_view name) {
  if (name == "auto") return models::KvPrecision::kByModel;
  if (name == "f16") return models::KvPrecision::kHalf;
  if (name == "int8") return models::KvPrecision::kBytes;
  return std::nullopt;
}

std::optional<models::InputPrecision> input_precision(std::string_view name) {
  if (name == "auto") return models::InputPrecision::kByModel;
  if (name == "int16") return models::InputPrecision::kWords;
  if (name == "int8") return models::InputPrecision::kBytes;
  return std::nullopt;
}

Result<tensor::Isa> engine_isa() {
  const char* forced = std::getenv("MILLWRIGHT_FORCE_ISA");
  return tensor::choose_isa(forced == nullptr ? "" : forced);
}

std::string fingerprint(const std::filesystem::path& model, const std::string& precision) {
  // What the store has is named by its hash; another file or folder is told apart by size and time.
  const std::string file = model.filename().string();
  const std::string hash = file.starts_with("sha256-") ? file.substr(7) : file;
  if (is_sha256_hex(hash)) return "mw-" + commit() + "-" + hash.substr(0, 12) + precision;
  uint64_t bytes = 0;
  int64_t newest_s = 0;
  const auto add = [&](const std::filesystem::path& path) {
    struct stat status {};
    if (::stat(path.c_str(), &status) != 0 || !S_ISREG(status.st_mode)) return;
    bytes += static_cast<uint64_t>(status.st_size);
    newest_s = std::max<int64_t>(newest_s, status.st_mtime);
  };
  std::error_code problem;
  add(model);
  for (std::filesystem::directory_iterator entry(model, problem);
       !problem && entry != std::filesystem::directory_iterator(); entry.increment(problem)) {
    add(entry->path());
  }
  return "mw-" + commit() + "-" + std::to_string(bytes) + "-" + std::to_string(newest_s) +
         precision;
}

std::string version() { return MW_VERSION; }
std::string commit() { return MW_COMMIT; }

}  // namespace mw::app
