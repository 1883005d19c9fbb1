#include <algorithm>

#include "plant/tools/internal/one_statistic.h"
#include "plant/tools/internal/plant_tool.h"
#include "plant/tools/tool_makers.h"

namespace mw::plant {
namespace {

constexpr std::size_t kMostTags = 16;

class CompareMachines final : public PlantTool {
 public:
  explicit CompareMachines(Plant& plant)
      : PlantTool(plant, "compare_machines",
                  {"One statistic of the same quantity on several machines",
                   "比较多台设备同一物理量的统计值"},
                  properties(), {"tags", "window"}) {}

 protected:
  Result<std::vector<Evidence>> answer(const ToolCall& call) override {
    MW_ASSIGN(const std::vector<const Tag*> tags, tags_argument(call));
    MW_ASSIGN(const TimeWindow window, window_argument(call, "window"));
    MW_ASSIGN(const Statistic statistic, statistic_argument(call, *tags.front()));
    std::vector<Evidence> facts;
    for (const Tag* tag : tags) {
      Evidence evidence = about(call, *tag, fact_of(statistic));
      MW_TRY(fill_one(plant(), call, *tag, window, statistic, evidence));
      MW_ASSIGN(evidence.series, trend(call, *tag, window));
      facts.push_back(std::move(evidence));
    }
    // Highest first; those without data last, in the order asked.
    std::stable_sort(facts.begin(), facts.end(), [](const Evidence& a, const Evidence& b) {
      if (a.value.has_value() != b.value.has_value()) return a.value.has_value();
      return a.value && *a.value > *b.value;
    });
    const auto known = static_cast<std::size_t>(std::count_if(
        facts.begin(), facts.end(), [](const Evidence& fact) { return fact.value.has_value(); }));
    if (known < 2) return facts;
    const Evidence& highest = facts[0];
    const Evidence& lowest = facts[known - 1];
    Evidence difference = highest;
    difference.fact = "difference";
    difference.series.clear();
    difference.ts_ns.reset();
    difference.value = *highest.value - *lowest.value;
    difference.quality = worse(highest.quality, lowest.quality);
    difference.good_share = std::min(highest.good_share, lowest.good_share);
    difference.source += ", " + lowest.tag;
    facts.push_back(std::move(difference));
    return facts;
  }

 private:
  static Json properties() {
    Json list;
    list["type"] = "array";
    list["items"] = tag_schema();
    list["minItems"] = 2;
    list["maxItems"] = kMostTags;
    return {{"tags", std::move(list)},
            {"window", window_schema()},
            {"statistic", choice_schema(statistic_names())}};
  }

  static Result<std::vector<const Tag*>> tags_argument(const ToolCall& call) {
    const auto wrong = [](const std::string& why) {
      return Error::make(Code::kInvalidArgument, "'tags': " + why, "参数“tags”无效：" + why,
                         "tags");
    };
    const auto found = call.arguments.find("tags");
    if (found == call.arguments.end() || !found->is_array() || found->size() < 2 ||
        found->size() > kMostTags) {
      return wrong("expected 2 to 16 identifiers of tags");
    }
    std::vector<const Tag*> tags;
    for (std::size_t i = 0; i < found->size(); ++i) {
      const std::string name = "tags[" + std::to_string(i) + "]";
      if (!(*found)[i].is_string()) return wrong(name + " is no text");
      MW_ASSIGN(const Tag* tag, find_visible_tag(call, (*found)[i].get<std::string>(), name));
      if (!tags.empty() && (tag->unit != tags[0]->unit || tag->kind != tags[0]->kind)) {
        return wrong(tag->id + " and " + tags[0]->id + " are different quantities");
      }
      tags.push_back(tag);
    }
    return tags;
  }
};

}  // namespace

std::unique_ptr<Tool> make_compare_machines(Plant& plant) {
  return std::make_unique<CompareMachines>(plant);
}

}  // namespace mw::plant
