#include <algorithm>

#include "plant/tools/internal/plant_tool.h"
#include "plant/tools/tool_makers.h"

namespace mw::plant {
namespace {

constexpr std::size_t kMostTransitions = 50;
constexpr std::size_t kMostTotals = 50;

class StateHistoryTool final : public PlantTool {
 public:
  explicit StateHistoryTool(Plant& plant)
      : PlantTool(plant, "state_history",
                  {"How long a machine was in which state, or a tag had which text, and when it "
                   "changed",
                   "设备在各状态（或测点在各文本）的时长及切换时刻"},
                  {{"asset", asset_schema()},
                   {"tag", text_schema("instead of the asset: a tag that is a state or a text")},
                   {"window", window_schema()},
                   {"state", text_schema("only this state, such as fault")}},
                  {"window"}) {}

 protected:
  Result<std::vector<Evidence>> answer(const ToolCall& call) override {
    MW_ASSIGN(const Tag* asked, subject(call));
    const Tag& tag = *asked;
    MW_ASSIGN(const TimeWindow window, window_argument(call, "window"));
    MW_ASSIGN(const std::string only, text_argument(call, "state"));
    MW_ASSIGN(StateHistory history, plant().state_history(call.who, tag.id, window));
    if (!only.empty()) {
      std::erase_if(history.totals, [&](const StateTotal& total) { return total.state != only; });
      if (history.totals.empty()) history.totals.push_back({only, 0, 0});
    }
    const auto fact = [&](std::string name, const std::string& state) {
      Evidence evidence = about(call, tag, std::move(name));
      evidence.text = state;
      evidence.window = window;
      evidence.good_share = history.good_share;
      evidence.quality = history.good_share >= 0.9 ? Quality::kGood
                         : history.good_share > 0  ? Quality::kUncertain
                                                   : Quality::kBad;
      return evidence;
    };
    std::vector<Evidence> facts;
    // A batch number changes all day: the longest are told.
    if (history.totals.size() > kMostTotals) history.totals.resize(kMostTotals);
    for (const StateTotal& total : history.totals) {
      Evidence duration = fact("duration_s", total.state);
      duration.unit = std::string("s");  // plain "s" gives a false warning of GCC 12
      Evidence entries = fact("entries", total.state);
      if (history.good_share > 0) {
        duration.value = static_cast<double>(total.duration_ns) / kNsPerSecond;
        entries.value = total.entries;
      }
      facts.push_back(std::move(duration));
      facts.push_back(std::move(entries));
    }
    if (facts.empty())
      facts.push_back(fact("duration_s", std::string()));  // no data at all: says so
    for (const auto& [state, at_ns] : transitions(history, only)) {
      Evidence evidence = fact("transition", state);
      evidence.ts_ns = at_ns;
      facts.push_back(std::move(evidence));
    }
    return facts;
  }

 private:
  static Result<const Tag*> subject(const ToolCall& call) {
    if (call.arguments.contains("tag")) {
      MW_ASSIGN(const Tag* tag, tag_argument(call, "tag"));
      if (is_text(tag->kind)) return tag;
      return Error::make(Code::kInvalidArgument,
                         "'tag': " + tag->id + " is a number; use window_statistics",
                         "“" + tag->id + "”是数值，请使用 window_statistics", "tag");
    }
    MW_ASSIGN(const Asset* asset, asset_argument(call, "asset"));
    if (!asset->state_tag.empty()) return call.view->tag(asset->state_tag);
    return Error::make(Code::kInvalidArgument, "'asset': " + asset->id + " reports no state",
                       "设备“" + asset->id + "”没有状态测点", "asset");
  }

  /// The latest ones, ascending.
  static std::vector<std::pair<std::string, TimeNs>> transitions(const StateHistory& history,
                                                                 const std::string& only) {
    std::vector<std::pair<std::string, TimeNs>> all;
    std::string last;
    for (const StateSpan& span : history.spans) {
      if (span.state.empty()) continue;
      const bool changed = !last.empty() && span.state != last;
      if (changed && (only.empty() || span.state == only)) {
        all.emplace_back(span.state, span.start_ns);
      }
      last = span.state;
    }
    const std::size_t excess = all.size() - std::min(all.size(), kMostTransitions);
    all.erase(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(excess));
    return all;
  }
};

}  // namespace

std::unique_ptr<Tool> make_state_history(Plant& plant) {
  return std::make_unique<StateHistoryTool>(plant);
}

}  // namespace mw::plant
