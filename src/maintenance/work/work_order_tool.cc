#include "maintenance/work/work_order_tool.h"

#include <algorithm>

namespace mw::maintenance {
namespace {

constexpr std::size_t kMostOrders = 10;

class WorkOrderTool final : public Tool {
 public:
  WorkOrderTool(HealthMonitor& monitor, plant::Plant& plant) : monitor_(monitor), plant_(plant) {}
  std::string_view name() const override { return "work_order"; }
  const Text& description() const override { return description_; }
  const Json& arguments_schema() const override { return schema_; }
  Effect effect() const override { return Effect::kReads; }

  Result<std::vector<Evidence>> run(const Identity& who, const Json& arguments) override {
    MW_ASSIGN(const std::string asset, json_string(arguments, "asset"));
    if (!asset.empty() && plant_.catalogue(who)->asset(asset) == nullptr) {
      return Error::make(Code::kNotFound, "there is no asset '" + asset.substr(0, 128) + "'",
                         "没有设备“" + asset.substr(0, 128) + "”", "asset");
    }
    Evidence count;
    count.fact = "work_order_count";
    count.source = "work orders";
    count.simulated = plant_.simulated();
    count.ts_ns = plant_.now_ns();
    std::vector<Evidence> out = {count};
    std::size_t orders = 0;
    for (const HealthCase& one : monitor_.cases(who)) {
      if (one.outcome != CaseOutcome::kOpen || (!asset.empty() && one.asset != asset)) continue;
      const auto draft = monitor_.work_order(who, one.number, {});
      if (!draft || ++orders > kMostOrders) continue;
      tell(who, one, *draft, out);
    }
    out.front().value = static_cast<double>(orders);
    return out;
  }

 private:
  static Evidence about(const HealthCase& one, std::string fact) {
    Evidence out;
    out.fact = std::move(fact);
    out.asset = one.asset;
    out.source = "work order of case " + std::to_string(one.number);
    out.simulated = one.simulated;
    out.rights_label = one.line;
    return out;
  }

  void tell(const Identity& who, const HealthCase& one, const WorkOrderDraft& draft,
            std::vector<Evidence>& out) const {
    Evidence order = about(one, "work_order");
    order.value = static_cast<double>(one.number);
    order.text = draft.mode;
    order.ts_ns = one.opened_ns;
    const auto accepted = monitor_.accepted_work(who, one.number);
    if (accepted) {
      order.text = json_string(accepted->order, "mode").value_or("");
      out.push_back(order);
      tell_accepted(one, accepted->order, out);
      return;
    }
    out.push_back(order);
    if (!draft.proposed) return;
    const WorkWindow& window = draft.windows[*draft.proposed];
    if (draft.by_life) {
      Evidence latest = about(one, "work_latest");
      latest.ts_ns = *draft.life.before_ns;
      latest.value = 100 * draft.life.certainty;
      latest.unit = "%";
      latest.text = draft.late.en.empty() ? "in_time" : "late";
      latest.source = "remaining-life model of " + one.asset;
      out.push_back(std::move(latest));
    }
    tell_window(one, window.window.start_ns, "proposed", window.known, draft.currency, out);
    if (draft.standstill_h) {
      Evidence hours = about(one, "work_hours");
      hours.value = *draft.standstill_h;
      hours.unit = "h";
      out.push_back(std::move(hours));
    }
    for (const CostKind kind : {CostKind::kStandstill, CostKind::kLabour, CostKind::kPart}) {
      Evidence cost = about(one, "work_cost");
      cost.text = kind == CostKind::kPart ? "parts" : std::string(cost_name(kind));
      cost.unit = draft.currency;
      double sum = 0;
      bool given = false;
      bool whole = true;
      for (const CostLine& line : window.lines) {
        if (line.kind != kind) continue;
        given = true;
        whole = whole && line.amount.has_value();
        sum += line.amount.value_or(0);
      }
      if (given && whole) cost.value = sum;
      out.push_back(std::move(cost));
    }
  }

  static void tell_window(const HealthCase& one, TimeNs start_ns, const char* how, double known,
                          const std::string& currency, std::vector<Evidence>& out) {
    Evidence window = about(one, "work_window");
    window.ts_ns = start_ns;
    window.text = how;
    window.value = known;
    window.unit = currency;
    out.push_back(std::move(window));
  }

  /// As it was accepted: prices of today are of no matter to it.
  static void tell_accepted(const HealthCase& one, const Json& order, std::vector<Evidence>& out) {
    const auto window = order.find("window");
    if (window == order.end()) return;
    const auto from_ms = json_integer(*window, "from_ms", -1);
    const auto known = json_number(*window, "known", 0);
    const auto currency = json_string(order, "currency");
    if (!from_ms || *from_ms < 0 || !known || !currency) return;
    tell_window(one, *from_ms * kNsPerMs, "accepted", *known, *currency, out);
  }

  HealthMonitor& monitor_;
  plant::Plant& plant_;
  const Text description_ = {
      "What to do about open cases by the plant's own data, and the cheapest window for it",
      "按工厂提供的数据，待处理案例的处理方法和费用最低的时段"};
  const Json schema_ = {
      {"type", "object"},
      {"properties",
       {{"asset",
         {{"type", "string"}, {"description", "Identifier of a machine; of all without it"}}}}},
      {"additionalProperties", false}};
};

}  // namespace

std::unique_ptr<Tool> make_work_order_tool(HealthMonitor& monitor, plant::Plant& plant) {
  return std::make_unique<WorkOrderTool>(monitor, plant);
}

}  // namespace mw::maintenance
