// /api/plant/events: what happened at a machine or on a line, as people and other systems tell it.
#include "core/sha256.h"
#include "security/audit_event.h"
#include "server/api/plant_json.h"
#include "server/api/plant_route.h"
#include "server/api/query_parameter.h"
#include "server/api/query_window.h"

namespace mw::server {
namespace {

constexpr int64_t kDefaultNs = kNsPerDay;
constexpr uint64_t kBodyBytes = 64 << 10;

Json event_json(const plant::PlantEvent& event) {
  return {{"id", event.id},
          {"asset", event.asset},
          {"line", event.line},
          {"kind", event.kind},
          {"text", event.text},
          {"start_ms", to_ms(event.start_ns)},
          {"end_ms", event.open ? Json() : Json(to_ms(event.end_ns))},
          {"open", event.open},
          {"told_by", event.told_by},
          {"told_ms", to_ms(event.told_ns)}};
}

Result<Json> list(const ApiState& state, const HttpRequest& request) {
  const plant::Plant& plant = *state.parts.plant;
  MW_ASSIGN(const AskedPlace place, asked_place(request));
  MW_ASSIGN(const TimeWindow window, query_window(request, plant.now_ns(), kDefaultNs));
  MW_ASSIGN(const plant::PlantEventList found,
            plant.events(request.who, place.asset, place.line, window));
  Json events = Json::array();
  for (const plant::PlantEvent& each : found.events) events.push_back(event_json(each));
  Json kinds = Json::array();
  for (const auto& [kind, count] : found.kinds) kinds.push_back({{"kind", kind}, {"count", count}});
  return Json{{"simulated", plant.simulated()},   {"from_ms", to_ms(window.start_ns)},
              {"to_ms", to_ms(window.end_ns)},    {"events", std::move(events)},
              {"kinds", std::move(kinds)},        {"count", found.count},
              {"counted_all", found.counted_all}, {"cut", found.cut}};
}

Result<Json> tell(const ApiState& state, const HttpRequest& request) {
  MW_ASSIGN(const plant::ToldEvent told, plant::decode_told_event(request.body));
  const auto record = [&](const plant::PlantEvent& event) -> Result<void> {
    if (state.parts.audit == nullptr) return {};
    // The words may name people and stay out of a chain that cannot be changed; their hash proves
    // them.
    return state.parts.audit->record(
        {security::audit_name(request.who), request.remote_address, "plant.event",
         audited_place(event.asset, event.line), security::AuditOutcome::kDone,
         "id=" + event.id + " start_ms=" + std::to_string(to_ms(event.start_ns)) +
             (event.open ? "" : " end_ms=" + std::to_string(to_ms(event.end_ns))) +
             (event.kind.empty() ? "" : " kind_sha256=" + sha256_hex(event.kind)) +
             " text_sha256=" + sha256_hex(event.text)});
  };
  MW_ASSIGN(const plant::PlantEvent event,
            state.parts.plant->tell_event(request.who, told, record));
  return event_json(event);
}

}  // namespace

void add_plant_event_routes(Router& router, const std::shared_ptr<ApiState>& state) {
  Route listing;
  listing.method = Method::kGet;
  listing.pattern = "/api/plant/events";
  listing.doc = {
      .operation = "getPlantEvents",
      .summary = "What happened at a machine or on a line, as people and other systems told it",
      .request_schema = {},
      .response_schema = "PlantEventList",
      .parameters = {query_parameter("asset", "string", "Identifier from GET /api/plant"),
                     query_parameter("line", "string",
                                     "Instead: a line; its own events and those of its machines"),
                     query_parameter("from_ms", "integer",
                                     "Start, ms since 1970 UTC; default a day before to_ms"),
                     query_parameter("to_ms", "integer", "End, exclusive; default now")}};
  listing.runs_on = RunsOn::kBlocking;  // reads the store
  add_plant_route(router, state, std::move(listing), &list);

  Route telling;
  telling.method = Method::kPost;
  telling.pattern = "/api/plant/events";
  telling.doc = {.operation = "tellPlantEvent",
                 .summary = "Notes what happened at a machine or on a line, or that it ended",
                 .request_schema = "ToldPlantEvent",
                 .response_schema = "PlantEvent"};
  telling.body_limit_bytes = kBodyBytes;
  telling.runs_on = RunsOn::kBlocking;  // waits for a commit
  add_plant_route(router, state, std::move(telling), &tell);
}

}  // namespace mw::server
