#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "apps/millwright/kept_passwords.h"
#include "apps/millwright/setup_reader.h"
#include "core/log.h"
#include "plant/plant.h"
#include "security/audit_event.h"
#include "server/plant_setup.h"

namespace mw::app {

struct SetupStoreOptions {
  std::filesystem::path data;
  std::shared_ptr<security::Audit> audit;
  std::shared_ptr<security::Secrets> secrets;  // where passwords of devices lie
  LogSink log;
  std::optional<Text> fixed;      // why nothing can be changed; then config.toml says it all
  bool demo = false;              // without a setup the simulated plant is shown
  std::function<void()> restart;  // asks for the plant to start anew; must not wait for it
};

/// DATA/plant_setup.json: what the console says of the plant (ADR 0095). A change lies beside what
/// there was until a plant came up with it; one that does not come up is taken back.
///
/// Threads  safe from any.
class SetupStore final : public server::PlantSetup {
 public:
  /// Opens the plant of a setup, or what is shown without one.
  using Open = std::function<Result<std::shared_ptr<plant::Plant>>(const Setup* setup)>;

  explicit SetupStore(SetupStoreOptions options)
      : options_(std::move(options)), passwords_(options_.secrets, options_.data / "secrets") {}

  /// The plant of what is on disk, without the connections whose password cannot be read: these
  /// are told in the log and the console. Where it does not come up, of what was there before the
  /// last change; else none, so that there is a console to mend it in. Errors: only where there is
  /// no setup, those of `open`.
  Result<std::shared_ptr<plant::Plant>> open_plant(const Open& open);
  /// Whether a change was made that the plant has still to start with.
  bool restarting() const;
  /// Whether the plant is simulated for want of a setup.
  bool shows_demo() const;

  Result<Json> read() const override;
  Result<Json> replace(const security::Actor& who, const std::string& version,
                       const Json& setup) override;
  Result<Json> look(const security::Actor& who, const Json& what) override;

 private:
  struct OnDisk {
    std::string version;          // "none" where there is nothing
    Json json;                    // null where there is nothing, or nothing that can be read
    std::optional<Error> damage;  // why it cannot
  };
  std::filesystem::path file() const { return options_.data / "plant_setup.json"; }
  std::filesystem::path authorities() const { return options_.data / "authorities"; }
  std::filesystem::path before() const { return options_.data / "plant_setup.json.before"; }
  Result<Setup> read_json(const Json& json) const;
  OnDisk load() const;
  Result<std::shared_ptr<plant::Plant>> try_plant(const Open& open);
  void settle(const OnDisk& came_up);
  void tell_left_out(const std::vector<LeftOut>& left_out);
  Result<void> take_back(const Error& problem);
  Result<Json> view() const;
  Result<void> set_aside(const Error& damage) const;
  std::optional<Error> damage_of(const OnDisk& stored) const;
  Result<void> put(const OnDisk& old, const std::string& text);
  Result<void> write(const security::Actor& who, const OnDisk& old, const Json& json);

  const SetupStoreOptions options_;
  const KeptPasswords passwords_;
  mutable std::mutex mutex_;
  std::string running_;          // version that the plant runs with
  std::optional<Text> problem_;  // of the last change, or of the plant
  bool restarting_ = false;
  std::mutex looking_;
};

}  // namespace mw::app
