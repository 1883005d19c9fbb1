#include "assistant/internal/teller.h"

#include <algorithm>

#include "assistant/internal/number_text.h"
#include "plant/evidence_source.h"

namespace mw::assistant {
namespace {

constexpr double kGoodEnough = 0.9;  // share of good samples below which an answer says so

}  // namespace

Teller::Teller(AnswerSink& sink, const Grammar& grammar, Language language,
               const plant::Catalogue& catalogue, const TimeZone& zone, TimeNs now,
               std::optional<TimeNs> earliest)
    : sink_(sink),
      grammar_(grammar),
      language_(language),
      catalogue_(catalogue),
      zone_(zone),
      now_(now),
      earliest_(earliest) {}

void Teller::tell(const Step& step, std::vector<Evidence> evidence) {
  std::vector<std::string> ids;
  for (Evidence& each : evidence) ids.push_back(sink_.add(std::move(each)));
  tell_facts(step, ids);
  earlier(ids);
}

void Teller::tell_facts(const Step& step, const std::vector<std::string>& ids) {
  switch (step.purpose) {
    case Purpose::kLatest:
      return latest(step, ids);
    case Purpose::kAt:
      return at(step, ids);
    case Purpose::kStatistics:
      return statistics(step, ids);
    case Purpose::kTrend:
      return trend(step, ids);
    case Purpose::kCompareWindows:
      return compare_windows(step, ids);
    case Purpose::kCompareMachines:
      return compare_machines(step, ids);
    case Purpose::kCount:
      return count(step, ids);
    case Purpose::kState:
      return state(step, ids);
    case Purpose::kStateTimes:
      return state_times(step, ids);
    case Purpose::kStateWhen:
      return state_when(step, ids);
    case Purpose::kStateCount:
      return state_count(step, ids);
    case Purpose::kStateOfMany:
      many_.emplace_back(&step, ids);
      return;
    case Purpose::kUnusual:
      return unusual(step, ids);
    case Purpose::kListAssets:
      return list_assets(step, ids);
    case Purpose::kListSites:
      return list_sites(ids);
    case Purpose::kDescribe:
      return describe(step, ids);
    case Purpose::kListTags:
      return list_tags(step, ids);
    case Purpose::kOverview:
      return overview(step, ids);
    case Purpose::kOee:
      return oee(step, ids);
    case Purpose::kBatches:
      return batches(step, ids);
    case Purpose::kEvents:
      return events(step, ids);
    case Purpose::kHealth:
      return health(step, ids);
    case Purpose::kCases:
      return cases(ids);
    case Purpose::kWork:
      return work_orders(ids);
    case Purpose::kModes:
      return failure_modes(step, ids);
    case Purpose::kLife:
      return lives(ids);
    case Purpose::kTextNow:
      return text_now(ids);
    case Purpose::kTextTimes:
      return text_times(step, ids);
  }
}

/// What lies under an earlier name is another history, in its own unit: said once for each.
void Teller::earlier(const std::vector<std::string>& ids) {
  for (const std::string& id : ids) {
    const Evidence& each = sink_.evidence(id);
    if (each.fact != "earlier" || !each.ts_ns || !said_earlier_.insert(each.tag).second) continue;
    sink_.say(
        grammar_.earlier(subject(each), each.tag, unit_text(each.unit), moment(*each.ts_ns, false)),
        {id});
  }
}

void Teller::conclude(const std::vector<Step>& steps) {
  state_of_many();
  difference_of_moments(steps);
}

void Teller::simulated() {
  std::vector<std::string> ids;
  for (const Evidence& each : sink_.evidence()) {
    if (each.simulated) ids.push_back(each.id);
  }
  if (!ids.empty()) sink_.say(grammar_.simulated(), ids);
}

const Evidence* Teller::fact(const std::vector<std::string>& ids, std::string_view name) const {
  for (const std::string& id : ids) {
    const Evidence& each = sink_.evidence(id);
    if (each.fact == name) return &each;
  }
  return nullptr;
}

Subject Teller::subject(const Evidence& evidence) const {
  return {catalogue_.asset(evidence.asset), catalogue_.stored_tag(evidence.tag)};
}

Amount Teller::amount(double value, const Evidence& like) const {
  const plant::Tag* tag = catalogue_.stored_tag(like.tag);
  const bool significant = like.fact.ends_with("_per_minute") || like.fact == "stddev";
  if (significant) return {significant_text(value), like.unit};
  if (like.fact == "z_score") return {fixed_text(value, 1), like.unit};
  return {fixed_text(value, tag == nullptr ? 0 : tag->decimals), like.unit};
}

Amount Teller::amount(const Evidence& evidence) const {
  MW_CHECK(evidence.value.has_value());
  return amount(*evidence.value, evidence);
}

std::string Teller::moment(TimeNs at, bool with_zone) const {
  const std::string text = moment_text(at, now_, zone_, false);
  return with_zone ? text + " " + zone_text(at, zone_) : text;
}

std::string Teller::window(const TimeWindow& each) const {
  return window_text(each, now_, zone_, language_);
}

std::string Teller::state_name(const Evidence& evidence, const std::string& state) const {
  const plant::Asset* asset = catalogue_.asset(evidence.asset);
  return asset == nullptr ? state : catalogue_.state_name(*asset, state).in(language_);
}

Evidence Teller::derived(const Evidence& from, std::string name, double value,
                         std::string unit) const {
  Evidence evidence = from;
  evidence.series.clear();
  evidence.fact = std::move(name);
  evidence.value = value;
  evidence.unit = std::move(unit);
  evidence.text.clear();
  evidence.source = "computed from " + from.id;
  return evidence;
}

void Teller::caveats(const Step& step, const Evidence& evidence) {
  if (step.default_window && !said_default_) {
    said_default_ = true;
    sink_.say(grammar_.default_window(), {evidence.id});
  }
  if (evidence.good_share < kGoodEnough) {
    const double percent = evidence.good_share * 100;
    sink_.say(grammar_.share(fixed_text(percent, percent < 1 ? 2 : 0)), {evidence.id});
  }
}

void Teller::no_data(const Evidence& evidence) {
  const std::string id = evidence.id;
  const TimeWindow asked = evidence.window.value_or(TimeWindow{now_, now_});
  sink_.say(grammar_.no_data(subject(evidence), window(asked)), {id});
  if (said_begin_ || !earliest_ || *earliest_ <= asked.start_ns) return;
  said_begin_ = true;
  Evidence begin;
  begin.fact = "earliest";
  begin.ts_ns = *earliest_;
  begin.source = std::string(plant::kSampleSource);
  begin.simulated = evidence.simulated;
  const std::string begin_id = sink_.add(std::move(begin));
  sink_.say(grammar_.data_begin(moment(*earliest_, true)), {begin_id});
}

}  // namespace mw::assistant
