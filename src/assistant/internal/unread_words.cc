#include "assistant/internal/unread_words.h"

#include <algorithm>
#include <set>

namespace mw::assistant {
namespace {

bool of_numbers(Purpose purpose) {
  switch (purpose) {
    case Purpose::kLatest:
    case Purpose::kAt:
    case Purpose::kStatistics:
    case Purpose::kTrend:
    case Purpose::kCompareWindows:
    case Purpose::kCompareMachines:
    case Purpose::kCount:
      return true;
    default:
      return false;
  }
}

/// What a question about events may ask besides them; anything else would narrow or reckon.
bool fits_events(Feature feature) {
  static constexpr Feature kFitting[] = {
      Feature::kEvents,   Feature::kWork,    Feature::kUnusual,      Feature::kHowMany,
      Feature::kHowMuch,  Feature::kYesNo,   Feature::kHowOften,     Feature::kWhich,
      Feature::kWhen,     Feature::kLatest,  Feature::kOverview,     Feature::kAll,
      Feature::kByHour,   Feature::kByDay,   Feature::kByWeek,       Feature::kByMonth,
      Feature::kByKind,   Feature::kValues,  Feature::kDistribution, Feature::kListAssets,
      Feature::kDescribe, Feature::kGreeting};
  return std::find(std::begin(kFitting), std::end(kFitting), feature) != std::end(kFitting);
}

/// Words that belong to what some plans tell, and narrow nothing.
bool goes_with(Purpose purpose, std::string_view word) {
  static constexpr std::string_view kOfModes[] = {
      "detected", "detect", "detectable", "monitored", "shown", "visible", "noticed", "revealed",
      "known",    "检测",   "检测到",     "监测",      "发现",  "体现",    "反映",    "识别"};
  static constexpr std::string_view kOfHealth[] = {"needed", "attention", "need", "open",
                                                   "opened", "raised",    "打开", "开"};
  static constexpr std::string_view kOfWork[] = {"proposed", "planned", "suggested", "needed",
                                                 "due",      "open",    "pending",   "建议",
                                                 "计划",     "待",      "price",     "价格"};
  static constexpr std::string_view kOfRanks[] = {
      "high",   "low",  "big", "small", "fast", "slow", "hot", "cold",
      "strong", "weak", "two", "three", "高",   "低",   "大",  "小",
      "快",     "慢",   "热",  "冷",    "强",   "弱",   "两",  "三"};
  static constexpr std::string_view kOfCounts[] = {"pieces",   "units", "items", "workpieces",
                                                   "products", "goods", "产品",  "零件",
                                                   "工件",     "部件",  "成品",  "制品"};
  const auto among = [&](const auto& list) {
    return std::find(std::begin(list), std::end(list), word) != std::end(list);
  };
  switch (purpose) {
    case Purpose::kModes:
      return among(kOfModes);
    case Purpose::kHealth:
    case Purpose::kCases:
      return among(kOfHealth);
    case Purpose::kWork:
      return among(kOfWork);
    case Purpose::kCompareMachines:
      return among(kOfRanks);
    case Purpose::kCount:
      return among(kOfCounts);
    default:
      return false;
  }
}

/// "in bar", "用摄氏度": the unit that the values have anyway. In another one they are not told.
bool is_unit_of(const plant::Tag& tag, const std::string& word) {
  static constexpr std::pair<std::string_view, std::string_view> kSpoken[] = {
      {"celsius", "degC"}, {"degrees", "degC"}, {"degree", "degC"},  {"摄氏度", "degC"},
      {"度", "degC"},      {"amps", "A"},       {"amperes", "A"},    {"安", "A"},
      {"安培", "A"},       {"percent", "%"},    {"kilowatts", "kW"}, {"千瓦", "kW"},
      {"rpm", "1/min"},    {"bars", "bar"},     {"巴", "bar"}};
  std::string unit;
  for (const char c : tag.unit) unit += c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  return (!unit.empty() && word == unit) ||
         std::any_of(std::begin(kSpoken), std::end(kSpoken), [&](const auto& spoken) {
           return spoken.first == word && spoken.second == tag.unit;
         });
}

class UnreadFinder {
 public:
  UnreadFinder(const Understanding& u, const EventAsk& events, const Plan& plan)
      : u_(u), events_(events), plan_(plan) {}

  std::vector<std::string> run() {
    const Purpose purpose = plan_.steps.empty() ? Purpose::kLatest : plan_.steps.front().purpose;
    const bool events = purpose == Purpose::kEvents;
    for (const UnreadWords& each : u_.leftover) {
      const std::string word = folded(each);
      const bool unit = std::all_of(plan_.steps.begin(), plan_.steps.end(), [&](const Step& step) {
        return step.tag != nullptr && is_unit_of(*step.tag, word);
      });
      if (!unit && !goes_with(purpose, word)) take_rest(each, events);
    }
    for (const StateMention& each : u_.states) {
      if (events || (of_numbers(purpose) && is_condition(each))) take(each.first, each.last);
    }
    for (const FeatureHit& hit : u_.features) {
      // Machines compete as "who"; people are known to no tool.
      const bool person = hit.feature == Feature::kWhich && u_.tokens[hit.first].text == "who";
      if (person && purpose != Purpose::kCompareMachines && purpose != Purpose::kStateOfMany) {
        take(hit.first, hit.last);
      }
      if (events ? !fits_events(hit.feature) : of_numbers(purpose) && leaves_out(hit)) {
        take(hit.first, hit.last);
      }
    }
    std::vector<std::string> words;
    for (const auto& [first, last] : found_) words.push_back(said(first, last));
    return words;
  }

 private:
  std::string said(size_t first, size_t last) const {
    return u_.question.substr(u_.tokens[first].begin,
                              u_.tokens[last - 1].end - u_.tokens[first].begin);
  }
  std::string folded(const UnreadWords& each) const {
    std::string out;
    for (size_t i = each.first; i < each.last; ++i) {
      if (!out.empty() && !u_.tokens[i].is_han()) out += ' ';
      out += u_.tokens[i].text;
    }
    return out;
  }
  void take(size_t first, size_t last) { found_.emplace(first, last); }

  /// "while it was running", "运行时": which times are meant; "how fast does it run" is none.
  bool is_condition(const StateMention& state) const {
    static constexpr std::string_view kBefore[] = {"while", "when", "whenever", "if",    "during",
                                                   "only",  "once", "unless",   "当",    "若",
                                                   "如果",  "只",   "in",       "after", "before"};
    static constexpr std::string_view kAfter[] = {"时",     "的时候", "时候",   "期间", "过程中",
                                                  "状态下", "状态时", "的时间", "后",   "前"};
    for (size_t back = 1; back <= 4 && back <= state.first; ++back) {
      const Token& token = u_.tokens[state.first - back];
      if (token.kind == Token::Kind::kSign && token.text != kTimeMark) break;
      if (std::find(std::begin(kBefore), std::end(kBefore), token.text) != std::end(kBefore)) {
        return true;
      }
    }
    return std::any_of(std::begin(kAfter), std::end(kAfter), [&](std::string_view phrase) {
      return match_phrase(u_.tokens, state.last, phrase) > 0;
    });
  }

  /// Of words that nothing explains, those that are no kind of events.
  void take_rest(const UnreadWords& each, bool events) {
    const auto read = [&](size_t at) {
      return events && std::any_of(events_.read.begin(), events_.read.end(), [&](const auto& span) {
               return span.first <= at && at < span.second;
             });
    };
    for (size_t at = each.first; at < each.last;) {
      if (read(at)) {
        ++at;
        continue;
      }
      size_t end = at;
      while (end < each.last && !read(end)) ++end;
      take(at, end);
      at = end;
    }
  }

  /// "without outliers", "when it was not normal": words that a figure knows nothing of.
  bool leaves_out(const FeatureHit& hit) const {
    const bool of_name = std::any_of(u_.tags.begin(), u_.tags.end(), [&](const TagMention& tag) {
      return std::any_of(tag.spans.begin(), tag.spans.end(), [&](const auto& span) {
        return span.first < hit.last && hit.first < span.second;
      });
    });
    if (of_name) return false;  // "batches treated"
    static constexpr Feature kOthers[] = {
        Feature::kEvents, Feature::kWork,  Feature::kBatches,
        Feature::kCases,  Feature::kModes, Feature::kUnusual,
        Feature::kOee,    Feature::kSites, Feature::kDistribution};
    if (std::find(std::begin(kOthers), std::end(kOthers), hit.feature) != std::end(kOthers)) {
      return true;
    }
    return hit.feature == Feature::kNot && u_.tokens[hit.first].text == "without";
  }

  const Understanding& u_;
  const EventAsk& events_;
  const Plan& plan_;
  std::set<std::pair<size_t, size_t>> found_;
};

}  // namespace

std::vector<std::string> unread_words(const Understanding& u, const EventAsk& events,
                                      const Plan& plan) {
  return UnreadFinder(u, events, plan).run();
}

}  // namespace mw::assistant
