#include "apps/millwright/setup_reader.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "apps/millwright/connector_config.h"
#include "apps/millwright/json_table.h"
#include "core/private_file.h"
#include "plant/connector_check.h"

namespace mw::app {
namespace {

constexpr std::size_t kMostConnectors = 200;

Error wrong(const std::string& pointer, const std::string& en, const std::string& zh) {
  return Error::make(Code::kInvalidArgument, pointer + " " + en, pointer + "：" + zh, pointer);
}

std::string name_of(const plant::ConnectorOptions& options) {
  return std::visit([](const auto& each) { return each.name; }, options);
}

/// The error with its place as a pointer.
Error placed(Error error, const std::string& pointer) {
  error.param = pointer;
  return error;
}

Result<void> check_members(const Json& json) {
  constexpr std::array<const char*, 3> kKnown{"description", "connectors", "broker"};
  if (!json.is_object()) return wrong("", "the setup must be an object", "设置应为对象");
  for (const auto& [key, value] : json.items()) {
    if (std::find(kKnown.begin(), kKnown.end(), key) != kKnown.end()) continue;
    return wrong("/" + pointer_token(key.substr(0, 100)),
                 "is not known here; known are description, connectors, broker",
                 "未知；可用的有 description、connectors、broker");
  }
  return {};
}

/// Reads passwords; for one that cannot be read it says something else, and remembers that.
class Passwords {
 public:
  explicit Passwords(const SecretReader& secrets) : secrets_(secrets) {}

  SecretReader reader() {
    return [this](const std::string& name) -> Result<std::string> {
      auto password = secrets_(name);
      if (password) return password;
      problem_ = password.error();
      return std::string("?");
    };
  }
  /// Why one could not be read since the last call.
  std::optional<Error> problem() { return std::exchange(problem_, std::nullopt); }

 private:
  const SecretReader& secrets_;
  std::optional<Error> problem_;
};

Result<void> read_broker(const Json& json, Passwords& passwords,
                         const std::filesystem::path& authorities, Setup& out) {
  const auto found = json.find("broker");
  if (found == json.end() || found->is_null()) return {};
  const TablePlace place{{}, "/broker", passwords.reader(), authorities};
  MW_ASSIGN(const toml::table table, table_of(*found, place.prefix));
  TableReader reader(table, place);
  MW_TRY(reader.address("address", out.broker));
  MW_TRY(reader.text("user", out.broker_user));
  MW_ASSIGN(out.broker_password, reader.secret("password_file"));
  MW_ASSIGN(out.broker_ca_file, reader.authority());
  MW_TRY(reader.integer("mqtt_version", 4, 5, out.mqtt_version));
  MW_ASSIGN(const auto topics, reader.tables("topic"));
  MW_TRY(reader.finish());
  const bool known = out.broker.starts_with("tcp://") || out.broker.starts_with("ssl://");
  if (!known || out.broker.size() < 7 || out.broker.size() > 300) {
    return reader.wrong_table("address", "must be tcp://HOST:1883 or ssl://HOST:8883");
  }
  if (!out.broker_ca_file.empty() && !out.broker.starts_with("ssl://")) {
    return reader.wrong_table("ca", "is for ssl://");
  }
  if (out.broker_user.empty() && !out.broker_password.empty()) {
    return reader.wrong_table("user", "must be there beside a password");
  }
  for (std::size_t i = 0; i < topics.size(); ++i) {
    MW_ASSIGN(auto topic, read_topic(*topics[i], place.item("topic", i)));
    out.topics.push_back(std::move(topic));
  }
  if (const auto problem = passwords.problem()) out.left_out.push_back({"broker", *problem});
  return {};
}

Result<void> read_connectors(const Json& json, Passwords& passwords,
                             const std::filesystem::path& authorities, Setup& out) {
  const auto found = json.find("connectors");
  if (found == json.end() || !found->is_array()) {
    return wrong("/connectors", "must be a list", "应为列表");
  }
  if (found->size() > kMostConnectors) {
    return wrong("/connectors", "must not be more than 200", "不能超过 200 个");
  }
  for (std::size_t i = 0; i < found->size(); ++i) {
    const TablePlace place{{}, "/connectors/" + std::to_string(i), passwords.reader(), authorities};
    MW_ASSIGN(const toml::table table, table_of((*found)[i], place.prefix));
    MW_ASSIGN(auto connector, read_connector(table, place));
    if (const auto problem = passwords.problem()) {
      out.left_out.push_back({name_of(connector), *problem});
    }
    out.connectors.push_back(std::move(connector));
  }
  return {};
}

Result<std::shared_ptr<const plant::Catalogue>> read_description(const Json& json) {
  const auto description = json.find("description");
  if (description == json.end() || !description->is_object()) {
    return wrong("/description", "must be a plant description", "应为工厂描述");
  }
  auto catalogue = plant::Catalogue::parse(to_text(*description));
  if (!catalogue) {
    const std::string where = catalogue.error().param;
    return placed(catalogue.error(), "/description" + (where.empty() ? "" : setup_pointer(where)));
  }
  return catalogue;
}

/// Nobody is dialled with a password that is none: that locks accounts of devices.
void leave_out(Setup& setup) {
  const auto is_left_out = [&](const std::string& name) {
    return std::any_of(setup.left_out.begin(), setup.left_out.end(),
                       [&](const LeftOut& each) { return each.name == name; });
  };
  std::erase_if(setup.connectors,
                [&](const plant::ConnectorOptions& each) { return is_left_out(name_of(each)); });
  if (!is_left_out("broker")) return;
  setup.broker.clear();
  setup.broker_user.clear();
  setup.broker_password.clear();
  setup.topics.clear();
}

}  // namespace

std::string setup_pointer(const std::string& where) {
  std::string out = "/";
  for (const char c : where) {
    if (c == '.' || c == '[') {
      out += '/';
    } else if (c != ']') {
      out += c;
    }
  }
  for (const auto& [word, pointer] :
       {std::pair{"/connector/", "/connectors/"}, std::pair{"/topic/", "/broker/topic/"}}) {
    if (out.starts_with(word)) return pointer + out.substr(std::string(word).size());
  }
  return out;
}

Result<std::shared_ptr<const plant::Catalogue>> setup_catalogue(const std::filesystem::path& data) {
  const auto file = data / "plant_setup.json";
  std::error_code problem;
  if (!std::filesystem::exists(file, problem)) return std::shared_ptr<const plant::Catalogue>();
  MW_ASSIGN(const std::string text, read_private_file(file, "plant_setup.json"));
  MW_ASSIGN(const Json json, parse_json(text, kMostSetupDepth));
  MW_TRY(check_members(json));
  return read_description(json);
}

Result<Setup> read_setup(const Json& json, const SecretReader& secrets,
                         const std::filesystem::path& authorities) {
  MW_TRY(check_members(json));
  Setup out;
  MW_ASSIGN(out.catalogue, read_description(json));
  Passwords passwords(secrets);
  MW_TRY(read_connectors(json, passwords, authorities, out));
  MW_TRY(read_broker(json, passwords, authorities, out));
  const auto checked = plant::check_connectors(out.connectors, out.topics, *out.catalogue);
  if (!checked) return placed(checked.error(), setup_pointer(checked.error().param));
  leave_out(out);
  return out;
}

}  // namespace mw::app
