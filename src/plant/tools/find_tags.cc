#include "plant/tools/internal/plant_tool.h"
#include "plant/tools/tool_makers.h"

namespace mw::plant {
namespace {

class FindTags final : public PlantTool {
 public:
  explicit FindTags(Plant& plant)
      : PlantTool(
            plant, "find_tags",
            {"Lists what is measured, everywhere or on one machine",
             "列出测点，可按设备或名称筛选"},
            {{"asset", asset_schema()}, {"text", text_schema("part of a name, in any language")}},
            {}) {}

 protected:
  Result<std::vector<Evidence>> answer(const ToolCall& call) override {
    MW_ASSIGN(const std::string wanted, text_argument(call, "asset"));
    MW_ASSIGN(const std::string text, text_argument(call, "text"));
    if (!wanted.empty()) {
      const Result<const Asset*> asset = asset_argument(call, "asset");
      if (!asset) return asset.error();
    }
    std::vector<Evidence> found;
    for (const Tag& tag : call.view->tags()) {
      if (!wanted.empty() && tag.asset != wanted) continue;
      std::vector<std::string> names = tag.synonyms;
      names.insert(names.end(), {tag.id, tag.name.en, tag.name.zh});
      if (!text.empty() && !mentions(names, text)) continue;
      Evidence evidence = about(call, tag, "tag");
      evidence.text = tag.name.en;
      evidence.source = "plant description";
      found.push_back(std::move(evidence));
    }
    return found;
  }
};

}  // namespace

std::unique_ptr<Tool> make_find_tags(Plant& plant) { return std::make_unique<FindTags>(plant); }

}  // namespace mw::plant
