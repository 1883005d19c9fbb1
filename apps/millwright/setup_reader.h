#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "apps/millwright/table_reader.h"
#include "core/json.h"
#include "core/result.h"
#include "plant/catalogue.h"
#include "plant/connector_options.h"

namespace mw::app {

inline constexpr int kMostSetupDepth = 20;  // of its JSON

/// A connection that cannot be made, since its password cannot be read.
struct LeftOut {
  std::string name;  // of the connector, or "broker"
  Error why;
};

/// What plant_setup.json says (docs/formats/plant_setup.md), checked against itself.
struct Setup {
  std::shared_ptr<const plant::Catalogue> catalogue;
  std::vector<plant::ConnectorOptions> connectors;
  std::string broker, broker_user, broker_password, broker_ca_file;
  int mqtt_version = 4;
  std::vector<plant::TopicValue> topics;
  std::vector<LeftOut> left_out;  // is in none of the above: the others shall start
};

/// Reads connectors as config.toml's are read, and checks all that the start of a plant checks
/// before it opens its store. What a password cannot be read for is checked too, and left out.
/// `authorities` is the folder of setup_authorities.h.
/// Errors  kInvalidArgument, whose `param` is the JSON pointer of what is wrong.
Result<Setup> read_setup(const Json& json, const SecretReader& secrets,
                         const std::filesystem::path& authorities = {});

/// The description in DATA/plant_setup.json, for commands; null where there is no such file.
Result<std::shared_ptr<const plant::Catalogue>> setup_catalogue(const std::filesystem::path& data);

/// "connector[1].register[0].tag" of a check as a pointer: "/connectors/1/register/0/tag".
std::string setup_pointer(const std::string& where);

}  // namespace mw::app
