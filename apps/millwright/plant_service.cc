#include "apps/millwright/plant_service.h"

#include "core/private_file.h"
#include "plant/csv_export.h"
#include "plant/demo_site.h"

namespace mw::app {
namespace {

Result<std::shared_ptr<plant::Plant>> start_demo(const ServerConfig& config,
                                                 const std::filesystem::path& data, LogSink log,
                                                 std::shared_ptr<plant::Tellers> tellers) {
  plant::DemoOptions options;
  MW_ASSIGN(options.zone, zone_of_plant(config, *plant::demo_catalogue()));
  options.data_folder = data.string();
  options.tellers = std::move(tellers);
  options.log = std::move(log);
  MW_ASSIGN(auto site, plant::DemoSite::start(std::move(options)));
  std::shared_ptr<plant::DemoSite> shared = std::move(site);
  plant::Plant* inside = &shared->plant();
  return std::shared_ptr<plant::Plant>(std::move(shared), inside);
}

}  // namespace

Result<TimeZone> zone_of_plant(const ServerConfig& config, const plant::Catalogue& catalogue) {
  if (!config.time_zone.empty()) return TimeZone::load(config.time_zone);
  Result<TimeZone> zone = TimeZone::load(catalogue.time_zone());
  if (!zone) return zone.error().within("plant description: time_zone");
  return zone;
}

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

namespace {

/// What config.toml says of any plant.
Result<plant::PlantOptions> options_of(const ServerConfig& config,
                                       const std::filesystem::path& data, LogSink log,
                                       PlantHooks hooks) {
  plant::PlantOptions options;
  options.data_folder = data.string();
  options.push_keys = config.push_keys;
  options.store_url = config.store;
  options.retention = config.retention;
  options.record_removal = std::move(hooks.removal);
  options.feeds = config.feeds;
  options.feed_host = std::move(hooks.feeds);
  options.tellers = std::move(hooks.tellers);
  MW_ASSIGN(options.store_password, store_password(config));
  options.log = std::move(log);
  return options;
}

Result<std::shared_ptr<plant::Plant>> open_plant(plant::PlantOptions options) {
  MW_ASSIGN(auto plant, plant::Plant::open(std::move(options)));
  return std::shared_ptr<plant::Plant>(std::move(plant));
}

}  // namespace

std::filesystem::path demo_folder(const std::filesystem::path& data) { return data / "demo"; }

std::optional<Text> why_setup_is_fixed(const ServerConfig& config) {
  const bool says = !config.catalogue_file.empty() || !config.broker.empty() ||
                    !config.topics.empty() || !config.connectors.empty();
  if (!says) return std::nullopt;
  return Text{
      "config.toml says what the plant is (plant.catalogue_file, plant.broker, "
      "[[connector]]): change it there, or take these out of it to set the plant up here",
      "工厂由 config.toml 指定（plant.catalogue_file、plant.broker、[[connector]]）："
      "请在其中修改，或将这些项删除后在此设置"};
}

Result<std::shared_ptr<plant::Plant>> start_setup_plant(const Setup& setup,
                                                        const ServerConfig& config,
                                                        const std::filesystem::path& data,
                                                        LogSink log, PlantHooks hooks) {
  MW_ASSIGN(auto options, options_of(config, data, std::move(log), std::move(hooks)));
  options.catalogue = setup.catalogue;
  MW_ASSIGN(options.zone, zone_of_plant(config, *options.catalogue));
  options.connectors = setup.connectors;
  options.broker = setup.broker;
  options.broker_user = setup.broker_user;
  options.broker_password = setup.broker_password;
  options.broker_ca_file = setup.broker_ca_file;
  options.mqtt_version = setup.mqtt_version;
  options.topics = setup.topics;
  return open_plant(std::move(options));
}

Result<std::shared_ptr<plant::Plant>> start_plant(const ServerConfig& config, bool demo,
                                                  const std::filesystem::path& data, LogSink log,
                                                  PlantHooks hooks) {
  if (demo) {
    if (!config.connectors.empty() || !config.feeds.empty()) {
      log(LogLevel::kWarning, "plant",
          "--demo shows simulated values only: no connector and no feed is started");
    }
    return start_demo(config, demo_folder(data), std::move(log), std::move(hooks.tellers));
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
  MW_ASSIGN(auto options, options_of(config, data, std::move(log), std::move(hooks)));
  MW_ASSIGN(options.catalogue, plant::Catalogue::load(config.catalogue_file));
  MW_ASSIGN(options.zone, zone_of_plant(config, *options.catalogue));
  options.connectors = config.connectors;
  options.broker = config.broker;
  options.broker_user = config.broker_user;
  options.broker_ca_file = config.broker_ca_file;
  options.topics = config.topics;
  if (!config.broker_password_file.empty()) {
    MW_ASSIGN(options.broker_password,
              read_secret_line(config.broker_password_file, "plant.broker_password_file"));
  }
  return open_plant(std::move(options));
}

}  // namespace mw::app
