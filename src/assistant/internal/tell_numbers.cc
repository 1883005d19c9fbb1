#include <algorithm>
#include <cmath>

#include "assistant/internal/number_text.h"
#include "assistant/internal/teller.h"

namespace mw::assistant {
namespace {

// A fitted line that moves by this many standard deviations over the window explains half of the
// variance (R^2 = moved^2 / (12 stddev^2) = 0.5); less is no clear direction.
constexpr double kClearTrend = 2.45;
constexpr double kNsPerMinuteReal = static_cast<double>(kNsPerMinute);

}  // namespace

void Teller::latest(const Step& step, const std::vector<std::string>& ids) {
  const Evidence* found = fact(ids, "latest");
  if (found == nullptr) return;
  const bool bad = found->quality == Quality::kBad;
  const Evidence* good = bad ? fact(ids, "last") : found;
  if (good == nullptr || !good->value || !good->ts_ns) {
    sink_.say(grammar_.never(subject(*found)), bad ? ids : std::vector<std::string>{found->id});
    return;
  }
  const Evidence& value = *good;
  const double age_s = std::max(0.0, static_cast<double>(now_ - *value.ts_ns) / kNsPerSecond);
  Evidence age = derived(value, "age_s", age_s, "s");
  age.window = TimeWindow{*value.ts_ns, now_};
  const std::string age_id = sink_.add(std::move(age));
  const std::string when =
      moment_text(*value.ts_ns, now_, zone_, true) + " " + zone_text(*value.ts_ns, zone_);
  const std::string old = duration_text(age_s, language_);
  if (bad) {
    sink_.say(grammar_.stale(subject(value), amount(value), when, old),
              {found->id, value.id, age_id});
    return;
  }
  sink_.say(grammar_.latest(subject(value), amount(value), when, old), {value.id, age_id});
  if (value.quality == Quality::kUncertain) sink_.say(grammar_.uncertain(), {value.id});
  moments_.push_back(value.id);
  limit(step, value.id, *value.value);
}

void Teller::limit(const Step& step, const std::string& id, double value) {
  if (!step.threshold || step.tag == nullptr) return;
  // A limit in another unit than the tag's is not compared: nothing here converts units.
  const std::string& said = step.threshold->unit;
  const std::string value_unit = sink_.evidence(id).unit;
  if (said.empty() && value_unit != step.tag->unit) return;  // of which of the two units?
  const std::string unit = unit_text(value_unit);
  const bool degrees = said == "°" && unit == "°C";
  std::string folded = unit;
  std::transform(folded.begin(), folded.end(), folded.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  if (!said.empty() && said != folded && !degrees) return;
  Evidence limit = derived(sink_.evidence(id), "limit", step.threshold->value, value_unit);
  limit.source = "the question";
  const std::string limit_id = sink_.add(std::move(limit));
  const bool holds =
      step.threshold->above ? value > step.threshold->value : value < step.threshold->value;
  const Amount shown{fixed_text(step.threshold->value, step.threshold->decimals), value_unit};
  sink_.say(grammar_.limit(holds, step.threshold->above, shown), {id, limit_id});
}

void Teller::at(const Step& step, const std::vector<std::string>& ids) {
  const Evidence* value = fact(ids, "last");
  if (value == nullptr) return;
  const std::string asked = moment(step.at, true);
  if (!value->value || !value->ts_ns) {
    sink_.say(grammar_.nothing_at(subject(*value), asked), {value->id});
    return;
  }
  sink_.say(grammar_.at_moment(subject(*value), asked, amount(*value),
                               moment_text(*value->ts_ns, now_, zone_, true)),
            {value->id});
  moments_.push_back(value->id);
}

/// "What is it now and what was it an hour ago, compare": the difference of the two values.
void Teller::difference_of_moments(const std::vector<Step>& steps) {
  if (steps.size() != 2 || moments_.size() != 2) return;
  const bool two = (steps[0].purpose == Purpose::kAt) != (steps[1].purpose == Purpose::kAt) ||
                   (steps[0].purpose == Purpose::kAt && steps[1].purpose == Purpose::kAt);
  if (!two) return;
  const Evidence first = sink_.evidence(moments_[0]);
  const Evidence second = sink_.evidence(moments_[1]);
  if (first.unit != second.unit || !first.value || !second.value) return;
  Evidence difference =
      derived(first, "difference", std::fabs(*first.value - *second.value), first.unit);
  difference.source += " and " + second.id;
  const Amount shown = amount(difference);
  const std::string id = sink_.add(std::move(difference));
  sink_.say(grammar_.difference(shown), {id, first.id, second.id});
}

void Teller::statistics(const Step& step, const std::vector<std::string>& ids) {
  std::vector<StatisticText> facts;
  std::vector<std::string> cited;
  for (const std::string& id : ids) {
    const Evidence& each = sink_.evidence(id);
    if (!each.value) continue;
    const bool timed = each.fact == "minimum" || each.fact == "maximum";
    facts.push_back({each.fact, amount(each),
                     timed && each.ts_ns ? moment_text(*each.ts_ns, now_, zone_, true) : ""});
    cited.push_back(id);
  }
  if (ids.empty()) return;
  const Evidence first = sink_.evidence(ids.front());
  if (facts.empty()) return no_data(first);
  sink_.say(grammar_.statistics(subject(first), window(*first.window), facts), cited);
  if (step.threshold) {
    const Evidence* extreme = fact(ids, step.threshold->above ? "maximum" : "minimum");
    if (extreme != nullptr && extreme->value) limit(step, extreme->id, *extreme->value);
  }
  caveats(step, first);
}

void Teller::trend(const Step& step, const std::vector<std::string>& ids) {
  const Evidence* change = fact(ids, "change");
  const Evidence* start = fact(ids, "first");
  const Evidence* end = fact(ids, "last");
  const Evidence* mean = fact(ids, "mean");
  const Evidence* low = fact(ids, "minimum");
  const Evidence* high = fact(ids, "maximum");
  const Evidence* fitted = fact(ids, "slope_per_minute");
  const Evidence* scatter = fact(ids, "stddev");
  if (change == nullptr || start == nullptr || end == nullptr) return;
  if (!change->value || !start->value || !end->value) {
    // One sample or none: there is no change to tell, perhaps a value.
    return mean != nullptr && mean->value ? statistics(step, {mean->id}) : no_data(*change);
  }
  Amount changed = amount(*change);
  if (*change->value > 0 && changed.number.find_first_of("123456789") != std::string::npos) {
    changed.number = "+" + changed.number;
  }
  sink_.say(grammar_.change(subject(*change), window(*change->window), changed, amount(*start),
                            amount(*end)),
            {change->id, start->id, end->id});
  if (low != nullptr && high != nullptr && mean != nullptr && low->value && high->value &&
      mean->value) {
    sink_.say(grammar_.spread(amount(*low), amount(*high), amount(*mean)),
              {low->id, high->id, mean->id});
  }
  if (fitted != nullptr && scatter != nullptr && fitted->value && scatter->value &&
      catalogue_.stored_tag(fitted->tag) != nullptr) {
    // Steady: the fitted line moves over the window by no more than twice what the tag calls noise.
    const Evidence slope = *fitted;
    const double spread = *scatter->value;
    const std::string spread_id = scatter->id;
    const double minutes =
        static_cast<double>(slope.window->end_ns - slope.window->start_ns) / kNsPerMinuteReal;
    const plant::Tag& tag = *catalogue_.stored_tag(slope.tag);  // may be of an earlier unit
    const double noise = 2 * std::max(tag.deadband, std::pow(10.0, -tag.decimals));
    Evidence limit = derived(slope, "steady_limit_per_minute", noise / minutes, slope.unit);
    limit.source = "twice the tag's deadband over the window";
    const double moved = std::fabs(*slope.value) * minutes;
    Direction direction = Direction::kSteady;
    if (moved > noise) {
      direction = moved < kClearTrend * spread ? Direction::kUnclear
                  : *slope.value > 0           ? Direction::kRising
                                               : Direction::kFalling;
    }
    const Amount shown = amount(slope);
    const Amount bound = amount(limit);
    const std::string limit_id = sink_.add(std::move(limit));
    sink_.say(grammar_.trend(direction, shown, bound), {slope.id, limit_id, spread_id});
  }
  caveats(step, sink_.evidence(ids.front()));
}

void Teller::count(const Step& step, const std::vector<std::string>& ids) {
  const Evidence* found = fact(ids, "count");
  if (found == nullptr) return;
  const Evidence value = *found;
  if (!value.value) return no_data(value);
  sink_.say(grammar_.count(subject(value), window(*value.window), amount(value)), {value.id});
  caveats(step, value);
}

void Teller::compare_windows(const Step& step, const std::vector<std::string>& ids) {
  if (ids.size() < 2) return;
  const Evidence value = sink_.evidence(ids[0]);
  const Evidence other = sink_.evidence(ids[1]);
  for (const Evidence* each : {&value, &other}) {
    if (!each->value) no_data(*each);
  }
  const Evidence* difference = fact(ids, "difference");
  if (!value.value || !other.value || difference == nullptr) {
    for (const Evidence* each : {&value, &other}) {
      if (!each->value) continue;
      sink_.say(grammar_.statistics(subject(*each), window(*each->window),
                                    {{each->fact, amount(*each), ""}}),
                {each->id});
    }
    return;
  }
  const Evidence* percent = fact(ids, "difference_percent");
  Amount moved = amount(std::fabs(*difference->value), *difference);
  const bool none = moved.number.find_first_of("123456789") == std::string::npos;
  const int sign = none ? 0 : *difference->value > 0 ? 1 : -1;
  std::vector<std::string> cited = {value.id, other.id, difference->id};
  std::string share;
  if (percent != nullptr && percent->value) {
    share = fixed_text(std::fabs(*percent->value), 1);
    cited.push_back(percent->id);
  }
  const std::string name = value.fact == "count" ? "increase" : value.fact;
  sink_.say(grammar_.compare_windows(subject(value), name, window(*value.window), amount(value),
                                     window(*other.window), amount(other), moved, sign, share),
            cited);
  caveats(step, value.good_share <= other.good_share ? value : other);
}

void Teller::compare_machines(const Step& step, const std::vector<std::string>& ids) {
  std::vector<RankedText> ranked;
  std::vector<std::string> cited;
  std::vector<std::string> missing;
  for (const std::string& id : ids) {
    const Evidence& each = sink_.evidence(id);
    if (each.fact == "difference") continue;
    if (!each.value) {
      missing.push_back(id);
      continue;
    }
    ranked.push_back({subject(each), amount(each)});
    cited.push_back(id);
  }
  for (const std::string& id : missing) no_data(Evidence(sink_.evidence(id)));
  if (ranked.empty()) return;
  if (step.lowest) std::reverse(ranked.begin(), ranked.end());
  const Evidence first = sink_.evidence(cited.front());
  const std::string name = first.fact == "count" ? "increase" : first.fact;
  sink_.say(grammar_.compare_machines(name, window(*first.window), ranked), cited);
  if (const Evidence* difference = fact(ids, "difference");
      difference != nullptr && ranked.size() > 1) {
    const std::string& extreme = step.lowest ? cited.back() : cited.front();
    sink_.say(grammar_.extreme(ranked.front().subject, step.lowest, amount(*difference)),
              {difference->id, extreme});
  }
  double share = 1;
  std::string worst = cited.front();
  for (const std::string& id : cited) {
    if (sink_.evidence(id).good_share < share) {
      share = sink_.evidence(id).good_share;
      worst = id;
    }
  }
  caveats(step, Evidence(sink_.evidence(worst)));
}

}  // namespace mw::assistant
