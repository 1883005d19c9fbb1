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

std::string_view health_name(upstream::Health health) {
  switch (health) {
    case upstream::Health::kUnknown:
      return "unknown";
    case upstream::Health::kUp:
      return "up";
    case upstream::Health::kDown:
      return "down";
  }
  return "down";
}

runtime::ModelState state_of(upstream::Health health) {
  switch (health) {
    case upstream::Health::kUnknown:
      return runtime::ModelState::kLoading;
    case upstream::Health::kUp:
      return runtime::ModelState::kReady;
    case upstream::Health::kDown:
      return runtime::ModelState::kFailed;
  }
  return runtime::ModelState::kFailed;
}

Json replicas_json(const std::vector<upstream::ReplicaStatus>& replicas) {
  Json out = Json::array();
  for (const upstream::ReplicaStatus& replica : replicas) {
    out.push_back({{"address", replica.address},
                   {"health", health_name(replica.health)},
                   {"resting", replica.resting},
                   {"running", replica.running},
                   {"answered", replica.answered},
                   {"failed", replica.failed},
                   {"problem", replica.problem.en.empty() ? Json() : to_json(replica.problem)}});
  }
  return out;
}

Json upstream_model_json(const upstream::ModelStatus& status) {
  Json problem;
  for (const upstream::ReplicaStatus& replica : status.replicas) {
    if (status.health == upstream::Health::kDown && problem.is_null()) {
      problem = to_json(replica.problem);
    }
  }
  return {{"name", status.name},
          {"state", state_name(state_of(status.health))},
          {"progress", 0},
          {"bytes", 0},
          {"bytes_done", 0},
          {"bytes_s", 0},
          {"licence", ""},
          {"source", ""},
          {"problem", std::move(problem)},
          {"card", nullptr},
          {"adapters", Json::array()},
          {"upstream", status.upstream},
          {"replicas", replicas_json(status.replicas)}};
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

Json models_json(const ApiParts& parts) {
  Json list = Json::array();
  const std::vector<runtime::ModelStatus> all =
      parts.models == nullptr ? std::vector<runtime::ModelStatus>() : parts.models->list();
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
                    {"adapters", std::move(adapters)},
                    {"upstream", nullptr},
                    {"replicas", Json::array()}});
  }
  if (parts.upstreams != nullptr) {
    for (const upstream::ModelStatus& status : parts.upstreams->models()) {
      list.push_back(upstream_model_json(status));
    }
  }
  return {{"models", std::move(list)}};
}

}  // namespace mw::server
