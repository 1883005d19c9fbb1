#include "plant/tools/internal/one_statistic.h"

#include <algorithm>

namespace mw::plant {

Result<Statistic> statistic_argument(const ToolCall& call, const Tag& tag) {
  MW_ASSIGN(std::string name, text_argument(call, "statistic"));
  if (is_text(tag.kind)) {
    const bool state = tag.kind == TagKind::kState;
    return Error::make(Code::kInvalidArgument,
                       "'" + tag.id + "' is a " + (state ? "state" : "text") + ", not a number",
                       "“" + tag.id + "”是" + (state ? "状态" : "文本") + "，不是数值", "tag");
  }
  if (name.empty()) name = tag.kind == TagKind::kCounter ? "increase" : "mean";
  MW_ASSIGN(const Statistic statistic, statistic_of(name, "statistic"));
  if (statistic == Statistic::kIncrease && tag.kind != TagKind::kCounter) {
    return Error::make(Code::kInvalidArgument,
                       "'statistic': increase is of counters, " + tag.id + " is none",
                       "increase 只适用于计数器，“" + tag.id + "”不是计数器", "statistic");
  }
  return statistic;
}

Result<void> fill_one(Plant& plant, const ToolCall& call, const Tag& tag, TimeWindow window,
                      Statistic statistic, Evidence& evidence) {
  evidence.window = window;
  evidence.unit = unit_of(statistic, tag.unit);
  if (statistic != Statistic::kIncrease) {
    MW_ASSIGN(const Aggregate aggregate, plant.aggregate(call.who, tag.id, window));
    fill(statistic, aggregate, evidence);
    return {};
  }
  MW_ASSIGN(const CounterIncrease growth, plant.counter_increase(call.who, tag.id, window));
  stand_on(growth.basis, evidence);
  evidence.good_share = growth.good_share;
  evidence.quality = growth.good_share >= 0.9 ? Quality::kGood : Quality::kUncertain;
  if (growth.count > 0) {
    evidence.value = growth.increase;
  } else {
    evidence.quality = Quality::kBad;
  }
  return {};
}

Quality worse(Quality a, Quality b) {
  return static_cast<Quality>(std::max(static_cast<int>(a), static_cast<int>(b)));
}

}  // namespace mw::plant
