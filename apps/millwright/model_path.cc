#include "apps/millwright/model_path.h"

#include <cstdlib>

#include "models/model_folder.h"

namespace mw::app {
namespace {

std::string environment(std::initializer_list<const char*> names) {
  for (const char* name : names) {
    const char* value = std::getenv(name);
    if (value != nullptr && *value != '\0') return value;
  }
  return {};
}

}  // namespace

Result<hub::ModelStore> open_store(const std::filesystem::path& data_folder) {
  return hub::ModelStore::open(data_folder / "models");
}

Result<std::filesystem::path> model_path(const std::filesystem::path& data_folder,
                                         const std::string& model) {
  std::error_code problem;
  if (std::filesystem::is_regular_file(model, problem) || models::ModelFolder::is_one(model)) {
    return std::filesystem::path(model);
  }
  if (model.find('/') != std::string::npos || model.ends_with(".gguf")) {
    return Error::make(Code::kNotFound,
                       "no model file " + model + ", and no folder with a config.json",
                       "没有模型文件 " + model + "，也没有含 config.json 的文件夹", "MODEL");
  }
  MW_ASSIGN(const hub::ModelStore store, open_store(data_folder));
  MW_ASSIGN(const hub::StoredModel found, store.find(model));
  return found.path;
}

std::filesystem::path kept_prompts(const std::filesystem::path& data_folder,
                                   const std::string& sha256) {
  return data_folder / "kv" / sha256;
}

std::optional<models::PackedCache> packed_cache(const std::filesystem::path& data_folder,
                                                const std::filesystem::path& model, LogSink log) {
  std::error_code problem;
  if (!std::filesystem::exists(data_folder / "models", problem)) return std::nullopt;
  const auto store = open_store(data_folder);
  if (!store) return std::nullopt;
  const auto sha256 = store->blob_sha256(model);
  if (!sha256) return std::nullopt;
  auto stored = std::filesystem::is_directory(model, problem) ? store->folder_path(*sha256)
                                                              : store->blob_path(*sha256);
  return models::PackedCache(store->packed_folder(), std::move(stored), *sha256, std::move(log));
}

hub::PullOptions pull_options_from_environment() {
  hub::PullOptions options;
  const std::string endpoint = environment({"HF_ENDPOINT"});
  if (!endpoint.empty()) options.hub_endpoint = endpoint;
  options.hub_token = environment({"HF_TOKEN"});
  options.http.proxy = environment({"HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"});
  options.http.no_proxy = environment({"NO_PROXY", "no_proxy"});
  return options;
}

}  // namespace mw::app
