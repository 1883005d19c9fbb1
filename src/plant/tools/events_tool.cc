#include "plant/plant_event.h"
#include "plant/tools/internal/plant_tool.h"
#include "plant/tools/tool_makers.h"

namespace mw::plant {
namespace {

class EventsTool final : public PlantTool {
 public:
  explicit EventsTool(Plant& plant)
      : PlantTool(plant, "events",
                  {"What people and other systems noted of a machine: what happened, when, and who "
                   "told it",
                   "人员和其他系统对设备的记录：发生了什么、何时、由谁上报"},
                  {{"asset", asset_schema()}, {"window", window_schema()}}, {"asset", "window"}) {}

 protected:
  Result<std::vector<Evidence>> answer(const ToolCall& call) override {
    MW_ASSIGN(const Asset* asset, asset_argument(call, "asset"));
    MW_ASSIGN(const TimeWindow window, window_argument(call, "window"));
    MW_ASSIGN(const PlantEventList list, plant().events(call.who, asset->id, {}, window));
    std::vector<Evidence> facts;
    Evidence count = about(call, *asset, "event_count");
    count.window = window;
    count.value = static_cast<double>(list.count);
    if (!list.counted_all) count.quality = Quality::kUncertain;  // there are more
    facts.push_back(count);
    for (const auto& [kind, number] : list.kinds) {
      Evidence fact = count;
      fact.fact = "event_kind";
      fact.text = kind;
      fact.value = static_cast<double>(number);
      facts.push_back(std::move(fact));
    }
    for (const PlantEvent& event : list.events) {
      Evidence fact = about(call, *asset, event.open ? "event_open" : "event");
      fact.text = event.text;
      fact.ts_ns = event.start_ns;
      if (event.end_ns > event.start_ns) fact.window = TimeWindow{event.start_ns, event.end_ns};
      if (!event.told_by.empty()) fact.source = told_by_source(event.told_by);
      facts.push_back(std::move(fact));
    }
    return facts;
  }
};

}  // namespace

std::unique_ptr<Tool> make_events(Plant& plant) { return std::make_unique<EventsTool>(plant); }

}  // namespace mw::plant
