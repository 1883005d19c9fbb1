// Replays in the background (ADR 0139): started, told how far they are, cancelled.
#include "server/api/machine_health_json.h"
#include "server/api/plant_json.h"

namespace mw::server {
namespace {

using maintenance::ReplayJob;
using maintenance::ReplayState;

Result<Json> start(const ApiState& state, const HttpRequest& request) {
  const std::string asset(request.path_value("asset"));
  MW_ASSIGN(const Json body, parse_json(request.body, 8));
  MW_ASSIGN(const int64_t version, json_integer(body, "version", 0));
  MW_ASSIGN(const ReplayJob job, state.parts.health->start_replay(request.who, asset, version));
  return replay_job_json(job);
}

Result<Json> told(const ApiState& state, const HttpRequest& request) {
  const std::string asset(request.path_value("asset"));
  MW_ASSIGN(const std::optional<ReplayJob> job, state.parts.health->replay_job(request.who, asset));
  return replay_job_json(job);
}

Result<Json> cancel(const ApiState& state, const HttpRequest& request) {
  const std::string asset(request.path_value("asset"));
  MW_ASSIGN(const ReplayJob job, state.parts.health->cancel_replay(request.who, asset));
  return replay_job_json(job);
}

}  // namespace

Json replay_job_json(const std::optional<ReplayJob>& job) {
  const ReplayJob one = job.value_or(ReplayJob{});
  const bool paced = job && one.state == ReplayState::kRunning && one.rows_per_s > 0;
  const auto left = static_cast<double>(one.rows - one.rows_done);
  return {{"state", job ? std::string(replay_state_name(one.state)) : "none"},
          {"version", one.version},
          {"by", one.by},
          {"started_ms", time_or_null(one.started_ns)},
          {"ended_ms", time_or_null(one.ended_ns)},
          {"rows_done", one.rows_done},
          {"rows", one.rows},
          {"rows_per_s", paced ? Json(one.rows_per_s) : Json()},
          {"left_s", paced ? Json(left / one.rows_per_s) : Json()},
          {"problem", one.state == ReplayState::kFailed ? to_json(one.problem) : Json()}};
}

void add_health_replay_routes(Router& router, const std::shared_ptr<ApiState>& state) {
  const char* path = "/api/maintenance/models/{asset}/replay";
  RouteDoc begin{.operation = "replayHealthModel",
                 .summary =
                     "Starts to run a version over all stored history and past cases; how "
                     "far it is: GET of the same address",
                 .request_schema = "HealthReplayOrder",
                 .response_schema = "HealthReplayJob"};
  begin.success_status = 202;
  add_machine_route(router, state, Method::kPost, path, begin, start, security::Role::kEngineer);
  add_machine_route(router, state, Method::kGet, path,
                    {.operation = "tellHealthReplay",
                     .summary = "How far the last replay of a machine is, or how it ended",
                     .request_schema = {},
                     .response_schema = "HealthReplayJob"},
                    told);
  add_machine_route(router, state, Method::kDelete, path,
                    {.operation = "cancelHealthReplay",
                     .summary = "Gives up the replay that is under way; nothing of it is kept",
                     .request_schema = {},
                     .response_schema = "HealthReplayJob"},
                    cancel, security::Role::kEngineer);
}

}  // namespace mw::server
