#include "maintenance/health/promotion_gate.h"

#include <algorithm>

namespace mw::maintenance {
namespace {

/// "2 (100001, 100007)": how many, and those that may be named.
std::string cases_text(const std::vector<int64_t>& numbers,
                       const std::function<bool(int64_t number)>& is_shown) {
  std::string shown;
  for (const int64_t each : numbers) {
    if (is_shown(each)) shown += (shown.empty() ? "" : ", ") + std::to_string(each);
  }
  const std::string count = std::to_string(numbers.size());
  return shown.empty() ? count : count + " (" + shown + ")";
}

}  // namespace

PromotionGate promotion_gate(const std::optional<HealthReplay>& replay,
                             const std::vector<HealthCase>& cases_of_machine) {
  PromotionGate out;
  if (!replay) {
    out.not_replayed = true;
    return out;
  }
  out.nothing_judged = !(replay->contract.days > 0);
  out.breaks_contract = !out.nothing_judged && !replay->contract.kept;
  for (const HealthCase& one : cases_of_machine) {
    if (one.outcome != CaseOutcome::kConfirmed) continue;
    const auto found =
        std::find_if(replay->cases.begin(), replay->cases.end(),
                     [&](const CaseReplay& each) { return each.number == one.number; });
    if (found == replay->cases.end()) {
      out.newer.push_back(one.number);
    } else if (found->answer == CaseAnswer::kMissed) {
      out.missed.push_back(one.number);
    }
  }
  return out;
}

std::vector<Text> gate_texts(const PromotionGate& gate,
                             const std::function<bool(int64_t number)>& is_shown) {
  std::vector<Text> out;
  if (gate.not_replayed) {
    out.push_back(
        {"it was not replayed over the past yet: replay it first", "尚未用历史数据回放：请先回放"});
  }
  if (gate.nothing_judged) {
    out.push_back({"not enough evidence: nothing is stored beside what it learned from",
                   "依据不足：除训练所用数据外没有其他历史数据"});
  }
  if (gate.breaks_contract) {
    out.push_back({"it breaks the contract on its replay: reject it and learn from another stretch",
                   "回放中未遵守约定：请否决该版本，并用其他时段重新训练"});
  }
  if (!gate.missed.empty()) {
    const std::string cases = cases_text(gate.missed, is_shown);
    out.push_back(
        {"confirmed cases that it would have missed: " + cases, "会漏掉已确认的案例：" + cases});
  }
  if (!gate.newer.empty()) {
    const std::string cases = cases_text(gate.newer, is_shown);
    out.push_back({"cases confirmed since its replay: " + cases + ": replay it again",
                   "回放之后又确认了案例：" + cases + "，请重新回放"});
  }
  return out;
}

}  // namespace mw::maintenance
