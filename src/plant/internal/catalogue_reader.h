#pragma once

#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/json.h"
#include "core/result.h"
#include "plant/catalogue.h"

namespace mw::plant {

/// Reads a plant description (docs/formats/plant_description.md) and checks all of it: an asset's
/// kind gives its states, components and tags; the asset may override parameters of those tags and
/// add components and tags of its own.
class CatalogueReader {
 public:
  static Result<std::shared_ptr<const Catalogue>> read(const Json& json);

 private:
  struct Kind {
    Text name;
    std::vector<std::string> synonyms;
    std::vector<AssetState> states;
    std::vector<Component> components;
    std::vector<Tag> tags;  // `id` is the last part only
    Production production;  // the same
    std::vector<FailureMode> failure_modes;
    std::vector<MeasuringPoint> measuring_points;  // speed tags by their last part
    std::string where;                             // "kinds[0]"
  };

  Result<void> place_in_cell(const Json& json, const std::string& where, Asset& asset) const;
  Result<void> read_kind(const Json& json, const std::string& where);
  Result<void> read_asset(const Json& json, const std::string& where);
  Result<void> add_tag(Tag tag, const Asset& asset, const std::string& where);
  Result<void> add_earlier();

  std::shared_ptr<Catalogue> catalogue_;
  std::unordered_map<std::string, Kind> kinds_;
};

}  // namespace mw::plant
