#include "server/api/alarm_json.h"

#include "server/api/plant_json.h"

namespace mw::server {
namespace {

constexpr std::size_t kShownMessages = 100;

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

Json to_json(const alarms::Entry& entry, const alarms::AlarmView* rule,
             const plant::Catalogue& catalogue) {
  const plant::Tag* tag =
      rule == nullptr ? nullptr : catalogue.tag(alarms::tags_of(rule->rule).front());
  return {{"number", entry.number},
          {"ts_ms", to_ms(entry.ts_ns)},
          {"alarm", entry.rule},
          {"name", to_json(rule == nullptr ? Text{} : rule->rule.name)},
          {"asset", entry.asset},
          {"tag", tag == nullptr ? std::string() : tag->id},
          {"unit", tag == nullptr ? std::string() : tag->unit},
          {"decimals", tag == nullptr ? 1 : tag->decimals},
          {"event", alarms::event_name(entry.event)},
          {"state", alarms::state_name(entry.state)},
          {"priority", alarms::priority_name(entry.priority)},
          {"who", entry.who},
          {"note", entry.note},
          {"value", optional_number(entry.value)}};
}

Json rule_json(const alarms::AlarmRule& rule) {
  Json out = alarms::to_json(rule);
  out["revision"] = alarms::revision_of(rule);
  return out;
}

Json to_json(const alarms::RulePreview& preview) {
  Json newest = Json::array();
  for (const TimeWindow& each : preview.newest) {
    newest.push_back({{"from_ms", to_ms(each.start_ns)}, {"to_ms", to_ms(each.end_ns)}});
  }
  return {{"from_ms", time_or_null(preview.window.start_ns)},
          {"to_ms", time_or_null(preview.window.end_ns)},
          {"resolution_ms", preview.resolution_ns / kNsPerMs},
          {"raised", preview.raised},
          {"standing_ms", preview.standing_ns / kNsPerMs},
          {"newest", std::move(newest)}};
}

Result<Json> messages_json(const alarms::Escalation& escalation, const Identity& who) {
  MW_ASSIGN(const auto steps, escalation.steps(who));
  MW_ASSIGN(const auto channels, escalation.channels(who));
  MW_ASSIGN(const auto messages, escalation.messages(who, kShownMessages));
  Json rungs = Json::array();
  for (const alarms::EscalationStep& step : steps) {
    rungs.push_back({{"name", step.name},
                     {"after_ms", step.after_ns / kNsPerMs},
                     {"priority", alarms::priority_name(step.least)},
                     {"lines", step.lines},
                     {"channels", step.channels}});
  }
  Json health = Json::array();
  for (const notify::ChannelHealth& each : channels) {
    health.push_back({{"name", each.name},
                      {"waiting", each.waiting},
                      {"last_sent_ms", time_or_null(each.last_sent_ns)},
                      {"problem", each.problem ? to_json(*each.problem) : Json()},
                      {"problem_ms", time_or_null(each.problem ? each.problem_ns : 0)},
                      {"next_ms", time_or_null(each.problem ? each.next_ns : 0)}});
  }
  Json told = Json::array();
  for (const alarms::ToldMessage& each : messages) {
    told.push_back({{"channel", each.channel},
                    {"alarm", each.alarm},
                    {"name", to_json(each.name)},
                    {"step", each.step},
                    {"ended", each.ended},
                    {"state", notify::state_name(each.state)},
                    {"created_ms", to_ms(each.created_ns)},
                    {"done_ms", time_or_null(each.done_ns)},
                    {"attempts", each.attempts},
                    {"problem", each.problem.en.empty() ? Json() : to_json(each.problem)}});
  }
  return Json{
      {"steps", std::move(rungs)}, {"channels", std::move(health)}, {"messages", std::move(told)}};
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
