#include "maintenance/health/health_case.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>

namespace mw::maintenance {
namespace {

constexpr std::array<std::pair<SignalKind, std::string_view>, 5> kKinds = {
    {{SignalKind::kTemperature, "temperature"},
     {SignalKind::kVibration, "vibration"},
     {SignalKind::kPressure, "pressure"},
     {SignalKind::kCurrent, "current"},
     {SignalKind::kOther, "other"}}};
constexpr std::array<std::pair<CaseOutcome, std::string_view>, 4> kOutcomes = {
    {{CaseOutcome::kOpen, "open"},
     {CaseOutcome::kConfirmed, "confirmed"},
     {CaseOutcome::kNothingFound, "nothing_found"},
     {CaseOutcome::kOther, "other"}}};
constexpr std::size_t kMostEvidence = 1000;

/// "vibration" of "compressor-1/vibration": what sister machines have too.
std::string own_name(const std::string& tag) { return tag.substr(tag.find('/') + 1); }

}  // namespace

std::string_view kind_name(SignalKind kind) {
  return kKinds[static_cast<std::size_t>(kind)].second;
}

SignalKind kind_of_unit(std::string_view unit) {
  static constexpr std::array<std::pair<std::string_view, SignalKind>, 14> kUnits = {
      {{"degC", SignalKind::kTemperature},
       {"degF", SignalKind::kTemperature},
       {"K", SignalKind::kTemperature},
       {"mm/s", SignalKind::kVibration},
       {"m/s2", SignalKind::kVibration},
       {"g", SignalKind::kVibration},
       {"um", SignalKind::kVibration},
       {"bar", SignalKind::kPressure},
       {"mbar", SignalKind::kPressure},
       {"kPa", SignalKind::kPressure},
       {"MPa", SignalKind::kPressure},
       {"A", SignalKind::kCurrent},
       {"kW", SignalKind::kCurrent},
       {"W", SignalKind::kCurrent}}};
  for (const auto& [name, kind] : kUnits) {
    if (name == unit) return kind;
  }
  return SignalKind::kOther;
}

std::string_view outcome_name(CaseOutcome outcome) {
  return kOutcomes[static_cast<std::size_t>(outcome)].second;
}

std::optional<CaseOutcome> outcome_of(std::string_view name) {
  for (const auto& [outcome, its_name] : kOutcomes) {
    if (its_name == name) return outcome;
  }
  return std::nullopt;
}

Json to_json(const CaseEvidence& evidence) {
  return {{"tag", evidence.tag},
          {"unit", evidence.unit},
          {"value", evidence.value},
          {"normal_low", evidence.normal_low},
          {"normal_high", evidence.normal_high},
          {"share", evidence.share}};
}

Json evidence_json(const HealthCase& one) {
  Json out = Json::array();
  for (const CaseEvidence& each : one.evidence) out.push_back(to_json(each));
  return out;
}

Json case_body(const HealthCase& one) {
  return {{"from_ns", one.window.start_ns},
          {"to_ns", one.window.end_ns},
          {"state", one.state},
          {"model_version", one.model_version},
          {"score", one.score},
          {"threshold", one.threshold},
          {"simulated", one.simulated},
          {"evidence", evidence_json(one)}};
}

Error corrupt_case() {
  return Error::make(Code::kCorrupt,
                     "maintenance.db: a case is not as it was written: put back a backup of it",
                     "maintenance.db：有案例记录已损坏，请从备份恢复");
}

Result<CaseEvidence> read_case_evidence(const Json& json) {
  if (!json.is_object()) return corrupt_case();
  CaseEvidence out;
  MW_ASSIGN(out.tag, json_string(json, "tag"));
  MW_ASSIGN(out.unit, json_string(json, "unit"));
  MW_ASSIGN(out.value, json_number(json, "value", 0));
  MW_ASSIGN(out.normal_low, json_number(json, "normal_low", 0));
  MW_ASSIGN(out.normal_high, json_number(json, "normal_high", 0));
  MW_ASSIGN(out.share, json_number(json, "share", 0));
  return out;
}

Result<void> read_case_body(const Json& body, HealthCase& one) {
  MW_ASSIGN(one.window.start_ns, json_integer(body, "from_ns", 0));
  MW_ASSIGN(one.window.end_ns, json_integer(body, "to_ns", 0));
  MW_ASSIGN(one.state, json_string(body, "state"));
  MW_ASSIGN(one.model_version, json_integer(body, "model_version", 0));
  MW_ASSIGN(one.score, json_number(body, "score", 0));
  MW_ASSIGN(one.threshold, json_number(body, "threshold", 0));
  MW_ASSIGN(one.simulated, json_bool(body, "simulated", false));
  const auto evidence = body.find("evidence");
  if (evidence == body.end() || !evidence->is_array() || evidence->size() > kMostEvidence) {
    return corrupt_case();
  }
  for (const Json& each : *evidence) {
    MW_ASSIGN(CaseEvidence part, read_case_evidence(each));
    one.evidence.push_back(std::move(part));
  }
  one.kind = one.evidence.empty() ? SignalKind::kOther : kind_of_unit(one.evidence.front().unit);
  return {};
}

double similarity(const HealthCase& one, const HealthCase& other) {
  std::map<std::string, double> shares;
  double length = 0;
  double other_length = 0;
  double product = 0;
  for (const CaseEvidence& each : one.evidence) {
    shares[own_name(each.tag)] = each.share;
    length += each.share * each.share;
  }
  for (const CaseEvidence& each : other.evidence) {
    const auto found = shares.find(own_name(each.tag));
    if (found != shares.end()) product += found->second * each.share;
    other_length += each.share * each.share;
  }
  if (!(length > 0) || !(other_length > 0)) return 0;
  return std::clamp(product / std::sqrt(length * other_length), 0.0, 1.0);
}

std::optional<NearestCase> nearest_case(const HealthCase& one,
                                        const std::vector<HealthCase>& past) {
  std::optional<NearestCase> best;
  bool best_decided = false;
  for (const HealthCase& each : past) {
    if (each.number == one.number || each.opened_ns > one.opened_ns) continue;
    const double alike = similarity(one, each);
    const bool decided = each.outcome != CaseOutcome::kOpen;
    if (!(alike > 0)) continue;
    if (best &&
        (alike < best->similarity || (alike == best->similarity && (best_decided || !decided)))) {
      continue;
    }
    best = {each.number, alike};
    best_decided = decided;
  }
  return best;
}

WorkOrder proposed_work(SignalKind kind) {
  switch (kind) {
    case SignalKind::kTemperature:
      return {{"Find where the heat comes from", "查找发热原因"},
              {{"Compare the reading with a hand-held thermometer", "用手持测温仪核对读数"},
               {"Check cooling: fan, filter, coolant level and flow",
                "检查冷却：风扇、滤网、冷却液液位和流量"},
               {"Check lubrication and load of the bearings", "检查轴承润滑和负荷"}}};
    case SignalKind::kVibration:
      return {
          {"Find what shakes the machine", "查找振动原因"},
          {{"Check foundation bolts and coupling for looseness", "检查地脚螺栓和联轴器是否松动"},
           {"Measure vibration at each bearing, spectrum included", "逐个轴承测量振动并记录频谱"},
           {"Check alignment, balance and lubrication", "检查对中、动平衡和润滑"},
           {"Plan a bearing change where the spectrum names a bearing",
            "频谱指向轴承时，安排更换轴承"}}};
    case SignalKind::kPressure:
      return {{"Find where the pressure goes", "查找压力异常原因"},
              {{"Compare the sensor with a gauge", "用压力表核对传感器"},
               {"Search for leaks at pipes, valves and seals", "检查管路、阀门和密封是否泄漏"},
               {"Check filters, pump and relief valve", "检查过滤器、泵和溢流阀"}}};
    case SignalKind::kCurrent:
      return {{"Find what the drive works against", "查找驱动负荷异常原因"},
              {{"Measure all phases and compare them", "测量并比较各相电流"},
               {"Check for mechanical drag: bearings, belts, jammed parts",
                "检查机械阻力：轴承、皮带、卡滞部件"},
               {"Check terminals and motor insulation", "检查接线端子和电机绝缘"}}};
    case SignalKind::kOther:
      break;
  }
  return {{"Look at the machine", "检查设备"},
          {{"Compare the named values with what the machine shows itself",
            "将所列数值与设备自身显示核对"},
           {"Ask the operator what changed", "询问操作员有何变化"}}};
}

}  // namespace mw::maintenance
