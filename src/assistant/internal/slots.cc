#include "assistant/internal/slots.h"

#include <algorithm>
#include <map>

namespace mw::assistant {
namespace {

constexpr double kPoorMatch = 0.35;  // below: not what was meant
constexpr double kSameMatch = 0.05;  // "temperature" fits each machine's main one equally well

class SlotMaker {
 public:
  SlotMaker(const Understanding& u, const Lexicon& lexicon, bool group)
      : u_(u), catalogue_(lexicon.catalogue()), group_(group) {
    for (uint32_t i = 0; i < catalogue_.assets().size(); ++i) {
      place_of_[catalogue_.assets()[i].id] = i;
    }
  }

  std::vector<Slot> run() {
    std::vector<Slot> slots;
    for (size_t i = 0; i < u_.tags.size(); ++i) {
      const TagMention& mention = u_.tags[i];
      std::vector<const AssetMention*> owners = owners_of(i);
      if (owners.empty()) {
        slots.push_back(without_owner(mention));
        continue;
      }
      for (const AssetMention* owner : owners) slots.push_back(with_owner(mention, *owner));
    }
    return slots;
  }

 private:
  /// The machine mentions that a quantity belongs to.
  std::vector<const AssetMention*> owners_of(size_t index) const {
    std::vector<const AssetMention*> named;
    for (const AssetMention& mention : u_.assets) {
      if (!mention.generic) named.push_back(&mention);
    }
    if (named.empty()) {
      for (const AssetMention& mention : u_.assets) named.push_back(&mention);
    }
    if (named.size() < 2 || u_.tags.size() < 2) return named;
    // All machines before or after all quantities: each has each.
    const size_t first_tag = u_.tags.front().first;
    const size_t last_tag = u_.tags.back().first;
    bool before = true;
    bool after = true;
    for (const AssetMention* mention : named) {
      before = before && mention->first < first_tag;
      after = after && mention->first > last_tag;
    }
    if (before || after) return named;
    // Interleaved: the nearest in the question's own order ("X of A and Y of B", "A的X和B的Y").
    const bool assets_first = named.front()->first < first_tag;
    const AssetMention* owner = nullptr;
    for (const AssetMention* mention : named) {
      const bool fits = assets_first ? mention->first < u_.tags[index].first
                                     : mention->first > u_.tags[index].first;
      if (!fits) continue;
      if (assets_first || owner == nullptr) owner = mention;
    }
    if (owner == nullptr) return named;
    return {owner};
  }

  Slot with_owner(const TagMention& mention, const AssetMention& owner) const {
    std::map<uint32_t, std::vector<std::pair<uint32_t, double>>> by_asset;
    for (const auto& [tag, score] : mention.tags) {
      const uint32_t asset = place_of_.at(catalogue_.tags()[tag].asset);
      if (std::find(owner.assets.begin(), owner.assets.end(), asset) != owner.assets.end()) {
        by_asset[asset].emplace_back(tag, score);
      }
    }
    Slot slot;
    slot.mention = &mention;
    if (owner.all || (group_ && owner.assets.size() > 1)) {
      slot.alternatives = groups(mention, owner.assets);
      return slot;
    }
    for (const auto& [asset, fitting] : by_asset) {
      for (const auto& [tag, score] : fitting) {
        if (score >= kPoorMatch) slot.alternatives.push_back({{tag}, score * owner.score});
      }
    }
    sort(slot);
    return slot;
  }

  Slot without_owner(const TagMention& mention) const {
    Slot slot;
    slot.mention = &mention;
    if (group_) {
      std::vector<uint32_t> all;
      for (const auto& [id, place] : place_of_) all.push_back(place);
      slot.alternatives = groups(mention, all);
      return slot;
    }
    for (const auto& [tag, score] : mention.tags) {
      if (score >= kPoorMatch) slot.alternatives.push_back({{tag}, score});
    }
    sort(slot);
    return slot;
  }

  /// One tag an asset, of one unit: the best fitting ones of each unit.
  std::vector<Alternative> groups(const TagMention& mention,
                                  const std::vector<uint32_t>& assets) const {
    double best = 0;
    for (const auto& [tag, score] : mention.tags) {
      if (std::find(assets.begin(), assets.end(), place_of_.at(catalogue_.tags()[tag].asset)) !=
          assets.end()) {
        best = std::max(best, score);
      }
    }
    // unit and kind, then asset, then its best tag
    std::map<std::string, std::map<uint32_t, std::pair<double, uint32_t>>> by_unit;
    for (const auto& [tag, score] : mention.tags) {
      const plant::Tag& each = catalogue_.tags()[tag];
      const uint32_t asset = place_of_.at(each.asset);
      if (score + kSameMatch < best || score < kPoorMatch ||
          std::find(assets.begin(), assets.end(), asset) == assets.end()) {
        continue;
      }
      auto& chosen = by_unit[each.unit + "|" + std::to_string(static_cast<int>(each.kind))];
      const auto [found, fresh] = chosen.emplace(asset, std::make_pair(score, tag));
      if (!fresh && score > found->second.first) found->second = {score, tag};
    }
    std::vector<Alternative> out;
    for (const auto& [unit, chosen] : by_unit) {
      Alternative alternative;
      for (const auto& [asset, tag] : chosen) {
        alternative.tags.push_back(tag.second);
        alternative.score = std::max(alternative.score, tag.first);
      }
      // More machines compared is the likelier meaning of "which machine".
      alternative.score -= 0.2 / static_cast<double>(alternative.tags.size());
      out.push_back(std::move(alternative));
    }
    std::stable_sort(out.begin(), out.end(),
                     [](const auto& a, const auto& b) { return a.score > b.score; });
    return out;
  }

  static void sort(Slot& slot) {
    std::stable_sort(slot.alternatives.begin(), slot.alternatives.end(),
                     [](const auto& a, const auto& b) { return a.score > b.score; });
  }

  const Understanding& u_;
  const plant::Catalogue& catalogue_;
  bool group_;
  std::map<std::string, uint32_t> place_of_;
};

}  // namespace

std::vector<Slot> make_slots(const Understanding& u, const Lexicon& lexicon, bool group) {
  return SlotMaker(u, lexicon, group).run();
}

}  // namespace mw::assistant
