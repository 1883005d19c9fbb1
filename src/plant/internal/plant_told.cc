// What Plant takes of those who tell it something that is no sample: by which right, of which
// place, and who they were.
#include <algorithm>

#include "plant/internal/plant_impl.h"
#include "plant/internal/reading_check.h"
#include "plant/internal/told_json.h"

namespace mw::plant {
namespace {

constexpr int64_t kLongestOpenNs = 100 * kNsPerDay;
constexpr std::size_t kMostRecords = 10'000;

}  // namespace

Result<const Line*> PlantImpl::visible_line(const Identity& who, std::string_view line) const {
  const Line* found = catalogue_->line(line);
  if (found != nullptr && who.may_see_line(found->id)) return found;
  const std::string id(line.substr(0, 130));
  return Error::make(Code::kNotFound, "there is no line '" + id + "'", "没有产线“" + id + "”",
                     "line");
}

Result<ToldPlace> PlantImpl::told_place(const Identity& who, const std::string& asset,
                                        const std::string& line) const {
  MW_TRY(check_may_store(who));
  ToldPlace place;
  if (!asset.empty()) {
    MW_ASSIGN(const Asset* found, visible_asset(who, asset));
    place = {found->id, found->line, asset_place(found->id)};
  } else {
    MW_ASSIGN(const Line* found, visible_line(who, line));
    place = {{}, found->id, line_place(found->id)};
  }
  if (!may_store_on(who, place.line)) {
    return Error::make(Code::kPermissionDenied,
                       "telling of line '" + place.line + "' takes the role operator there",
                       "上报产线“" + place.line + "”的情况需要在该产线具有 operator 角色");
  }
  return place;
}

Result<std::optional<PlantRecord>> PlantImpl::known_record(
    std::string_view kind, const ToldPlace& place, const std::string& name,
    const std::optional<TimeNs>& start_ns) const {
  const TimeNs now_ns = clock_.now_ns();
  const TimeWindow window =
      start_ns ? TimeWindow{*start_ns, *start_ns + 1}
               : TimeWindow{now_ns - kLongestOpenNs, now_ns + kSkewToleranceNs + 1};
  MW_ASSIGN(const std::vector<PlantRecord> records,
            store_->records(kind, place.records, window, kMostRecords));
  const auto found = std::find_if(records.begin(), records.end(), [&](const PlantRecord& record) {
    const bool meant =
        start_ns ? record.start_ns == *start_ns : record.end_ns == PlantRecord::kOpen;
    return record.name == name && meant;
  });
  return found == records.end() ? std::nullopt : std::optional(*found);
}

Result<std::string> PlantImpl::kept_teller(const Identity& who) const {
  return tellers_ ? tellers_->kept(who) : Result<std::string>(who.name);
}

std::string PlantImpl::shown_teller(const std::string& kept) const {
  return tellers_ && !kept.empty() ? tellers_->shown(kept) : kept;
}

}  // namespace mw::plant
