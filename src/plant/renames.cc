#include "plant/renames.h"

namespace mw::plant {
namespace {

const std::string& now_of(const std::unordered_map<std::string, std::string>& names,
                          const std::string& id) {
  const auto found = names.find(id);
  return found == names.end() ? id : found->second;
}

std::string machine_of(const std::string& tag) { return tag.substr(0, tag.find('/')); }

}  // namespace

Renames::Renames(const Catalogue& catalogue) {
  for (const Tag& tag : catalogue.tags()) {
    if (tag.former_id.empty()) continue;
    tags_.emplace(tag.former_id, tag.id);
    const std::string asset = machine_of(tag.former_id);
    // A machine that is still there kept its name: one of its tags went to another.
    if (catalogue.asset(asset) == nullptr) assets_.emplace(asset, tag.asset);
  }
}

const std::string& Renames::tag_now(const std::string& id) const { return now_of(tags_, id); }
const std::string& Renames::asset_now(const std::string& id) const { return now_of(assets_, id); }

const std::string& Renames::own_tag_now(const std::string& asset, const std::string& id) const {
  const std::string& now = tag_now(id);
  return machine_of(now) == asset_now(asset) ? now : id;
}

}  // namespace mw::plant
