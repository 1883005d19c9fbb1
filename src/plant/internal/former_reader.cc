#include "plant/internal/former_reader.h"

#include <algorithm>
#include <string>
#include <unordered_map>
#include <unordered_set>

#include "plant/internal/description_fields.h"

namespace mw::plant {
namespace {

class FormerReader {
 public:
  explicit FormerReader(const std::vector<Tag*>& tags) : tags_(tags) {
    for (Tag* tag : tags_) by_id_.emplace(tag->id, tag);
  }

  Result<void> read(const Json& json, const std::string& where) {
    MW_ASSIGN(const std::string tag, read_text(json, "tag", where));
    MW_ASSIGN(const std::string asset, read_text(json, "asset", where));
    MW_ASSIGN(const std::string id, read_text(json, "id", where));
    MW_ASSIGN(const std::string unit, read_text(json, "unit", where));
    if (tag.empty() == asset.empty()) return wrong(where, "expected either tag or asset");
    if (!asset.empty()) {
      if (!unit.empty()) return wrong(where + ".unit", "an asset has no unit: name the tag");
      return read_asset(asset, id, where);
    }
    const auto found = by_id_.find(tag);
    if (found == by_id_.end()) return wrong(where + ".tag", "the description has no '" + tag + "'");
    if (id.empty() && unit.empty()) return wrong(where, "expected id, unit or both");
    if (!unit.empty()) found->second->former_unit = unit;
    return id.empty() ? Result<void>{} : name(*found->second, id, where);
  }

 private:
  Result<void> read_asset(const std::string& asset, const std::string& id,
                          const std::string& where) {
    if (!is_id(id)) return wrong(where + ".id", "expected the asset's earlier identifier");
    bool any = false;
    for (Tag* tag : tags_) {
      if (tag->asset != asset) continue;
      any = true;
      if (!tag->former_id.empty()) continue;  // said of the tag itself
      MW_TRY(name(*tag, id + tag->id.substr(asset.size()), where));
    }
    return any ? Result<void>{}
               : wrong(where + ".asset", "the description has no tags of '" + asset + "'");
  }

  Result<void> name(Tag& tag, const std::string& id, const std::string& where) {
    const std::size_t slash = id.find('/');
    if (slash == std::string::npos || !is_id(id.substr(0, slash)) || !is_id(id.substr(slash + 1))) {
      return wrong(where + ".id", "expected ASSET/TAG, got '" + id + "'");
    }
    if (by_id_.count(id) != 0) {
      return wrong(where + ".id", "'" + id + "' is still in the description");
    }
    if (!taken_.insert(id).second) return wrong(where + ".id", "'" + id + "' is there twice");
    tag.former_id = id;
    return {};
  }

  const std::vector<Tag*>& tags_;
  std::unordered_map<std::string, Tag*> by_id_;
  std::unordered_set<std::string> taken_;
};

}  // namespace

Result<void> read_former(const Json& description, const std::vector<Tag*>& tags) {
  FormerReader reader(tags);
  return for_each(description, "formerly", "", [&](const Json& item, const std::string& where) {
    return reader.read(item, where);
  });
}

}  // namespace mw::plant
