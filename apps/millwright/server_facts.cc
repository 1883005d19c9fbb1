#include "apps/millwright/server_facts.h"

#include "apps/millwright/engine_flags.h"

namespace mw::app {

ServerFacts::ServerFacts(std::filesystem::path data, tensor::Isa isa, int threads,
                         std::shared_ptr<const runtime::ModelHost> models,
                         std::shared_ptr<const plant::Plant> plant)
    : data_(std::move(data)),
      isa_(isa),
      threads_(threads),
      models_(std::move(models)),
      plant_(std::move(plant)) {}

server::SystemFacts ServerFacts::facts() const {
  server::SystemFacts out;
  out.version = version();
  out.commit = commit();
  for (const tensor::Isa each : tensor::available_isas()) {
    out.isa_available.emplace_back(tensor::isa_name(each));
  }
  out.isa_used = tensor::isa_name(isa_);
  out.threads = threads_;
  for (const auto& model : models_->list()) {
    if (model.state == runtime::ModelState::kReady) out.model_bytes += model.bytes;
  }
  std::error_code problem;
  const auto space = std::filesystem::space(data_, problem);
  if (!problem) out.disk_free_bytes = space.available;
  if (plant_ != nullptr) out.disk_problem = plant_->stats().store.problem;
  return out;
}

}  // namespace mw::app
