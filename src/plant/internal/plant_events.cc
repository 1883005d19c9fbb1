// What Plant tells of events, and takes of them.
#include <algorithm>
#include <map>

#include "core/sha256.h"
#include "plant/internal/plant_impl.h"
#include "plant/internal/told_json.h"

namespace mw::plant {
namespace {

constexpr int64_t kLongestNs = 400 * kNsPerDay;

/// Of who tells what and when: the same one for nothing else.
std::string given_id(const ToldPlace& place, const PlantEvent& event, TimeNs now_ns) {
  const std::string whole =
      place.records + '\0' + event.told_by + '\0' + std::to_string(now_ns) + '\0' + event.text;
  return sha256_hex(whole).substr(0, 16);
}

void count_kinds(PlantEventList& list) {
  std::map<std::string, uint64_t> kinds;
  for (const PlantEvent& event : list.events) {
    if (!event.kind.empty()) ++kinds[event.kind];
  }
  list.count = list.events.size();
  list.counted_all = list.count <= kMostCountedEvents;
  list.kinds.assign(kinds.begin(), kinds.end());
  std::stable_sort(list.kinds.begin(), list.kinds.end(),
                   [](const auto& a, const auto& b) { return a.second > b.second; });
}

}  // namespace

Result<void> PlantImpl::add_events_of(const std::string& place, const std::string& asset,
                                      const std::string& line, TimeWindow window,
                                      std::vector<PlantEvent>& all) const {
  // One more than are counted: then it says that there are more.
  MW_ASSIGN(const std::vector<PlantRecord> records,
            store_->records(kEventRecords, place, window, kMostCountedEvents + 1));
  for (const PlantRecord& record : records) {
    all.push_back(event_of(record, clock_.now_ns()));
    all.back().asset = asset;
    all.back().line = line;
  }
  return {};
}

Result<PlantEventList> PlantImpl::events(const Identity& who, std::string_view asset,
                                         std::string_view line, TimeWindow window) const {
  MW_ASSIGN(window, checked(window));
  if (window.end_ns - window.start_ns > kLongestNs) {
    return Error::make(Code::kInvalidArgument, "events are told of at most 400 days",
                       "事件最多按 400 天查询", "window");
  }
  PlantEventList list;
  if (!asset.empty()) {
    MW_ASSIGN(const Asset* found, visible_asset(who, asset));
    MW_TRY(add_events_of(asset_place(found->id), found->id, found->line, window, list.events));
  } else {
    MW_ASSIGN(const Line* found, visible_line(who, line));
    MW_TRY(add_events_of(line_place(found->id), {}, found->id, window, list.events));
    for (const Asset& each : catalogue_->assets()) {
      if (each.line != found->id) continue;
      MW_TRY(add_events_of(asset_place(each.id), each.id, each.line, window, list.events));
    }
  }
  std::stable_sort(
      list.events.begin(), list.events.end(),
      [](const PlantEvent& a, const PlantEvent& b) { return a.start_ns > b.start_ns; });
  count_kinds(list);
  if (list.events.size() > kMostEvents) {
    list.cut = true;
    list.events.resize(kMostEvents);
  }
  for (PlantEvent& event : list.events) event.told_by = shown_teller(event.told_by);
  return list;
}

Result<PlantEvent> PlantImpl::tell_event(const Identity& who, const ToldEvent& told,
                                         const EventRecord& note) {
  MW_ASSIGN(const ToldPlace place, told_place(who, told.asset, told.line));
  const TimeNs now_ns = told_now_ns();
  MW_TRY(check_told_time({"event", "事件"}, "start", told.start_ns, now_ns));
  MW_TRY(check_told_time({"event", "事件"}, "end", told.end_ns, now_ns));
  PlantEvent event;
  MW_ASSIGN(event.told_by, kept_teller(who));
  event.text = told.text;
  event.id = told.id.empty() ? given_id(place, event, now_ns) : told.id;
  event.start_ns = event.end_ns = told.start_ns.value_or(now_ns);
  MW_ASSIGN(const std::optional<PlantRecord> known,
            known_record(kEventRecords, place, event.id, told.start_ns));
  if (known) {
    const std::string teller = std::move(event.told_by);
    event = event_of(*known, now_ns);
    if (event.told_by != teller) {
      return Error::make(Code::kConflict,
                         "event: somebody else told '" + event.id + "': tell another one",
                         "事件：“" + event.id + "”由他人上报：请另行上报", "id");
    }
  }
  event.asset = place.asset;
  event.line = place.line;
  event.told_ns = now_ns;
  if (!told.text.empty()) event.text = told.text;
  if (!told.kind.empty()) event.kind = told.kind;
  if (event.text.empty()) {
    return Error::make(Code::kInvalidArgument,
                       "event: 'text': expected what happened, in words: no open event '" +
                           event.id + "' is known",
                       "事件：“text”应写明发生了什么：没有进行中的事件“" + event.id + "”", "text");
  }
  if (told.open || told.end_ns) {
    event.open = told.open;
    event.end_ns = told.end_ns.value_or(std::max(now_ns, event.start_ns));
  }
  if (!event.open && event.end_ns < event.start_ns) {
    return Error::make(Code::kInvalidArgument, "event: 'end' lies before its start",
                       "事件：“end”早于开始时间", "end");
  }
  if (note) MW_TRY(note(event));
  const PlantRecord record = record_of(event);
  MW_TRY(store_->put_records({&record, 1}));
  event.told_by = shown_teller(event.told_by);
  return event;
}

}  // namespace mw::plant
