#include "assistant/internal/reading_text.h"

#include "assistant/internal/grammar.h"
#include "assistant/internal/number_text.h"

namespace mw::assistant {
namespace {

/// What is looked up, without its subject: "current value", "trend".
Text what(const Step& step) {
  switch (step.purpose) {
    case Purpose::kLatest:
      return {"current value", "当前值"};
    case Purpose::kAt:
      return {"value", "数值"};
    case Purpose::kTrend:
      return {"change and trend", "变化和趋势"};
    case Purpose::kCompareWindows:
    case Purpose::kCompareMachines:
      return {"comparison", "比较"};
    case Purpose::kCount:
      return {"count", "计数"};
    case Purpose::kState:
    case Purpose::kStateOfMany:
      return {"state now", "当前状态"};
    case Purpose::kStateTimes:
      return {"times in each state", "各状态时长"};
    case Purpose::kStateWhen:
      return {"last change of state", "最近一次状态变化"};
    case Purpose::kStateCount:
      return {"number of times in the state", "进入该状态的次数"};
    case Purpose::kUnusual:
      return {"what is unusual now", "当前异常"};
    case Purpose::kListAssets:
      return {"list of machines", "设备清单"};
    case Purpose::kListSites:
      return {"site and lines", "厂区和产线"};
    case Purpose::kDescribe:
      return {"description", "设备信息"};
    case Purpose::kListTags:
      return {"list of signals", "测点清单"};
    case Purpose::kOverview:
      return {"state and key values", "状态和关键数值"};
    case Purpose::kOee:
      return {"OEE", "综合效率（OEE）"};
    case Purpose::kBatches:
      return {"batches", "批次"};
    case Purpose::kEvents:
      return {"what was noted", "事件记录"};
    case Purpose::kHealth:
      return {"health of machines", "设备健康状况"};
    case Purpose::kCases:
      return {"maintenance cases", "维护案例"};
    case Purpose::kWork:
      return {"work orders", "工单"};
    case Purpose::kModes:
      return {"failure modes", "故障模式"};
    case Purpose::kLife:
      return {"remaining life", "剩余寿命"};
    case Purpose::kTextNow:
      return {"current text", "当前内容"};
    case Purpose::kTextTimes:
      return {"what it said, and for how long", "各内容及时长"};
    case Purpose::kStatistics:
      break;
  }
  return {};
}

std::string statistics_text(const Step& step, const Grammar& grammar) {
  std::vector<std::string> names;
  const auto found = step.arguments.find("statistics");
  if (found != step.arguments.end()) {
    for (const Json& each : *found) {
      const std::string name = each.get<std::string>();
      names.push_back(grammar.statistic_name(name == "min"   ? "minimum"
                                             : name == "max" ? "maximum"
                                                             : name));
    }
  }
  return grammar.list(names);
}

std::string subject_text(const Step& step, const Grammar& grammar, Language language) {
  if (step.purpose == Purpose::kCompareMachines) {
    std::vector<std::string> names;
    for (const plant::Tag* tag : step.tags)
      names.push_back(tag->name.in(language) + " " + tag->asset);
    return grammar.list(names);
  }
  if (step.asset == nullptr) return {};
  return grammar.subject({step.asset, step.tag});
}

std::string step_text(const Step& step, Language language, const TimeZone& zone, TimeNs now) {
  const Grammar& grammar = Grammar::of(language);
  const bool zh = language == Language::kZh;
  std::string wanted = step.purpose == Purpose::kStatistics ? statistics_text(step, grammar)
                                                            : what(step).in(language);
  const std::string subject = subject_text(step, grammar, language);
  std::string text;
  if (subject.empty()) {
    text = wanted;
  } else {
    text = zh ? subject + "：" + wanted : wanted + " of " + subject;
  }
  const std::string comma = zh ? "，" : ", ";
  if (step.at != 0) {
    text += comma + moment_text(step.at, now, zone, false) + " " + zone_text(step.at, zone);
  } else if (step.window) {
    text += comma + window_text(*step.window, now, zone, language);
  }
  return text;
}

}  // namespace

std::string reading_text(const Plan& plan, Language language, const TimeZone& zone, TimeNs now) {
  std::string out;
  for (const Step& step : plan.steps) {
    if (!out.empty()) out += language == Language::kZh ? "；" : "; ";
    out += step_text(step, language, zone, now);
  }
  return out;
}

}  // namespace mw::assistant
