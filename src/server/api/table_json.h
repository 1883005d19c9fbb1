#pragma once

#include "maintenance/table_archive.h"
#include "maintenance/trainings.h"
#include "server/api/api_state.h"

namespace mw::server {

// Tables of labelled histories and what is learnt from them, as the API tells it (ADR 0150).

/// MaintenanceTable, MaintenanceTableColumns, MaintenanceTableReport and TableTraining of the
/// schemas.
Json table_json(const maintenance::KeptTable& table);
Json preview_json(const maintenance::KeptTable& table, const maintenance::TablePreview& preview);
Json table_report_json(const maintenance::RunTable& table, const maintenance::DataReport& report);
Json training_json(const maintenance::TrainingJob& job);

/// TableMapping: what each column is. Errors: kInvalidArgument, the member is named.
Result<maintenance::TableMapping> mapping_in(const Json& body);

using TableAnswer = Result<Json> (*)(const ApiState& state, const HttpRequest& request);
/// A route for engineers over tables and trainings, in turn where `turns` says so; 503 where none
/// are kept.
void add_table_route(Router& router, const std::shared_ptr<ApiState>& state, Route route,
                     TableAnswer answer, Turns ApiState::*turns = nullptr);

}  // namespace mw::server
