#include "plant/tools/internal/plant_tool.h"
#include "plant/tools/internal/statistic.h"
#include "plant/tools/tool_makers.h"

namespace mw::plant {
namespace {

class WindowStatistics final : public PlantTool {
 public:
  explicit WindowStatistics(Plant& plant)
      : PlantTool(plant, "window_statistics",
                  {"Mean, extremes, change and trend of a tag over a time",
                   "测点在一段时间内的均值、极值、变化和趋势"},
                  properties(), {"tag", "window"}) {}

 protected:
  Result<std::vector<Evidence>> answer(const ToolCall& call) override {
    MW_ASSIGN(const Tag* tag, tag_argument(call, "tag"));
    MW_ASSIGN(const TimeWindow window, window_argument(call, "window"));
    MW_ASSIGN(const std::vector<Statistic> wanted, statistics(call));
    if (is_text(tag->kind)) {
      const bool state = tag->kind == TagKind::kState;
      return Error::make(
          Code::kInvalidArgument,
          "'tag': " + tag->id + " is a " + (state ? "state" : "text") + "; use state_history",
          "“" + tag->id + "”是" + (state ? "状态" : "文本") + "，请使用 state_history", "tag");
    }
    MW_ASSIGN(const std::string way, text_argument(call, "interpolation"));
    const std::optional<Interpolation> asked = interpolation_of(way);
    if (!way.empty() && !asked) {
      return Error::make(Code::kInvalidArgument,
                         "'interpolation': expected stepped or linear, got '" + way + "'",
                         "参数“interpolation”应为 stepped 或 linear", "interpolation");
    }
    MW_ASSIGN(Aggregate aggregate, plant().aggregate(call.who, tag->id, window, asked));
    MW_ASSIGN(const std::vector<EarlierHistory> earlier, earlier_in(call, *tag, window));
    if (!aggregate.mean) {
      // All of it lies before the change: told in the unit of then, never mixed with that of now.
      for (const EarlierHistory& each : earlier) {
        MW_ASSIGN(Aggregate of_then, plant().aggregate(call.who, each.name.id, window, asked));
        if (!of_then.mean) continue;
        aggregate = std::move(of_then);
        tag = call.view->stored_tag(each.name.id);
        break;
      }
    }
    std::vector<Evidence> facts;
    for (const Statistic statistic : wanted) {
      Evidence evidence = about(call, *tag, fact_of(statistic));
      evidence.unit = unit_of(statistic, tag->unit);
      evidence.window = window;
      fill(statistic, aggregate, evidence);
      facts.push_back(std::move(evidence));
    }
    MW_ASSIGN(facts.front().series, trend(call, *tag, window));
    for (Evidence& each : about_earlier(call, earlier)) facts.push_back(std::move(each));
    return facts;
  }

 private:
  static Json properties() {
    Json list;
    list["type"] = "array";
    list["items"] = choice_schema(choices());
    list["minItems"] = 1;
    return {{"tag", tag_schema()},
            {"window", window_schema()},
            {"statistics", std::move(list)},
            {"interpolation", choice_schema({"stepped", "linear"})}};
  }

  static std::vector<std::string> choices() {
    std::vector<std::string> names = statistic_names();
    std::erase(names, "increase");  // of counters: the tool `count`
    return names;
  }

  static Result<std::vector<Statistic>> statistics(const ToolCall& call) {
    const auto found = call.arguments.find("statistics");
    std::vector<Statistic> wanted;
    if (found == call.arguments.end()) {
      for (const std::string& name : choices()) {
        MW_ASSIGN(const Statistic statistic, statistic_of(name, "statistics"));
        wanted.push_back(statistic);
      }
      return wanted;
    }
    const auto wrong = [] {
      return Error::make(Code::kInvalidArgument,
                         "'statistics': expected a list of names such as [\"mean\", \"max\"]",
                         "参数“statistics”应为名称列表，如 [\"mean\", \"max\"]", "statistics");
    };
    if (!found->is_array() || found->empty() || found->size() > choices().size()) return wrong();
    for (const Json& item : *found) {
      if (!item.is_string() || item == "increase") return wrong();
      MW_ASSIGN(const Statistic statistic, statistic_of(item.get<std::string>(), "statistics"));
      wanted.push_back(statistic);
    }
    return wanted;
  }
};

}  // namespace

std::unique_ptr<Tool> make_window_statistics(Plant& plant) {
  return std::make_unique<WindowStatistics>(plant);
}

}  // namespace mw::plant
