#include "maintenance/health_tools.h"

#include <algorithm>

#include "maintenance/work/work_order_tool.h"

namespace mw::maintenance {
namespace {

constexpr std::size_t kMostCases = 20;
constexpr std::size_t kMostParts = 3;

Json text_schema(const char* description) {
  return {{"type", "string"}, {"description", description}};
}
Json time_schema() { return {{"type", "integer"}}; }

std::string fault_name(SensorFault fault) {
  switch (fault) {
    case SensorFault::kFlat:
      return "flat";
    case SensorFault::kNoNoise:
      return "no_noise";
    case SensorFault::kDrifting:
      return "drifting";
    case SensorFault::kNone:
    case SensorFault::kMissing:
      break;
  }
  return "missing";
}

Result<std::optional<TimeWindow>> window_argument(const Json& arguments) {
  const auto found = arguments.is_object() ? arguments.find("window") : arguments.end();
  if (found == arguments.end()) return std::optional<TimeWindow>();
  MW_ASSIGN(const int64_t start_ms, json_integer(*found, "start_ms", -1));
  MW_ASSIGN(const int64_t end_ms, json_integer(*found, "end_ms", -1));
  if (start_ms < 0 || end_ms <= start_ms || end_ms > INT64_MAX / kNsPerMs) {
    return Error::make(Code::kInvalidArgument, "'window': expected start_ms before end_ms",
                       "“window”：start_ms 应早于 end_ms", "window");
  }
  return std::optional<TimeWindow>(TimeWindow{start_ms * kNsPerMs, end_ms * kNsPerMs});
}

class HealthTool : public Tool {
 public:
  HealthTool(HealthMonitor& monitor, plant::Plant& plant, std::string name, Text description,
             Json properties)
      : monitor_(monitor),
        plant_(plant),
        name_(std::move(name)),
        description_(std::move(description)),
        schema_({{"type", "object"},
                 {"properties", std::move(properties)},
                 {"additionalProperties", false}}) {}
  std::string_view name() const final { return name_; }
  const Text& description() const final { return description_; }
  const Json& arguments_schema() const final { return schema_; }
  Effect effect() const final { return Effect::kReads; }

  Result<std::vector<Evidence>> run(const Identity& who, const Json& arguments) final {
    MW_ASSIGN(const std::string asset, json_string(arguments, "asset"));
    if (!asset.empty() && plant_.catalogue(who)->asset(asset) == nullptr) {
      return Error::make(Code::kNotFound, "there is no asset '" + asset.substr(0, 128) + "'",
                         "没有设备“" + asset.substr(0, 128) + "”", "asset");
    }
    MW_ASSIGN(const auto window, window_argument(arguments));
    return answer(who, asset, window);
  }

 protected:
  virtual std::vector<Evidence> answer(const Identity& who, const std::string& asset,
                                       const std::optional<TimeWindow>& window) = 0;
  /// `asset` and `line` are empty for what is of several machines.
  Evidence about(const std::string& asset, const std::string& line, std::string fact) const {
    Evidence out;
    out.fact = std::move(fact);
    out.asset = asset;
    out.source = asset.empty() ? "health models" : "health model of " + asset;
    out.simulated = plant_.simulated();
    out.rights_label = line;
    return out;
  }
  Evidence number_of(std::string fact, std::size_t count) const {
    Evidence out = about("", "", std::move(fact));
    out.value = static_cast<double>(count);
    out.ts_ns = plant_.now_ns();
    return out;
  }

  HealthMonitor& monitor_;
  plant::Plant& plant_;

 private:
  const std::string name_;
  const Text description_;
  const Json schema_;
};

class MachineHealth final : public HealthTool {
 public:
  MachineHealth(HealthMonitor& monitor, plant::Plant& plant)
      : HealthTool(monitor, plant, "machine_health",
                   {"How healthy machines are now, worst first: index, verdict, what deviates",
                    "设备当前健康状况（最差的在前）：健康指数、判断和偏离的测点"},
                   {{"asset", text_schema("Identifier of a machine; of all without it")}}) {}

 protected:
  std::vector<Evidence> answer(const Identity& who, const std::string& asset,
                               const std::optional<TimeWindow>&) override {
    const std::vector<HealthView> views = monitor_.list(who);
    std::vector<Evidence> out;
    if (asset.empty()) {
      const auto count = [&](auto holds) {
        return static_cast<std::size_t>(std::count_if(views.begin(), views.end(), holds));
      };
      out.push_back(number_of("machines", views.size()));
      out.push_back(number_of("watched_machines",
                              count([](const HealthView& each) { return each.card.has_value(); })));
      out.push_back(number_of("machines_unlike_normal", count([](const HealthView& each) {
                                return each.point.verdict == HealthVerdict::kAlarm;
                              })));
    }
    for (const HealthView& view : views) {
      if (view.asset == asset || (asset.empty() && view.card)) tell(view, out);
    }
    return out;
  }

 private:
  void tell(const HealthView& view, std::vector<Evidence>& out) const {
    Evidence index = about(view.asset, view.line, "health_index");
    index.value = view.point.index;
    index.text = view.card ? std::string(verdict_name(view.point.verdict)) : "not_trained";
    if (view.ts_ns != 0) index.ts_ns = view.ts_ns;
    out.push_back(index);
    if (view.open_case != 0) {
      Evidence open = about(view.asset, view.line, "open_case");
      open.value = static_cast<double>(view.open_case);
      out.push_back(std::move(open));
    }
    if (!view.point.sensor.empty()) {
      Evidence sensor = about(view.asset, view.line, "sensor");
      sensor.tag = view.point.sensor;
      sensor.text = fault_name(view.point.fault);
      out.push_back(std::move(sensor));
    }
    if (view.point.verdict != HealthVerdict::kAlarm) return;
    std::vector<std::pair<double, std::string>> parts;
    for (std::size_t j = 0; j < view.point.contributions.size(); ++j) {
      parts.emplace_back(view.point.contributions[j], view.tags[j]);
    }
    std::sort(parts.rbegin(), parts.rend());
    for (std::size_t j = 0; j < std::min(kMostParts, parts.size()); ++j) {
      Evidence part = about(view.asset, view.line, "contribution");
      part.tag = parts[j].second;
      part.value = 100 * parts[j].first;
      part.unit = "%";
      part.ts_ns = index.ts_ns;
      out.push_back(std::move(part));
    }
  }
};

class MaintenanceCases final : public HealthTool {
 public:
  MaintenanceCases(HealthMonitor& monitor, plant::Plant& plant)
      : HealthTool(monitor, plant, "maintenance_cases",
                   {"Cases of machines that ran unlike normal, newest first",
                    "设备偏离正常运行的案例（最新的在前）"},
                   {{"asset", text_schema("Identifier of a machine; of all without it")},
                    {"window",
                     {{"type", "object"},
                      {"description", "When they were opened; at any time without it"},
                      {"properties", {{"start_ms", time_schema()}, {"end_ms", time_schema()}}},
                      {"required", {"start_ms", "end_ms"}},
                      {"additionalProperties", false}}}}) {}

 protected:
  std::vector<Evidence> answer(const Identity& who, const std::string& asset,
                               const std::optional<TimeWindow>& window) override {
    std::vector<Evidence> out = {number_of("case_count", 0)};
    std::size_t count = 0;
    for (const HealthCase& one : monitor_.cases(who)) {
      if (!asset.empty() && one.asset != asset) continue;
      if (window && (one.opened_ns < window->start_ns || one.opened_ns >= window->end_ns)) continue;
      if (++count <= kMostCases) tell(one, out);
    }
    out.front().value = static_cast<double>(count);
    out.front().window = window;
    return out;
  }

 private:
  void tell(const HealthCase& one, std::vector<Evidence>& out) const {
    Evidence of_case = about(one.asset, one.line, "maintenance_case");
    of_case.value = static_cast<double>(one.number);
    of_case.text = std::string(outcome_name(one.outcome));
    of_case.ts_ns = one.opened_ns;
    of_case.window = one.window;
    of_case.simulated = one.simulated;
    for (std::size_t j = 0; j <= std::min(kMostParts, one.evidence.size()); ++j) {
      Evidence part = of_case;
      if (j > 0) {
        part.fact = "case_value";
        part.text.clear();
        part.tag = one.evidence[j - 1].tag;
        part.value = one.evidence[j - 1].value;
        part.unit = one.evidence[j - 1].unit;
      }
      out.push_back(std::move(part));
    }
    for (const CaseAddition& each : one.also) {
      Evidence also = of_case;
      also.fact = "case_also";
      also.text.clear();
      also.tag = each.evidence.tag;
      also.value = each.evidence.value;
      also.unit = each.evidence.unit;
      also.ts_ns = each.since_ns;
      out.push_back(std::move(also));
    }
  }
};

}  // namespace

void register_health_tools(ToolRegistry& registry, HealthMonitor& monitor, plant::Plant& plant) {
  registry.add(std::make_unique<MachineHealth>(monitor, plant));
  registry.add(std::make_unique<MaintenanceCases>(monitor, plant));
  registry.add(make_work_order_tool(monitor, plant));
}

}  // namespace mw::maintenance
