#pragma once

#include "grammar/grammar_cache.h"
#include "server/api.h"
#include "server/api/audit_job.h"
#include "server/api/confirmations.h"
#include "server/api/event_hub.h"
#include "server/api/pending_login.h"
#include "server/api/system_report.h"
#include "server/api/turns.h"
#include "server/openai/admission.h"
#include "server/openai/response_store.h"
#include "server/request_history.h"

namespace mw::server {

/// What the routes share. Routes hold it; it does not know them.
struct ApiState {
  explicit ApiState(ApiParts given);

  const ApiParts parts;
  const std::shared_ptr<openai::Admission> admission;
  const std::shared_ptr<RequestHistory> requests = std::make_shared<RequestHistory>();
  const std::shared_ptr<openai::ResponseStore> responses;
  const std::shared_ptr<grammar::GrammarCache> grammars = std::make_shared<grammar::GrammarCache>();
  PendingLogins pending_logins;
  mutable Confirmations confirmations;
  mutable AuditJob audit_job;  // routes start it
  SystemReport system;
  EventHub events;
  // Last, and stopped by Api: what runs in them holds the state.
  Turns importing;   // of a CSV file
  Turns exporting;   // of a CSV file
  Turns previewing;  // of an alarm rule
  Turns training;    // of a health model
};

/// The handler in the turn of whoever asks.
Handler in_turn(const std::shared_ptr<ApiState>& state, Turns ApiState::*turns, Handler handler);

// Each adds the routes of one topic.
void add_openai_routes(Router& router, const std::shared_ptr<ApiState>& state);
void add_response_routes(Router& router, const std::shared_ptr<ApiState>& state);
void add_embedding_routes(Router& router, const std::shared_ptr<ApiState>& state);
void add_ask_route(Router& router, const std::shared_ptr<ApiState>& state);
void add_alarm_routes(Router& router, const std::shared_ptr<ApiState>& state);
/// The health of machines and their cases; add_health_routes() is the server's own.
void add_report_routes(Router& router, const std::shared_ptr<ApiState>& state);
void add_machine_health_routes(Router& router, const std::shared_ptr<ApiState>& state);
void add_plant_routes(Router& router, const std::shared_ptr<ApiState>& state);
void add_oee_route(Router& router, const std::shared_ptr<ApiState>& state);
void add_connector_routes(Router& router, const std::shared_ptr<ApiState>& state);
void add_plant_event_routes(Router& router, const std::shared_ptr<ApiState>& state);
void add_batch_routes(Router& router, const std::shared_ptr<ApiState>& state);
void add_csv_route(Router& router, const std::shared_ptr<ApiState>& state);
void add_point_routes(Router& router, const std::shared_ptr<ApiState>& state);
void add_csv_export_route(Router& router, const std::shared_ptr<ApiState>& state);
void add_push_route(Router& router, const std::shared_ptr<ApiState>& state);
void add_model_routes(Router& router, const std::shared_ptr<ApiState>& state);
void add_system_routes(Router& router, const std::shared_ptr<ApiState>& state);
void add_request_routes(Router& router, const std::shared_ptr<ApiState>& state);
void add_session_routes(Router& router, const std::shared_ptr<ApiState>& state);
void add_oidc_routes(Router& router, const std::shared_ptr<ApiState>& state);
/// Administration: people, keys of programs, the audit log. For administrators who logged in.
void add_people_routes(Router& router, const std::shared_ptr<ApiState>& state);
void add_group_routes(Router& router, const std::shared_ptr<ApiState>& state);
void add_key_routes(Router& router, const std::shared_ptr<ApiState>& state);
void add_audit_routes(Router& router, const std::shared_ptr<ApiState>& state);
/// What the plant consists of and how it is connected: for administrators, too.
void add_setup_routes(Router& router, const std::shared_ptr<ApiState>& state);
/// What a person changes of themselves.
void add_own_routes(Router& router, const std::shared_ptr<ApiState>& state);
void add_health_routes(Router& router, const std::shared_ptr<ApiState>& state);
void add_console_routes(Router& router);
/// GET /api/openapi.json, made from the routes added so far.
void add_description_route(Router& router, const std::string& version);

/// A 503 that says what is missing.
Error absent(const std::string& en, const std::string& zh);

}  // namespace mw::server
