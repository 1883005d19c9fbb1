#pragma once

#include <memory>
#include <optional>

#include "maintenance/health_monitor.h"
#include "server/api/api_state.h"

namespace mw::server {

// What the routes over machines' health share.
Json window_json(const TimeWindow& window);
Json contract_score_json(const maintenance::ContractReplay& replay);
Json accepted_work_json(const maintenance::AcceptedWork& work);
Json card_json(const maintenance::HealthCard& card);
/// Nothing: none was ever started.
Json replay_job_json(const std::optional<maintenance::ReplayJob>& job);

/// Of the path; -1: there is none of it.
int64_t case_number(const HttpRequest& request);

/// 503: nothing watches machines here.
std::optional<Error> why_unwatched(const ApiState& state);
Route machine_route(Method method, const char* pattern, RouteDoc doc);
using MachineAnswer = Result<Json> (*)(const ApiState& state, const HttpRequest& request);
/// A route that is asked of the health monitor, in turn where `turns` says so; 503 where none
/// watches.
void add_machine_route(Router& router, const std::shared_ptr<ApiState>& state, Method method,
                       const char* pattern, RouteDoc doc, MachineAnswer answer,
                       security::Role least_role = security::Role::kViewer,
                       Turns ApiState::*turns = nullptr);

/// add_machine_health_routes() adds them.
void add_health_version_routes(Router& router, const std::shared_ptr<ApiState>& state);
void add_health_schedule_routes(Router& router, const std::shared_ptr<ApiState>& state);
void add_maintenance_card_routes(Router& router, const std::shared_ptr<ApiState>& state);
void add_health_replay_routes(Router& router, const std::shared_ptr<ApiState>& state);
void add_work_order_routes(Router& router, const std::shared_ptr<ApiState>& state);
void add_life_routes(Router& router, const std::shared_ptr<ApiState>& state);
void add_case_recording_routes(Router& router, const std::shared_ptr<ApiState>& state);
void add_table_routes(Router& router, const std::shared_ptr<ApiState>& state);
void add_training_routes(Router& router, const std::shared_ptr<ApiState>& state);
void add_vibration_routes(Router& router, const std::shared_ptr<ApiState>& state);

}  // namespace mw::server
