// /api/plant/batches: which batches ran on a machine or a line, and what an MES tells of them.
#include "security/audit_event.h"
#include "server/api/plant_json.h"
#include "server/api/plant_route.h"
#include "server/api/query_parameter.h"
#include "server/api/query_window.h"

namespace mw::server {
namespace {

constexpr int64_t kDefaultNs = kNsPerDay;
constexpr uint64_t kBodyBytes = 64 << 10;

Json or_null(const std::optional<double>& value) { return value ? Json(*value) : Json(); }

Json batch_json(const plant::Batch& batch, const plant::Catalogue& catalogue) {
  Json doubts = Json::array();
  for (const plant::BatchDoubt each : batch.doubts) {
    doubts.push_back({{"code", plant::batch_doubt_name(each)}, {"text", to_json(describe(each))}});
  }
  Json name;
  if (const plant::Asset* asset = catalogue.asset(batch.asset); asset != nullptr) {
    for (const plant::ProductCycle& each : asset->production.products) {
      if (each.code == batch.product) name = to_json(each.name);
    }
  }
  const plant::Oee* oee = batch.report ? &batch.report->oee : nullptr;
  return {{"batch", batch.number},
          {"product", batch.product},
          {"product_name", std::move(name)},
          {"asset", batch.asset},
          {"line", batch.line},
          {"start_ms", to_ms(batch.start_ns)},
          {"end_ms", batch.running ? Json() : Json(to_ms(batch.end_ns))},
          {"running", batch.running},
          {"told_by", batch.told_by},
          {"doubts", std::move(doubts)},
          {"parts", oee == nullptr ? Json() : or_null(oee->parts)},
          {"good", oee == nullptr ? Json() : or_null(oee->good_parts)},
          {"oee", oee == nullptr ? Json() : or_null(oee->oee)},
          {"performance", oee == nullptr ? Json() : or_null(oee->performance)}};
}

Result<Json> list(const ApiState& state, const HttpRequest& request) {
  const plant::Plant& plant = *state.parts.plant;
  MW_ASSIGN(const AskedPlace place, asked_place(request));
  MW_ASSIGN(const TimeWindow window, query_window(request, plant.now_ns(), kDefaultNs));
  MW_ASSIGN(const plant::BatchList found,
            plant.batches(request.who, place.asset, place.line, window));
  const auto catalogue = plant.catalogue(request.who);
  Json batches = Json::array();
  for (const plant::Batch& each : found.batches) batches.push_back(batch_json(each, *catalogue));
  return Json{{"simulated", plant.simulated()},
              {"from_ms", to_ms(window.start_ns)},
              {"to_ms", to_ms(window.end_ns)},
              {"batches", std::move(batches)},
              {"cut", found.cut}};
}

Result<Json> push(const ApiState& state, const HttpRequest& request) {
  MW_ASSIGN(const plant::PushedBatch pushed, plant::decode_pushed_batch(request.body));
  const auto record = [&](const plant::Batch& batch) -> Result<void> {
    if (state.parts.audit == nullptr) return {};
    return state.parts.audit->record(
        {security::audit_name(request.who), request.remote_address, "plant.batch",
         audited_place(batch.asset, batch.line), security::AuditOutcome::kDone,
         "batch=" + batch.number + " product=" + batch.product +
             " start_ms=" + std::to_string(to_ms(batch.start_ns)) +
             (batch.running ? "" : " end_ms=" + std::to_string(to_ms(batch.end_ns)))});
  };
  plant::Plant& plant = *state.parts.plant;
  MW_ASSIGN(const plant::Batch batch, plant.push_batch(request.who, pushed, record));
  return batch_json(batch, *plant.catalogue(request.who));
}

void add(Router& router, const std::shared_ptr<ApiState>& state, Method method, RouteDoc doc,
         PlantAnswer answer) {
  Route route;
  route.method = method;
  route.pattern = "/api/plant/batches";
  route.doc = std::move(doc);
  if (!route.doc.request_schema.empty()) route.body_limit_bytes = kBodyBytes;
  route.runs_on = RunsOn::kBlocking;  // reads weeks of samples, or waits for a commit
  add_plant_route(router, state, std::move(route), std::move(answer));
}

}  // namespace

void add_batch_routes(Router& router, const std::shared_ptr<ApiState>& state) {
  add(router, state, Method::kGet,
      {.operation = "getBatches",
       .summary = "Which batches ran on a machine or a line, when, and what they made",
       .request_schema = {},
       .response_schema = "BatchList",
       .parameters = {query_parameter("asset", "string", "Identifier from GET /api/plant"),
                      query_parameter("line", "string",
                                      "Instead: a line; its own batches and those of its machines"),
                      query_parameter("from_ms", "integer",
                                      "Start, ms since 1970 UTC; default a day before to_ms"),
                      query_parameter("to_ms", "integer", "End, exclusive; default now")}},
      &list);
  add(router, state, Method::kPost,
      {.operation = "tellBatch",
       .summary = "Tells that a batch began, which product it is of, or that it ended",
       .request_schema = "PushedBatch",
       .response_schema = "Batch"},
      &push);
}

}  // namespace mw::server
