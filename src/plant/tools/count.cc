#include "plant/tools/internal/one_statistic.h"
#include "plant/tools/internal/plant_tool.h"
#include "plant/tools/tool_makers.h"

namespace mw::plant {
namespace {

class Count final : public PlantTool {
 public:
  explicit Count(Plant& plant)
      : PlantTool(plant, "count",
                  {"What a counter grew by, or how often a machine entered a state",
                   "计数器的增量，或设备进入某状态的次数"},
                  {{"tag", tag_schema()},
                   {"asset", asset_schema()},
                   {"state", text_schema("a state, such as fault")},
                   {"window", window_schema()}},
                  {"window"}) {}

 protected:
  Result<std::vector<Evidence>> answer(const ToolCall& call) override {
    MW_ASSIGN(const TimeWindow window, window_argument(call, "window"));
    if (call.arguments.contains("tag")) return counter(call, window);
    MW_ASSIGN(const Asset* asset, asset_argument(call, "asset"));
    MW_ASSIGN(const std::string state, text_argument(call, "state"));
    if (state.empty() || asset->state_tag.empty()) {
      return Error::make(Code::kInvalidArgument,
                         "count needs 'tag' of a counter, or 'asset' with 'state'",
                         "count 需要计数器“tag”，或“asset”和“state”", "state");
    }
    const Tag& tag = *call.view->tag(asset->state_tag);
    MW_ASSIGN(const StateHistory history, plant().state_history(call.who, tag.id, window));
    Evidence evidence = about(call, tag, "count");
    evidence.text = state;
    evidence.window = window;
    evidence.good_share = history.good_share;
    evidence.quality = Quality::kBad;
    if (history.good_share > 0) {
      evidence.quality = history.good_share >= 0.9 ? Quality::kGood : Quality::kUncertain;
      evidence.value = 0;
      for (const StateTotal& total : history.totals) {
        if (total.state == state) evidence.value = total.entries;
      }
    }
    return std::vector<Evidence>{std::move(evidence)};
  }

 private:
  Result<std::vector<Evidence>> counter(const ToolCall& call, TimeWindow window) {
    MW_ASSIGN(const Tag* tag, tag_argument(call, "tag"));
    if (tag->kind != TagKind::kCounter) {
      return Error::make(Code::kInvalidArgument, "'tag': " + tag->id + " is no counter",
                         "“" + tag->id + "”不是计数器", "tag");
    }
    Evidence evidence = about(call, *tag, "count");
    MW_TRY(fill_one(plant(), call, *tag, window, Statistic::kIncrease, evidence));
    MW_ASSIGN(evidence.series, trend(call, *tag, window));
    MW_ASSIGN(const std::vector<EarlierHistory> histories, earlier_in(call, *tag, window));
    std::vector<Evidence> facts{std::move(evidence)};
    for (Evidence& each : about_earlier(call, histories)) facts.push_back(std::move(each));
    return facts;
  }
};

}  // namespace

std::unique_ptr<Tool> make_count(Plant& plant) { return std::make_unique<Count>(plant); }

}  // namespace mw::plant
