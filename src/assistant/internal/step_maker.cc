#include "assistant/internal/step_maker.h"

#include <algorithm>

#include "assistant/internal/local_calendar.h"

namespace mw::assistant {
namespace {

// What is looked at when a question names no time; the answer says which window it was.
constexpr TimeNs kDefaultTrend = kNsPerHour;
// A value "at 14:05" is the last sample of the minute before; "which is hotter" compares the last
// values of a minute.
constexpr TimeNs kNearby = kNsPerMinute;

int64_t to_ms(TimeNs ns) { return ns / kNsPerMs; }

}  // namespace

StepMaker::StepMaker(const Understanding& u, const plant::Catalogue& catalogue,
                     const Calendar& calendar, TimeNs now)
    : u_(u), catalogue_(catalogue), calendar_(calendar), now_(now) {
  for (const TimeMention& mention : u.times.mentions) {
    switch (mention.kind) {
      case TimeMention::Kind::kWindow:
        windows_.push_back(mention.window);
        break;
      case TimeMention::Kind::kInstant:
        instants_.push_back(mention.window.start_ns);
        break;
      case TimeMention::Kind::kNow:
        says_now_ = true;
        break;
    }
  }
}

Json StepMaker::window_json(TimeWindow window) {
  Json json = Json::object();
  json["start_ms"] = to_ms(window.start_ns);
  json["end_ms"] = to_ms(window.end_ns);
  return json;
}

TimeWindow StepMaker::default_window(TimeNs length) const { return {now_ - length, now_}; }

TimeWindow StepMaker::default_shift() const {
  const LocalCalendar calendar(calendar_, now_);
  TimeNs start = calendar.moment(calendar.today(), 0).at;
  if (const auto shift = calendar.shift_at(now_)) start = shift->window.start_ns;
  // A shift that began a moment ago holds nothing to tell: the last hour then.
  if (now_ - start < kNsPerMinute) start = now_ - kNsPerHour;
  return {start, now_};
}

const plant::Asset* StepMaker::asset_of(const plant::Tag& tag) const {
  return catalogue_.asset(tag.asset);
}

bool StepMaker::compares_windows() const {
  if (windows_.size() < 2) return false;
  return u_.has(Feature::kCompare) || u_.has(Feature::kHigher) || u_.has(Feature::kLower) ||
         u_.has(Feature::kAbove) || u_.has(Feature::kBelow) || wants_trend();
}

bool StepMaker::compares_machines() const {
  if (u_.has(Feature::kWhich)) return true;
  // "the coldest machine": machines in general and an extreme.
  const bool extreme = u_.has(Feature::kMaximum) || u_.has(Feature::kMinimum);
  if (extreme && u_.assets_named() == 0 && !u_.assets.empty()) return true;
  if (windows_.size() >= 2) return false;
  return u_.has(Feature::kCompare) || u_.has(Feature::kHigher) || u_.has(Feature::kLower) ||
         (!u_.threshold && (u_.has(Feature::kAbove) || u_.has(Feature::kBelow)));
}

bool StepMaker::asks_time_over_limit() const {
  return u_.threshold && (u_.has(Feature::kHowLong) || u_.has(Feature::kHowOften));
}

bool StepMaker::asks_state() const {
  return !u_.states.empty() || u_.has(Feature::kState) || u_.has(Feature::kHowLong) ||
         u_.has(Feature::kHowOften) || (u_.has(Feature::kWhen) && !u_.assets.empty());
}

bool StepMaker::negated() const {
  size_t end = u_.tokens.size();
  while (end > 0 && u_.tokens[end - 1].kind == Token::Kind::kSign) --end;
  // "运行了没有" ends in its question word.
  return std::any_of(u_.features.begin(), u_.features.end(), [&](const FeatureHit& hit) {
    return hit.feature == Feature::kNot && !(hit.last == end && u_.tokens[hit.first].is_han());
  });
}

bool StepMaker::names_last_state() const {
  return std::any_of(u_.states.begin(), u_.states.end(), [&](const StateMention& state) {
    return state.first > 0 && (u_.tokens[state.first - 1].text == "last" ||
                               u_.tokens[state.first - 1].text == "latest" ||
                               u_.tokens[state.first - 1].text == "previous");
  });
}

bool StepMaker::names_state_time() const {
  return std::any_of(u_.states.begin(), u_.states.end(), [&](const StateMention& state) {
    return match_phrase(u_.tokens, state.last, "time") > 0 ||
           match_phrase(u_.tokens, state.last, "时间") > 0 ||
           match_phrase(u_.tokens, state.last, "的时间") > 0 ||
           match_phrase(u_.tokens, state.last, "时长") > 0;
  });
}

bool StepMaker::wants_trend() const { return u_.has(Feature::kTrend) || u_.has(Feature::kRate); }

bool StepMaker::wants_latest() const {
  if (u_.has(Feature::kLatest) || says_now_) return true;
  // "What is the temperature and how has it changed": the quantity stands in a clause of its own
  // before the one that asks for the change.
  const auto trend = u_.where(Feature::kTrend);
  if (!trend || u_.tags.empty() || u_.tags.front().first > *trend) return false;
  const auto starts_clause = [&](size_t at) {
    const std::string& text = u_.tokens[at].text;
    return text == "and" || text == "?" || text == "," || text == "并" || text == "而" ||
           text == ".";
  };
  bool two_clauses = false;
  for (size_t at = u_.tags.back().last; at < *trend; ++at) two_clauses |= starts_clause(at);
  if (!two_clauses) return false;
  const size_t before = u_.tags.front().first;
  for (size_t at = 0; at < before; ++at) {
    const std::string& text = u_.tokens[at].text;
    if (text == "what" || text == "how" || text == "show" || text == "tell" || text == "give")
      return true;
  }
  return u_.has(Feature::kHowMuch);
}

std::vector<std::string> StepMaker::wanted_statistics() const {
  std::vector<std::string> out;
  const auto add = [&](const char* name) {
    if (std::find(out.begin(), out.end(), name) == out.end()) out.emplace_back(name);
  };
  for (const FeatureHit& hit : u_.features) {
    if (hit.feature == Feature::kMean) add("mean");
    if (hit.feature == Feature::kMinimum) add("min");
    if (hit.feature == Feature::kMaximum) add("max");
    if (hit.feature == Feature::kSpread) {
      add("stddev");
      add("min");
      add("max");
    }
    if (hit.feature == Feature::kRange) {
      add("min");
      add("max");
    }
  }
  return out;
}

Step StepMaker::latest(const plant::Tag& tag) const {
  Step step;
  step.purpose = Purpose::kLatest;
  step.tool = "latest_value";
  step.arguments = Json{{"tag", tag.id}};
  step.tag = &tag;
  step.asset = asset_of(tag);
  step.threshold = u_.threshold;
  step.yes_no = u_.is_yes_no();
  return step;
}

Step StepMaker::at(const plant::Tag& tag, TimeNs moment) const {
  // The millisecond after, so that a sample at the very moment counts.
  const TimeWindow window{moment - kNearby, moment + kNsPerMs};
  Step step = statistics(tag, window, false, {"last"});
  step.purpose = Purpose::kAt;
  step.at = moment;
  return step;
}

Step StepMaker::statistics(const plant::Tag& tag, TimeWindow window, bool by_default,
                           const std::vector<std::string>& which) const {
  Step step;
  step.purpose = Purpose::kStatistics;
  step.tool = "window_statistics";
  step.arguments = Json{{"tag", tag.id}, {"window", window_json(window)}, {"statistics", which}};
  step.tag = &tag;
  step.asset = asset_of(tag);
  step.window = window;
  step.default_window = by_default;
  step.threshold = u_.threshold;
  return step;
}

Step StepMaker::trend(const plant::Tag& tag, TimeWindow window, bool by_default) const {
  Step step =
      statistics(tag, window, by_default,
                 {"first", "last", "change", "mean", "min", "max", "slope_per_minute", "stddev"});
  step.purpose = Purpose::kTrend;
  return step;
}

Step StepMaker::count(const plant::Tag& tag, TimeWindow window, bool by_default) const {
  Step step;
  step.purpose = Purpose::kCount;
  step.tool = "count";
  step.arguments = Json{{"tag", tag.id}, {"window", window_json(window)}};
  step.tag = &tag;
  step.asset = asset_of(tag);
  step.window = window;
  step.default_window = by_default;
  return step;
}

std::string StepMaker::comparison_statistic(bool counter, bool windowed) const {
  if (counter) return "increase";
  if (u_.has(Feature::kMean)) return "mean";
  if (u_.has(Feature::kMaximum)) return windowed ? "max" : "last";
  if (u_.has(Feature::kMinimum)) return windowed ? "min" : "last";
  return windowed ? "mean" : "last";
}

Step StepMaker::compare_windows(const plant::Tag& tag, TimeWindow window,
                                TimeWindow baseline) const {
  Step step;
  step.purpose = Purpose::kCompareWindows;
  step.tool = "compare_windows";
  step.arguments =
      Json{{"tag", tag.id},
           {"window", window_json(window)},
           {"baseline", window_json(baseline)},
           {"statistic", comparison_statistic(tag.kind == plant::TagKind::kCounter, true)}};
  step.tag = &tag;
  step.asset = asset_of(tag);
  step.window = window;
  step.baseline = baseline;
  return step;
}

Step StepMaker::compare_machines(const std::vector<const plant::Tag*>& tags) const {
  const bool counter = tags.front()->kind == plant::TagKind::kCounter;
  const bool windowed = !windows_.empty() || counter || u_.has(Feature::kMean);
  TimeWindow window = windows_.empty() ? default_window(kNearby) : windows_.front();
  if (windows_.empty() && counter) window = default_shift();
  if (windows_.empty() && u_.has(Feature::kMean)) window = default_window(kDefaultTrend);
  if (windows_.empty() && !instants_.empty())
    window = {instants_[0] - kNearby, instants_[0] + kNsPerMs};
  Step step;
  step.purpose = Purpose::kCompareMachines;
  step.tool = "compare_machines";
  std::vector<std::string> ids;
  for (const plant::Tag* tag : tags) ids.push_back(tag->id);
  step.arguments = Json{{"tags", ids},
                        {"window", window_json(window)},
                        {"statistic", comparison_statistic(counter, windowed)}};
  step.tags = tags;
  step.tag = tags.front();
  step.asset = asset_of(*tags.front());
  step.window = window;
  step.default_window = windows_.empty() && instants_.empty() && windowed;
  step.lowest = u_.has(Feature::kMinimum) || u_.has(Feature::kLower) ||
                std::any_of(u_.leftover.begin(), u_.leftover.end(), [](const UnreadWords& each) {
                  return each.words == "低" || each.words == "小" || each.words == "慢" ||
                         each.words == "冷" || each.words == "low" || each.words == "slow";
                });
  return step;
}

std::vector<Step> StepMaker::for_number(const plant::Tag& tag) const {
  if (tag.kind == plant::TagKind::kText) return for_text(tag);
  std::vector<Step> steps;
  if (tag.kind == plant::TagKind::kCounter) {
    if (compares_windows()) return {compare_windows(tag, windows_[0], windows_[1])};
    if (windows_.empty() && says_now_) return {latest(tag)};
    for (const TimeWindow& window : windows_) steps.push_back(count(tag, window, false));
    if (windows_.empty()) steps.push_back(count(tag, default_shift(), true));
    return steps;
  }
  if (compares_windows()) {
    if (says_now_) steps.push_back(latest(tag));
    steps.push_back(compare_windows(tag, windows_[0], windows_[1]));
    return steps;
  }
  // "higher than yesterday": today against that day, or as long a stretch up to now.
  const bool compares = u_.has(Feature::kCompare) || u_.has(Feature::kHigher) ||
                        u_.has(Feature::kLower) || (!u_.threshold && u_.has(Feature::kAbove)) ||
                        (!u_.threshold && u_.has(Feature::kBelow));
  if (windows_.size() == 1 && compares && windows_[0].end_ns < now_ && !u_.has(Feature::kBefore)) {
    const TimeWindow baseline = windows_[0];
    const LocalCalendar calendar(calendar_, now_);
    TimeWindow window = default_window(baseline.end_ns - baseline.start_ns);
    if (baseline.end_ns == calendar.moment(calendar.today(), 0).at)
      window.start_ns = baseline.end_ns;
    if (window.start_ns < window.end_ns) {
      Step step = compare_windows(tag, window, baseline);
      step.default_window = true;
      return {step};
    }
  }
  // "compared with before": the stretch of the same length that precedes the window.
  if (windows_.size() == 1 && u_.has(Feature::kCompare) && u_.has(Feature::kBefore)) {
    const TimeWindow window = windows_[0];
    return {compare_windows(tag, window, {2 * window.start_ns - window.end_ns, window.start_ns})};
  }
  for (const TimeNs moment : instants_) steps.push_back(at(tag, moment));
  const bool against_now =
      instants_.size() == 1 && windows_.empty() &&
      (u_.has(Feature::kCompare) || u_.has(Feature::kHigher) || u_.has(Feature::kLower) ||
       u_.has(Feature::kAbove) || u_.has(Feature::kBelow));
  if (against_now) {  // "higher than an hour ago"
    steps.push_back(latest(tag));
    return steps;
  }

  const std::vector<std::string> wanted = wanted_statistics();
  const bool plain = !wants_trend() && wanted.empty();
  const bool latest_first = wants_latest();
  if (latest_first) steps.push_back(latest(tag));
  const bool by_default = windows_.empty();
  std::vector<TimeWindow> windows = windows_;
  if (by_default && !plain && instants_.empty()) windows.push_back(default_window(kDefaultTrend));
  for (const TimeWindow& window : windows) {
    if (wants_trend()) {
      steps.push_back(trend(tag, window, by_default));
    } else if (!wanted.empty()) {
      steps.push_back(statistics(tag, window, by_default, wanted));
    } else if (u_.threshold) {
      steps.push_back(statistics(tag, window, by_default, {u_.threshold->above ? "max" : "min"}));
    } else {
      steps.push_back(statistics(tag, window, by_default, {"mean", "min", "max"}));
    }
  }
  if (steps.empty()) steps.push_back(latest(tag));
  return steps;
}

std::vector<Step> StepMaker::for_tags(const std::vector<const plant::Tag*>& tags) const {
  const bool same_quantity = tags.size() >= 2 && tags.size() <= 16 &&
                             std::all_of(tags.begin(), tags.end(), [&](const plant::Tag* tag) {
                               return tag->unit == tags.front()->unit &&
                                      tag->kind == tags.front()->kind && !plant::is_text(tag->kind);
                             });
  if (same_quantity && compares_machines()) return {compare_machines(tags)};
  std::vector<Step> steps;
  for (const plant::Tag* tag : tags) {
    for (Step& step : for_number(*tag)) steps.push_back(std::move(step));
  }
  return steps;
}

Step StepMaker::unusual(const plant::Asset* asset) const {
  Step step;
  step.purpose = Purpose::kUnusual;
  step.tool = "unusual_now";
  step.arguments = Json::object();
  if (asset != nullptr) step.arguments["asset"] = asset->id;
  step.asset = asset;
  return step;
}

std::vector<Step> StepMaker::oee(const plant::Asset& asset) const {
  std::vector<TimeWindow> windows = windows_;
  if (windows.empty()) windows.push_back(default_shift());
  std::vector<Step> steps;
  for (const TimeWindow& window : windows) {
    Step step;
    step.purpose = Purpose::kOee;
    step.tool = "oee";
    step.arguments = Json{{"asset", asset.id}, {"window", window_json(window)}};
    step.asset = &asset;
    step.window = window;
    step.default_window = windows_.empty();
    steps.push_back(std::move(step));
  }
  return steps;
}

Step StepMaker::overview(const plant::Asset& asset) const {
  Step step;
  step.purpose = Purpose::kOverview;
  step.tool = "latest_value";
  step.arguments = Json{{"asset", asset.id}};
  step.asset = &asset;
  return step;
}

Step StepMaker::list_assets() const {
  Step step;
  step.purpose = Purpose::kListAssets;
  step.tool = "find_assets";
  step.arguments = Json::object();
  if (const AssetMention* mention = u_.place()) {
    if (mention->level == "site") return step;  // all that there are
    step.arguments[mention->level] = mention->place;
    const auto take = [&](const auto* place) {
      if (place != nullptr) step.place = place->name;
    };
    if (mention->level == "area") take(catalogue_.area(mention->place));
    if (mention->level == "line") take(catalogue_.line(mention->place));
    if (mention->level == "cell") take(catalogue_.cell(mention->place));
  }
  return step;
}

Step StepMaker::list_sites() const {
  Step step;
  step.purpose = Purpose::kListSites;
  step.tool = "find_assets";
  step.arguments = Json::object();
  return step;
}

Step StepMaker::list_tags(const plant::Asset* asset) const {
  Step step;
  step.purpose = Purpose::kListTags;
  step.tool = "find_tags";
  step.arguments = Json::object();
  if (asset != nullptr) step.arguments["asset"] = asset->id;
  step.asset = asset;
  return step;
}

}  // namespace mw::assistant
