#include <algorithm>

#include "plant/tools/internal/one_statistic.h"
#include "plant/tools/internal/plant_tool.h"
#include "plant/tools/tool_makers.h"

namespace mw::plant {
namespace {

/// A share of a quantity makes sense only where zero means "none of it".
bool has_true_zero(const std::string& unit) { return unit != "degC" && unit != "degF"; }

class CompareWindows final : public PlantTool {
 public:
  explicit CompareWindows(Plant& plant)
      : PlantTool(plant, "compare_windows",
                  {"One statistic of a tag in two times, and the difference",
                   "比较同一测点在两个时间段的统计值"},
                  {{"tag", tag_schema()},
                   {"window", window_schema()},
                   {"baseline", window_schema()},
                   {"statistic", choice_schema(statistic_names())}},
                  {"tag", "window", "baseline"}) {}

 protected:
  Result<std::vector<Evidence>> answer(const ToolCall& call) override {
    MW_ASSIGN(const Tag* tag, tag_argument(call, "tag"));
    MW_ASSIGN(const TimeWindow window, window_argument(call, "window"));
    MW_ASSIGN(const TimeWindow baseline, window_argument(call, "baseline"));
    MW_ASSIGN(const Statistic statistic, statistic_argument(call, *tag));
    std::vector<Evidence> facts;
    for (const TimeWindow& part : {window, baseline}) {
      Evidence evidence = about(call, *tag, fact_of(statistic));
      MW_TRY(fill_one(plant(), call, *tag, part, statistic, evidence));
      MW_ASSIGN(evidence.series, trend(call, *tag, part));
      facts.push_back(std::move(evidence));
    }
    const TimeWindow both{std::min(window.start_ns, baseline.start_ns),
                          std::max(window.end_ns, baseline.end_ns)};
    MW_ASSIGN(const std::vector<EarlierHistory> histories, earlier_in(call, *tag, both));
    std::vector<Evidence> earlier = about_earlier(call, histories);
    const auto add_earlier = [&] {
      for (Evidence& each : earlier) facts.push_back(std::move(each));
      return facts;
    };
    if (!facts[0].value || !facts[1].value) return add_earlier();
    Evidence difference = about(call, *tag, "difference");
    difference.unit = facts[0].unit;
    difference.window = window;
    difference.quality = worse(facts[0].quality, facts[1].quality);
    difference.good_share = std::min(facts[0].good_share, facts[1].good_share);
    difference.value = *facts[0].value - *facts[1].value;
    Evidence percent = difference;
    facts.push_back(std::move(difference));
    if (has_true_zero(tag->unit) && *facts[1].value > 0) {
      percent.fact = "difference_percent";
      percent.unit = "%";
      percent.value = *percent.value / *facts[1].value * 100;
      facts.push_back(std::move(percent));
    }
    return add_earlier();
  }
};

}  // namespace

std::unique_ptr<Tool> make_compare_windows(Plant& plant) {
  return std::make_unique<CompareWindows>(plant);
}

}  // namespace mw::plant
