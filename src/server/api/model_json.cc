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

namespace {

Json problem_json(const runtime::ModelStatus& status) {
  return status.state == runtime::ModelState::kFailed ? to_json(status.problem) : Json();
}

}  // namespace

Json adapter_json(const runtime::ModelStatus& adapter) {
  return {{"name", adapter.name.substr(adapter.parent.size() + 1)},
          {"state", state_name(adapter.state)},
          {"rank", adapter.rank},
          {"bytes", adapter.bytes},
          {"source", adapter.source},
          {"problem", problem_json(adapter)}};
}

Json models_json(const runtime::ModelHost* models) {
  Json list = Json::array();
  if (models == nullptr) return {{"models", std::move(list)}};
  const std::vector<runtime::ModelStatus> all = models->list();
  for (const runtime::ModelStatus& status : all) {
    if (!status.parent.empty()) continue;
    Json adapters = Json::array();
    for (const runtime::ModelStatus& each : all) {
      if (each.parent == status.name) adapters.push_back(adapter_json(each));
    }
    list.push_back({{"name", status.name},
                    {"state", state_name(status.state)},
                    {"progress", status.progress},
                    {"bytes", status.bytes},
                    {"bytes_done", status.bytes_done},
                    {"bytes_s", status.bytes_s},
                    {"licence", status.licence},
                    {"source", status.source},
                    {"problem", problem_json(status)},
                    {"card", status.card},
                    {"adapters", std::move(adapters)}});
  }
  return {{"models", std::move(list)}};
}

}  // namespace mw::server
