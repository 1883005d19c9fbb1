#include "apps/millwright/plant_service.h"

#include "core/file.h"
#include "plant/demo_site.h"

namespace mw::app {
namespace {

Result<std::shared_ptr<plant::Plant>> start_demo(const std::filesystem::path& data, LogSink log) {
  plant::DemoOptions options;
  options.data_folder = data.string();
  options.log = std::move(log);
  MW_ASSIGN(auto site, plant::DemoSite::start(std::move(options)));
  std::shared_ptr<plant::DemoSite> shared = std::move(site);
  plant::Plant* inside = &shared->plant();
  return std::shared_ptr<plant::Plant>(std::move(shared), inside);
}

}  // namespace

Result<std::shared_ptr<plant::Plant>> start_plant(const ServerConfig& config, bool demo,
                                                  const std::filesystem::path& data, LogSink log) {
  if (demo) {
    if (!config.connectors.empty()) {
      log(LogLevel::kWarning, "plant",
          "--demo shows simulated values only: no connector is started");
    }
    return start_demo(data, std::move(log));
  }
  if (config.catalogue_file.empty()) {
    if (config.connectors.empty()) return std::shared_ptr<plant::Plant>();
    return Error::make(Code::kInvalidArgument,
                       "config.toml has [[connector]] but no plant.catalogue_file: their tags need "
                       "a plant description (docs/formats/plant_description.md)",
                       "config.toml 中有 [[connector]]，但没有 plant.catalogue_file："
                       "请提供工厂描述（docs/formats/plant_description.md）",
                       "plant.catalogue_file");
  }
  plant::PlantOptions options;
  options.data_folder = data.string();
  MW_ASSIGN(options.catalogue, plant::Catalogue::load(config.catalogue_file));
  options.broker = config.broker;
  options.connectors = config.connectors;
  options.push_keys = config.push_keys;
  options.broker_user = config.broker_user;
  options.broker_ca_file = config.broker_ca_file;
  if (!config.broker_password_file.empty()) {
    MW_ASSIGN(options.broker_password, read_file(config.broker_password_file, 4096));
    while (!options.broker_password.empty() && options.broker_password.back() == '\n') {
      options.broker_password.pop_back();
    }
  }
  options.log = std::move(log);
  MW_ASSIGN(auto plant, plant::Plant::open(std::move(options)));
  return std::shared_ptr<plant::Plant>(std::move(plant));
}

}  // namespace mw::app
