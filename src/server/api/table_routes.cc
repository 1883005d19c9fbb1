// Tables of labelled histories: added, cut out of the store, looked at, reported on, removed.
#include "server/api/machine_health_json.h"
#include "server/api/people_json.h"
#include "server/api/plant_json.h"
#include "server/api/query_integer.h"
#include "server/api/query_parameter.h"
#include "server/api/table_json.h"

namespace mw::server {
namespace {

using maintenance::KeptTable;

constexpr uint64_t kTableBytes = 64 << 20;
constexpr int64_t kLatestMs = INT64_MAX / kNsPerMs;

/// "line-1,line-2" of a query: ids hold no comma.
std::vector<std::string> parts_of(std::string_view text) {
  std::vector<std::string> out;
  while (!text.empty()) {
    const std::size_t comma = std::min(text.find(','), text.size());
    if (comma > 0) out.emplace_back(text.substr(0, comma));
    text.remove_prefix(std::min(comma + 1, text.size()));
  }
  return out;
}

Result<Json> add(const ApiState& state, const HttpRequest& request) {
  MW_ASSIGN(const KeptTable table,
            state.parts.tables->add(request.who, std::string(request.query_value("file")),
                                    request.body, parts_of(request.query_value("lines"))));
  return table_json(table);
}

Result<Json> cut(const ApiState& state, const HttpRequest& request) {
  MW_ASSIGN(const Json body, object_body(request));
  maintenance::LivesOrder order;
  MW_ASSIGN(order.assets, names_in(body, "machines"));
  MW_ASSIGN(order.columns, names_in(body, "columns"));
  MW_ASSIGN(order.states, names_in(body, "states"));
  MW_ASSIGN(order.begins, json_string(body, "begins"));
  MW_ASSIGN(order.ends, json_string(body, "ends"));
  MW_ASSIGN(order.row_s, json_number(body, "row_s", 3600));
  MW_ASSIGN(order.unit_s, json_number(body, "unit_s", 3600));
  MW_ASSIGN(order.time_name, json_string(body, "time", "hour"));
  const TimeNs now_ns = state.parts.plant->now_ns();
  MW_ASSIGN(const int64_t since_ms, json_integer(body, "since_ms", 0));
  if (since_ms < 0 || since_ms > kLatestMs || since_ms * kNsPerMs >= now_ns) {
    return Error::make(Code::kInvalidArgument, "'since_ms': expected a time that is past",
                       "“since_ms”应为过去的时间", "since_ms");
  }
  order.window = {since_ms > 0 ? since_ms * kNsPerMs : now_ns - 365 * kNsPerDay, now_ns};
  MW_ASSIGN(const auto done, state.parts.tables->cut(request.who, order));
  return Json{{"table", table_json(done.table)},
              {"lives", done.lives.lives},
              {"rows", done.lives.rows},
              {"without_beginning", done.lives.without_beginning},
              {"too_short", done.lives.too_short}};
}

Result<Json> list(const ApiState& state, const HttpRequest& request) {
  Json tables = Json::array();
  for (const KeptTable& each : state.parts.tables->list(request.who)) {
    tables.push_back(table_json(each));
  }
  // Lines that data may be said to be of; only whoever has all may leave it open.
  Json lines = Json::array();
  const auto mine = state.parts.plant->catalogue(request.who.at_least(Role::kEngineer));
  for (const plant::Line& each : mine->lines()) lines.push_back(each.id);
  return Json{{"tables", std::move(tables)},
              {"lines", std::move(lines)},
              {"may_leave_open", request.who.may(Role::kEngineer, "*")},
              {"most_bytes", kTableBytes}};
}

Result<maintenance::TableForm> form_in(const HttpRequest& request) {
  maintenance::TableForm form;
  const std::string_view said = request.query_value("form");
  if (said == "csv") form.form = maintenance::TableMapping::Form::kCsv;
  if (said == "blanks") form.form = maintenance::TableMapping::Form::kBlanks;
  if (!said.empty() && !form.form) {
    return Error::make(Code::kInvalidArgument, "'form': expected csv or blanks",
                       "“form”应为 csv 或 blanks", "form");
  }
  form.headers = parts_of(request.query_value("headers"));
  form.variable = request.query_value("variable");
  return form;
}

Result<Json> look(const ApiState& state, const HttpRequest& request) {
  const int64_t number = path_number(request, "table");
  MW_ASSIGN(const KeptTable table, state.parts.tables->find(request.who, number));
  MW_ASSIGN(const maintenance::TableForm form, form_in(request));
  MW_ASSIGN(const auto preview, state.parts.tables->preview(request.who, number, form));
  return preview_json(table, preview);
}

Result<Json> report(const ApiState& state, const HttpRequest& request) {
  const int64_t number = path_number(request, "table");
  MW_TRY(state.parts.tables->find(request.who, number));
  MW_ASSIGN(const Json body, object_body(request));
  MW_ASSIGN(const maintenance::TableMapping mapping, mapping_in(body));
  MW_ASSIGN(const std::string variable, json_string(body, "variable"));
  MW_ASSIGN(const maintenance::RunTable rows,
            state.parts.tables->read(request.who, number, mapping, variable));
  return table_report_json(rows, maintenance::make_data_report(rows));
}

Result<Json> remove(const ApiState& state, const HttpRequest& request) {
  MW_TRY(state.parts.tables->remove(request.who, path_number(request, "table")));
  return Json::object();
}

std::vector<Json> parameters_of_a_form() {
  return {query_parameter("form", "string", "csv or blanks; else it is found out"),
          query_parameter("headers", "string", "A,B: names, where the file has no header"),
          query_parameter("variable", "string", "of a MATLAB file: which is the table")};
}

}  // namespace

void add_table_routes(Router& router, const std::shared_ptr<ApiState>& state) {
  Route upload = machine_route(
      Method::kPost, "/api/maintenance/tables",
      {.operation = "addMaintenanceTable",
       .summary = "Keeps a table of labelled history to learn from: CSV, text or MATLAB",
       .request_schema = "TableBytes",
       .request_type = "application/octet-stream",
       .response_schema = "MaintenanceTable",
       .parameters = {query_parameter("file", "string", "its name: .mat, or else text", true),
                      query_parameter("lines", "string", "A,B: of which lines the data are")}});
  upload.body_limit_bytes = kTableBytes;
  add_table_route(router, state, std::move(upload), add, &ApiState::importing);
  add_table_route(router, state,
                  machine_route(Method::kPost, "/api/maintenance/lives",
                                {.operation = "cutLives",
                                 .summary = "Keeps a table of whole lives of machines, cut out of "
                                            "the store by kinds of events",
                                 .request_schema = "LivesOrder",
                                 .response_schema = "LivesCut"}),
                  cut, &ApiState::importing);
  add_table_route(router, state,
                  machine_route(Method::kGet, "/api/maintenance/tables",
                                {.operation = "listMaintenanceTables",
                                 .summary = "Tables that one may learn from, newest first",
                                 .request_schema = {},
                                 .response_schema = "MaintenanceTableList"}),
                  list);
  add_table_route(router, state,
                  machine_route(Method::kGet, "/api/maintenance/tables/{table}",
                                {.operation = "lookAtMaintenanceTable",
                                 .summary = "A table's columns, with a guess what each is",
                                 .request_schema = {},
                                 .response_schema = "MaintenanceTableColumns",
                                 .parameters = parameters_of_a_form()}),
                  look, &ApiState::previewing);
  add_table_route(router, state,
                  machine_route(Method::kPost, "/api/maintenance/tables/{table}/report",
                                {.operation = "reportMaintenanceTable",
                                 .summary = "What is wrong with a table, and what of it forbids "
                                            "training",
                                 .request_schema = "TableReading",
                                 .response_schema = "MaintenanceTableReport"}),
                  report, &ApiState::previewing);
  add_table_route(router, state,
                  machine_route(Method::kDelete, "/api/maintenance/tables/{table}",
                                {.operation = "removeMaintenanceTable",
                                 .summary = "Removes a table for good; models stay",
                                 .request_schema = {},
                                 .response_schema = "Accepted"}),
                  remove);
}

}  // namespace mw::server
