#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/identity.h"
#include "core/result.h"
#include "plant/asset.h"

namespace mw::plant {

/// What the plant consists of, after ISA-95 (ADR 0093): enterprise, site, areas, lines, cells,
/// assets, their components and tags, with names in both languages. Read once from a description
/// (JSON, format in docs/formats/plant_description.md), then immutable.
///
/// Errors   a description that is wrong names the member: "assets[2].tags[0].unit". Identifiers are
///          [a-z0-9_-]{1,64}; at most 10,000 assets and 100,000 tags; no duplicates.
/// Threads  const, safe from any thread.
class Catalogue {
 public:
  static Result<std::shared_ptr<const Catalogue>> parse(std::string_view json_text);
  static Result<std::shared_ptr<const Catalogue>> load(const std::string& path);

  /// Empty when the description names none.
  const std::string& enterprise() const { return enterprise_; }
  const Text& enterprise_name() const { return enterprise_name_; }
  const std::string& site() const { return site_; }
  const Text& site_name() const { return site_name_; }
  /// True when the values come from a simulator; shown wherever they are.
  bool simulated() const { return simulated_; }
  const std::vector<Area>& areas() const { return areas_; }
  const std::vector<Line>& lines() const { return lines_; }
  const std::vector<Cell>& cells() const { return cells_; }
  /// An IANA name; empty when the description names none.
  const std::string& time_zone() const { return time_zone_; }
  const std::vector<Shift>& shifts() const { return shifts_; }
  const std::vector<ShiftException>& shift_exceptions() const { return shift_exceptions_; }
  /// What repairs are priced by. Not part of what is listed: prices are shown in work orders only.
  const Upkeep& upkeep() const { return upkeep_; }
  const std::vector<Asset>& assets() const { return assets_; }
  /// In `index` order; in a view that hides lines `tags()[i].index` may be larger than i.
  const std::vector<Tag>& tags() const { return tags_; }

  /// nullptr when there is none of that id.
  const Asset* asset(std::string_view id) const;
  const Tag* tag(std::string_view id) const;
  const Area* area(std::string_view id) const;
  const Line* line(std::string_view id) const;
  const Cell* cell(std::string_view id) const;
  /// nullptr unless the tag is visible here.
  const Tag* tag(TagIndex index) const;
  /// The tag of that id, or what is stored under an earlier name of one (Tag::earlier): a tag
  /// without live values and ranges, with a unit of its own. Its index lies after those of tags().
  const Tag* stored_tag(std::string_view id) const;
  /// All that the store may have: tags(), then the earlier names, in `index` order.
  std::vector<const Tag*> stored_tags() const;
  /// The tags of one asset, in the order of the description.
  std::vector<const Tag*> tags_of(std::string_view asset) const;
  /// The name of a state; its id in both languages when the asset does not declare it.
  Text state_name(const Asset& asset, std::string_view state) const;
  /// "demo/hall-a/line-1/machining/cnc-2": the identifiers of the levels that are there, the site
  /// first (the enterprise before it where there is one).
  std::string path_of(const Asset& asset) const;
  /// The same with the component, where the tag has one, and the tag's own name.
  std::string path_of(const Tag& tag) const;

  /// What `who` may see: the other lines, their cells, assets and tags are not there at
  /// all, nor are areas without a line that `who` may see.
  static std::shared_ptr<const Catalogue> visible_to(std::shared_ptr<const Catalogue> whole,
                                                     const Identity& who);

 private:
  friend class CatalogueReader;
  Catalogue() = default;
  void build_lookup();

  std::string enterprise_;
  Text enterprise_name_;
  std::string site_;
  Text site_name_;
  bool simulated_ = false;
  std::vector<Area> areas_;
  std::vector<Line> lines_;
  std::vector<Cell> cells_;
  std::string time_zone_;
  std::vector<Shift> shifts_;
  std::vector<ShiftException> shift_exceptions_;
  Upkeep upkeep_;
  std::vector<Asset> assets_;
  std::vector<Tag> tags_;
  std::vector<Tag> earlier_;  // what is only history
  std::unordered_map<std::string, std::size_t> asset_by_id_;
  std::unordered_map<std::string, std::size_t> tag_by_id_;
  std::unordered_map<std::string, std::size_t> earlier_by_id_;
};

}  // namespace mw::plant
