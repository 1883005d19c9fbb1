#include "server/api/alarm_json.h"

#include "server/api/plant_json.h"

namespace mw::server {
namespace {

Json optional_number(const std::optional<double>& value) { return value ? Json(*value) : Json(); }

}  // namespace

Json to_json(const alarms::AlarmView& view, const plant::Catalogue& catalogue) {
  const plant::Asset* asset = catalogue.asset(view.rule.asset);
  const plant::Tag* tag = catalogue.tag(alarms::tags_of(view.rule).front());
  const alarms::AlarmStatus& status = view.status;
  return {{"id", view.rule.id},
          {"name", to_json(view.rule.name)},
          {"asset", view.rule.asset},
          {"asset_name", to_json(asset == nullptr ? Text{view.rule.asset, {}} : asset->name)},
          {"line", view.rule.line},
          {"priority", alarms::priority_name(view.rule.priority)},
          {"enabled", view.rule.enabled},
          {"state", alarms::state_name(status.state())},
          {"active", status.active},
          {"doubtful", status.doubtful},
          {"since_ms", time_or_null(status.active_since_ns)},
          {"changed_ms", time_or_null(status.changed_ns)},
          {"shelved_until_ms", time_or_null(status.shelved_until_ns)},
          {"tag", tag == nullptr ? std::string() : tag->id},
          {"value", optional_number(view.value)},
          {"text", view.text},
          {"unit", view.unit},
          {"decimals", tag == nullptr ? 1 : tag->decimals},
          {"cause", to_json(view.rule.cause)},
          {"consequence", to_json(view.rule.consequence)},
          {"response", to_json(view.rule.response)},
          {"respond_within_min", view.rule.respond_within_min},
          {"raised_in_hour", view.raised_in_hour},
          {"chattering", view.chattering},
          {"stale", view.stale}};
}

Json to_json(const alarms::AlarmLoad& load) {
  return {{"standing", load.standing}, {"unacknowledged", load.unacknowledged},
          {"shelved", load.shelved},   {"chattering", load.chattering},
          {"stale", load.stale},       {"raised_in_10_min", load.raised_in_10_min},
          {"flood", load.flood}};
}

Json to_json(const alarms::Entry& entry) {
  return {{"number", entry.number},
          {"ts_ms", to_ms(entry.ts_ns)},
          {"alarm", entry.rule},
          {"event", alarms::event_name(entry.event)},
          {"state", alarms::state_name(entry.state)},
          {"priority", alarms::priority_name(entry.priority)},
          {"who", entry.who},
          {"note", entry.note},
          {"value", optional_number(entry.value)}};
}

Json alarms_json(const alarms::Alarms& alarms, const Identity& who,
                 const plant::Catalogue& catalogue, bool all) {
  Json list = Json::array();
  for (const alarms::AlarmView& view : alarms.list(who, all)) {
    list.push_back(to_json(view, catalogue));
  }
  return {{"alarms", std::move(list)},
          {"load", to_json(alarms.load(who))},
          {"may_operate", alarms::may_operate(who)},
          {"may_engineer", alarms::may_engineer(who)}};
}

}  // namespace mw::server
