#include <array>
#include <map>

#include "server/api/alarm_json.h"
#include "server/api/api_state.h"
#include "server/api/plant_json.h"
#include "server/api/query_integer.h"
#include "server/api/query_parameter.h"
#include "server/api/query_window.h"
#include "server/http/api_error.h"

namespace mw::server {
namespace {

using Action = alarms::Alarms::Action;

constexpr uint64_t kBodyBytes = 64 << 10;
constexpr int64_t kPreviewNs = 7 * kNsPerDay;
constexpr int kTurnLimitMs = 120'000;  // with waiting; a preview reads a week of up to 32 tags
constexpr int kDefaultEntries = 100;
constexpr int kMostEntries = 1'000;
constexpr std::array<std::pair<const char*, Action>, 6> kActions = {
    {{"acknowledge", Action::kAcknowledge},
     {"reset", Action::kReset},
     {"shelve", Action::kShelve},
     {"unshelve", Action::kUnshelve},
     {"out_of_service", Action::kOutOfService},
     {"in_service", Action::kInService}}};

std::shared_ptr<const plant::Catalogue> catalogue_for(const ApiState& state, const Identity& who) {
  return state.parts.plant->catalogue(who);
}

Result<Json> list(const ApiState& state, const HttpRequest& request) {
  const bool all = request.query_value("all") == "1";
  return alarms_json(*state.parts.alarms, request.who, *catalogue_for(state, request.who), all);
}

Result<Json> act(const ApiState& state, const HttpRequest& request) {
  MW_ASSIGN(const Json body, parse_json(request.body, 8));
  if (!body.is_object()) {
    return Error::make(Code::kInvalidArgument, "expected an object with 'alarm' and 'action'",
                       "应为含“alarm”和“action”的对象", "body");
  }
  alarms::Alarms::Order order;
  MW_ASSIGN(order.rule, json_string(body, "alarm"));
  MW_ASSIGN(order.note, json_string(body, "note"));
  MW_ASSIGN(const int64_t minutes, json_integer(body, "minutes", 0));
  order.for_ns = minutes > 0 && minutes <= 1'000'000 ? minutes * kNsPerMinute : 0;
  MW_ASSIGN(const std::string name, json_string(body, "action"));
  const auto found = std::find_if(kActions.begin(), kActions.end(),
                                  [&](const auto& each) { return name == each.first; });
  if (found == kActions.end()) {
    return Error::make(
        Code::kInvalidArgument,
        "'action': expected acknowledge, reset, shelve, unshelve, out_of_service or in_service",
        "“action”应为 acknowledge、reset、shelve、unshelve、out_of_service 或 in_service",
        "action");
  }
  order.action = found->second;
  MW_ASSIGN(const alarms::AlarmView view, state.parts.alarms->act(request.who, order));
  return to_json(view, *catalogue_for(state, request.who));
}

Result<Json> journal(const ApiState& state, const HttpRequest& request) {
  MW_ASSIGN(const QueryTimes times, query_times(request));
  MW_ASSIGN(const auto before, query_integer(request, "before", 1, INT64_MAX));
  MW_ASSIGN(const auto limit, query_integer(request, "limit", 1, kMostEntries));
  alarms::EntryFilter filter;
  if (times.from_ns) filter.from_ns = *times.from_ns;
  if (times.to_ns) filter.to_ns = *times.to_ns;
  filter.rule = request.query_value("alarm");
  filter.asset = request.query_value("asset");
  filter.before_number = before.value_or(0);
  filter.limit = static_cast<int>(limit.value_or(kDefaultEntries));
  MW_ASSIGN(const auto entries, state.parts.alarms->journal(request.who, filter));
  const auto catalogue = catalogue_for(state, request.who);
  std::map<std::string, std::optional<alarms::AlarmView>> rules;
  Json out = Json::array();
  for (const alarms::Entry& entry : entries) {
    const auto [rule, fresh] = rules.try_emplace(entry.rule);
    if (fresh) {
      auto found = state.parts.alarms->find(request.who, entry.rule);
      if (found) rule->second = std::move(*found);
    }
    out.push_back(to_json(entry, rule->second ? &*rule->second : nullptr, *catalogue));
  }
  return Json{{"entries", std::move(out)}};
}

Result<Json> rules(const ApiState& state, const HttpRequest& request) {
  Json out = Json::array();
  for (const alarms::AlarmView& view : state.parts.alarms->list(request.who, true)) {
    out.push_back(rule_json(view.rule));
  }
  Json left_out = Json::array();
  for (const alarms::LeftOutRule& each : state.parts.alarms->left_out(request.who)) {
    left_out.push_back({{"id", each.id}, {"problem", to_json(each.problem)}});
  }
  return Json{{"rules", std::move(out)}, {"left_out", std::move(left_out)}};
}

Result<Json> put_rule(const ApiState& state, const HttpRequest& request) {
  MW_ASSIGN(const Json body, parse_json(request.body, 32));
  MW_ASSIGN(const alarms::AlarmRule rule, state.parts.alarms->put_rule(request.who, body));
  return rule_json(rule);
}

Result<Json> preview(const ApiState& state, const HttpRequest& request) {
  MW_ASSIGN(const Json body, parse_json(request.body, 32));
  MW_ASSIGN(const alarms::AlarmRule rule, state.parts.alarms->read_rule(request.who, body));
  MW_ASSIGN(const alarms::RulePreview found,
            alarms::preview_rule(rule, request.who, *state.parts.plant, kPreviewNs));
  return to_json(found);
}

Result<Json> messages(const ApiState& state, const HttpRequest& request) {
  if (state.parts.escalation != nullptr) {
    return messages_json(*state.parts.escalation, request.who);
  }
  const Json none = Json::array();
  return Json{{"steps", none}, {"channels", none}, {"messages", none}};
}

Result<Json> remove_rule(const ApiState& state, const HttpRequest& request) {
  MW_TRY(state.parts.alarms->remove_rule(request.who, std::string(request.path_value("alarm"))));
  return Json::object();
}

void add(Router& router, const std::shared_ptr<ApiState>& state, Method method, const char* pattern,
         RouteDoc doc, Result<Json> (*answer)(const ApiState& state, const HttpRequest& request),
         security::Role least_role = security::Role::kViewer, Turns ApiState::*turns = nullptr) {
  Route route;
  route.least_role = least_role;
  route.method = method;
  route.pattern = pattern;
  route.doc = std::move(doc);
  if (!route.doc.request_schema.empty()) route.body_limit_bytes = kBodyBytes;
  route.runs_on = RunsOn::kWorker;
  route.handler = [state, answer](const std::shared_ptr<Exchange>& exchange) {
    if (!state->parts.plant) {
      exchange->respond(error_response(absent("no plant is connected", "未连接工厂")));
      return;
    }
    if (!state->parts.alarms) {
      exchange->respond(
          error_response(absent("the alarms' journal could not be opened: see the server's log",
                                "无法打开报警记录，请查看服务器日志")));
      return;
    }
    const Result<Json> done = answer(*state, exchange->request());
    exchange->respond(done ? json_response(*done) : error_response(done.error()));
  };
  if (turns != nullptr) {
    route.handler = in_turn(state, turns, route.handler);
    route.time_limit_ms = kTurnLimitMs;
  }
  router.add(std::move(route));
}

}  // namespace

void add_alarm_routes(Router& router, const std::shared_ptr<ApiState>& state) {
  RouteDoc doc{
      .operation = "listAlarms",
      .summary = "Alarms that are not normal, worst first, and how many there are to see to",
      .request_schema = {},
      .response_schema = "AlarmList"};
  doc.parameters = {query_parameter("all", "string", "1: those that are normal, too")};
  add(router, state, Method::kGet, "/api/alarms", doc, list);
  add(router, state, Method::kPost, "/api/alarms/actions",
      {.operation = "actOnAlarm",
       .summary = "Acknowledges, resets, shelves, or takes an alarm out of service",
       .request_schema = "AlarmAction",
       .response_schema = "Alarm"},
      act, security::Role::kOperator);
  doc = {.operation = "readAlarmJournal",
         .summary = "What happened to alarms and who did what, newest first",
         .request_schema = {},
         .response_schema = "AlarmJournal"};
  doc.parameters = {
      query_parameter("alarm", "string", "Of this alarm only"),
      query_parameter("asset", "string",
                      "Of this machine only; one that is not there, or that "
                      "you may not see, has none"),
      query_parameter("from_ms", "integer", "Not before, ms since 1970 UTC"),
      query_parameter("to_ms", "integer", "Before"),
      query_parameter("before", "integer", "Entries with a smaller number: the next page"),
      query_parameter("limit", "integer", "1 to 1000; default 100")};
  add(router, state, Method::kGet, "/api/alarms/journal", doc, journal);
  add(router, state, Method::kGet, "/api/alarms/rules",
      {.operation = "listAlarmRules",
       .summary = "What is an alarm, and what it means",
       .request_schema = {},
       .response_schema = "AlarmRuleList"},
      rules);
  add(router, state, Method::kPut, "/api/alarms/rules",
      {.operation = "putAlarmRule",
       .summary = "Adds a rule, or replaces the one of the same id (with revision: only that one)",
       .request_schema = "AlarmRule",
       .response_schema = "AlarmRule"},
      put_rule, security::Role::kEngineer);
  add(router, state, Method::kPost, "/api/alarms/rules/preview",
      {.operation = "previewAlarmRule",
       .summary = "How often a rule would have come up in the last 7 days; nothing is stored",
       .request_schema = "AlarmRule",
       .response_schema = "AlarmRulePreview"},
      preview, security::Role::kEngineer, &ApiState::previewing);
  add(router, state, Method::kGet, "/api/alarms/messages",
      {.operation = "listAlarmMessages",
       .summary = "Who is told when nobody acknowledges, and what became of the newest messages",
       .request_schema = {},
       .response_schema = "AlarmMessages"},
      messages, security::Role::kOperator);
  add(router, state, Method::kDelete, "/api/alarms/rules/{alarm}",
      {.operation = "removeAlarmRule",
       .summary = "Removes a rule; its journal stays",
       .request_schema = {},
       .response_schema = "Accepted"},
      remove_rule, security::Role::kEngineer);
}

}  // namespace mw::server
