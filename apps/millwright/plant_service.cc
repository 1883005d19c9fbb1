#include "apps/millwright/plant_service.h"

#include "core/private_file.h"
#include "plant/csv_export.h"
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

Result<std::string> store_password(const ServerConfig& config) {
  if (config.store_password_file.empty()) return std::string();
  return read_secret_line(config.store_password_file, "plant.store_password_file");
}

plant::RemovalRecord removal_record(std::shared_ptr<security::Audit> audit) {
  return [audit = std::move(audit)](const plant::Removal& removal) -> Result<void> {
    std::string patterns;
    for (const std::string& pattern : removal.patterns) {
      patterns += (patterns.empty() ? "" : " ") + pattern;
    }
    const auto before = [](TimeNs ts_ns) {
      return ts_ns == INT64_MIN ? std::string("nothing") : "before " + plant::csv_time(ts_ns);
    };
    return audit->record({"service:millwright", "", "plant.retention", "tags:" + patterns,
                          security::AuditOutcome::kDone,
                          "tags=" + std::to_string(removal.tags) + " samples " +
                              before(removal.target.raw_from_ns) + ", minutes " +
                              before(removal.target.minute_from_ns) + ", hours " +
                              before(removal.target.hour_from_ns)});
  };
}

Result<std::shared_ptr<plant::Plant>> start_plant(const ServerConfig& config, bool demo,
                                                  const std::filesystem::path& data, LogSink log,
                                                  plant::RemovalRecord record) {
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
  options.store_url = config.store;
  options.retention = config.retention;
  options.record_removal = std::move(record);
  options.broker_user = config.broker_user;
  options.broker_ca_file = config.broker_ca_file;
  if (!config.broker_password_file.empty()) {
    MW_ASSIGN(options.broker_password,
              read_secret_line(config.broker_password_file, "plant.broker_password_file"));
  }
  MW_ASSIGN(options.store_password, store_password(config));
  options.log = std::move(log);
  MW_ASSIGN(auto plant, plant::Plant::open(std::move(options)));
  return std::shared_ptr<plant::Plant>(std::move(plant));
}

}  // namespace mw::app
