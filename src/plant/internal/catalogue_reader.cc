#include "plant/internal/catalogue_reader.h"

#include <algorithm>
#include <unordered_set>

#include "plant/internal/description_fields.h"
#include "plant/internal/former_reader.h"
#include "plant/internal/measuring_point_reader.h"
#include "plant/internal/place_reader.h"
#include "plant/internal/production_reader.h"
#include "plant/internal/shift_reader.h"
#include "plant/internal/tag_reader.h"
#include "plant/internal/upkeep_reader.h"

namespace mw::plant {
namespace {

constexpr std::size_t kMostAssets = 10'000;
constexpr std::size_t kMostTags = 100'000;

Result<std::vector<AssetState>> read_states(const Json& json, const std::string& where) {
  std::vector<AssetState> states;
  const auto take = [&](const Json& item, const std::string& at) -> Result<void> {
    AssetState state;
    MW_ASSIGN(state.id, read_id(item, at));
    MW_ASSIGN(state.name, read_name(item, at, state.id));
    MW_ASSIGN(state.synonyms, read_texts(item, "synonyms", at));
    MW_ASSIGN(state.use, read_state_use(item, at));
    states.push_back(std::move(state));
    return {};
  };
  MW_TRY(for_each(json, "states", where, take));
  return states;
}

Result<std::vector<Component>> read_components(const Json& json, const std::string& where) {
  std::vector<Component> components;
  const auto take = [&](const Json& item, const std::string& at) -> Result<void> {
    Component component;
    MW_ASSIGN(component.id, read_id(item, at));
    MW_ASSIGN(component.name, read_name(item, at, component.id));
    MW_ASSIGN(component.synonyms, read_texts(item, "synonyms", at));
    components.push_back(std::move(component));
    return {};
  };
  MW_TRY(for_each(json, "components", where, take));
  return components;
}

template <class Item>
bool has_id(const std::vector<Item>& items, const std::string& id) {
  return std::any_of(items.begin(), items.end(), [&](const Item& item) { return item.id == id; });
}

/// "assets[2].override" as a JSON pointer: "/assets/2/override".
std::string pointer_of(const std::string& where) {
  std::string pointer = "/";
  for (const char c : where) {
    if (c == '.' || c == '[') pointer += '/';
    if (c != '.' && c != '[' && c != ']') pointer += c;
  }
  return pointer;
}

}  // namespace

Result<std::shared_ptr<const Catalogue>> CatalogueReader::read(const Json& json) {
  if (!json.is_object()) return wrong("plant description", "expected an object");
  CatalogueReader reader;
  reader.catalogue_.reset(new Catalogue());
  MW_ASSIGN(reader.catalogue_->site_, read_text(json, "site", ""));
  if (!is_id(reader.catalogue_->site_)) return wrong("site", "expected [a-z0-9_-]{1,64}");
  MW_ASSIGN(reader.catalogue_->site_name_,
            read_name_member(json, "site_name", "", reader.catalogue_->site_));
  MW_ASSIGN(Enterprise enterprise, read_enterprise(json));
  reader.catalogue_->enterprise_ = std::move(enterprise.id);
  reader.catalogue_->enterprise_name_ = std::move(enterprise.name);
  MW_ASSIGN(reader.catalogue_->simulated_, read_flag(json, "simulated", ""));
  MW_ASSIGN(reader.catalogue_->areas_, read_areas(json));
  MW_ASSIGN(reader.catalogue_->lines_, read_lines(json, reader.catalogue_->areas_));
  MW_ASSIGN(reader.catalogue_->cells_, read_cells(json, reader.catalogue_->lines_));
  MW_ASSIGN(reader.catalogue_->time_zone_, read_text(json, "time_zone", ""));
  MW_ASSIGN(reader.catalogue_->shifts_, read_shifts(json, reader.catalogue_->lines_));
  MW_ASSIGN(reader.catalogue_->shift_exceptions_,
            read_shift_exceptions(json, reader.catalogue_->lines_, reader.catalogue_->shifts_));
  MW_ASSIGN(reader.catalogue_->upkeep_,
            read_upkeep(json, reader.catalogue_->lines_, reader.catalogue_->shifts_));
  using Take = Result<void> (CatalogueReader::*)(const Json&, const std::string&);
  const std::pair<const char*, Take> sections[] = {{"kinds", &CatalogueReader::read_kind},
                                                   {"assets", &CatalogueReader::read_asset}};
  for (const auto& [key, take] : sections) {
    MW_TRY(for_each(json, key, "", [&, method = take](const Json& item, const std::string& where) {
      return (reader.*method)(item, where);
    }));
  }
  MW_TRY(check_upkeep_assets(reader.catalogue_->upkeep_, reader.catalogue_->assets_));
  MW_TRY(reader.add_earlier());
  std::vector<Tag*> stored;
  for (std::vector<Tag>* part : {&reader.catalogue_->tags_, &reader.catalogue_->earlier_}) {
    for (Tag& tag : *part) stored.push_back(&tag);
  }
  MW_TRY(read_former(json, stored));
  reader.catalogue_->build_lookup();
  return std::shared_ptr<const Catalogue>(reader.catalogue_);
}

Result<void> CatalogueReader::read_kind(const Json& json, const std::string& where) {
  Kind kind;
  MW_ASSIGN(const std::string id, read_id(json, where));
  MW_ASSIGN(kind.name, read_name(json, where, id));
  MW_ASSIGN(kind.synonyms, read_texts(json, "synonyms", where));
  kind.where = where;
  MW_ASSIGN(kind.states, read_states(json, where));
  MW_TRY(check_state_uses(where, kind.states));
  MW_ASSIGN(kind.components, read_components(json, where));
  MW_ASSIGN(kind.tags, read_tags(json, where));
  MW_TRY(read_production(json, where, kind.production));
  MW_ASSIGN(kind.failure_modes, read_failure_modes(json, where, catalogue_->upkeep_));
  MW_TRY(check_failure_signs(kind.failure_modes, kind.tags, where));
  MW_ASSIGN(kind.measuring_points, read_measuring_points(json, where));
  MW_TRY(check_measuring_points(kind.measuring_points, kind.components, kind.tags, where));
  if (!kinds_.emplace(id, std::move(kind)).second) {
    return wrong(where + ".id", "'" + id + "' is there twice");
  }
  return {};
}

Result<void> CatalogueReader::read_asset(const Json& json, const std::string& where) {
  Asset asset;
  MW_ASSIGN(asset.id, read_id(json, where));
  MW_ASSIGN(asset.name, read_name(json, where, asset.id));
  MW_ASSIGN(asset.synonyms, read_texts(json, "synonyms", where));
  MW_ASSIGN(asset.line, read_text(json, "line", where));
  MW_ASSIGN(asset.kind, read_text(json, "kind", where));
  if (!has_id(catalogue_->lines_, asset.line)) {
    return wrong(where + ".line", "'" + asset.line + "' is none of lines[].id");
  }
  const auto kind = kinds_.find(asset.kind);
  if (kind == kinds_.end()) {
    return wrong(where + ".kind", "'" + asset.kind + "' is none of kinds[].id");
  }
  MW_TRY(place_in_cell(json, where, asset));
  if (has_id(catalogue_->assets_, asset.id)) {
    return wrong(where + ".id", "'" + asset.id + "' is there twice");
  }
  if (catalogue_->assets_.size() >= kMostAssets) {
    return wrong("assets", "more than " + std::to_string(kMostAssets));
  }
  asset.kind_name = kind->second.name;
  asset.kind_synonyms = kind->second.synonyms;
  asset.states = kind->second.states;
  asset.components = kind->second.components;
  MW_ASSIGN(const std::vector<Component> own_components, read_components(json, where));
  asset.components.insert(asset.components.end(), own_components.begin(), own_components.end());
  for (auto each = asset.components.begin(); each != asset.components.end(); ++each) {
    const auto same = [&](const Component& other) { return other.id == each->id; };
    if (std::any_of(asset.components.begin(), each, same)) {
      return wrong(where + ".components", "'" + each->id + "' is there twice");
    }
  }
  std::vector<Tag> tags = kind->second.tags;
  if (const Json* changes = find_member(json, "override"); changes != nullptr) {
    MW_TRY(override_tags(*changes, pointer_of(where) + "/override", tags));
  }
  MW_ASSIGN(const std::vector<Tag> own_tags, read_tags(json, where));
  tags.insert(tags.end(), own_tags.begin(), own_tags.end());
  for (const Tag& tag : tags) {
    if (tag.kind == TagKind::kState && asset.state_tag.empty()) {
      asset.state_tag = asset.id + "/" + tag.id;
    }
  }
  asset.production = kind->second.production;
  MW_TRY(read_production(json, where, asset.production));
  MW_TRY(complete_production(json, where, kind->second.where, tags, asset));
  asset.failure_modes = kind->second.failure_modes;
  MW_ASSIGN(std::vector<FailureMode> own_modes,
            read_failure_modes(json, where, catalogue_->upkeep_));
  add_failure_modes(std::move(own_modes), asset.failure_modes);
  MW_TRY(check_failure_signs(asset.failure_modes, tags, where));
  asset.measuring_points = kind->second.measuring_points;
  MW_ASSIGN(std::vector<MeasuringPoint> own_points, read_measuring_points(json, where));
  add_measuring_points(std::move(own_points), asset.measuring_points);
  MW_TRY(check_measuring_points(asset.measuring_points, asset.components, tags, where));
  for (MeasuringPoint& point : asset.measuring_points) {
    if (!point.speed_tag.empty()) point.speed_tag = asset.id + "/" + point.speed_tag;
  }
  for (Tag& tag : tags) MW_TRY(add_tag(std::move(tag), asset, where + ".tags"));
  catalogue_->assets_.push_back(std::move(asset));
  return {};
}

Result<void> CatalogueReader::place_in_cell(const Json& json, const std::string& where,
                                            Asset& asset) const {
  MW_ASSIGN(asset.cell, read_text(json, "cell", where));
  if (asset.cell.empty()) return {};
  const auto cell = std::find_if(catalogue_->cells_.begin(), catalogue_->cells_.end(),
                                 [&](const Cell& each) { return each.id == asset.cell; });
  if (cell == catalogue_->cells_.end()) {
    return wrong(where + ".cell", "'" + asset.cell + "' is none of cells[].id");
  }
  // Rights are those of the line: a cell of another line would show what its own hides.
  if (cell->line != asset.line) {
    return wrong(where + ".cell", "'" + asset.cell + "' belongs to line '" + cell->line +
                                      "', the asset to '" + asset.line + "'");
  }
  return {};
}

Result<void> CatalogueReader::add_tag(Tag tag, const Asset& asset, const std::string& where) {
  std::vector<Tag>& all = catalogue_->tags_;
  tag.index = static_cast<TagIndex>(all.size());
  tag.asset = asset.id;
  tag.id = asset.id + "/" + tag.id;
  for (EarlierName& earlier : tag.earlier) earlier.id = asset.id + "/" + earlier.id;
  // The tags of this asset are the last ones.
  for (auto other = all.rbegin(); other != all.rend() && other->asset == asset.id; ++other) {
    if (other->id == tag.id) return wrong(where, "'" + tag.id + "' is there twice");
  }
  if (all.size() >= kMostTags) return wrong("tags", "more than " + std::to_string(kMostTags));
  if (!tag.component.empty() && !has_id(asset.components, tag.component)) {
    return wrong(where + ".component", "'" + tag.component + "' is no component of " + asset.id);
  }
  for (const std::string& state : tag.normal_states) {
    if (!has_id(asset.states, state)) {
      return wrong(where + ".normal_states", "'" + state + "' is no state of a " + asset.kind);
    }
  }
  all.push_back(std::move(tag));
  return {};
}

/// What is only history: as its tag, without what holds in the tag's unit or for live values.
Result<void> CatalogueReader::add_earlier() {
  std::unordered_set<std::string> taken;
  for (const Tag& tag : catalogue_->tags_) taken.insert(tag.id);
  for (const Tag& tag : catalogue_->tags_) {
    for (const EarlierName& name : tag.earlier) {
      const std::string where = "earlier of '" + tag.id + "'";
      if (!taken.insert(name.id).second) {
        return wrong(where, "'" + name.id + "' is the name of another tag or history");
      }
      if (taken.size() > kMostTags) return wrong("tags", "more than " + std::to_string(kMostTags));
      Tag earlier;
      earlier.index = static_cast<TagIndex>(taken.size() - 1);
      earlier.id = name.id;
      earlier.asset = tag.asset;
      earlier.component = tag.component;
      earlier.name = tag.name;
      earlier.kind = tag.kind;
      earlier.unit = name.unit;
      earlier.decimals = tag.decimals;
      earlier.watchdog_s = tag.watchdog_s;
      earlier.interpolation = tag.interpolation;
      earlier.goes_on_as = tag.id;
      catalogue_->earlier_.push_back(std::move(earlier));
    }
  }
  return {};
}

}  // namespace mw::plant
