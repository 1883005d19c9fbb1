#include "plant/internal/catalogue_reader.h"

#include <algorithm>
#include <cmath>

#include "plant/internal/description_fields.h"

namespace mw::plant {
namespace {

constexpr std::size_t kMostAssets = 10'000;
constexpr std::size_t kMostTags = 100'000;

Result<TagKind> read_tag_kind(const std::string& text, const std::string& where) {
  if (text.empty() || text == "number") return TagKind::kNumber;
  if (text == "state") return TagKind::kState;
  if (text == "counter") return TagKind::kCounter;
  return wrong(where + ".kind", "expected number, state or counter, got '" + text + "'");
}

/// [low, high], either of them null.
Result<void> read_range(const Json& json, const char* key, const std::string& where,
                        std::optional<double>& low, std::optional<double>& high) {
  const Json* range = find_member(json, key);
  if (range == nullptr) return {};
  const std::string name = where + "." + key;
  if (!range->is_array() || range->size() != 2) return wrong(name, "expected [low, high]");
  for (int i = 0; i < 2; ++i) {
    const Json& bound = (*range)[static_cast<std::size_t>(i)];
    if (bound.is_null()) continue;
    if (!bound.is_number() || !std::isfinite(bound.get<double>())) {
      return wrong(name, "expected two numbers, or null for no bound");
    }
    (i == 0 ? low : high) = bound.get<double>();
  }
  if (low && high && *low >= *high) return wrong(name, "the low end is not below the high end");
  return {};
}

Result<Tag> read_tag(const Json& json, const std::string& where) {
  Tag tag;
  MW_ASSIGN(tag.id, read_id(json, where));
  MW_ASSIGN(tag.name, read_name(json, where, tag.id));
  MW_ASSIGN(tag.synonyms, read_texts(json, "synonyms", where));
  MW_ASSIGN(tag.normal_states, read_texts(json, "normal_states", where));
  MW_ASSIGN(const std::string kind, read_text(json, "kind", where));
  MW_ASSIGN(tag.kind, read_tag_kind(kind, where));
  MW_ASSIGN(tag.unit, read_text(json, "unit", where));
  MW_TRY(read_range(json, "physical", where, tag.physical_low, tag.physical_high));
  MW_TRY(read_range(json, "normal", where, tag.normal_low, tag.normal_high));
  MW_ASSIGN(const double decimals, read_number(json, "decimals", where, 1, 0, 6));
  tag.decimals = static_cast<int>(decimals);
  MW_ASSIGN(tag.watchdog_s, read_number(json, "watchdog_s", where, 10, 0.1, 86400));
  MW_ASSIGN(tag.deadband, read_number(json, "deadband", where, 0, 0, 1e12));
  MW_ASSIGN(tag.key, read_flag(json, "key", where));
  return tag;
}

Result<std::vector<Tag>> read_tags(const Json& json, const std::string& where) {
  std::vector<Tag> tags;
  MW_TRY(
      for_each(json, "tags", where, [&](const Json& item, const std::string& at) -> Result<void> {
        MW_ASSIGN(Tag tag, read_tag(item, at));
        tags.push_back(std::move(tag));
        return {};
      }));
  return tags;
}

Result<std::vector<AssetState>> read_states(const Json& json, const std::string& where) {
  std::vector<AssetState> states;
  const auto take = [&](const Json& item, const std::string& at) -> Result<void> {
    AssetState state;
    MW_ASSIGN(state.id, read_id(item, at));
    MW_ASSIGN(state.name, read_name(item, at, state.id));
    MW_ASSIGN(state.synonyms, read_texts(item, "synonyms", at));
    states.push_back(std::move(state));
    return {};
  };
  MW_TRY(for_each(json, "states", where, take));
  return states;
}

template <class Item>
bool has_id(const std::vector<Item>& items, const std::string& id) {
  return std::any_of(items.begin(), items.end(), [&](const Item& item) { return item.id == id; });
}

}  // namespace

Result<std::shared_ptr<const Catalogue>> CatalogueReader::read(const Json& json) {
  if (!json.is_object()) return wrong("plant description", "expected an object");
  CatalogueReader reader;
  reader.catalogue_.reset(new Catalogue());
  MW_ASSIGN(reader.catalogue_->site_, read_text(json, "site", ""));
  if (!is_id(reader.catalogue_->site_)) return wrong("site", "expected [a-z0-9_-]{1,64}");
  MW_ASSIGN(reader.catalogue_->simulated_, read_flag(json, "simulated", ""));
  using Take = Result<void> (CatalogueReader::*)(const Json&, const std::string&);
  const std::pair<const char*, Take> sections[] = {{"lines", &CatalogueReader::read_line},
                                                   {"shifts", &CatalogueReader::read_shift},
                                                   {"kinds", &CatalogueReader::read_kind},
                                                   {"assets", &CatalogueReader::read_asset}};
  for (const auto& [key, take] : sections) {
    MW_TRY(for_each(json, key, "", [&, method = take](const Json& item, const std::string& where) {
      return (reader.*method)(item, where);
    }));
  }
  reader.catalogue_->build_lookup();
  return std::shared_ptr<const Catalogue>(reader.catalogue_);
}

Result<void> CatalogueReader::read_line(const Json& json, const std::string& where) {
  Line line;
  MW_ASSIGN(line.id, read_id(json, where));
  MW_ASSIGN(line.name, read_name(json, where, line.id));
  MW_ASSIGN(line.synonyms, read_texts(json, "synonyms", where));
  if (has_id(catalogue_->lines_, line.id)) {
    return wrong(where + ".id", "'" + line.id + "' is there twice");
  }
  catalogue_->lines_.push_back(std::move(line));
  return {};
}

Result<void> CatalogueReader::read_shift(const Json& json, const std::string& where) {
  Shift shift;
  MW_ASSIGN(shift.id, read_id(json, where));
  MW_ASSIGN(shift.name, read_name(json, where, shift.id));
  MW_ASSIGN(shift.start_minute, read_minute(json, "start", where));
  MW_ASSIGN(shift.end_minute, read_minute(json, "end", where));
  catalogue_->shifts_.push_back(std::move(shift));
  return {};
}

Result<void> CatalogueReader::read_kind(const Json& json, const std::string& where) {
  Kind kind;
  MW_ASSIGN(const std::string id, read_id(json, where));
  MW_ASSIGN(kind.name, read_name(json, where, id));
  MW_ASSIGN(kind.synonyms, read_texts(json, "synonyms", where));
  MW_ASSIGN(kind.states, read_states(json, where));
  MW_ASSIGN(kind.tags, read_tags(json, where));
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
  if (has_id(catalogue_->assets_, asset.id)) {
    return wrong(where + ".id", "'" + asset.id + "' is there twice");
  }
  if (catalogue_->assets_.size() >= kMostAssets) {
    return wrong("assets", "more than " + std::to_string(kMostAssets));
  }
  asset.kind_name = kind->second.name;
  asset.kind_synonyms = kind->second.synonyms;
  asset.states = kind->second.states;
  std::vector<Tag> tags = kind->second.tags;
  MW_ASSIGN(const std::vector<Tag> own_tags, read_tags(json, where));
  tags.insert(tags.end(), own_tags.begin(), own_tags.end());
  for (const Tag& tag : tags) {
    if (tag.kind == TagKind::kState && asset.state_tag.empty()) {
      asset.state_tag = asset.id + "/" + tag.id;
    }
  }
  for (Tag& tag : tags) MW_TRY(add_tag(std::move(tag), asset, where + ".tags"));
  catalogue_->assets_.push_back(std::move(asset));
  return {};
}

Result<void> CatalogueReader::add_tag(Tag tag, const Asset& asset, const std::string& where) {
  std::vector<Tag>& all = catalogue_->tags_;
  tag.index = static_cast<TagIndex>(all.size());
  tag.asset = asset.id;
  tag.id = asset.id + "/" + tag.id;
  // The tags of this asset are the last ones.
  for (auto other = all.rbegin(); other != all.rend() && other->asset == asset.id; ++other) {
    if (other->id == tag.id) return wrong(where, "'" + tag.id + "' is there twice");
  }
  if (all.size() >= kMostTags) return wrong("tags", "more than " + std::to_string(kMostTags));
  for (const std::string& state : tag.normal_states) {
    if (!has_id(asset.states, state)) {
      return wrong(where + ".normal_states", "'" + state + "' is no state of a " + asset.kind);
    }
  }
  all.push_back(std::move(tag));
  return {};
}

}  // namespace mw::plant
