#include "apps/millwright/server_facts.h"

#include "apps/millwright/engine_flags.h"

namespace mw::app {

ServerFacts::ServerFacts(std::filesystem::path data, Engine engine,
                         std::shared_ptr<const runtime::ModelHost> models,
                         std::shared_ptr<const plant::Plant> plant)
    : data_(std::move(data)),
      engine_(std::move(engine)),
      models_(std::move(models)),
      plant_(std::move(plant)),
      restored_(backup::read_restored_mark(data_)) {}

server::SystemFacts ServerFacts::facts() const {
  server::SystemFacts out;
  out.version = version();
  out.commit = commit();
  for (const tensor::Isa each : tensor::available_isas()) {
    out.isa_available.emplace_back(tensor::isa_name(each));
  }
  out.isa_used = tensor::isa_name(engine_.isa);
  out.threads = engine_.threads;
  if (engine_.limits) {
    const tensor::ThreadRates& rates = engine_.limits->at(engine_.threads);
    out.machine = server::MachineFacts{.int_gmac_s = rates.int_gmac_s,
                                       .f32_gmac_s = rates.f32_gmac_s,
                                       .l2_gb_s = rates.l2_gb_s,
                                       .memory_gb_s = rates.memory_gb_s,
                                       .measured_at_ms = engine_.limits->measured_at_s * 1000,
                                       .busy = engine_.limits->busy};
  }
  for (const auto& model : models_->list()) {
    if (model.state == runtime::ModelState::kReady) out.model_bytes += model.bytes;
  }
  std::error_code problem;
  const auto space = std::filesystem::space(data_, problem);
  if (!problem) out.disk_free_bytes = space.available;
  if (restored_) {
    out.restored =
        server::RestoredFacts{restored_->made, restored_->restored_ns / kNsPerMs, restored_->sound};
  }
  if (plant_ != nullptr) out.disk_problem = plant_->stats().store.problem;
  return out;
}

}  // namespace mw::app
