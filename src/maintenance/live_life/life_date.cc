#include "maintenance/live_life/life_date.h"

#include <array>
#include <cstdio>

namespace mw::maintenance {
namespace {

std::string percent(double share, const char* format) {
  std::array<char, 32> out{};
  std::snprintf(out.data(), out.size(), format, 100 * share);
  return out.data();
}

Text reason_of(const LifeView& view, const LifeDate& date) {
  const std::string certainty = percent(date.certainty, "%.0f %%");
  Text out{"the model '" + date.model + "' says with " + certainty +
               " certainty that it does not fail before, if it goes on being run as in the last "
               "week",
           "模型“" + date.model + "”以 " + certainty +
               " 的把握判断：若照最近一周的方式继续运行，此前不会失效"};
  if (view.answer->kind == LifeAnswerKind::kTooEarly) {
    out.en += "; what comes after it cannot tell yet";
    out.zh += "；此后的情况尚无法判断";
  }
  if (date.held_share) {
    const std::string held = percent(*date.held_share, "%.1f %%");
    out.en += "; on machines held out of training such ranges held for " + held + " of the rows";
    out.zh += "；在未参与训练的设备上，此类区间对 " + held + " 的行成立";
  }
  return out;
}

}  // namespace

std::optional<std::pair<double, std::string>> held_share(const Json& card) {
  const auto scores = card.is_object() ? card.find("scores") : card.end();
  if (!card.is_object() || scores == card.end() || !scores->is_array()) return std::nullopt;
  for (const Json& each : *scores) {
    const auto metric = json_string(each, "metric");
    const auto split = json_string(each, "split");
    const auto value = json_number(each, "value", -1);
    if (metric && split && value && *metric == "interval_coverage" && *value >= 0) {
      return std::pair(*value, *split);
    }
  }
  return std::nullopt;
}

LifeDate life_date(const LifeView& view) {
  LifeDate out;
  out.model = view.model.name;
  out.row_ns = view.row_ns;
  if (!view.answer) {
    out.why = view.problem;
  } else if (view.answer->kind == LifeAnswerKind::kUnseenRegime) {
    out.why = view.answer->text;
  } else if (!view.earliest_ns) {
    out.why = {"it hardly ran in the last week, by which dates go",
               "最近一周几乎未运行，而日期据此推算"};
  } else {
    out.before_ns = view.earliest_ns;
    out.certainty = view.answer->level;
    if (const auto held = held_share(view.model.card)) out.held_share = held->first;
    out.why = reason_of(view, out);
  }
  return out;
}

LifeDate life_date(LifeWatch& watch, const Identity& who, const std::string& asset) {
  const auto view = watch.view(who, asset);
  if (view) return life_date(*view);
  LifeDate none;
  none.why = {"no model follows the remaining life of this machine", "该设备尚未启用剩余寿命预测"};
  return none;
}

}  // namespace mw::maintenance
