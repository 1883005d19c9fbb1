// What is stored, for whom it may be shown: windows, values at a time, files.
#include <algorithm>

#include "plant/csv_export.h"
#include "plant/internal/plant_impl.h"
#include "plant/internal/rollup_fold.h"
#include "plant/interpolation.h"
#include "plant/no_such_tag.h"
#include "plant/query.h"

namespace mw::plant {

Result<const Tag*> PlantImpl::visible_history(const Identity& who, std::string_view tag) const {
  const Tag* found = catalogue_->stored_tag(tag);
  if (found != nullptr && who.may_see_line(catalogue_->asset(found->asset)->line)) return found;
  return no_such_tag(tag);
}

Result<const Tag*> PlantImpl::visible_tag(const Identity& who, std::string_view tag) const {
  MW_ASSIGN(const Tag* found, visible_history(who, tag));
  return found->goes_on_as.empty() ? Result<const Tag*>(found) : no_such_tag(tag);
}

Result<TimeWindow> PlantImpl::checked(TimeWindow window) const {
  const TimeNs now_ns = clock_.now_ns();
  if (window.start_ns < 0 || window.start_ns >= window.end_ns) {
    return Error::make(Code::kInvalidArgument, "the window's start must lie before its end",
                       "时间段的起点必须早于终点", "window");
  }
  if (window.start_ns >= now_ns) {
    return Error::make(Code::kInvalidArgument, "the window lies in the future",
                       "时间段在将来，还没有数据", "window");
  }
  return TimeWindow{window.start_ns, std::min(window.end_ns, now_ns)};
}

Result<TagValue> PlantImpl::latest(const Identity& who, std::string_view tag) const {
  MW_ASSIGN(const Tag* found, visible_tag(who, tag));
  return live_.value(*found, clock_.now_ns());
}

Result<Series> PlantImpl::series(const Identity& who, std::string_view tag, TimeWindow window,
                                 int max_points, std::optional<Interpolation> asked) const {
  MW_ASSIGN(const Tag* found, visible_history(who, tag));
  MW_ASSIGN(window, checked(window));
  if (max_points < 1 || max_points > 100'000) {
    return Error::make(Code::kInvalidArgument, "points: expected 1 to 100000",
                       "points：应为 1 到 100000", "points");
  }
  MW_ASSIGN(const Interpolation way, choose_interpolation(*store_, *found, window, asked));
  if (way == Interpolation::kLinear) {
    return linear_series(*store_, found->index, window, hold_of(*found), max_points);
  }
  MW_ASSIGN(Series out,
            mw::plant::series(*store_, found->index, window, hold_of(*found), max_points));
  out.basis.stepped_instead = asked.value_or(found->interpolation) == Interpolation::kLinear;
  return out;
}

Result<Aggregate> PlantImpl::aggregate(const Identity& who, std::string_view tag, TimeWindow window,
                                       std::optional<Interpolation> asked) const {
  MW_ASSIGN(const Tag* found, visible_history(who, tag));
  MW_ASSIGN(window, checked(window));
  MW_ASSIGN(const Interpolation way, choose_interpolation(*store_, *found, window, asked));
  if (way == Interpolation::kLinear) {
    return linear_aggregate(*store_, found->index, window, hold_of(*found));
  }
  MW_ASSIGN(Aggregate out, mw::plant::aggregate(*store_, found->index, window, hold_of(*found)));
  out.basis.stepped_instead = asked.value_or(found->interpolation) == Interpolation::kLinear;
  return out;
}

Result<PointValue> PlantImpl::value_at(const Identity& who, std::string_view tag, TimeNs ts_ns,
                                       std::optional<Interpolation> asked) const {
  MW_ASSIGN(const Tag* found, visible_history(who, tag));
  if (ts_ns < 0 || ts_ns > clock_.now_ns()) {
    return Error::make(Code::kInvalidArgument, "'at_ms': the time lies in the future",
                       "“at_ms”：该时间在将来，还没有数据", "at_ms");
  }
  return mw::plant::value_at(*store_, *found, ts_ns, asked);
}

Result<StateHistory> PlantImpl::state_history(const Identity& who, std::string_view tag,
                                              TimeWindow window) const {
  MW_ASSIGN(const Tag* found, visible_history(who, tag));
  MW_ASSIGN(window, checked(window));
  return mw::plant::state_history(*store_, found->index, window, hold_of(*found));
}

Result<CounterIncrease> PlantImpl::counter_increase(const Identity& who, std::string_view tag,
                                                    TimeWindow window) const {
  MW_ASSIGN(const Tag* found, visible_history(who, tag));
  MW_ASSIGN(window, checked(window));
  return mw::plant::counter_increase(*store_, found->index, window, hold_of(*found));
}

Result<TimeWindow> PlantImpl::checked_export(const Identity& who,
                                             const std::vector<std::string>& tags,
                                             TimeWindow window) const {
  for (const std::string& tag : tags) MW_TRY(visible_history(who, tag));
  if (tags.empty()) {
    return Error::make(Code::kInvalidArgument, "name at least one tag", "请至少指定一个测点",
                       "tag");
  }
  return checked(window);
}

Result<SampleExport> PlantImpl::export_samples(
    const Identity& who, const std::vector<std::string>& tags, TimeWindow window,
    const std::function<bool(std::string_view text)>& write) const {
  MW_ASSIGN(window, checked_export(who, tags, window));
  SampleExport out;
  out.thinned_until_ns = thinned_before(*store_, *catalogue_, tags, window.start_ns).until_ns;
  MW_ASSIGN(out.samples, export_csv(*store_, *catalogue_, tags, window, write));
  return out;
}

Result<SampleExport> PlantImpl::export_values(
    const Identity& who, const std::vector<std::string>& tags, TimeWindow window,
    const CsvGrid& grid, const std::function<bool(std::string_view text)>& write) const {
  MW_ASSIGN(window, checked_export(who, tags, window));
  SampleExport out;
  MW_ASSIGN(out.samples, export_grid(*store_, *catalogue_, tags, window, grid, write));
  return out;
}

std::optional<TimeNs> PlantImpl::earliest_ns(const Identity& who) const {
  std::optional<TimeNs> earliest;
  const std::shared_ptr<const Catalogue> view = catalogue(who);
  for (const Tag& tag : view->tags()) {
    const auto take = [&](TimeNs ts_ns) {
      if (!earliest || ts_ns < *earliest) earliest = ts_ns;
      return false;
    };
    const Result<void> read = store_->pieces(
        tag.index, {INT64_MIN, earliest.value_or(INT64_MAX)}, 0, SampleStore::PieceUse::kChart,
        [&](const Sample& sample) { return take(sample.ts_ns); },
        [&](const Rollup& rollup) { return take(rollup.first_ns); });
    if (!read) log_(LogLevel::kError, "plant", read.error().message.en);
  }
  return earliest;
}

}  // namespace mw::plant
