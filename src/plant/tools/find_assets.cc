#include "plant/tools/internal/plant_tool.h"
#include "plant/tools/tool_makers.h"

namespace mw::plant {
namespace {

class FindAssets final : public PlantTool {
 public:
  explicit FindAssets(Plant& plant)
      : PlantTool(plant, "find_assets",
                  {"Lists the machines, all of them or those of a kind, an area, line or cell, or "
                   "a name",
                   "列出设备，可按类型、区域、产线、单元或名称筛选"},
                  {{"kind", text_schema("kind of machine or its name, such as cnc")},
                   {"area", text_schema("identifier of an area")},
                   {"line", text_schema("identifier of a line")},
                   {"cell", text_schema("identifier of a cell")},
                   {"text", text_schema("part of a name, in any language")}},
                  {}) {}

 protected:
  Result<std::vector<Evidence>> answer(const ToolCall& call) override {
    MW_ASSIGN(const std::string kind, text_argument(call, "kind"));
    MW_ASSIGN(const std::string area, text_argument(call, "area"));
    MW_ASSIGN(const std::string line, text_argument(call, "line"));
    MW_ASSIGN(const std::string cell, text_argument(call, "cell"));
    MW_ASSIGN(const std::string text, text_argument(call, "text"));
    std::vector<Evidence> found;
    for (const Asset& asset : call.view->assets()) {
      if (!kind.empty() && !of_kind(asset, kind)) continue;
      if (!area.empty() && call.view->line(asset.line)->area != area) continue;
      if (!line.empty() && asset.line != line) continue;
      if (!cell.empty() && asset.cell != cell) continue;
      if (!text.empty() && !mentions(names_of(asset), text)) continue;
      Evidence evidence = about(call, asset, "asset");
      evidence.text = asset.name.en;
      evidence.source = "plant description";
      found.push_back(std::move(evidence));
    }
    return found;
  }

 private:
  /// Two kinds may share a name, chillers with sensors and without: people mean both by it.
  static bool of_kind(const Asset& asset, const std::string& kind) {
    return asset.kind == kind || asset.kind_name.en == kind || asset.kind_name.zh == kind;
  }
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
