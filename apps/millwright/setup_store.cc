#include "apps/millwright/setup_store.h"

#include "apps/millwright/setup_authorities.h"
#include "apps/millwright/setup_look.h"
#include "apps/millwright/setup_secrets.h"
#include "core/atomic_file.h"
#include "core/file.h"
#include "core/private_file.h"
#include "core/sha256.h"
#include "plant/opcua_browse.h"

namespace mw::app {
namespace {

namespace fs = std::filesystem;

constexpr uint64_t kMostBytes = 1 << 20;  // what read_private_file reads
constexpr int kMostSetAside = 100;
constexpr const char* kNone = "none";
constexpr const char* kNothing = "null\n";  // in plant_setup.json.before: there was no setup

bool is_there(const fs::path& path) {
  std::error_code problem;
  return fs::exists(path, problem);
}

/// Whether whoever shows it finds what a setup has.
bool is_whole(const Json& json) {
  return json.is_object() && json.contains("connectors") && json["connectors"].is_array() &&
         json.contains("description") && json["description"].is_object();
}

Json text_json(const std::optional<Text>& text) {
  return text ? Json{{"en", text->en}, {"zh", text->zh.empty() ? text->en : text->zh}} : Json();
}

/// Whose word is taken for who answers there, by the name of its file, which is of its content.
std::string ca_of(const std::string& file) {
  return file.empty() ? "" : "(" + fs::path(file).stem().string() + ")";
}

/// What was changed, for the audit log: where connections go to, no more.
std::string summary(const Setup& setup, const std::string& version) {
  std::string out =
      "version=" + version + " tags=" + std::to_string(setup.catalogue->tags().size());
  for (const plant::ConnectorOptions& each : setup.connectors) {
    if (const auto* modbus = std::get_if<plant::ModbusOptions>(&each)) {
      out += " " + modbus->name + "=" + modbus->host + ":" + std::to_string(modbus->port);
    } else if (const auto* opcua = std::get_if<plant::OpcuaOptions>(&each)) {
      out += " " + opcua->name + "=" + opcua->endpoint;
    } else if (const auto* sparkplug = std::get_if<plant::SparkplugOptions>(&each)) {
      out += " " + sparkplug->name + "=" + sparkplug->broker + ca_of(sparkplug->ca_file);
    } else if (const auto* kafka = std::get_if<plant::KafkaOptions>(&each)) {
      out += " " + kafka->name + "=" + kafka->server.address + ca_of(kafka->server.ca_file);
    }
    if (out.size() > 1000) return out.substr(0, 1000) + "...";
  }
  if (!setup.broker.empty()) out += " broker=" + setup.broker + ca_of(setup.broker_ca_file);
  return out.substr(0, 1500);
}

}  // namespace

SetupStore::OnDisk SetupStore::load() const {
  if (!is_there(file())) return OnDisk{kNone, Json(), {}};
  const auto text = read_private_file(file(), "plant_setup.json");
  if (!text) return OnDisk{"unreadable", Json(), text.error()};
  std::string version = sha256_hex(*text).substr(0, 16);
  auto json = parse_json(*text, kMostSetupDepth);
  if (!json) return OnDisk{std::move(version), Json(), json.error().within(file().string())};
  return OnDisk{std::move(version), std::move(*json), {}};
}

Result<std::shared_ptr<plant::Plant>> SetupStore::try_plant(const Open& open) {
  const OnDisk stored = load();
  if (stored.damage) return *stored.damage;
  if (stored.version == kNone) {
    MW_ASSIGN(auto plant, open(nullptr));
    settle(stored);
    return plant;
  }
  MW_ASSIGN(const Setup setup, read_json(stored.json));
  MW_TRY(write_authorities(stored.json, authorities()));
  MW_ASSIGN(auto plant, open(&setup));
  settle(stored);
  tell_left_out(setup.left_out);
  return plant;
}

Result<std::shared_ptr<plant::Plant>> SetupStore::open_plant(const Open& open) {
  // Files that config.toml may name stay as they are.
  if (options_.fixed) return open(nullptr);
  passwords_.seal_files(options_.log);
  auto plant = try_plant(open);
  if (!plant && is_there(before())) {
    if (const auto taken = take_back(plant.error()); !taken) {
      options_.log(LogLevel::kError, "setup", "taking back: " + taken.error().message.en);
    }
    plant = try_plant(open);
  }
  if (plant || !is_there(file())) {
    const std::lock_guard lock(mutex_);
    restarting_ = false;
    return plant;
  }
  options_.log(LogLevel::kError, "setup", "there is no plant: " + plant.error().message.en);
  const std::lock_guard lock(mutex_);
  restarting_ = false;
  running_.clear();
  problem_ = plant.error().message;
  return std::shared_ptr<plant::Plant>();
}

bool SetupStore::restarting() const {
  const std::lock_guard lock(mutex_);
  return restarting_;
}

bool SetupStore::shows_demo() const {
  return options_.demo && (options_.fixed.has_value() || !is_there(file()));
}

void SetupStore::settle(const OnDisk& came_up) {
  std::error_code problem;
  fs::remove(before(), problem);
  sweep_passwords(came_up.json, passwords_);
  sweep_authorities(came_up.json, authorities());
  const std::lock_guard lock(mutex_);
  running_ = came_up.version;
}

/// Which passwords have to be typed again, and what would spare that.
void SetupStore::tell_left_out(const std::vector<LeftOut>& left_out) {
  if (left_out.empty()) return;
  Text told;
  bool key = false;
  for (const LeftOut& each : left_out) {
    key = key || each.why.param == "key_file";
    told.en += "connection \"" + each.name +
               "\" is not made, its password cannot be read: " + each.why.message.en + ". ";
    told.zh += "连接“" + each.name + "”未建立，无法读取其密码：" + each.why.message.zh + "。";
  }
  told.en += "Type each password again here";
  told.zh += "请在此重新输入密码";
  if (key) {
    told.en +=
        ", or put the key file back and start the server anew; where it is gone for good, run "
        "`millwright user rotate-key --lost` first";
    told.zh +=
        "，或放回密钥文件并重启服务器；若密钥已彻底丢失，请先运行 "
        "`millwright user rotate-key --lost`";
  }
  options_.log(LogLevel::kError, "setup", told.en);
  const std::lock_guard lock(mutex_);
  if (problem_) told = Text{problem_->en + ". " + told.en, problem_->zh + "。" + told.zh};
  problem_ = std::move(told);
}

Result<Setup> SetupStore::read_json(const Json& json) const {
  return read_setup(
      json, [this](const std::string& name) { return passwords_.read(name); }, authorities());
}

/// The change did not come up: what was there before it is there again.
Result<void> SetupStore::take_back(const Error& problem) {
  options_.log(LogLevel::kError, "setup", "the change is taken back: " + problem.message.en);
  const auto noted = options_.audit->record({"service:millwright", "", "plant.setup", "plant",
                                             security::AuditOutcome::kFailed,
                                             "taken back: " + problem.message.en.substr(0, 500)});
  if (!noted) options_.log(LogLevel::kError, "setup", noted.error().message.en);
  MW_ASSIGN(const std::string old, read_file(before(), kMostBytes));
  if (const OnDisk stored = load(); stored.damage) MW_TRY(set_aside(*stored.damage));
  std::error_code failed;
  if (old == kNothing) {
    fs::remove(file(), failed);
    if (!failed) fs::remove(before(), failed);
  } else {
    fs::rename(before(), file(), failed);
  }
  if (failed) return errno_error("rename", before().string(), failed.value());
  {
    const std::lock_guard lock(mutex_);
    problem_ = Text{"The last change did not come up and was taken back: " + problem.message.en,
                    "上次更改未能生效，已恢复原设置：" +
                        (problem.message.zh.empty() ? problem.message.en : problem.message.zh)};
  }
  return sync_folder(options_.data);
}

Result<Json> SetupStore::view() const {
  const OnDisk stored = load();
  return Json{{"version", stored.version},
              {"running", !restarting_ && running_ == stored.version},
              {"editable", !options_.fixed},
              {"why", text_json(options_.fixed)},
              {"demo", shows_demo()},
              {"opcua", plant::opcua_built_in()},
              {"problem", text_json(problem_)},
              {"setup", is_whole(stored.json) ? stored.json : Json()},
              {"authorities", authorities_json(stored.json, SystemClock().now_ns())}};
}

Result<Json> SetupStore::read() const {
  const std::lock_guard lock(mutex_);
  return view();
}

/// Why there can be no plant of it, whoever wrote it.
std::optional<Error> SetupStore::damage_of(const OnDisk& stored) const {
  if (stored.damage || stored.version == kNone) return stored.damage;
  const auto setup = read_json(stored.json);
  return setup ? std::nullopt : std::optional<Error>(setup.error());
}

/// A second name for what cannot be read: whoever can mend it still has it. Told in the log.
Result<void> SetupStore::set_aside(const Error& damage) const {
  for (int i = 1; i <= kMostSetAside; ++i) {
    const fs::path aside = file().string() + ".damaged-" + std::to_string(i);
    std::error_code failed;
    fs::create_hard_link(file(), aside, failed);
    if (failed == std::errc::file_exists) continue;
    if (failed) return errno_error("keep", aside.string(), failed.value());
    options_.log(LogLevel::kWarning, "setup",
                 "the damaged setup is kept as " + aside.string() + " (" + damage.message.en + ")");
    return {};
  }
  return Error::make(Code::kResourceExhausted,
                     file().string() + ".damaged-1 and on: there are too many; move them away",
                     file().string() + ".damaged-1 等文件过多，请移走");
}

/// What there was is kept first, so that there is a whole setup at every moment.
Result<void> SetupStore::put(const OnDisk& old, const std::string& text) {
  if (const auto damage = damage_of(old)) MW_TRY(set_aside(*damage));
  std::string old_text = kNothing;
  if (old.version != kNone && !old.damage) {
    MW_ASSIGN(old_text, read_file(file(), kMostBytes));
  }
  MW_TRY(write_file_atomically(before(), old_text));
  return write_file_atomically(file(), text);
}

Result<void> SetupStore::write(const security::Actor& who, const OnDisk& old, const Json& json) {
  const std::string text = json.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
  if (text.size() > kMostBytes) {
    return Error::make(Code::kTooLarge, "the setup is larger than 1 MiB", "设置超过 1 MiB");
  }
  MW_ASSIGN(const Setup setup, read_json(json));
  MW_TRY(options_.audit->record({who.who, who.address, "plant.setup",
                                 "plant:" + setup.catalogue->site(), security::AuditOutcome::kDone,
                                 (damage_of(old) ? "a damaged setup is kept aside; " : "") +
                                     summary(setup, sha256_hex(text).substr(0, 16))}));
  const Result<void> written = put(old, text);
  if (!written) {
    const auto noted = options_.audit->record(
        {who.who, who.address, "plant.setup", "plant:" + setup.catalogue->site(),
         security::AuditOutcome::kFailed, "not written: " + written.error().message.en});
    if (!noted) options_.log(LogLevel::kError, "setup", noted.error().message.en);
  }
  return written;
}

Result<Json> SetupStore::replace(const security::Actor& who, const std::string& version,
                                 const Json& setup) {
  const std::lock_guard lock(mutex_);
  if (options_.fixed) {
    return Error::make(Code::kConflict, options_.fixed->en, options_.fixed->zh);
  }
  if (restarting_) {
    return Error::make(Code::kUnavailable, "the plant is starting anew: try again in a moment",
                       "工厂正在重新启动，请稍后再试");
  }
  const OnDisk old = load();
  if (version != old.version) {
    return Error::make(Code::kConflict,
                       "somebody changed the setup meanwhile: load it again, and change that",
                       "设置已被他人更改，请重新加载后再修改", "version");
  }
  MW_TRY(check_new_authorities(setup, old.json, SystemClock().now_ns()));
  MW_ASSIGN(const KeptSetup kept, keep_passwords(setup, old.json, passwords_));
  const Result<void> written = write(who, old, kept.json);
  if (!written) {
    const bool unchanged = load().version == old.version;
    if (unchanged) {
      for (const std::string& each : kept.added) passwords_.forget(each);
    }
    return written.error();
  }
  problem_.reset();
  restarting_ = true;
  options_.restart();
  return view();
}

Result<Json> SetupStore::look(const security::Actor& who, const Json& what) {
  if (options_.fixed) {
    return Error::make(Code::kConflict, options_.fixed->en, options_.fixed->zh);
  }
  const std::unique_lock looking(looking_, std::try_to_lock);
  if (!looking) {
    return Error::make(Code::kResourceExhausted, "somebody is looking at a device: wait a moment",
                       "有人正在查看设备，请稍候");
  }
  OnDisk stored;
  {
    const std::lock_guard lock(mutex_);
    stored = load();
  }
  MW_ASSIGN(const std::string password, password_for_look(what, stored.json, passwords_));
  MW_ASSIGN(const Look look, read_look(what, password, authorities()));
  const bool known = has_authority(what, authorities());  // the plant that runs may have it, too
  MW_TRY(write_authorities(what, authorities()));
  MW_TRY(options_.audit->record({who.who, who.address, "plant.look", look.kind + ":" + look.address,
                                 security::AuditOutcome::kDone, ""}));
  Result<Json> seen = take_look(look, options_.data);
  if (!known) {
    const std::lock_guard lock(mutex_);
    drop_authority(what, load().json, authorities());
  }
  return seen;
}

}  // namespace mw::app
