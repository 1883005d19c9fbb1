#include "alarms/rule_preview.h"

#include <algorithm>
#include <deque>

#include "alarms/internal/alarm_machine.h"
#include "alarms/internal/evaluate.h"

namespace mw::alarms {
namespace {

constexpr int kMostPoints = 60'480;  // of one tag: a week of 10 s
constexpr int kMostLooks = 240'000;  // of all tags together
constexpr std::size_t kNewest = 5;

/// From when on a tag has a value.
struct Step {
  TimeNs ts_ns = 0;
  std::size_t tag = 0;
  std::optional<double> value;
  std::string state;
};

/// The past of some tags, in order.
struct Past {
  std::vector<Step> steps;
  int64_t resolution_ns = 0;
};

Result<Past> read_past(const std::vector<std::string>& tags, const Identity& who,
                       const plant::Plant& plant, TimeWindow window) {
  Past out;
  const auto catalogue = plant.catalogue(who);
  const int points = std::min(kMostPoints, kMostLooks / static_cast<int>(tags.size()));
  for (std::size_t i = 0; i < tags.size(); ++i) {
    const plant::Tag* tag = catalogue->tag(tags[i]);
    if (tag != nullptr && plant::is_text(tag->kind)) {
      MW_ASSIGN(auto history, plant.state_history(who, tags[i], window));
      for (plant::StateSpan& span : history.spans) {
        out.steps.push_back({span.start_ns, i, {}, std::move(span.state)});
      }
      continue;
    }
    MW_ASSIGN(const plant::Series series, plant.series(who, tags[i], window, points));
    out.resolution_ns = std::max({out.resolution_ns, series.bucket_ns, series.basis.resolution_ns});
    for (const plant::Bucket& each : series.points) {
      out.steps.push_back({each.ts_ns, i, each.mean, {}});
    }
  }
  std::stable_sort(out.steps.begin(), out.steps.end(),
                   [](const Step& a, const Step& b) { return a.ts_ns < b.ts_ns; });
  return out;
}

/// An alarm that nobody acts on, followed through time.
class Follower {
 public:
  Follower(const AlarmRule& rule, const std::vector<std::string>& tags)
      : rule_(rule), machine_(rule, {}), values_(tags.size()) {
    for (std::size_t i = 0; i < tags.size(); ++i) values_[i].tag = tags[i];
  }

  /// Also at delays that are over before `step`.
  void take(Step& step) {
    advance(step.ts_ns);
    plant::TagValue& value = values_[step.tag];
    const bool good = step.value.has_value() || !step.state.empty();
    value.value = step.value;
    value.text = std::move(step.state);
    value.ts_ns = step.ts_ns;
    value.quality = good ? Quality::kGood : Quality::kBad;
  }
  /// All values of `now` are there.
  void look(TimeNs now) {
    const auto value_of = [this](std::string_view tag) -> const plant::TagValue* {
      const auto found = std::find_if(values_.begin(), values_.end(),
                                      [&](const auto& each) { return each.tag == tag; });
      return found == values_.end() ? nullptr : &*found;
    };
    const Truth condition = evaluate(rule_.when, value_of, machine_.held());
    const Truth unless = rule_.unless
                             ? evaluate(*rule_.unless, value_of, machine_.status().suppressed)
                             : Truth::kFalse;
    machine_.step(now, condition, unless, [&](Event event) { note(event, now); });
  }
  void advance(TimeNs now) {
    TimeNs last = INT64_MIN;
    while (true) {
      const std::optional<TimeNs> next = machine_.next_ns();
      if (!next || *next >= now || *next <= last) return;
      last = *next;
      look(last);
    }
  }
  void finish(RulePreview& out) {
    advance(out.window.end_ns);
    if (!stood_.empty() && stood_.back().end_ns == INT64_MAX) {
      end_at(out.window.end_ns);
    }
    out.raised = raised_;
    out.standing_ns = standing_ns_;
    out.newest.assign(stood_.rbegin(), stood_.rend());
  }

 private:
  void note(Event event, TimeNs now) {
    const bool open = !stood_.empty() && stood_.back().end_ns == INT64_MAX;
    if (event == Event::kRaised) {
      ++raised_;
      if (open) return;
      stood_.push_back({now, INT64_MAX});
      if (stood_.size() > kNewest) stood_.pop_front();
    } else if (open && (event == Event::kReturned || event == Event::kSuppressed)) {
      end_at(now);
    }
  }
  void end_at(TimeNs now) {
    stood_.back().end_ns = now;
    standing_ns_ += now - stood_.back().start_ns;
  }

  const AlarmRule& rule_;
  AlarmMachine machine_;
  std::vector<plant::TagValue> values_;
  std::deque<TimeWindow> stood_;  // the newest; INT64_MAX: still
  int raised_ = 0;
  int64_t standing_ns_ = 0;
};

}  // namespace

Result<RulePreview> preview_rule(const AlarmRule& rule, const Identity& who,
                                 const plant::Plant& plant, int64_t length_ns) {
  const std::vector<std::string> tags = tags_of(rule);
  const TimeNs now = plant.now_ns();
  RulePreview out;
  MW_ASSIGN(Past past, read_past(tags, who, plant, {now - length_ns, now}));
  out.resolution_ns = past.resolution_ns;
  const auto known = std::find_if(past.steps.begin(), past.steps.end(), [](const Step& step) {
    return step.value.has_value() || !step.state.empty();
  });
  if (known == past.steps.end()) return out;
  out.window = {std::max(known->ts_ns, now - length_ns), now};
  Follower follower(rule, tags);
  for (std::size_t i = 0; i < past.steps.size(); ++i) {
    const TimeNs ts_ns = past.steps[i].ts_ns;
    follower.take(past.steps[i]);
    const bool last_of_its_time = i + 1 == past.steps.size() || past.steps[i + 1].ts_ns > ts_ns;
    if (last_of_its_time) follower.look(ts_ns);
  }
  follower.finish(out);
  return out;
}

}  // namespace mw::alarms
