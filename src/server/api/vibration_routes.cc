// Vibration recordings of machines: added, listed, looked at, one after the other, removed.
#include <charconv>
#include <map>

#include "maintenance/vibration_archive.h"
#include "maintenance/vibration_text.h"
#include "security/rights.h"
#include "server/api/machine_health_json.h"
#include "server/api/people_json.h"
#include "server/api/plant_json.h"
#include "server/api/query_integer.h"
#include "server/api/query_parameter.h"
#include "server/api/vibration_json.h"
#include "server/http/api_error.h"

namespace mw::server {
namespace {

using maintenance::VibrationArchive;
using maintenance::VibrationInfo;

constexpr uint64_t kBodyBytes = 64 << 20;  // a minute at 48 kHz as text
constexpr std::size_t kMostListed = 300;
constexpr int64_t kLatestMs = INT64_MAX / kNsPerMs;

Result<std::optional<double>> query_number(const HttpRequest& request, const char* name) {
  const std::string_view text = request.query_value(name);
  if (text.empty()) return std::optional<double>();
  double value = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value);
  if (parsed.ec != std::errc() || parsed.ptr != text.data() + text.size()) {
    return Error::make(Code::kInvalidArgument,
                       "'" + std::string(name) + "': expected a number, got '" +
                           std::string(text.substr(0, 40)) + "'",
                       "“" + std::string(name) + "”应为数字", name);
  }
  return std::optional<double>(value);
}

Result<VibrationArchive::Order> order_in(const HttpRequest& request) {
  VibrationArchive::Order order;
  VibrationInfo& info = order.info;
  info.asset = request.query_value("asset");
  info.point = request.query_value("point");
  info.channel = request.query_value("channel");
  order.file = request.query_value("file");
  order.bytes = request.body;
  MW_ASSIGN(const auto ts_ms, query_integer(request, "ts_ms", 0, kLatestMs));
  info.ts_ns = ts_ms.value_or(0) * kNsPerMs;
  MW_ASSIGN(const auto rate, query_number(request, "rate_hz"));
  info.rate_hz = rate.value_or(0);
  MW_ASSIGN(info.rpm, query_number(request, "rpm"));
  const std::string_view unit = request.query_value("unit");
  if (!unit.empty() && unit != "g" && unit != "m/s2") {
    return Error::make(Code::kInvalidArgument, "'unit': expected g or m/s2", "“unit”应为 g 或 m/s2",
                       "unit");
  }
  info.in_g = unit != "m/s2";
  if (const auto text = request.query_value("bearing"); !text.empty()) {
    MW_ASSIGN(info.bearing, maintenance::bearing_of_text(text));
  }
  if (const auto text = request.query_value("orders"); !text.empty()) {
    MW_ASSIGN(info.orders, maintenance::orders_of_text(text));
  }
  if (const auto text = request.query_value("group"); !text.empty()) {
    MW_ASSIGN(info.group, maintenance::group_of_text(text));
  }
  return order;
}

Result<Json> add(const ApiState& state, const HttpRequest& request) {
  MW_ASSIGN(const VibrationArchive::Order order, order_in(request));
  MW_ASSIGN(const auto added, state.parts.vibration->add(request.who, order));
  Json removed = Json::array();
  for (const VibrationInfo& each : added.removed) removed.push_back(vibration_info_json(each));
  return Json{{"recording", vibration_info_json(added.info)},
              {"removed", std::move(removed)},
              {"note", added.note.en.empty() ? Json() : to_json(added.note)}};
}

Result<Json> list(const ApiState& state, const HttpRequest& request) {
  const std::string asset(request.path_value("asset"));
  const std::string_view point = request.query_value("point");
  MW_ASSIGN(const std::vector<VibrationInfo> all, state.parts.vibration->list(request.who, asset));
  const auto catalogue = state.parts.plant->catalogue(request.who);
  const plant::Asset& machine = *catalogue->asset(asset);
  const std::string& line = machine.line;
  std::map<std::string, int64_t> counts;
  Json recordings = Json::array();
  for (const VibrationInfo& each : all) {
    ++counts[each.point];
    if (recordings.size() == kMostListed || (!point.empty() && each.point != point)) continue;
    recordings.push_back(vibration_info_json(each));
  }
  Json points = Json::array();
  for (const auto& [name, count] : counts) points.push_back({{"point", name}, {"count", count}});
  return Json{{"asset", asset},
              {"points", std::move(points)},
              {"described", measuring_points_json(machine)},
              {"recordings", std::move(recordings)},
              {"may_add", request.who.may(Role::kOperator, line)},
              {"may_remove", request.who.may(Role::kEngineer, line)}};
}

Result<Json> look(const ApiState& state, const HttpRequest& request) {
  MW_ASSIGN(const auto found,
            state.parts.vibration->look(request.who, std::string(request.path_value("asset")),
                                        path_number(request, "recording")));
  return vibration_look_json(found);
}

Result<Json> waterfall(const ApiState& state, const HttpRequest& request) {
  constexpr auto kMost = static_cast<int64_t>(VibrationArchive::kMostRows);
  MW_ASSIGN(const auto last, query_integer(request, "last", 1, kMost));
  MW_ASSIGN(const auto to_hz, query_integer(request, "to_hz", 20, 5'000'000));
  MW_ASSIGN(
      const auto found,
      state.parts.vibration->series(
          request.who, std::string(request.path_value("asset")),
          std::string(request.query_value("point")), static_cast<std::size_t>(last.value_or(kMost)),
          to_hz ? std::optional(static_cast<double>(*to_hz)) : std::nullopt));
  return vibration_series_json(found);
}

Result<Json> remove(const ApiState& state, const HttpRequest& request) {
  MW_TRY(state.parts.vibration->remove(request.who, std::string(request.path_value("asset")),
                                       path_number(request, "recording")));
  return Json::object();
}

Handler answering(const std::shared_ptr<ApiState>& state, MachineAnswer answer) {
  return [state, answer](const std::shared_ptr<Exchange>& exchange) {
    if (!state->parts.plant || !state->parts.vibration) {
      exchange->respond(error_response(absent("no vibration recordings are kept: see the log",
                                              "未保存振动记录，请查看服务器日志")));
      return;
    }
    const Result<Json> done = answer(*state, exchange->request());
    exchange->respond(done ? json_response(*done) : error_response(done.error()));
  };
}

void add_route(Router& router, const std::shared_ptr<ApiState>& state, Method method,
               const char* pattern, RouteDoc doc, MachineAnswer answer,
               security::Role least_role = security::Role::kViewer) {
  Route route = machine_route(method, pattern, std::move(doc));
  route.least_role = least_role;
  route.handler = answering(state, answer);
  router.add(std::move(route));
}

std::vector<Json> parameters_of_a_recording() {
  return {
      query_parameter("asset", "string", "the machine", true),
      query_parameter("point", "string", "the measuring point", true),
      query_parameter("file", "string", "the file's name: .mat, or else text", true),
      query_parameter("rate_hz", "number", "samples a second", true),
      query_parameter("channel", "string", "array or column, or how its name ends"),
      query_parameter("ts_ms", "integer", "when it began; default: now"),
      query_parameter("unit", "string", "g (default) or m/s2"),
      query_parameter("rpm", "number",
                      "the shaft's speed, where neither the file nor the plant description's "
                      "speed tag says it"),
      query_parameter("bearing", "string",
                      "ELEMENTS,DIAMETER,PITCH[,ANGLE]; default: the plant description's"),
      query_parameter("orders", "string", "BPFO,BPFI,BSF,FTF instead of a geometry"),
      query_parameter("group", "string", "ISO 20816-3: large- or medium-, then rigid or flexible")};
}

}  // namespace

void add_vibration_routes(Router& router, const std::shared_ptr<ApiState>& state) {
  Route route = machine_route(Method::kPost, "/api/maintenance/vibration",
                              {.operation = "addVibrationRecording",
                               .summary = "Keeps a vibration recording of a machine's measuring "
                                          "point, from a MATLAB or text file",
                               .request_schema = "VibrationSamples",
                               .request_type = "application/octet-stream",
                               .response_schema = "VibrationAdded",
                               .parameters = parameters_of_a_recording()});
  route.least_role = security::Role::kOperator;
  route.body_limit_bytes = kBodyBytes;
  route.handler = in_turn(state, &ApiState::importing, answering(state, add));
  router.add(std::move(route));
  add_route(router, state, Method::kGet, "/api/maintenance/vibration/{asset}",
            {.operation = "listVibrationRecordings",
             .summary = "A machine's measuring points and recordings, newest first",
             .request_schema = {},
             .response_schema = "VibrationList",
             .parameters = {query_parameter("point", "string", "of this point alone")}},
            list);
  add_route(router, state, Method::kGet,
            "/api/maintenance/vibration/{asset}/recordings/{recording}",
            {.operation = "getVibrationReport",
             .summary = "A recording in time, frequency and envelope, with what is found in it",
             .request_schema = {},
             .response_schema = "VibrationReport"},
            look);
  add_route(router, state, Method::kGet, "/api/maintenance/vibration/{asset}/waterfall",
            {.operation = "getVibrationWaterfall",
             .summary = "Spectra of a point's last recordings on one axis, oldest first",
             .request_schema = {},
             .response_schema = "VibrationWaterfall",
             .parameters = {query_parameter("point", "string", "the measuring point", true),
                            query_parameter("last", "integer", "at most so many, up to 30"),
                            query_parameter("to_hz", "integer", "up to this frequency")}},
            waterfall);
  add_route(router, state, Method::kDelete,
            "/api/maintenance/vibration/{asset}/recordings/{recording}",
            {.operation = "removeVibrationRecording",
             .summary = "Removes a recording for good",
             .request_schema = {},
             .response_schema = "Accepted"},
            remove, security::Role::kEngineer);
}

}  // namespace mw::server
