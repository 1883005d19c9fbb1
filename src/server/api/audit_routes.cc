// /api/audit: what was done, page by page, and whether the log still holds (ADR 0076).
#include "security/audit_reader.h"
#include "server/api/admin_route.h"
#include "server/api/people_json.h"
#include "server/api/plant_json.h"
#include "server/api/query_integer.h"
#include "server/api/query_parameter.h"
#include "server/api/query_window.h"

namespace mw::server {
namespace {

constexpr int64_t kDefaultRecords = 100;
constexpr int64_t kMostRecords = 1'000;

Error no_log_here() { return absent("this server keeps no audit log", "本服务器没有审计日志"); }

Json to_json(const security::AuditRecord& record) {
  const security::AuditEvent& event = record.event;
  return {{"seq", record.seq},
          {"ts_ms", to_ms(record.ts_ns)},
          {"who", event.who},
          {"address", event.address},
          {"action", event.action},
          {"object", event.object},
          {"outcome", security::outcome_name(event.outcome)},
          {"detail", event.detail}};
}

Result<security::AuditFilter> filter_of(const HttpRequest& request) {
  security::AuditFilter filter;
  filter.who = request.query_value("who");
  filter.action = request.query_value("action");
  filter.object = request.query_value("object");
  const std::string_view outcome = request.query_value("outcome");
  if (!outcome.empty()) {
    filter.outcome = security::outcome_of(outcome);
    if (!filter.outcome) {
      return Error::make(Code::kInvalidArgument, "'outcome': expected done, refused or failed",
                         "“outcome”应为 done、refused 或 failed", "outcome");
    }
  }
  MW_ASSIGN(const QueryTimes times, query_times(request));
  MW_ASSIGN(const auto before, query_integer(request, "before", 1, INT64_MAX));
  MW_ASSIGN(const auto limit, query_integer(request, "limit", 1, kMostRecords));
  if (times.from_ns) filter.from_ns = *times.from_ns;
  if (times.to_ns) filter.to_ns = *times.to_ns;
  filter.before = static_cast<uint64_t>(before.value_or(0));
  filter.limit = static_cast<std::size_t>(limit.value_or(kDefaultRecords));
  return filter;
}

Result<Json> read(const ApiState& state, const HttpRequest& request) {
  if (!state.parts.audit) return no_log_here();
  MW_ASSIGN(security::AuditFilter filter, filter_of(request));
  if (const auto& names = state.parts.audit->names(); names != nullptr) {
    MW_ASSIGN(filter.names, names->known());
  }
  MW_ASSIGN(const security::AuditPage page,
            security::read_audit(state.parts.audit->folder(), filter));
  Json out = Json::array();
  for (const security::AuditRecord& record : page.records) out.push_back(to_json(record));
  return Json{{"records", std::move(out)},
              {"before", page.before == 0 ? Json() : Json(page.before)},
              {"damaged", page.damaged}};
}

Result<Json> told(const ApiState& state, const HttpRequest&) {
  if (!state.parts.audit) return no_log_here();
  return state.audit_job.json();
}

}  // namespace

void add_audit_routes(Router& router, const std::shared_ptr<ApiState>& state) {
  RouteDoc doc{.operation = "readAudit",
               .summary =
                   "What was done and tried, newest first. One call reads a bounded part of "
                   "the log: follow 'before' while there is one",
               .request_schema = {},
               .response_schema = "AuditRecords"};
  doc.parameters = {
      query_parameter("who", "string", "Part of who did it"),
      query_parameter("action", "string", "Its beginning: user. or user.add"),
      query_parameter("object", "string", "Part of what it was done to, or of the detail"),
      query_parameter("outcome", "string", "done, refused or failed"),
      query_parameter("from_ms", "integer", "Not before, ms since 1970 UTC"),
      query_parameter("to_ms", "integer", "Before"),
      query_parameter("before", "integer", "Records with a smaller number: the next page"),
      query_parameter("limit", "integer", "1 to 1000; default 100")};
  add_admin_route(router, state, Method::kGet, "/api/audit/records", doc, read);
  add_admin_route(router, state, Method::kGet, "/api/audit/check",
                  {.operation = "tellAuditCheck",
                   .summary = "How far the last check of the chain is, and what it found",
                   .request_schema = {},
                   .response_schema = "AuditCheck"},
                  told);
  RouteDoc start{.operation = "checkAudit",
                 .summary = "Starts to check every record, unless a check runs",
                 .request_schema = "AuditCheckOrder",
                 .response_schema = "AuditCheck"};
  start.success_status = 202;
  add_admin_route(router, state, Method::kPost, "/api/audit/check", start,
                  [](const ApiState& shared, const HttpRequest& request) -> Result<Json> {
                    if (!shared.parts.audit) return no_log_here();
                    MW_ASSIGN(const Json body, object_body(request));
                    MW_ASSIGN(const std::string text, json_string(body, "root"));
                    std::optional<security::AuditRoot> kept;
                    if (!text.empty()) {
                      auto root = security::parse_audit_root(text);
                      if (!root) {
                        Error error = root.error();
                        error.code = Code::kInvalidArgument;
                        error.param = "root";
                        return error;
                      }
                      kept = *root;
                    }
                    shared.audit_job.start(kept);
                    return shared.audit_job.json();
                  });
}

}  // namespace mw::server
