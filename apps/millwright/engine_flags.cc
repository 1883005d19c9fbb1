#include "apps/millwright/engine_flags.h"

#include <sys/stat.h>

#include <cstdlib>
#include <thread>

#include "apps/millwright/data_folder.h"

namespace mw::app {

EngineFlags engine_flags(CommandLine& line) {
  EngineFlags flags;
  flags.data = data_folder(line);
  const int cores = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
  flags.threads =
      static_cast<int>(line.integer("threads", "N", cores, "threads that compute", 1, 256));
  return flags;
}

runtime::OpenOptions open_options(const EngineFlags& flags, tensor::Isa isa,
                                  const std::filesystem::path& model) {
  return {isa, flags.threads, packed_cache(flags.data, model, stderr_log(LogLevel::kWarning))};
}

Result<tensor::Isa> engine_isa() {
  const char* forced = std::getenv("MILLWRIGHT_FORCE_ISA");
  return tensor::choose_isa(forced == nullptr ? "" : forced);
}

std::string fingerprint(const std::filesystem::path& model) {
  // A file of the store is named by its hash; another one is told apart by size and time.
  std::string file = model.filename().string();
  if (file.starts_with("sha256-")) return "mw-" + commit() + "-" + file.substr(7, 12);
  struct stat status {};
  ::stat(model.c_str(), &status);
  return "mw-" + commit() + "-" + std::to_string(status.st_size) + "-" +
         std::to_string(status.st_mtime);
}

std::string version() { return MW_VERSION; }
std::string commit() { return MW_COMMIT; }

}  // namespace mw::app
