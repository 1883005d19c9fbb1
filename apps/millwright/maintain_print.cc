#include "apps/millwright/maintain_print.h"

#include <algorithm>
#include <cstdio>

namespace mw::app {

void print_report(const maintenance::DataReport& report, Language language) {
  const bool zh = language == Language::kZh;
  std::printf(zh ? "%lld 行，%lld 台设备，%lld 列，%lld 次故障\n"
                 : "%lld rows, %lld assets, %lld columns, %lld failures\n",
              static_cast<long long>(report.rows), static_cast<long long>(report.assets),
              static_cast<long long>(report.columns), static_cast<long long>(report.failures));
  for (const maintenance::ReportLine& each : report.lines) {
    const char* mark = each.handling == maintenance::Handling::kRefused ? (zh ? "拒绝" : "refused")
                       : each.handling == maintenance::Handling::kHandled
                           ? (zh ? "已处理" : "handled")
                           : (zh ? "提示" : "told");
    std::printf("  %s: %s\n", mark, each.text.in(language).c_str());
  }
  const bool decides = std::any_of(
      report.lines.begin(), report.lines.end(), [](const maintenance::ReportLine& each) {
        return each.handling == maintenance::Handling::kRefused && !each.column.empty();
      });
  if (decides) {
    std::printf(zh ? "  故障模式：--modes A,B；排除列：--ignore A,B\n"
                   : "  modes: --modes A,B; leave columns out: --ignore A,B\n");
  }
}

void print_scores(const std::vector<maintenance::Score>& scores, Language language) {
  for (const maintenance::Score& each : scores) {
    std::printf("  %s\n", each.to_text(language).c_str());
  }
}

void print_modes(const maintenance::FailureModel& model, Language language) {
  const bool zh = language == Language::kZh;
  for (const maintenance::ModeCard& each : model.modes()) {
    std::printf(zh ? "%s（%lld 次）：%s\n" : "%s (%lld): %s\n", each.mode.c_str(),
                static_cast<long long>(each.failures), each.rule.in(language).c_str());
    if (each.has_rule) std::printf("  %s\n", each.exactness.in(language).c_str());
  }
  for (const std::string& name : model.confirmed()) {
    std::printf(zh ? "交叉验证确认的派生量：%s\n" : "derived and confirmed: %s\n", name.c_str());
  }
}

void print_life(const maintenance::LifeAnswer& answer, bool with_reasons, Language language) {
  std::printf("%s: %s\n", answer.asset.c_str(), answer.text.in(language).c_str());
  if (!with_reasons) return;
  for (const maintenance::LifeAnswer::Reason& each : answer.reasons) {
    std::printf("  %-24s %+.1f\n", each.column.c_str(), each.added);
  }
}

Json to_json(const maintenance::LifeAnswer& answer) {
  Json reasons = Json::array();
  for (const auto& each : answer.reasons) {
    reasons.push_back({{"column", each.column}, {"added", each.added}});
  }
  return {{"asset", answer.asset},
          {"answer", name(answer.kind)},
          {"age", answer.age},
          {"point", answer.point},
          {"low", answer.low},
          {"high", answer.high},
          {"level", answer.level},
          {"regime", answer.regime},
          {"text", {{"en", answer.text.en}, {"zh", answer.text.zh}}},
          {"reasons", std::move(reasons)}};
}

Json to_json(const maintenance::FailureAnswer& answer) {
  Json reasons = Json::array();
  for (const auto& each : answer.reasons) {
    reasons.push_back({{"column", each.column}, {"added", each.added}});
  }
  return {{"fails", answer.fails},
          {"chance", answer.chance},
          {"modes", answer.modes},
          {"reasons", std::move(reasons)}};
}

Json to_json(const std::vector<maintenance::Score>& scores) {
  Json out = Json::array();
  for (const maintenance::Score& each : scores) out.push_back(each.to_json());
  return out;
}

}  // namespace mw::app
