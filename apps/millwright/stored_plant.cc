#include "apps/millwright/stored_plant.h"

#include "apps/millwright/plant_service.h"
#include "apps/millwright/setup_reader.h"
#include "plant/demo_site.h"

namespace mw::app {

Result<ServerConfig> stored_config(const StoredPlant& stored) {
  std::error_code problem;
  const std::filesystem::path file = stored.data / "config.toml";
  if (!std::filesystem::exists(file, problem)) return ServerConfig{};
  return read_server_config(file);
}

Result<std::shared_ptr<const plant::Catalogue>> stored_catalogue(const StoredPlant& stored,
                                                                 const ServerConfig& config) {
  if (stored.demo) return plant::demo_catalogue();
  const std::string file = stored.catalogue_file.value_or(config.catalogue_file);
  if (!file.empty()) return plant::Catalogue::load(file);
  MW_ASSIGN(auto of_console, setup_catalogue(stored.data));
  if (of_console != nullptr) return of_console;
  const std::string named = (stored.data / "config.toml").string();
  return Error::make(
      Code::kInvalidArgument,
      "which plant? " + named + " names no plant.catalogue_file; give --catalogue FILE",
      "哪个工厂？" + named + " 中没有 plant.catalogue_file，请用 --catalogue 指定文件",
      "--catalogue");
}

Result<std::shared_ptr<plant::Plant>> open_stored_plant(const StoredPlant& stored, LogSink log) {
  MW_ASSIGN(const ServerConfig config, stored_config(stored));
  plant::PlantOptions options;
  MW_ASSIGN(options.catalogue, stored_catalogue(stored, config));
  options.data_folder = (stored.demo ? demo_folder(stored.data) : stored.data).string();
  if (!stored.demo) {
    options.store_url = config.store;
    MW_ASSIGN(options.store_password, store_password(config));
  }
  options.log = std::move(log);
  MW_ASSIGN(auto opened, plant::Plant::open(std::move(options)));
  return std::shared_ptr<plant::Plant>(std::move(opened));
}

Error told_to_use_the_server(const Error& error, const Text& instead) {
  if (error.code != Code::kConflict) return error;
  Error out = error;
  out.message.en += "; stop the server, or " + instead.en;
  out.message.zh += "；请停止服务器，或" + instead.zh;
  return out;
}

}  // namespace mw::app
