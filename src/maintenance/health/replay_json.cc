// A replay as it lies in maintenance.db.
#include <array>
#include <cmath>

#include "maintenance/health/replay_health.h"

namespace mw::maintenance {
namespace {

constexpr std::size_t kMostReplayed = 100'000;

Result<const Json*> list_at(const Json& json, const char* name) {
  const auto found = json.is_object() ? json.find(name) : json.end();
  if (found == json.end() || !found->is_array() || found->size() > kMostReplayed) {
    return corrupt_case();
  }
  return &*found;
}

Result<CaseReplay> case_replay_of(const Json& json) {
  if (!json.is_object()) return corrupt_case();
  CaseReplay out;
  MW_ASSIGN(out.number, json_integer(json, "number", 0));
  MW_ASSIGN(const std::string name, json_string(json, "answer"));
  for (const CaseAnswer each : {CaseAnswer::kRaised, CaseAnswer::kMissed, CaseAnswer::kNotKept}) {
    if (answer_name(each) == name) out.answer = each;
  }
  MW_ASSIGN(out.lead_s, json_number(json, "lead_s", 0));
  MW_ASSIGN(out.from_recording, json_bool(json, "from_recording", false));
  return out;
}

Result<ReplayAlarm> alarm_of(const Json& json) {
  if (!json.is_object()) return corrupt_case();
  ReplayAlarm out;
  MW_ASSIGN(out.from_ns, json_integer(json, "from_ns", 0));
  MW_ASSIGN(out.to_ns, json_integer(json, "to_ns", 0));
  MW_ASSIGN(out.score, json_number(json, "score", 0));
  return out;
}

Result<std::size_t> count_of(const Json& json, const char* name) {
  MW_ASSIGN(const int64_t value, json_integer(json, name, -1));
  if (value < 0) return corrupt_case();
  return static_cast<std::size_t>(value);
}

}  // namespace

Json to_json(const HealthReplay& replay) {
  Json cases = Json::array();
  for (const CaseReplay& each : replay.cases) {
    cases.push_back({{"number", each.number},
                     {"answer", answer_name(each.answer)},
                     {"lead_s", each.lead_s},
                     {"from_recording", each.from_recording}});
  }
  Json beside = Json::array();
  for (const ReplayAlarm& each : replay.beside) {
    beside.push_back({{"from_ns", each.from_ns}, {"to_ns", each.to_ns}, {"score", each.score}});
  }
  return {{"version", replay.version},
          {"made_by", replay.made_by},
          {"made_ns", replay.made_ns},
          {"from_ns", replay.window.start_ns},
          {"to_ns", replay.window.end_ns},
          {"judged_days", replay.judged_days},
          {"contract",
           {{"alarms", replay.contract.alarms},
            {"days", replay.contract.days},
            {"rate", replay.contract.rate},
            {"rate_low", replay.contract.rate_low},
            {"rate_high", replay.contract.rate_high},
            {"standing_share", replay.contract.standing_share},
            {"kept", replay.contract.kept}}},
          {"cases", std::move(cases)},
          {"beside", std::move(beside)},
          {"beside_count", replay.beside_count}};
}

Result<HealthReplay> parse_health_replay(const Json& json) {
  HealthReplay out;
  const auto contract = json.is_object() ? json.find("contract") : json.end();
  if (contract == json.end() || !contract->is_object()) return corrupt_case();
  MW_ASSIGN(out.version, json_integer(json, "version", 0));
  MW_ASSIGN(out.made_by, json_string(json, "made_by"));
  MW_ASSIGN(out.made_ns, json_integer(json, "made_ns", 0));
  MW_ASSIGN(out.window.start_ns, json_integer(json, "from_ns", 0));
  MW_ASSIGN(out.window.end_ns, json_integer(json, "to_ns", 0));
  MW_ASSIGN(out.judged_days, json_number(json, "judged_days", 0));
  MW_ASSIGN(out.contract.alarms, count_of(*contract, "alarms"));
  MW_ASSIGN(out.contract.days, json_number(*contract, "days", 0));
  MW_ASSIGN(out.contract.rate, json_number(*contract, "rate", 0));
  MW_ASSIGN(out.contract.rate_low, json_number(*contract, "rate_low", 0));
  MW_ASSIGN(out.contract.rate_high, json_number(*contract, "rate_high", 0));
  MW_ASSIGN(out.contract.standing_share, json_number(*contract, "standing_share", 0));
  MW_ASSIGN(out.contract.kept, json_bool(*contract, "kept", false));
  MW_ASSIGN(const Json* cases, list_at(json, "cases"));
  for (const Json& each : *cases) {
    MW_ASSIGN(const CaseReplay one, case_replay_of(each));
    out.cases.push_back(one);
  }
  MW_ASSIGN(const Json* beside, list_at(json, "beside"));
  for (const Json& each : *beside) {
    MW_ASSIGN(const ReplayAlarm one, alarm_of(each));
    out.beside.push_back(one);
  }
  MW_ASSIGN(out.beside_count, count_of(json, "beside_count"));
  return out;
}

}  // namespace mw::maintenance
