#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "core/log.h"
#include "core/result.h"
#include "hub/model_store.h"
#include "hub/pull.h"
#include "models/packed_cache.h"

namespace mw::app {

/// The store of a data folder.
Result<hub::ModelStore> open_store(const std::filesystem::path& data_folder);

/// What MODEL means on the command line: a path when a file of that name exists, or a folder with a
/// config.json, or it looks like one ('/' or ".gguf" in it), else a name in the store.
Result<std::filesystem::path> model_path(const std::filesystem::path& data_folder,
                                         const std::string& model);

/// Where the shared beginnings of prompts of a model file are kept (models/prefix_store.h).
std::filesystem::path kept_prompts(const std::filesystem::path& data_folder,
                                   const std::string& sha256);

/// Where the packed weights of a model file are kept: beside it where it is one of the store, else
/// nowhere, since nobody would remove them with the file.
std::optional<models::PackedCache> packed_cache(const std::filesystem::path& data_folder,
                                                const std::filesystem::path& model, LogSink log);

/// PullOptions from the environment: HF_ENDPOINT, HF_TOKEN, HTTPS_PROXY, NO_PROXY (either case).
hub::PullOptions pull_options_from_environment();

}  // namespace mw::app
