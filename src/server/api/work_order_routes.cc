// What to do about a case, what each time for it costs, and that somebody accepts one of them.
#include "server/api/machine_health_json.h"
#include "server/api/plant_json.h"
#include "server/api/query_integer.h"

namespace mw::server {
namespace {

using maintenance::HealthMonitor;
using maintenance::WorkQuestion;

constexpr int64_t kLatestWorkMs = INT64_MAX / kNsPerMs;

Result<Json> work_order(const ApiState& state, const HttpRequest& request) {
  WorkQuestion question;
  question.mode = request.query_value("mode");
  MW_ASSIGN(const auto before_ms, query_integer(request, "before_ms", 1, kLatestWorkMs));
  MW_ASSIGN(const auto start_ms, query_integer(request, "start_ms", 1, kLatestWorkMs));
  MW_ASSIGN(const auto by_life, query_integer(request, "by_life", 0, 1));
  question.by_life = by_life.value_or(1) == 1;
  if (before_ms) question.before_ns = *before_ms * kNsPerMs;
  if (start_ms) question.start_ns = *start_ms * kNsPerMs;
  MW_ASSIGN(const auto draft,
            state.parts.health->work_order(request.who, case_number(request), question));
  return maintenance::to_json(draft);
}

Result<std::optional<TimeNs>> moment_member(const Json& body, const char* key) {
  MW_ASSIGN(const int64_t ms, json_integer(body, key, 0));
  if (ms == 0) return std::optional<TimeNs>();
  if (ms < 0 || ms > kLatestWorkMs) {
    return Error::make(Code::kInvalidArgument,
                       std::string("'") + key + "': expected Unix time in ms",
                       std::string("“") + key + "”：应为毫秒时间戳", key);
  }
  return std::optional<TimeNs>(ms * kNsPerMs);
}

Result<Json> accept(const ApiState& state, const HttpRequest& request) {
  MW_ASSIGN(const Json body, parse_json(request.body, 8));
  HealthMonitor::WorkAcceptance acceptance;
  MW_ASSIGN(acceptance.question.mode, json_string(body, "mode"));
  MW_ASSIGN(acceptance.question.before_ns, moment_member(body, "before_ms"));
  MW_ASSIGN(acceptance.question.by_life, json_bool(body, "by_life", true));
  MW_ASSIGN(const auto start_ns, moment_member(body, "start_ms"));
  if (!start_ns) {
    return Error::make(Code::kInvalidArgument, "'start_ms': name the window's beginning",
                       "“start_ms”：请指定时段的开始时间", "start_ms");
  }
  acceptance.start_ns = *start_ns;
  MW_ASSIGN(const bool chosen, json_bool(body, "chosen", false));
  if (chosen) acceptance.question.start_ns = start_ns;
  MW_ASSIGN(acceptance.check, json_string(body, "check"));
  MW_ASSIGN(acceptance.note, json_string(body, "note"));
  MW_ASSIGN(const auto work,
            state.parts.health->accept_work(request.who, case_number(request), acceptance));
  return accepted_work_json(work);
}

}  // namespace

Json accepted_work_json(const maintenance::AcceptedWork& work) {
  return {
      {"by", work.by}, {"at_ms", to_ms(work.at_ns)}, {"note", work.note}, {"order", work.order}};
}

void add_work_order_routes(Router& router, const std::shared_ptr<ApiState>& state) {
  add_machine_route(router, state, Method::kGet, "/api/maintenance/cases/{case}/work_order",
                    {.operation = "getWorkOrder",
                     .summary = "Steps, parts and skills by the plant's own data, and each window "
                                "priced line by line; what the plant does not give is null",
                     .request_schema = {},
                     .response_schema = "WorkOrder"},
                    work_order);
  add_machine_route(
      router, state, Method::kPost, "/api/maintenance/cases/{case}/work_order",
      {.operation = "acceptWorkOrder",
       .summary = "Accepts a window as it was seen; in the audit log before it counts",
       .request_schema = "WorkAcceptance",
       .response_schema = "AcceptedWork"},
      accept, security::Role::kEngineer);
}

}  // namespace mw::server
