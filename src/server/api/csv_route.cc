// POST /api/plant/csv: what a CSV file would bring, and, once its columns are mapped, storing it.
#include "plant/csv_samples.h"
#include "plant/ingest.h"
#include "server/api/api_state.h"
#include "server/api/people_json.h"
#include "server/api/plant_json.h"
#include "server/http/api_error.h"

namespace mw::server {
namespace {

constexpr uint64_t kBodyBytes = 24 << 20;  // a larger file goes by a watched folder or a command
constexpr std::size_t kFirstReadings = 10;

Result<plant::CsvOptions> options_in(const Json& body) {
  plant::CsvOptions options;
  MW_ASSIGN(options.prefix, json_string(body, "prefix"));
  MW_ASSIGN(options.ignore, names_in(body, "ignore"));
  MW_ASSIGN(options.take_last_line, json_bool(body, "take_last_line", false));
  MW_ASSIGN(const std::string offset, json_string(body, "utc_offset"));
  if (!offset.empty()) {
    options.utc_offset_min = plant::parse_utc_offset(offset);
    if (!options.utc_offset_min) {
      return Error::make(Code::kInvalidArgument, "utc_offset: expected such as +08:00",
                         "utc_offset 应如 +08:00", "utc_offset");
    }
  }
  const auto map = body.find("map");
  if (map == body.end() || map->is_null()) return options;
  const auto wrong = [] {
    return Error::make(Code::kInvalidArgument, "map: expected an object of header and tag",
                       "map：应为表头到信号的对象", "map");
  };
  if (!map->is_object()) return wrong();
  for (const auto& [header, tag] : map->items()) {
    if (!tag.is_string()) return wrong();
    options.columns[header] = tag.get<std::string>();
  }
  return options;
}

Json reading_json(const plant::Reading& reading) {
  Json value;
  if (const auto* number = std::get_if<double>(&reading.value)) value = *number;
  if (const auto* text = std::get_if<std::string>(&reading.value)) value = *text;
  return {{"tag", reading.tag},
          {"ts_ms", reading.ts_ns ? Json(to_ms(*reading.ts_ns)) : Json()},
          {"value", std::move(value)}};
}

Json report_json(const plant::CsvReport& report, const plant::Catalogue& catalogue) {
  Json columns = Json::array();
  for (const auto& column : report.layout.columns) {
    const plant::Tag* tag = catalogue.tag(column.tag);
    columns.push_back({{"column", column.at + 1},
                       {"tag", column.tag},
                       {"unit", column.unit},
                       {"tag_unit", tag == nullptr ? std::string() : tag->unit}});
  }
  Json problems = Json::array();
  for (const plant::CsvProblem& each : report.problems) {
    problems.push_back({{"line", each.line}, {"what", to_json(each.what)}});
  }
  return {{"a_value_a_row", report.layout.tag.has_value()},
          {"columns", std::move(columns)},
          {"unknown", report.layout.unknown},
          {"rows", report.rows},
          {"readings", report.readings},
          {"open_line", report.open_line > 0 ? Json(report.open_line) : Json()},
          {"problem_count", report.problem_count},
          {"problems", std::move(problems)}};
}

/// Tags that the asker may not store samples of are headers that name nothing here.
Result<Json> import(const ApiState& state, const Exchange& exchange) {
  plant::Plant& plant = *state.parts.plant;
  const HttpRequest& request = exchange.request();
  MW_ASSIGN(const Json body, object_body(request));
  MW_ASSIGN(const plant::CsvOptions options, options_in(body));
  MW_ASSIGN(const std::string text, json_string(body, "text"));
  MW_ASSIGN(const bool store, json_bool(body, "store", false));
  const auto catalogue = plant.catalogue(request.who.at_least(Role::kOperator));
  if (store && state.parts.audit != nullptr) {  // before it counts
    MW_TRY(state.parts.audit->record({security::audit_name(request.who), request.remote_address,
                                      "plant.import", "csv", security::AuditOutcome::kDone,
                                      std::to_string(text.size()) + " bytes"}));
  }
  Json first = Json::array();
  uint64_t stored = 0;
  uint64_t doubtful = 0;
  const auto take = [&](std::span<const plant::Reading> readings) -> Result<void> {
    for (const plant::Reading& each : readings) {
      if (first.size() < kFirstReadings) first.push_back(reading_json(each));
    }
    if (!exchange.open()) return Error::make(Code::kCancelled, "the client has gone");
    if (!store) return {};
    MW_ASSIGN(const plant::IngestOutcome taken,
              plant.ingest().take(readings, plant::Arrival::kHistory));
    if (taken.outcome == plant::AppendOutcome::kBuffered) {
      return Error::make(Code::kResourceExhausted,
                         "the store cannot write: free space and import again; what was stored "
                         "stays once",
                         "存储无法写入：请释放空间后重新导入，已存储的不会重复");
    }
    stored += taken.stored;
    doubtful += taken.doubtful;
    return {};
  };
  MW_ASSIGN(const plant::CsvReport report,
            plant::read_csv_samples(text, options, *catalogue, plant.now_ns(), take));
  Json out = report_json(report, *catalogue);
  out["first"] = std::move(first);
  out["stored"] = store ? Json(stored) : Json();
  out["doubtful"] = store ? Json(doubtful) : Json();
  return out;
}

}  // namespace

void add_csv_route(Router& router, const std::shared_ptr<ApiState>& state) {
  Route route;
  route.method = Method::kPost;
  route.pattern = "/api/plant/csv";
  route.doc = {.operation = "importCsv",
               .summary = "Reads a CSV file of samples: tells what its columns are, or stores it",
               .request_schema = "CsvImport",
               .response_schema = "CsvOutcome"};
  route.least_role = security::Role::kOperator;
  route.runs_on = RunsOn::kWorker;
  route.body_limit_bytes = kBodyBytes;
  route.time_limit_ms = 300'000;
  // Each may take minutes.
  const auto handler = [state](const std::shared_ptr<Exchange>& exchange) {
    if (!state->parts.plant) {
      exchange->respond(error_response(absent("no plant is connected", "未连接工厂")));
      return;
    }
    const Result<Json> done = import(*state, *exchange);
    exchange->respond(done ? json_response(*done) : error_response(done.error()));
  };
  route.handler = in_turn(state, &ApiState::importing, handler);
  router.add(std::move(route));
}

}  // namespace mw::server
