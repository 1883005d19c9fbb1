// What is stored under earlier names of tags (ADR 0145).
#include <cmath>

#include "plant/internal/plant_impl.h"

namespace mw::plant {
namespace {

/// From the first to the last usable sample, also where retention left only aggregates.
Result<void> find_ends(const SampleStore& store, TagIndex tag, EarlierHistory& history) {
  const auto take = [&](TimeNs first_ns, TimeNs last_ns) {
    if (!history.first_ns) history.first_ns = first_ns;
    history.last_ns = last_ns;
    return true;
  };
  return store.pieces(
      tag, {INT64_MIN, INT64_MAX}, kHourNs, SampleStore::PieceUse::kStatistics,
      [&](const Sample& sample) {
        const bool says = !sample.text.empty() || std::isfinite(sample.value);
        if (!says || sample.quality == Quality::kBad) return true;
        return take(sample.ts_ns, sample.ts_ns);
      },
      [&](const Rollup& rollup) {
        return rollup.count == 0 || take(rollup.first.ts_ns, rollup.last.ts_ns);
      });
}

}  // namespace

Result<std::vector<EarlierHistory>> PlantImpl::earlier(const Identity& who,
                                                       std::string_view asset) const {
  MW_ASSIGN(const Asset* found, visible_asset(who, asset));
  std::vector<EarlierHistory> all;
  for (const Tag* tag : catalogue_->tags_of(found->id)) {
    for (const EarlierName& name : tag->earlier) {
      EarlierHistory history;
      history.tag = tag->id;
      history.name = name;
      MW_TRY(find_ends(*store_, catalogue_->stored_tag(name.id)->index, history));
      all.push_back(std::move(history));
    }
  }
  return all;
}

}  // namespace mw::plant
