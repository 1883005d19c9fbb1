// Trainings from tables in the background (ADR 0151): started, told how far they are, cancelled.
#include <algorithm>

#include "server/api/machine_health_json.h"
#include "server/api/people_json.h"
#include "server/api/query_integer.h"
#include "server/api/table_json.h"

namespace mw::server {
namespace {

using maintenance::TrainingJob;
using maintenance::TrainingOrder;

constexpr int64_t kLargestSeed = 1 << 30;

Result<Json> start(const ApiState& state, const HttpRequest& request) {
  MW_ASSIGN(const Json body, object_body(request));
  TrainingOrder order;
  MW_ASSIGN(order.table, json_integer(body, "table", -1));
  MW_TRY(state.parts.tables->find(request.who, order.table));
  MW_ASSIGN(order.model, json_string(body, "name"));
  MW_ASSIGN(order.replace, json_bool(body, "replace", false));
  MW_ASSIGN(order.mapping, mapping_in(body));
  MW_ASSIGN(order.variable, json_string(body, "variable"));
  MW_ASSIGN(order.splits, json_bool(body, "splits", false));
  MW_ASSIGN(order.life.settings, names_in(body, "settings"));
  MW_ASSIGN(order.life.cap, json_number(body, "cap", order.life.cap));
  MW_ASSIGN(const int64_t regimes, json_integer(body, "regimes", 0));
  order.life.regimes = static_cast<int>(std::clamp<int64_t>(regimes, -1, 1000));
  MW_ASSIGN(const int64_t seed, json_integer(body, "seed", 1));
  if (seed < 0 || seed > kLargestSeed) {
    return Error::make(Code::kInvalidArgument, "'seed': expected 0 to 1073741824",
                       "“seed”应为 0 至 1073741824", "seed");
  }
  order.life.seed = static_cast<uint64_t>(seed);
  MW_ASSIGN(const TrainingJob job, state.parts.trainings->start(request.who, order));
  return training_json(job);
}

Result<Json> list(const ApiState& state, const HttpRequest& request) {
  Json trainings = Json::array();
  for (const TrainingJob& each : state.parts.trainings->list(request.who)) {
    trainings.push_back(training_json(each));
  }
  return Json{{"trainings", std::move(trainings)}};
}

Result<Json> told(const ApiState& state, const HttpRequest& request) {
  MW_ASSIGN(const TrainingJob job,
            state.parts.trainings->find(request.who, path_number(request, "training")));
  return training_json(job);
}

Result<Json> cancel(const ApiState& state, const HttpRequest& request) {
  MW_ASSIGN(const TrainingJob job,
            state.parts.trainings->cancel(request.who, path_number(request, "training")));
  return training_json(job);
}

}  // namespace

void add_training_routes(Router& router, const std::shared_ptr<ApiState>& state) {
  RouteDoc begin{.operation = "trainFromTable",
                 .summary =
                     "Starts to learn a model of remaining life or of failures from a "
                     "table; how far it is: GET of the training",
                 .request_schema = "TableTrainingOrder",
                 .response_schema = "TableTraining"};
  begin.success_status = 202;
  add_table_route(router, state,
                  machine_route(Method::kPost, "/api/maintenance/trainings", std::move(begin)),
                  start, &ApiState::previewing);
  add_table_route(router, state,
                  machine_route(Method::kGet, "/api/maintenance/trainings",
                                {.operation = "listTableTrainings",
                                 .summary = "Trainings from tables, newest first",
                                 .request_schema = {},
                                 .response_schema = "TableTrainingList"}),
                  list);
  add_table_route(router, state,
                  machine_route(Method::kGet, "/api/maintenance/trainings/{training}",
                                {.operation = "tellTableTraining",
                                 .summary = "How far a training is, or how it ended",
                                 .request_schema = {},
                                 .response_schema = "TableTraining"}),
                  told);
  add_table_route(router, state,
                  machine_route(Method::kDelete, "/api/maintenance/trainings/{training}",
                                {.operation = "cancelTableTraining",
                                 .summary = "Gives up a training that is under way; nothing of it "
                                            "is kept",
                                 .request_schema = {},
                                 .response_schema = "TableTraining"}),
                  cancel);
}

}  // namespace mw::server
