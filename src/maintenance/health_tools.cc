#include "maintenance/health_tools.h"

#include <algorithm>

namespace mw::maintenance {
namespace {

constexpr std::size_t kMostCases = 20;
constexpr std::size_t kMostParts = 3;

class HealthTool : public Tool {
 public:
  HealthTool(HealthMonitor& monitor, plant::Plant& plant, std::string name, Text description)
      : monitor_(monitor),
        plant_(plant),
        name_(std::move(name)),
        description_(std::move(description)),
        schema_({{"type", "object"},
                 {"properties",
                  {{"asset", {{"type", "string"}, {"description", "Identifier of a machine"}}}}},
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
    return answer(who, asset);
  }

 protected:
  virtual std::vector<Evidence> answer(const Identity& who, const std::string& asset) = 0;
  Evidence about(const std::string& asset, const std::string& line, std::string fact) const {
    Evidence out;
    out.fact = std::move(fact);
    out.asset = asset;
    out.source = "health model of " + asset;
    out.simulated = plant_.simulated();
    out.rights_label = line;
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
                   {"How healthy machines are, worst first: index, verdict, which tags deviate",
                    "设备健康状况（最差的在前）：健康指数、判断和偏离的测点"}) {}

 protected:
  std::vector<Evidence> answer(const Identity& who, const std::string& asset) override {
    std::vector<Evidence> out;
    for (const HealthView& view : monitor_.list(who)) {
      if (!view.card || (!asset.empty() && view.asset != asset)) continue;
      Evidence index = about(view.asset, view.line, "health_index");
      index.value = view.point.index;
      index.text = std::string(verdict_name(view.point.verdict));
      if (view.ts_ns != 0) index.ts_ns = view.ts_ns;
      out.push_back(std::move(index));
      if (!view.point.sensor.empty()) {
        Evidence sensor = about(view.asset, view.line, "sensor_fault");
        sensor.tag = view.point.sensor;
        sensor.text = fault_text(view.point.fault).en;
        out.push_back(std::move(sensor));
      }
      if (view.point.verdict != HealthVerdict::kAlarm) continue;
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
        out.push_back(std::move(part));
      }
    }
    return out;
  }
};

class MaintenanceCases final : public HealthTool {
 public:
  MaintenanceCases(HealthMonitor& monitor, plant::Plant& plant)
      : HealthTool(monitor, plant, "maintenance_cases",
                   {"Cases of machines that ran unlike normal, newest first",
                    "设备偏离正常运行的案例（最新的在前）"}) {}

 protected:
  std::vector<Evidence> answer(const Identity& who, const std::string& asset) override {
    std::vector<Evidence> out;
    std::size_t told = 0;
    for (const HealthCase& one : monitor_.cases(who)) {
      if (!asset.empty() && one.asset != asset) continue;
      if (++told > kMostCases) break;
      Evidence about_case = about(one.asset, one.line, "maintenance_case");
      about_case.value = static_cast<double>(one.number);
      about_case.text = std::string(outcome_name(one.outcome));
      about_case.ts_ns = one.opened_ns;
      about_case.window = one.window;
      about_case.simulated = one.simulated;
      out.push_back(std::move(about_case));
      for (std::size_t j = 0; j < std::min(kMostParts, one.evidence.size()); ++j) {
        Evidence part = about(one.asset, one.line, "case_value");
        part.tag = one.evidence[j].tag;
        part.value = one.evidence[j].value;
        part.unit = one.evidence[j].unit;
        part.ts_ns = one.opened_ns;
        part.window = one.window;
        part.simulated = one.simulated;
        out.push_back(std::move(part));
      }
    }
    return out;
  }
};

}  // namespace

void register_health_tools(ToolRegistry& registry, HealthMonitor& monitor, plant::Plant& plant) {
  registry.add(std::make_unique<MachineHealth>(monitor, plant));
  registry.add(std::make_unique<MaintenanceCases>(monitor, plant));
}

}  // namespace mw::maintenance
