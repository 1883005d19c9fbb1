#include "plant/catalogue.h"

#include <algorithm>

#include "core/file.h"
#include "plant/internal/catalogue_reader.h"

namespace mw::plant {
namespace {
constexpr uint64_t kMostBytes = 64 << 20;

template <class Item>
const Item* find_id(const std::vector<Item>& items, std::string_view id) {
  const auto found =
      std::find_if(items.begin(), items.end(), [&](const Item& item) { return item.id == id; });
  return found == items.end() ? nullptr : &*found;
}

/// What holds for all lines, or for some that `who` may see, and then names those only.
template <class Item>
std::vector<Item> of_visible_lines(const std::vector<Item>& items, const Identity& who) {
  std::vector<Item> out;
  for (Item item : items) {
    const bool all = item.lines.empty();
    std::erase_if(item.lines, [&](const std::string& line) { return !who.may_see_line(line); });
    if (all || !item.lines.empty()) out.push_back(std::move(item));
  }
  return out;
}

}  // namespace

Result<std::shared_ptr<const Catalogue>> Catalogue::parse(std::string_view json_text) {
  if (json_text.size() > kMostBytes) {
    return Error::make(Code::kTooLarge, "plant description: larger than 64 MiB",
                       "工厂描述文件超过 64 MiB");
  }
  MW_ASSIGN(const Json json, parse_json(json_text, 16));
  return CatalogueReader::read(json);
}

Result<std::shared_ptr<const Catalogue>> Catalogue::load(const std::string& path) {
  MW_ASSIGN(const std::string text, read_file(path, kMostBytes));
  Result<std::shared_ptr<const Catalogue>> catalogue = parse(text);
  if (!catalogue) return catalogue.error().within(path);
  return catalogue;
}

void Catalogue::build_lookup() {
  asset_by_id_.clear();
  tag_by_id_.clear();
  earlier_by_id_.clear();
  for (std::size_t i = 0; i < assets_.size(); ++i) asset_by_id_[assets_[i].id] = i;
  for (std::size_t i = 0; i < tags_.size(); ++i) tag_by_id_[tags_[i].id] = i;
  for (std::size_t i = 0; i < earlier_.size(); ++i) earlier_by_id_[earlier_[i].id] = i;
}

const Asset* Catalogue::asset(std::string_view id) const {
  const auto found = asset_by_id_.find(std::string(id));
  return found == asset_by_id_.end() ? nullptr : &assets_[found->second];
}

const Tag* Catalogue::tag(std::string_view id) const {
  const auto found = tag_by_id_.find(std::string(id));
  return found == tag_by_id_.end() ? nullptr : &tags_[found->second];
}

const Tag* Catalogue::stored_tag(std::string_view id) const {
  if (const Tag* of_now = tag(id)) return of_now;
  const auto found = earlier_by_id_.find(std::string(id));
  return found == earlier_by_id_.end() ? nullptr : &earlier_[found->second];
}

std::vector<const Tag*> Catalogue::stored_tags() const {
  std::vector<const Tag*> all;
  for (const std::vector<Tag>* part : {&tags_, &earlier_}) {
    for (const Tag& tag : *part) all.push_back(&tag);
  }
  return all;
}

const Tag* Catalogue::tag(TagIndex index) const {
  const auto found =
      std::lower_bound(tags_.begin(), tags_.end(), index,
                       [](const Tag& tag, TagIndex wanted) { return tag.index < wanted; });
  return found != tags_.end() && found->index == index ? &*found : nullptr;
}

const Area* Catalogue::area(std::string_view id) const { return find_id(areas_, id); }
const Line* Catalogue::line(std::string_view id) const { return find_id(lines_, id); }
const Cell* Catalogue::cell(std::string_view id) const { return find_id(cells_, id); }

std::vector<const Tag*> Catalogue::tags_of(std::string_view asset) const {
  std::vector<const Tag*> found;
  for (const Tag& tag : tags_) {
    if (tag.asset == asset) found.push_back(&tag);
  }
  return found;
}

Text Catalogue::state_name(const Asset& asset, std::string_view state) const {
  for (const AssetState& known : asset.states) {
    if (known.id == state) return known.name;
  }
  return {std::string(state), std::string(state)};
}

std::string Catalogue::path_of(const Asset& asset) const {
  std::string path;
  const auto add = [&](const std::string& level) {
    if (!level.empty()) path += (path.empty() ? "" : "/") + level;
  };
  add(enterprise_);
  add(site_);
  if (const Line* of = line(asset.line)) add(of->area);
  add(asset.line);
  add(asset.cell);
  add(asset.id);
  return path;
}

std::string Catalogue::path_of(const Tag& tag) const {
  std::string path = path_of(*asset(tag.asset));
  if (!tag.component.empty()) path += "/" + tag.component;
  return path + tag.id.substr(tag.asset.size());
}

std::shared_ptr<const Catalogue> Catalogue::visible_to(std::shared_ptr<const Catalogue> whole,
                                                       const Identity& who) {
  const auto visible = [&](const Line& line) { return who.may_see_line(line.id); };
  if (std::all_of(whole->lines_.begin(), whole->lines_.end(), visible)) return whole;
  std::shared_ptr<Catalogue> part(new Catalogue());
  part->enterprise_ = whole->enterprise_;
  part->enterprise_name_ = whole->enterprise_name_;
  part->site_ = whole->site_;
  part->site_name_ = whole->site_name_;
  part->simulated_ = whole->simulated_;
  part->time_zone_ = whole->time_zone_;
  part->shifts_ = of_visible_lines(whole->shifts_, who);
  part->shift_exceptions_ = of_visible_lines(whole->shift_exceptions_, who);
  part->upkeep_ = whole->upkeep_;
  part->upkeep_.standstill = of_visible_lines(whole->upkeep_.standstill, who);
  part->upkeep_.planned_stops = of_visible_lines(whole->upkeep_.planned_stops, who);
  for (Skill& skill : part->upkeep_.skills) skill.rates = of_visible_lines(skill.rates, who);
  std::copy_if(whole->lines_.begin(), whole->lines_.end(), std::back_inserter(part->lines_),
               visible);
  std::copy_if(whole->areas_.begin(), whole->areas_.end(), std::back_inserter(part->areas_),
               [&](const Area& area) {
                 return std::any_of(part->lines_.begin(), part->lines_.end(),
                                    [&](const Line& line) { return line.area == area.id; });
               });
  std::copy_if(whole->cells_.begin(), whole->cells_.end(), std::back_inserter(part->cells_),
               [&](const Cell& cell) { return who.may_see_line(cell.line); });
  std::copy_if(whole->assets_.begin(), whole->assets_.end(), std::back_inserter(part->assets_),
               [&](const Asset& asset) { return who.may_see_line(asset.line); });
  const auto of_visible = [&](const Tag& tag) {
    return who.may_see_line(whole->asset(tag.asset)->line);
  };
  std::copy_if(whole->tags_.begin(), whole->tags_.end(), std::back_inserter(part->tags_),
               of_visible);
  std::copy_if(whole->earlier_.begin(), whole->earlier_.end(), std::back_inserter(part->earlier_),
               of_visible);
  part->build_lookup();
  return part;
}

}  // namespace mw::plant
