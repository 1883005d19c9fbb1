// GET /api/oee: what a machine's OEE amounts to over a window or a shift, with what it stands on.
#include "server/api/plant_json.h"
#include "server/api/plant_route.h"
#include "server/api/query_parameter.h"
#include "server/api/query_window.h"

namespace mw::server {
namespace {

constexpr int64_t kDefaultNs = 8 * kNsPerHour;

std::string_view use_name(plant::StateUse use) {
  switch (use) {
    case plant::StateUse::kProduction:
      return "production";
    case plant::StateUse::kSetup:
      return "setup";
    case plant::StateUse::kPlannedStop:
      return "planned_stop";
    case plant::StateUse::kUnplannedStop:
    case plant::StateUse::kUndeclared:
      break;
  }
  return "unplanned_stop";
}

double seconds(int64_t ns) { return static_cast<double>(ns) / kNsPerSecond; }
Json or_null(const std::optional<double>& value) { return value ? Json(*value) : Json(); }

Result<TimeWindow> asked_window(const HttpRequest& request, const plant::Plant& plant,
                                const plant::Asset& asset) {
  const std::string_view shift = request.query_value("shift");
  const std::string_view date = request.query_value("date");
  if (!shift.empty()) {
    MW_ASSIGN(const QueryTimes times, query_times(request));
    if (times.from_ns || times.to_ns) {
      return Error::make(Code::kInvalidArgument,
                         "give 'shift' (with 'date' if not the latest), or 'from_ms' and 'to_ms'",
                         "请给出“shift”（可加“date”），或“from_ms”与“to_ms”", "shift");
    }
    return plant.shift_run(request.who, asset.id, shift, date);
  }
  if (!date.empty()) {
    return Error::make(Code::kInvalidArgument, "'date' is the day of a 'shift', which is missing",
                       "“date”是“shift”的日期，缺少“shift”", "shift");
  }
  return query_window(request, plant.now_ns(), kDefaultNs);
}

Result<Json> oee_of(const HttpRequest& request, const plant::Plant& plant) {
  const std::string id(request.query_value("asset"));
  const auto catalogue = plant.catalogue(request.who);
  const plant::Asset* asset = catalogue->asset(id);
  if (asset == nullptr) {
    const std::string shown = id.substr(0, 130);
    return id.empty()
               ? Error::make(Code::kInvalidArgument, "'asset' is missing: see GET /api/plant",
                             "缺少“asset”：可用设备见 GET /api/plant", "asset")
               : Error::make(Code::kNotFound, "there is no asset '" + shown + "'",
                             "没有设备“" + shown + "”", "asset");
  }
  MW_ASSIGN(const TimeWindow window, asked_window(request, plant, *asset));
  MW_ASSIGN(const plant::OeeReport report, plant.oee(request.who, id, window));
  return oee_json(report, *asset, *catalogue, plant.simulated());
}

Json products_json(const plant::OeeInputs& in, const plant::Asset& asset) {
  Json out = Json::array();
  for (const auto& each : in.products) {
    Json name;
    for (const plant::ProductCycle& known : asset.production.products) {
      if (known.code == each.product) name = to_json(known.name);
    }
    out.push_back({{"product", each.product},
                   {"name", std::move(name)},
                   {"ideal_cycle_s", or_null(each.ideal_cycle_s)},
                   {"production_s", seconds(each.production_ns)},
                   {"parts", each.parts}});
  }
  return out;
}

}  // namespace

Json oee_json(const plant::OeeReport& report, const plant::Asset& asset,
              const plant::Catalogue& catalogue, bool simulated) {
  const plant::OeeInputs& in = report.inputs;
  const plant::Oee& oee = report.oee;
  Json remarks = Json::array();
  for (const plant::OeeRemark each : oee.remarks) {
    remarks.push_back({{"code", plant::oee_remark_name(each)}, {"text", to_json(describe(each))}});
  }
  Json states = Json::array();
  for (const auto& each : in.states) {
    states.push_back({{"state", each.state},
                      {"name", to_json(catalogue.state_name(asset, each.state))},
                      {"time", use_name(each.use)},
                      {"duration_s", seconds(each.duration_ns)},
                      {"entries", each.entries}});
  }
  Json inputs = {{"window_s", seconds(in.window.end_ns - in.window.start_ns)},
                 {"has_shifts", in.has_shifts},
                 {"scheduled_s", seconds(in.scheduled_ns)},
                 {"known_s", seconds(in.known_ns)},
                 {"busy_s", seconds(in.busy_ns())},
                 {"production_s", seconds(in.production_ns)},
                 {"setup_s", seconds(in.setup_ns)},
                 {"unplanned_s", seconds(in.unplanned_ns)},
                 {"planned_stop_s", seconds(in.planned_stop_ns)},
                 {"total", or_null(in.total)},
                 {"good", or_null(in.good)},
                 {"reject", or_null(in.reject)},
                 {"ideal_cycle_s", or_null(in.ideal_cycle_s)},
                 {"products", products_json(in, asset)},
                 {"resets", in.resets},
                 {"state_share", in.state_share},
                 {"counter_share", or_null(in.counter_share)},
                 {"tags",
                  {{"state", asset.state_tag},
                   {"total", asset.production.total},
                   {"good", asset.production.good},
                   {"reject", asset.production.reject},
                   {"product", asset.production.product}}}};
  return {{"asset", asset.id},
          {"simulated", simulated},
          {"from_ms", to_ms(in.window.start_ns)},
          {"to_ms", to_ms(in.window.end_ns)},
          {"oee", or_null(oee.oee)},
          {"availability", or_null(oee.availability)},
          {"performance", or_null(oee.performance)},
          {"quality", or_null(oee.quality)},
          {"remarks", std::move(remarks)},
          {"inputs", std::move(inputs)},
          {"states", std::move(states)},
          {"speed_loss_s", or_null(oee.speed_loss_s)},
          {"quality_loss_s", or_null(oee.quality_loss_s)}};
}

void add_oee_route(Router& router, const std::shared_ptr<ApiState>& state) {
  Route route;
  route.method = Method::kGet;
  route.pattern = "/api/oee";
  route.doc = {.operation = "getOee",
               .summary = "Overall equipment effectiveness of a machine over a window or a shift",
               .request_schema = {},
               .response_schema = "Oee"};
  route.doc.parameters = {
      query_parameter("asset", "string", "Identifier from GET /api/plant", true),
      query_parameter("from_ms", "integer",
                      "Start, ms since 1970 UTC; default eight hours before "
                      "to_ms",
                      false),
      query_parameter("to_ms", "integer", "End, exclusive; default now", false),
      query_parameter("shift", "string",
                      "Instead of a window: a shift's identifier from GET "
                      "/api/plant",
                      false),
      query_parameter("date", "string",
                      "Local day on which that shift began, 2026-11-26; default "
                      "its latest",
                      false)};
  route.runs_on = RunsOn::kBlocking;  // reads days of samples
  add_plant_route(router, state, std::move(route),
                  [](const ApiState& asked, const HttpRequest& request) {
                    return oee_of(request, *asked.parts.plant);
                  });
}

}  // namespace mw::server
