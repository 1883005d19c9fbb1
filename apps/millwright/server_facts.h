#pragma once

#include <filesystem>
#include <memory>

#include "plant/plant.h"
#include "runtime/model_host.h"
#include "server/system_info.h"
#include "tensor/isa.h"

namespace mw::app {

/// What `serve` knows of its own process for /api/system.
class ServerFacts final : public server::SystemInfo {
 public:
  ServerFacts(std::filesystem::path data, tensor::Isa isa, int threads,
              std::shared_ptr<const runtime::ModelHost> models,
              std::shared_ptr<const plant::Plant> plant);
  server::SystemFacts facts() const override;

 private:
  const std::filesystem::path data_;
  const tensor::Isa isa_;
  const int threads_;
  const std::shared_ptr<const runtime::ModelHost> models_;
  const std::shared_ptr<const plant::Plant> plant_;
};

}  // namespace mw::app
