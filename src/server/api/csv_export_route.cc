// GET /api/plant/csv: the samples of some tags over a window, as a file that import takes back.
#include <algorithm>

#include "plant/csv_export.h"
#include "server/api/api_state.h"
#include "server/api/plant_json.h"
#include "server/api/query_integer.h"
#include "server/api/query_interpolation.h"
#include "server/api/query_parameter.h"
#include "server/api/query_window.h"
#include "server/http/api_error.h"

namespace mw::server {
namespace {

constexpr int64_t kDefaultNs = kNsPerHour;
constexpr std::size_t kMostTags = 100;
constexpr int64_t kLongestStepMs = 24 * kNsPerHour / kNsPerMs;
// It is answered whole or not at all: a file that was cut looks like one that is not.
constexpr uint64_t kMostLines = 500'001;  // with the header
constexpr std::size_t kMostBytes = 64 << 20;

Result<std::vector<std::string>> tags_of(const HttpRequest& request) {
  std::vector<std::string> tags;
  std::string_view rest = request.query_value("tags");
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find(','), rest.size());
    if (end > 0) tags.emplace_back(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  if (!tags.empty() && tags.size() <= kMostTags) return tags;
  return Error::make(Code::kInvalidArgument,
                     "'tags': expected 1 to 100 identifiers from GET /api/plant, with commas",
                     "“tags”应为 1 至 100 个以逗号分隔的信号标识（见 GET /api/plant）", "tags");
}

/// "cnc-2_20260105T050000Z_20260105T063000Z.csv"; of more than one machine: "samples_...".
std::string file_name(const std::vector<std::string>& tags, TimeWindow window) {
  const auto asset_of = [](const std::string& tag) { return tag.substr(0, tag.find('/')); };
  const std::string asset = asset_of(tags.front());
  const bool one = std::all_of(tags.begin(), tags.end(),
                               [&](const std::string& tag) { return asset_of(tag) == asset; });
  const auto time = [](TimeNs ts_ns) {
    std::string text =
        plant::csv_time(ts_ns).substr(0, std::string_view("2026-01-05T05:00:00").size());
    std::erase_if(text, [](char c) { return c == '-' || c == ':'; });
    return text + "Z";
  };
  return (one ? asset : "samples") + "_" + time(window.start_ns) + "_" + time(window.end_ns) +
         ".csv";
}

Error too_much() {
  return Error::make(
      Code::kInvalidArgument,
      "more than 500,000 samples or 64 MiB: choose a shorter time or fewer signals; all at once "
      "goes by `millwright plant export`, with the server stopped",
      "超过 500,000 个采样或 64 "
      "MiB：请缩短时间范围或减少信号；如需一次导出全部，请停止服务器后使用 "
      "`millwright plant export`",
      "from_ms");
}

Result<HttpResponse> export_file(const ApiState& state, const Exchange& exchange) {
  const HttpRequest& request = exchange.request();
  const plant::Plant& plant = *state.parts.plant;
  MW_ASSIGN(const std::vector<std::string> tags, tags_of(request));
  MW_ASSIGN(const TimeWindow window, query_window(request, plant.now_ns(), kDefaultNs));
  MW_ASSIGN(const auto every_ms, query_integer(request, "every_ms", 1, kLongestStepMs));
  MW_ASSIGN(const auto asked, query_interpolation(request));
  if (asked && !every_ms) {
    return Error::make(Code::kInvalidArgument,
                       "'interpolation': samples are written as they came; say 'every_ms' for the "
                       "values at equal times",
                       "“interpolation”：默认按原样导出采样；如需等间隔的值，请指定“every_ms”",
                       "interpolation");
  }
  HttpResponse response;
  uint64_t lines = 0;
  bool whole = true;
  const auto write = [&](std::string_view text) {
    whole = ++lines <= kMostLines && response.body.size() + text.size() <= kMostBytes;
    if (whole) response.body += text;
    return whole && exchange.open();
  };
  MW_ASSIGN(const plant::SampleExport written,
            every_ms ? plant.export_values(request.who, tags, window, {*every_ms * kNsPerMs, asked},
                                           write)
                     : plant.export_samples(request.who, tags, window, write));
  if (!whole) return too_much();
  if (!exchange.open()) return Error::make(Code::kCancelled, "the client has gone");
  response.content_type = "text/csv; charset=utf-8";
  response.headers = {
      {"Content-Disposition", "attachment; filename=\"" + file_name(tags, window) + "\""},
      {"Cache-Control", "no-store"},
      {"Millwright-Samples", std::to_string(written.samples)}};
  if (written.thinned_until_ns > 0) {
    response.headers.push_back(
        {"Millwright-Thinned-Until-Ms", std::to_string(to_ms(written.thinned_until_ns))});
  }
  return response;
}

}  // namespace

void add_csv_export_route(Router& router, const std::shared_ptr<ApiState>& state) {
  Route route;
  route.method = Method::kGet;
  route.pattern = "/api/plant/csv";
  route.doc = {.operation = "exportCsv",
               .summary =
                   "The samples of some tags as CSV, whole or not at all: at most 500,000 "
                   "and 64 MiB. The header Millwright-Samples counts them; "
                   "Millwright-Thinned-Until-Ms is there where aggregates replaced some",
               .request_schema = {},
               .response_schema = "CsvFile",
               .response_type = "text/csv"};
  route.doc.parameters = {
      query_parameter("tags", "string", "Identifiers from GET /api/plant, with commas", true),
      query_parameter("from_ms", "integer",
                      "Start, ms since 1970 UTC; default an hour before to_ms", false),
      query_parameter("to_ms", "integer", "End, exclusive; default now", false),
      query_parameter("every_ms", "integer",
                      "In place of samples the values at from_ms and each so many ms after it, up "
                      "to a day (86400000)",
                      false),
      interpolation_parameter()};
  route.runs_on = RunsOn::kWorker;
  route.time_limit_ms = 120'000;
  // Each may hold 64 MiB.
  const auto handler = [state](const std::shared_ptr<Exchange>& exchange) {
    if (!state->parts.plant) {
      exchange->respond(error_response(absent("no plant is connected", "未连接工厂")));
      return;
    }
    Result<HttpResponse> done = export_file(*state, *exchange);
    exchange->respond(done ? std::move(*done) : error_response(done.error()));
  };
  route.handler = in_turn(state, &ApiState::exporting, handler);
  router.add(std::move(route));
}

}  // namespace mw::server
