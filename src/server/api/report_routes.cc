// POST /api/maintenance/reports/read: a report in free words as structure, for a person to correct.
#include "assistant/report_reader.h"
#include "server/api/api_state.h"
#include "server/http/api_error.h"

namespace mw::server {
namespace {

constexpr uint64_t kReportBodyBytes = 64 * 1024;  // JSON may write a byte of text in six
constexpr int kReportTimeLimitMs = 120'000;

Result<Json> read_report(const ApiState& state, const HttpRequest& request) {
  if (!state.parts.reports) {
    return absent("reports are read by the names of a plant: start with --demo or a configured one",
                  "读取报告需要先连接工厂：请用 --demo 启动或配置工厂");
  }
  MW_ASSIGN(const Json body, parse_json(request.body, 8));
  MW_ASSIGN(const std::string text, json_string(body, "text"));
  MW_ASSIGN(const auto report, state.parts.reports->read(request.who, text));
  return to_json(report);
}

}  // namespace

void add_report_routes(Router& router, const std::shared_ptr<ApiState>& state) {
  Route route;
  route.method = Method::kPost;
  route.pattern = "/api/maintenance/reports/read";
  route.doc = {.operation = "readMaintenanceReport",
               .summary = "A report in free words as structure: each part is a quote of it",
               .request_schema = "ReportText",
               .response_schema = "MaintenanceReport"};
  route.body_limit_bytes = kReportBodyBytes;
  route.time_limit_ms = kReportTimeLimitMs;
  route.runs_on = RunsOn::kBlocking;  // a model may be asked
  route.handler = [state](const std::shared_ptr<Exchange>& exchange) {
    const Result<Json> done = read_report(*state, exchange->request());
    exchange->respond(done ? json_response(*done) : error_response(done.error()));
  };
  router.add(std::move(route));
}

}  // namespace mw::server
