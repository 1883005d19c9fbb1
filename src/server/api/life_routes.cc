// How long machines that run will last, and what each is followed by.
#include "maintenance/life_watch.h"
#include "security/rights.h"
#include "server/api/machine_health_json.h"
#include "server/api/plant_json.h"

namespace mw::server {
namespace {

using maintenance::LifeAnswer;
using maintenance::LifeView;
using maintenance::LifeWatch;

constexpr std::size_t kMostColumns = 1000;

Json ms_or_null(const std::optional<TimeNs>& ts_ns) { return ts_ns ? Json(to_ms(*ts_ns)) : Json(); }

/// What of the card everybody may see who sees the machine: it names no file, machine or column.
Json card_summary(const Json& card) {
  return {{"scores", card.value("scores", Json::array())},
          {"limits", card.value("limits", Json::object())},
          {"trained_at", card.value("trained_at", "")}};
}

Json model_json(const maintenance::LifeModelView& model) {
  return {{"name", model.name},
          {"columns", model.columns},
          {"time", model.time_name},
          {"row_step", model.row_step},
          {"cap", model.cap},
          {"trained_assets", model.trained_assets},
          {"card", card_summary(model.card)}};
}

std::string json_member_text(const Json& json, const char* member, const char* name) {
  const auto found = json.find(member);
  return found == json.end() ? std::string() : json_string(*found, name).value_or("");
}

Json following_json(const maintenance::LifeFollowing& following) {
  Json columns = Json::object();
  for (const auto& [column, tag] : following.source.columns) columns[column] = tag;
  return {{"model", following.model},          {"columns", std::move(columns)},
          {"states", following.source.states}, {"row_s", following.source.row_s},
          {"unit_s", following.unit_s},        {"since_ms", to_ms(following.since_ns)},
          {"begins", following.begins},        {"set_by", following.set_by},
          {"set_ms", to_ms(following.set_ns)}};
}

Json answer_json(const LifeAnswer& answer) {
  Json reasons = Json::array();
  for (const LifeAnswer::Reason& each : answer.reasons) {
    reasons.push_back({{"column", each.column}, {"added", each.added}});
  }
  return {{"kind", name(answer.kind)},
          {"age", answer.age},
          {"low", answer.low},
          {"point", answer.point},
          {"high", answer.high},
          {"level", answer.level},
          {"text", to_json(answer.text)},
          {"reasons", std::move(reasons)}};
}

Json life_json(const LifeView& view, const Identity& who) {
  Json course = Json::array();
  for (const maintenance::LifePoint& each : view.course) {
    course.push_back({{"at_ms", to_ms(each.ts_ns)},
                      {"age", each.age},
                      {"kind", name(each.kind)},
                      {"low", each.low},
                      {"point", each.point},
                      {"high", each.high}});
  }
  return {{"asset", view.following.source.asset},
          {"line", view.line},
          {"following", following_json(view.following)},
          {"model", model_json(view.model)},
          {"began_ms", to_ms(view.began_ns)},
          {"by_event", view.by_event},
          {"answer", view.answer ? answer_json(*view.answer) : Json()},
          {"problem", to_json(view.problem)},
          {"row_ms", time_or_null(view.row_ns)},
          {"wear_share", view.wear_share},
          {"unknown_state_s", view.unknown_state_s},
          {"earliest_ms", ms_or_null(view.earliest_ns)},
          {"latest_ms", ms_or_null(view.latest_ns)},
          {"likeliest_ms", ms_or_null(view.likeliest_ns)},
          {"course", std::move(course)},
          {"may_change", who.may(Role::kEngineer, view.line)}};
}

Result<Json> lives(const ApiState& state, const HttpRequest& request) {
  Json machines = Json::array();
  for (const LifeView& view : state.parts.lives->list(request.who)) {
    machines.push_back(life_json(view, request.who));
  }
  return Json{{"machines", std::move(machines)}, {"simulated", state.parts.plant->simulated()}};
}

Result<Json> models(const ApiState& state, const HttpRequest& request) {
  Json list = Json::array();
  for (const auto& each : state.parts.lives->models(request.who)) {
    list.push_back(model_json(each));
    list.back()["file"] = json_member_text(each.card, "data", "file");
  }
  return Json{{"models", std::move(list)}};
}

Result<Json> life(const ApiState& state, const HttpRequest& request) {
  MW_ASSIGN(const LifeView view,
            state.parts.lives->view(request.who, std::string(request.path_value("asset"))));
  return life_json(view, request.who);
}

Result<LifeWatch::Order> order_of(const HttpRequest& request) {
  MW_ASSIGN(const Json body, parse_json(request.body, 8));
  LifeWatch::Order order;
  order.asset = request.path_value("asset");
  MW_ASSIGN(order.model, json_string(body, "model"));
  MW_ASSIGN(order.unit_s, json_number(body, "unit_s", 0));
  MW_ASSIGN(const int64_t since_ms, json_integer(body, "since_ms", 0));
  // One that does not fit the clock is refused as one that is not yet.
  order.since_ns = since_ms > INT64_MAX / kNsPerMs ? INT64_MAX : since_ms * kNsPerMs;
  MW_ASSIGN(order.begins, json_string(body, "begins"));
  const auto columns = body.find("columns");
  if (columns == body.end() || !columns->is_object() || columns->size() > kMostColumns) {
    return Error::make(Code::kInvalidArgument, "'columns': expected {\"COLUMN\": \"ASSET/TAG\"}",
                       "“columns”应为 {\"列名\": \"设备/信号\"}", "columns");
  }
  for (const auto& [column, tag] : columns->items()) {
    MW_ASSIGN(std::string id, json_string(*columns, column));
    order.columns.emplace_back(column, std::move(id));
  }
  const auto states = body.find("states");
  if (states == body.end()) return order;
  const bool texts = states->is_array() && states->size() <= kMostColumns &&
                     std::all_of(states->begin(), states->end(),
                                 [](const Json& each) { return each.is_string(); });
  if (!texts) {
    return Error::make(Code::kInvalidArgument, "'states': expected a list of states",
                       "“states”应为状态列表", "states");
  }
  for (const Json& each : *states) order.states.push_back(each.get<std::string>());
  return order;
}

Result<Json> follow(const ApiState& state, const HttpRequest& request) {
  MW_ASSIGN(const LifeWatch::Order order, order_of(request));
  MW_ASSIGN(const LifeView view, state.parts.lives->follow(request.who, order));
  return life_json(view, request.who);
}

Result<Json> end(const ApiState& state, const HttpRequest& request) {
  MW_TRY(state.parts.lives->end(request.who, std::string(request.path_value("asset"))));
  return Json::object();
}

/// A route over remaining life; 503 where nothing tells it.
void add_life_route(Router& router, const std::shared_ptr<ApiState>& state, Method method,
                    const char* pattern, RouteDoc doc, MachineAnswer answer,
                    security::Role least_role = security::Role::kViewer) {
  Route route = machine_route(method, pattern, std::move(doc));
  route.least_role = least_role;
  route.handler = [state, answer](const std::shared_ptr<Exchange>& exchange) {
    if (!state->parts.plant || !state->parts.lives) {
      const Error none = state->parts.plant
                             ? absent("remaining life is not told: see the server's log",
                                      "无法给出剩余寿命，请查看服务器日志")
                             : absent("no plant is connected", "未连接工厂");
      exchange->respond(error_response(none));
      return;
    }
    const Result<Json> done = answer(*state, exchange->request());
    exchange->respond(done ? json_response(*done) : error_response(done.error()));
  };
  router.add(std::move(route));
}

}  // namespace

void add_life_routes(Router& router, const std::shared_ptr<ApiState>& state) {
  add_life_route(router, state, Method::kGet, "/api/maintenance/life",
                 {.operation = "listRemainingLives",
                  .summary = "Machines whose remaining life is followed, the soonest to fail first",
                  .request_schema = {},
                  .response_schema = "MachineLifeList"},
                 lives);
  add_life_route(router, state, Method::kGet, "/api/maintenance/life_models",
                 {.operation = "listLifeModels",
                  .summary = "Models of remaining life that a machine may be followed by",
                  .request_schema = {},
                  .response_schema = "LifeModelList"},
                 models, security::Role::kEngineer);
  add_life_route(router, state, Method::kGet, "/api/maintenance/life/{asset}",
                 {.operation = "getRemainingLife",
                  .summary = "When a machine fails: a range of dates, too early to say, or never "
                             "seen this regime",
                  .request_schema = {},
                  .response_schema = "MachineLife"},
                 life);
  add_life_route(router, state, Method::kPut, "/api/maintenance/life/{asset}",
                 {.operation = "followRemainingLife",
                  .summary = "Says by which model, tags and beginning a machine is followed",
                  .request_schema = "LifeOrder",
                  .response_schema = "MachineLife"},
                 follow, security::Role::kEngineer);
  add_life_route(router, state, Method::kDelete, "/api/maintenance/life/{asset}",
                 {.operation = "endRemainingLife",
                  .summary = "Ends following a machine",
                  .request_schema = {},
                  .response_schema = "Accepted"},
                 end, security::Role::kEngineer);
}

}  // namespace mw::server
