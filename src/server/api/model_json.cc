#include "server/api/model_json.h"

#include "server/api/plant_json.h"

namespace mw::server {

std::string_view state_name(runtime::ModelState state) {
  switch (state) {
    case runtime::ModelState::kAbsent:
      return "absent";
    case runtime::ModelState::kFetching:
      return "fetching";
    case runtime::ModelState::kLoading:
      return "loading";
    case runtime::ModelState::kReady:
      return "ready";
    case runtime::ModelState::kFailed:
      return "failed";
  }
  return "failed";
}

Json models_json(const runtime::ModelHost* models) {
  Json list = Json::array();
  if (models != nullptr) {
    for (const runtime::ModelStatus& status : models->list()) {
      const bool failed = status.state == runtime::ModelState::kFailed;
      list.push_back({{"name", status.name},
                      {"state", state_name(status.state)},
                      {"progress", status.progress},
                      {"bytes", status.bytes},
                      {"bytes_done", status.bytes_done},
                      {"bytes_s", status.bytes_s},
                      {"licence", status.licence},
                      {"source", status.source},
                      {"problem", failed ? to_json(status.problem) : Json()},
                      {"card", status.card}});
    }
  }
  return {{"models", std::move(list)}};
}

}  // namespace mw::server
