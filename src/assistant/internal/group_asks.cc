#include "assistant/internal/group_asks.h"

#include <algorithm>

namespace mw::assistant {

bool lists_machines(const Understanding& u) {
  if (u.assets_named() == 0 || !u.tags.empty() || !u.states.empty()) return false;
  if (!u.times.mentions.empty()) return false;
  const bool groups = std::all_of(u.assets.begin(), u.assets.end(), [](const AssetMention& each) {
    return each.all || each.of_kind;
  });
  const bool asks = std::any_of(u.tokens.begin(), u.tokens.end(), [](const Token& token) {
    return token.text == "list" || token.text == "enumerate" || token.text == "列" ||
           token.text == "有";
  });
  const auto fits = [](const FeatureHit& hit) {
    return hit.feature == Feature::kListAssets || hit.feature == Feature::kWhich ||
           hit.feature == Feature::kHowMany || hit.feature == Feature::kAll ||
           hit.feature == Feature::kGreeting;
  };
  const bool plain = std::all_of(u.features.begin(), u.features.end(), fits);
  return groups && plain &&
         (asks || u.has(Feature::kListAssets) || u.has(Feature::kWhich) ||
          u.has(Feature::kHowMany));
}

std::vector<std::string> named_kinds(const Understanding& u, const plant::Catalogue& catalogue) {
  std::vector<std::string> kinds;
  for (const AssetMention& mention : u.assets) {
    if (mention.generic) continue;
    for (const uint32_t each : mention.assets) {
      const plant::Asset& asset = catalogue.assets()[each];
      const std::string& name = asset.kind_name.en.empty() ? asset.kind : asset.kind_name.en;
      if (std::find(kinds.begin(), kinds.end(), name) == kinds.end()) kinds.push_back(name);
    }
  }
  return kinds;
}

std::vector<const plant::Asset*> fail_alike(const Understanding& u,
                                            const plant::Catalogue& catalogue) {
  std::vector<const plant::Asset*> out;
  const AssetMention* kind = nullptr;  // "the asset chiller": "asset" says nothing more
  for (const AssetMention& each : u.assets) {
    if (each.generic) continue;
    if (kind != nullptr || !each.of_kind) return out;
    kind = &each;
  }
  if (kind == nullptr) return out;
  for (const uint32_t each : kind->assets) {
    const plant::Asset& asset = catalogue.assets()[each];
    const bool known = std::any_of(out.begin(), out.end(), [&](const plant::Asset* other) {
      const auto& a = asset.failure_modes;
      const auto& b = other->failure_modes;
      return asset.kind_name.en == other->kind_name.en &&
             std::equal(a.begin(), a.end(), b.begin(), b.end(),
                        [](const auto& x, const auto& y) { return x.id == y.id; });
    });
    if (!known) out.push_back(&asset);
  }
  return out;
}

}  // namespace mw::assistant
