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

/// What the plant consists of: lines, assets and tags with their names in both languages. Read once
/// from a description (JSON, format in docs/formats/plant.md), then immutable.
///
/// Errors   a description that is wrong names the member: "assets[2].tags[0].unit". Identifiers are
///          [a-z0-9_-]{1,64}; at most 10,000 assets and 100,000 tags; no duplicates.
/// Threads  const, safe from any thread.
class Catalogue {
 public:
  static Result<std::shared_ptr<const Catalogue>> parse(std::string_view json_text);
  static Result<std::shared_ptr<const Catalogue>> load(const std::string& path);

  const std::string& site() const { return site_; }
  /// True when the values come from a simulator; shown wherever they are.
  bool simulated() const { return simulated_; }
  const std::vector<Line>& lines() const { return lines_; }
  const std::vector<Shift>& shifts() const { return shifts_; }
  const std::vector<Asset>& assets() const { return assets_; }
  /// In `index` order; in a view that hides lines `tags()[i].index` may be larger than i.
  const std::vector<Tag>& tags() const { return tags_; }

  /// nullptr when there is none of that id.
  const Asset* asset(std::string_view id) const;
  const Tag* tag(std::string_view id) const;
  /// nullptr unless the tag is visible here.
  const Tag* tag(TagIndex index) const;
  /// The tags of one asset, in the order of the description.
  std::vector<const Tag*> tags_of(std::string_view asset) const;
  /// The name of a state; its id in both languages when the asset does not declare it.
  Text state_name(const Asset& asset, std::string_view state) const;

  /// What `who` may see: the other lines, their assets and tags are not there at all.
  static std::shared_ptr<const Catalogue> visible_to(std::shared_ptr<const Catalogue> whole,
                                                     const Identity& who);

 private:
  friend class CatalogueReader;
  Catalogue() = default;
  void build_lookup();

  std::string site_;
  bool simulated_ = false;
  std::vector<Line> lines_;
  std::vector<Shift> shifts_;
  std::vector<Asset> assets_;
  std::vector<Tag> tags_;
  std::unordered_map<std::string, std::size_t> asset_by_id_;
  std::unordered_map<std::string, std::size_t> tag_by_id_;
};

}  // namespace mw::plant
