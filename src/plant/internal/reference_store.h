#pragma once

#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "plant/sample_store.h"

namespace mw::plant {

/// SampleStore as plain as can be, for tests: a sorted map of each tag, every sample as it came,
/// never a rollup. What it answers is what the others must.
class ReferenceStore final : public SampleStore {
 public:
  Result<AppendOutcome> append(std::span<const Sample> samples) override {
    for (const Sample& sample : samples) by_tag_[sample.tag].emplace(sample.ts_ns, sample);
    return AppendOutcome::kCommitted;
  }
  Result<std::optional<Sample>> latest(TagIndex tag) const override {
    return last_before(tag, INT64_MAX);
  }
  Result<std::optional<Sample>> last_before(TagIndex tag, TimeNs ts_ns) const override {
    const auto& samples = of(tag);
    const auto at = samples.lower_bound(ts_ns);
    if (at == samples.begin()) return std::optional<Sample>();
    return std::optional<Sample>(std::prev(at)->second);
  }
  Result<void> scan(TagIndex tag, TimeWindow window, const Visitor& visit) const override {
    const auto& samples = of(tag);
    for (auto at = samples.lower_bound(window.start_ns);
         at != samples.end() && at->first < window.end_ns && visit(at->second);) {
      ++at;
    }
    return {};
  }
  Result<void> pieces(TagIndex tag, TimeWindow window, int64_t, PieceUse, const Visitor& on_sample,
                      const RollupVisitor&) const override {
    return scan(tag, window, on_sample);
  }
  KeptFrom kept_from(TagIndex) const override { return {}; }
  Result<ThinStep> thin(TagIndex, const KeptFrom&) override { return ThinStep{0, true}; }
  Result<void> put_records(std::span<const PlantRecord> records) override {
    for (const PlantRecord& record : records) {
      records_[{record.kind, record.place, record.start_ns, record.name}] = record;
    }
    return {};
  }
  Result<std::vector<PlantRecord>> records(std::string_view kind, std::string_view place,
                                           TimeWindow window, std::size_t most) const override {
    std::vector<PlantRecord> found;
    for (auto each = records_.rbegin(); each != records_.rend() && found.size() < most; ++each) {
      const PlantRecord& record = each->second;
      if (record.kind == kind && record.place == place && record.start_ns < window.end_ns &&
          (record.end_ns > window.start_ns || record.start_ns >= window.start_ns)) {
        found.push_back(record);
      }
    }
    return found;
  }
  Result<void> drop_records(std::string_view kind, TimeNs before_ns) override {
    std::erase_if(records_, [&](const auto& each) {
      return each.second.kind == kind && each.second.end_ns < before_ns;
    });
    return {};
  }
  StoreStats stats() const override { return {}; }

 private:
  const std::map<TimeNs, Sample>& of(TagIndex tag) const {
    static const std::map<TimeNs, Sample> kNone;
    const auto found = by_tag_.find(tag);
    return found != by_tag_.end() ? found->second : kNone;
  }
  std::map<TagIndex, std::map<TimeNs, Sample>> by_tag_;
  std::map<std::tuple<std::string, std::string, TimeNs, std::string>, PlantRecord> records_;
};

}  // namespace mw::plant
