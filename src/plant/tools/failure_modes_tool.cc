#include "plant/tools/internal/plant_tool.h"
#include "plant/tools/tool_makers.h"

namespace mw::plant {
namespace {

class FailureModes final : public PlantTool {
 public:
  explicit FailureModes(Plant& plant)
      : PlantTool(plant, "failure_modes",
                  {"The ways in which a machine fails, as the plant description has them, and the "
                   "signals that show each",
                   "工厂描述中某台设备的故障模式，以及反映每种故障的信号"},
                  {{"asset", asset_schema()}}, {"asset"}) {}

 protected:
  Result<std::vector<Evidence>> answer(const ToolCall& call) override {
    MW_ASSIGN(const Asset* asset, asset_argument(call, "asset"));
    std::vector<Evidence> facts;
    Evidence count = about(call, *asset, "failure_mode_count");
    count.value = static_cast<double>(asset->failure_modes.size());
    count.source = "plant description";
    facts.push_back(std::move(count));
    for (const FailureMode& mode : asset->failure_modes) {
      Evidence fact = about(call, *asset, "failure_mode");
      fact.text = mode.id;
      fact.source = "plant description";
      facts.push_back(std::move(fact));
      for (const std::string& sign : mode.signs) {
        const Tag* tag = call.view->tag(asset->id + "/" + sign);
        if (tag == nullptr) continue;  // of the kind, not of this machine
        Evidence shown = about(call, *tag, "failure_sign");
        shown.text = mode.id;
        shown.source = "plant description";
        facts.push_back(std::move(shown));
      }
    }
    return facts;
  }
};

}  // namespace

std::unique_ptr<Tool> make_failure_modes(Plant& plant) {
  return std::make_unique<FailureModes>(plant);
}

}  // namespace mw::plant
