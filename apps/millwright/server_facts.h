#pragma once

#include <filesystem>
#include <memory>
#include <optional>

#include "apps/millwright/engine_choice.h"
#include "backup/restored_mark.h"
#include "plant/plant.h"
#include "runtime/model_host.h"
#include "server/system_info.h"

namespace mw::app {

/// What `serve` knows of its own process for /api/system.
class ServerFacts final : public server::SystemInfo {
 public:
  ServerFacts(std::filesystem::path data, Engine engine,
              std::shared_ptr<const runtime::ModelHost> models,
              std::shared_ptr<const plant::Plant> plant);
  server::SystemFacts facts() const override;

 private:
  const std::filesystem::path data_;
  const Engine engine_;
  const std::shared_ptr<const runtime::ModelHost> models_;
  const std::shared_ptr<const plant::Plant> plant_;
  const std::optional<backup::RestoredMark> restored_;  // as it was at the start
};

}  // namespace mw::app
