#include "maintenance/life_tool.h"

#include "maintenance/live_life/life_date.h"

namespace mw::maintenance {
namespace {

constexpr std::size_t kMostMachines = 20;

class LifeTool final : public Tool {
 public:
  LifeTool(LifeWatch& watch, plant::Plant& plant) : watch_(watch), plant_(plant) {}
  std::string_view name() const override { return "remaining_life"; }
  const Text& description() const override { return description_; }
  const Json& arguments_schema() const override { return schema_; }
  Effect effect() const override { return Effect::kReads; }

  Result<std::vector<Evidence>> run(const Identity& who, const Json& arguments) override {
    MW_ASSIGN(const std::string id, json_string(arguments, "asset"));
    std::vector<Evidence> out;
    if (id.empty()) {
      const std::vector<LifeView> views = watch_.list(who);
      Evidence count = about("", "", "followed_machines");
      count.source = "remaining-life models";
      count.value = static_cast<double>(views.size());
      count.ts_ns = plant_.now_ns();
      out.push_back(std::move(count));
      for (const LifeView& view : views) {
        if (out.size() < kMostMachines) tell(view, out);
      }
      return out;
    }
    const auto catalogue = plant_.catalogue(who);
    const plant::Asset* asset = catalogue->asset(id);
    if (asset == nullptr) {
      return Error::make(Code::kNotFound, "there is no asset '" + id.substr(0, 128) + "'",
                         "没有设备“" + id.substr(0, 128) + "”", "asset");
    }
    const Result<LifeView> view = watch_.view(who, id);
    if (view) {
      tell(*view, out);
      return out;
    }
    Evidence none = about(id, asset->line, "remaining_life");
    none.text = "not_followed";
    none.ts_ns = plant_.now_ns();
    out.push_back(std::move(none));
    return out;
  }

 private:
  Evidence about(const std::string& asset, const std::string& line, std::string fact) const {
    Evidence out;
    out.fact = std::move(fact);
    out.asset = asset;
    out.source = "remaining-life model of " + asset;
    out.simulated = plant_.simulated();
    out.rights_label = line;
    return out;
  }

  void tell(const LifeView& view, std::vector<Evidence>& out) const {
    const std::string& asset = view.following.source.asset;
    Evidence life = about(asset, view.line, "remaining_life");
    life.ts_ns = view.row_ns != 0 ? view.row_ns : plant_.now_ns();
    life.text = "nothing_claimed";
    if (!view.answer) {
      out.push_back(std::move(life));
      return;
    }
    life.text = std::string(maintenance::name(view.answer->kind));
    if (view.answer->kind == LifeAnswerKind::kUnseenRegime) {
      out.push_back(std::move(life));
      return;
    }
    life.value = 100 * view.answer->level;
    life.unit = "%";
    if (!view.earliest_ns) life.text = "standing_still";
    if (view.earliest_ns && view.latest_ns) {
      life.window = TimeWindow{*view.earliest_ns, *view.latest_ns};
    }
    out.push_back(life);
    if (view.earliest_ns && !view.latest_ns) {
      Evidence until = about(asset, view.line, "lasts_until");
      until.ts_ns = *view.earliest_ns;
      out.push_back(std::move(until));
    }
    const auto share = held_share(view.model.card);
    if (!share || !view.earliest_ns) return;
    Evidence held = about(asset, view.line, "interval_held");
    held.value = 100 * share->first;
    held.unit = "%";
    held.text = share->second;
    held.ts_ns = life.ts_ns;
    out.push_back(std::move(held));
  }

  LifeWatch& watch_;
  plant::Plant& plant_;
  const Text description_{
      "When a machine will fail, by a model of remaining life: a range of dates, "
      "too early to say, or never seen this regime",
      "设备预计何时失效（剩余寿命模型）：日期范围、为时尚早或从未见过的工况"};
  const Json schema_{{"type", "object"},
                     {"properties",
                      {{"asset",
                        {{"type", "string"},
                         {"description", "Identifier of a machine; of all followed without it"}}}}},
                     {"additionalProperties", false}};
};

}  // namespace

std::unique_ptr<Tool> make_life_tool(LifeWatch& watch, plant::Plant& plant) {
  return std::make_unique<LifeTool>(watch, plant);
}

}  // namespace mw::maintenance
