#include <algorithm>

#include "plant/oee.h"
#include "plant/tools/internal/plant_tool.h"
#include "plant/tools/tool_makers.h"

namespace mw::plant {
namespace {

class OeeTool final : public PlantTool {
 public:
  explicit OeeTool(Plant& plant)
      : PlantTool(plant, "oee",
                  {"Overall equipment effectiveness of a machine over a window, with what it was "
                   "computed from",
                   "设备在一段时间内的综合效率（OEE）及其计算依据"},
                  {{"asset", asset_schema()}, {"window", window_schema()}}, {"asset", "window"}) {}

 protected:
  Result<std::vector<Evidence>> answer(const ToolCall& call) override {
    MW_ASSIGN(const Asset* asset, asset_argument(call, "asset"));
    MW_ASSIGN(const TimeWindow window, window_argument(call, "window"));
    MW_ASSIGN(const OeeReport report, plant().oee(call.who, asset->id, window));
    const OeeInputs& in = report.inputs;
    const Oee& oee = report.oee;
    // Of what was read: where nothing is described, nothing is covered badly.
    const double of_states = in.has_states && in.scheduled_ns > 0 ? in.state_share : 1.0;
    const double share = std::clamp(std::min(of_states, in.counter_share.value_or(1.0)), 0.0, 1.0);
    std::vector<Evidence> facts;
    const auto add = [&](const char* name, const std::optional<double>& value, const char* unit,
                         const std::string& tag) -> Evidence& {
      const Tag* of = tag.empty() ? nullptr : call.view->tag(tag);
      Evidence fact = of != nullptr ? about(call, *of, name) : about(call, *asset, name);
      fact.value = value;
      fact.unit = std::string(unit);
      fact.window = window;
      fact.good_share = share;
      fact.quality = !value ? Quality::kBad : share >= 0.9 ? Quality::kGood : Quality::kUncertain;
      facts.push_back(std::move(fact));
      return facts.back();
    };
    const auto percent = [](const std::optional<double>& part) {
      return part ? std::optional(*part * 100) : std::nullopt;
    };
    const auto time = [&](const char* name, int64_t ns) {
      return &add(name, static_cast<double>(ns) / kNsPerSecond, "s", asset->state_tag);
    };
    add("oee", percent(oee.oee), "%", {});
    add("availability", percent(oee.availability), "%", asset->state_tag);
    add("performance", percent(oee.performance), "%", {});
    add("quality", percent(oee.quality), "%", {});
    if (in.has_states) {
      time("scheduled_s", in.scheduled_ns);
      time("busy_s", in.busy_ns());
      time("production_s", in.production_ns);
      time("setup_s", in.setup_ns);
      time("unplanned_s", in.unplanned_ns);
      time("planned_stop_s", in.planned_stop_ns);
    }
    if (oee.parts) add("total_parts", oee.parts, "", asset->production.total);
    if (oee.good_parts) add("good_parts", oee.good_parts, "", asset->production.good);
    if (in.reject) add("rejected_parts", in.reject, "", asset->production.reject);
    if (in.ideal_cycle_s && !in.products_described) {
      add("ideal_cycle_s", in.ideal_cycle_s, "s", {}).source = "plant description";
    }
    for (const OeeInputs::ProductTime& each : in.products) {
      add("product_parts", each.parts, "", asset->production.product).text = each.product;
      if (!each.ideal_cycle_s) continue;
      Evidence& cycle = add("product_cycle_s", each.ideal_cycle_s, "s", {});
      cycle.text = each.product;
      cycle.source = "plant description";
    }
    for (const OeeInputs::StateTime& each : in.states) {
      if (each.use == StateUse::kSetup || each.use == StateUse::kUnplannedStop) {
        time("loss_s", each.duration_ns)->text = each.state;
      }
    }
    for (const OeeRemark remark : oee.remarks) {
      add("oee_remark", std::nullopt, "", {}).text = std::string(oee_remark_name(remark));
    }
    return facts;
  }
};

}  // namespace

std::unique_ptr<Tool> make_oee(Plant& plant) { return std::make_unique<OeeTool>(plant); }

}  // namespace mw::plant
