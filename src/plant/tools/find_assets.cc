#include "plant/tools/internal/plant_tool.h"
#include "plant/tools/tool_makers.h"

namespace mw::plant {
namespace {

class FindAssets final : public PlantTool {
 public:
  explicit FindAssets(Plant& plant)
      : PlantTool(plant, "find_assets",
                  {"Lists the machines, all of them or those of a kind, a line or a name",
                   "列出设备，可按类型、产线或名称筛选"},
                  {{"kind", text_schema("kind of machine, such as cnc")},
                   {"line", text_schema("identifier of a line")},
                   {"text", text_schema("part of a name, in any language")}},
                  {}) {}

 protected:
  Result<std::vector<Evidence>> answer(const ToolCall& call) override {
    MW_ASSIGN(const std::string kind, text_argument(call, "kind"));
    MW_ASSIGN(const std::string line, text_argument(call, "line"));
    MW_ASSIGN(const std::string text, text_argument(call, "text"));
    std::vector<Evidence> found;
    for (const Asset& asset : call.view->assets()) {
      if (!kind.empty() && asset.kind != kind) continue;
      if (!line.empty() && asset.line != line) continue;
      if (!text.empty() && !mentions(names_of(asset), text)) continue;
      Evidence evidence = about(call, asset, "asset");
      evidence.text = asset.name.en;
      evidence.source = "plant description";
      found.push_back(std::move(evidence));
    }
    return found;
  }

 private:
  static std::vector<std::string> names_of(const Asset& asset) {
    std::vector<std::string> names = asset.synonyms;
    names.insert(names.end(), asset.kind_synonyms.begin(), asset.kind_synonyms.end());
    names.insert(names.end(),
                 {asset.id, asset.name.en, asset.name.zh, asset.kind_name.en, asset.kind_name.zh});
    return names;
  }
};

}  // namespace

std::unique_ptr<Tool> make_find_assets(Plant& plant) { return std::make_unique<FindAssets>(plant); }

}  // namespace mw::plant
