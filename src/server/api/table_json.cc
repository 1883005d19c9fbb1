#include "server/api/table_json.h"

#include "server/api/people_json.h"
#include "server/api/plant_json.h"
#include "server/http/api_error.h"

namespace mw::server {
namespace {

using maintenance::TableMapping;

Json mapping_json(const TableMapping& mapping) {
  return {{"form", mapping.form == TableMapping::Form::kBlanks ? "blanks" : "csv"},
          {"headers", mapping.headers},
          {"asset", mapping.asset},
          {"time", mapping.time},
          {"label", mapping.label},
          {"modes", mapping.modes},
          {"ignored", mapping.ignored}};
}

}  // namespace

Json table_json(const maintenance::KeptTable& table) {
  return {{"table", table.number}, {"file", table.file},    {"cut", table.cut},
          {"lines", table.lines},  {"by", table.by},        {"added_ms", to_ms(table.added_ns)},
          {"bytes", table.bytes},  {"sha256", table.sha256}};
}

Json preview_json(const maintenance::KeptTable& table, const maintenance::TablePreview& preview) {
  Json columns = Json::array();
  for (const maintenance::ColumnPreview& each : preview.columns) {
    columns.push_back({{"name", each.name},
                       {"unit", each.unit},
                       {"numbers", each.numbers},
                       {"words", each.words},
                       {"missing", each.missing},
                       {"distinct", each.distinct},
                       {"binary", each.binary},
                       {"first", each.first},
                       {"guess", name(each.guess)}});
  }
  return {{"table", table_json(table)},     {"rows", preview.rows},
          {"variables", preview.variables}, {"mapping", mapping_json(preview.mapping)},
          {"settings", preview.settings},   {"columns", std::move(columns)}};
}

Json table_report_json(const maintenance::RunTable& table, const maintenance::DataReport& report) {
  const auto lived = maintenance::life_lengths(table);
  Json out = {
      {"kind", table.label ? "failure" : "remaining_life"},
      {"trainable", report.check_trainable().has_value()},
      {"time", table.time_name},
      {"life", lived
                   ? Json{{"least", lived->least}, {"median", lived->median}, {"most", lived->most}}
                   : Json()}};
  const Json said = report.to_json();
  for (const auto& [key, value] : said.items()) out[key] = value;
  return out;
}

Json training_json(const maintenance::TrainingJob& job) {
  const bool paced = job.state == maintenance::TrainingState::kRunning && job.per_s > 0;
  return {{"training", job.number},
          {"table", job.table},
          {"file", job.file},
          {"model", job.model},
          {"kind", job.failure ? "failure" : "remaining_life"},
          {"lines", job.lines},
          {"by", job.by},
          {"state", name(job.state)},
          {"stage", job.stage},
          {"done", job.done},
          {"total", job.total},
          {"per_s", paced ? Json(job.per_s) : Json()},
          {"left_s", paced ? Json(static_cast<double>(job.total - job.done) / job.per_s) : Json()},
          {"started_ms", to_ms(job.started_ns)},
          {"ended_ms", time_or_null(job.ended_ns)},
          {"problem",
           job.state == maintenance::TrainingState::kFailed ? to_json(job.problem) : Json()}};
}

Result<TableMapping> mapping_in(const Json& body) {
  const auto found = body.find("mapping");
  if (found == body.end() || !found->is_object()) {
    return Error::make(Code::kInvalidArgument,
                       "'mapping': expected what each column is, as GET of the table guesses it",
                       "“mapping”应说明每列的用途，可参照该表 GET 返回的猜测", "mapping");
  }
  TableMapping mapping;
  MW_ASSIGN(const std::string form, json_string(*found, "form", "csv"));
  if (form != "csv" && form != "blanks") {
    return Error::make(Code::kInvalidArgument, "'form': expected csv or blanks",
                       "“form”应为 csv 或 blanks", "form");
  }
  mapping.form = form == "csv" ? TableMapping::Form::kCsv : TableMapping::Form::kBlanks;
  MW_ASSIGN(mapping.headers, names_in(*found, "headers"));
  MW_ASSIGN(mapping.asset, json_string(*found, "asset"));
  MW_ASSIGN(mapping.time, json_string(*found, "time"));
  MW_ASSIGN(mapping.label, json_string(*found, "label"));
  MW_ASSIGN(mapping.modes, names_in(*found, "modes"));
  MW_ASSIGN(mapping.ignored, names_in(*found, "ignored"));
  return mapping;
}

void add_table_route(Router& router, const std::shared_ptr<ApiState>& state, Route route,
                     TableAnswer answer, Turns ApiState::*turns) {
  route.least_role = security::Role::kEngineer;
  const int status = route.doc.success_status;
  const auto handler = [state, answer, status](const std::shared_ptr<Exchange>& exchange) {
    if (!state->parts.tables || !state->parts.trainings) {
      exchange->respond(error_response(absent("no tables to learn from are kept: see the log",
                                              "未保存用于学习的数据表，请查看服务器日志")));
      return;
    }
    const Result<Json> done = answer(*state, exchange->request());
    exchange->respond(done ? json_response(*done, status) : error_response(done.error()));
  };
  if (turns != nullptr) {
    route.handler = in_turn(state, turns, handler);
  } else {
    route.handler = handler;
  }
  router.add(std::move(route));
}

}  // namespace mw::server
