#include "assistant/internal/grammar.h"
#include "assistant/internal/number_text.h"

namespace mw::assistant {
namespace {

std::string capital(std::string text) {
  if (!text.empty() && text[0] >= 'a' && text[0] <= 'z') text[0] = static_cast<char>(text[0] - 32);
  return text;
}

class EnglishGrammar final : public Grammar {
 public:
  std::string asset_name(const plant::Asset& asset) const override { return asset.name.en; }
  std::string tag_name(const plant::Tag& tag) const override { return tag.name.en; }

  std::string subject(const Subject& s) const override {
    if (s.tag == nullptr) return s.asset->name.en;
    return "the " + s.tag->name.en + " of " + s.asset->name.en;
  }

  std::string statistic_name(const std::string& fact) const override {
    if (fact == "stddev") return "standard deviation";
    if (fact == "last") return "last value";
    if (fact == "increase") return "growth";
    return fact;
  }

  std::string list(const std::vector<std::string>& items) const override {
    std::string out;
    for (size_t i = 0; i < items.size(); ++i) {
      if (i > 0) out += i + 1 == items.size() ? " and " : ", ";
      out += items[i];
    }
    return out;
  }

  std::string latest(const Subject& s, const Amount& value, const std::string& at,
                     const std::string& age) const override {
    return capital(subject(s)) + " is " + value.text() + " (measured at " + at + ", " + age +
           " ago).";
  }
  std::string stale(const Subject& s, const Amount& value, const std::string& at,
                    const std::string& age) const override {
    return "There is no good value of " + subject(s) + " now; the last good one was " +
           value.text() + " at " + at + ", " + age + " ago.";
  }
  std::string never(const Subject& s) const override {
    return "There is no good value of " + subject(s) + ", neither now nor in the last day.";
  }
  std::string limit(bool holds, bool above, const Amount& limit) const override {
    return std::string(holds ? "Yes, that is " : "No, that is not ") +
           (above ? "above " : "below ") + limit.text() + ".";
  }
  std::string at_moment(const Subject& s, const std::string& asked, const Amount& value,
                        const std::string& sampled) const override {
    return "At " + asked + " " + subject(s) + " was " + value.text() + " (sample of " + sampled +
           ").";
  }
  std::string nothing_at(const Subject& s, const std::string& asked) const override {
    return "There is no good sample of " + subject(s) + " in the minute before " + asked + ".";
  }
  std::string statistics(const Subject& s, const std::string& window,
                         const std::vector<StatisticText>& facts) const override {
    std::vector<std::string> items;
    for (const StatisticText& each : facts) {
      items.push_back("a " + statistic_name(each.fact) + " of " + each.amount.text() +
                      (each.at.empty() ? "" : " (at " + each.at + ")"));
    }
    return capital(window) + " " + subject(s) + " had " + list(items) + ".";
  }
  std::string change(const Subject& s, const std::string& window, const Amount& change,
                     const Amount& first, const Amount& last) const override {
    return capital(window) + " " + subject(s) + " changed by " + change.text() + ", from " +
           first.text() + " to " + last.text() + ".";
  }
  std::string spread(const Amount& minimum, const Amount& maximum,
                     const Amount& mean) const override {
    return "It was between " + minimum.text() + " and " + maximum.text() + ", with a mean of " +
           mean.text() + ".";
  }
  std::string trend(Direction direction, const Amount& slope, const Amount& limit) const override {
    const std::string bound = " (up to " + limit.text() + " counts as steady).";
    switch (direction) {
      case Direction::kRising:
        return "It is rising, by " + slope.text() + bound;
      case Direction::kFalling:
        return "It is falling, by " + slope.text() + bound;
      case Direction::kSteady:
        return "It is steady: " + slope.text() + bound;
      case Direction::kUnclear:
        break;
    }
    return "It shows no clear direction: the fitted slope of " + slope.text() +
           " explains less than half of the scatter.";
  }
  std::string no_data(const Subject& s, const std::string& window) const override {
    return "There is no usable sample of " + subject(s) + " " + window + ".";
  }
  std::string data_begin(const std::string& at) const override {
    return "The stored data begin at " + at + ".";
  }
  std::string compare_windows(const Subject& s, const std::string& fact, const std::string& window,
                              const Amount& value, const std::string& baseline, const Amount& other,
                              const Amount& difference, int sign,
                              const std::string& percent) const override {
    const std::string direction = sign == 0  ? "no difference"
                                  : sign > 0 ? difference.text() + " higher"
                                             : difference.text() + " lower";
    return capital(window) + " the " + statistic_name(fact) + " of " + subject(s) + " was " +
           value.text() + ", against " + other.text() + " " + baseline + ": " + direction +
           (percent.empty() || sign == 0 ? "" : " (" + percent + " %)") + ".";
  }
  std::string compare_machines(const std::string& fact, const std::string& window,
                               const std::vector<RankedText>& ranked) const override {
    bool same = true;
    for (const RankedText& each : ranked) {
      same = same && each.subject.tag->name.en == ranked.front().subject.tag->name.en;
    }
    std::vector<std::string> items;
    for (const RankedText& each : ranked) {
      items.push_back(each.subject.asset->name.en +
                      (same ? "" : " (" + each.subject.tag->name.en + ")") + " " +
                      each.amount.text());
    }
    const std::string what = same ? " of the " + ranked.front().subject.tag->name.en : "";
    return capital(statistic_name(fact)) + what + " " + window + ": " + list(items) + ".";
  }
  std::string extreme(const Subject& s, bool lowest, const Amount& difference) const override {
    return std::string("The ") + (lowest ? "lowest" : "highest") + " is that of " +
           s.asset->name.en + "; highest and lowest differ by " + difference.text() + ".";
  }
  std::string difference(const Amount& amount) const override {
    return "The difference is " + amount.text() + ".";
  }
  std::string count(const Subject& s, const std::string& window,
                    const Amount& count) const override {
    return capital(s.tag->name.en) + " of " + s.asset->name.en + " " + window + ": " +
           count.text() + ".";
  }
  std::string state(const plant::Asset& asset, const std::string& state, const std::string& since,
                    const std::string& duration) const override {
    return "The state of " + asset.name.en + " is " + state + ", since " + since + " (for " +
           duration + ").";
  }
  std::string answer_word(bool yes) const override { return yes ? "Yes. " : "No. "; }
  std::string unknown_state(const plant::Asset& asset) const override {
    return "The state of " + asset.name.en + " is not known now.";
  }
  std::string state_times(const plant::Asset& asset, const std::string& window,
                          const std::vector<StateText>& states) const override {
    std::vector<std::string> items;
    for (const StateText& each : states) items.push_back(each.name + " for " + each.duration);
    return capital(window) + " " + asset.name.en + " was " + list(items) + ".";
  }
  std::string in_state(const plant::Asset& asset, const std::string& window,
                       const StateText& state) const override {
    return capital(window) + " " + asset.name.en + " was in the state " + state.name + " for " +
           state.duration + " in all.";
  }
  std::string never_in_state(const plant::Asset& asset, const std::string& window,
                             const std::string& state) const override {
    return capital(window) + " " + asset.name.en + " was not in the state " + state + ".";
  }
  std::string state_at(const plant::Asset& asset, const std::string& at,
                       const std::string& state) const override {
    return "At " + at + " the state of " + asset.name.en + " was " + state + ".";
  }
  std::string state_when(const plant::Asset& asset, const std::string& state,
                         const std::string& at) const override {
    return asset.name.en + " last went into the state " + state + " at " + at + ".";
  }
  std::string state_count(const plant::Asset& asset, const std::string& state,
                          const std::string& window, const std::string& count) const override {
    return capital(window) + " " + asset.name.en + " went into the state " + state + " " + count +
           (count == "1" ? " time." : " times.");
  }
  std::string many_states(const std::string& state, bool negated,
                          const std::vector<std::string>& machines, const std::string& count,
                          const std::string& all) const override {
    const std::string what = std::string(negated ? "not " : "") + "in the state " + state;
    if (machines.empty()) return "No machine is " + what + " (" + count + " of " + all + ").";
    return capital(what) + ": " + list(machines) + " (" + count + " of " + all + ").";
  }
  std::string all_states(const std::vector<std::string>& machines) const override {
    return "States now: " + list(machines) + ".";
  }
  std::string nothing_unusual(const plant::Asset* asset,
                              const std::string& checked) const override {
    return "Nothing is unusual" + on(asset) + " now (" + checked + " tags checked).";
  }
  std::string unusual_count(const plant::Asset* asset, const std::string& count,
                            const std::string& checked) const override {
    return count + " of " + checked + " tags" + on(asset) + (count == "1" ? " is" : " are") +
           " unusual now.";
  }
  std::string outside_normal(const Subject& s, bool above, const Amount& value,
                             const Amount& limit) const override {
    return capital(subject(s)) + " is " + value.text() + ", " + (above ? "above" : "below") +
           " the normal limit of " + limit.text() + ".";
  }
  std::string bad_quality(const Subject& s, const std::string& reason) const override {
    return capital(subject(s)) + " has no good value" + (reason.empty() ? "" : ": " + reason) + ".";
  }
  std::string outlier(const Subject& s, const Amount& value, const Amount& median,
                      const Amount& score) const override {
    return capital(subject(s)) + " is " + value.text() +
           ", unusual against the last day in the same state (median " + median.text() +
           ", robust z-score " + score.text() + ").";
  }
  std::string list_assets(const std::string& place, const std::string& count,
                          const std::vector<std::string>& machines) const override {
    return std::string(count == "1" ? "There is " : "There are ") + count +
           (count == "1" ? " machine" : " machines") + (place.empty() ? "" : " in " + place) +
           (machines.empty() ? "." : ": " + list(machines) + ".");
  }
  std::string list_sites(const std::string& site, const std::string& count,
                         const std::vector<std::string>& lines) const override {
    return "There is one site here, " + site + ". It has " + count +
           (count == "1" ? " line: " : " lines: ") + list(lines) + ".";
  }
  std::string line_machines(const std::string& line, const std::string& count) const override {
    return line + " (" + count + (count == "1" ? " machine)" : " machines)");
  }
  std::string description(const plant::Asset& asset, const std::string& line) const override {
    return asset.name.en + " is of the kind \"" + asset.kind_name.en + "\" and stands on " + line +
           ".";
  }
  std::string list_tags(const plant::Asset* asset, const std::string& count,
                        const std::vector<std::string>& tags) const override {
    const std::string owner = asset == nullptr ? "The plant" : asset->name.en;
    if (tags.empty()) return owner + " does not have any signals.";
    return owner + " has " + count + " signals: " + list(tags) + ".";
  }
  std::string overview(const plant::Asset& asset, const std::vector<std::string>& values,
                       const std::string& at) const override {
    return "Key values of " + asset.name.en + " (latest at " + at + "): " + list(values) + ".";
  }
  std::string text_now(const Subject& s, const std::string& text, const std::string& since,
                       const std::string& duration) const override {
    return capital(subject(s)) + " is \"" + text + "\" since " + since + " (for " + duration + ").";
  }
  std::string text_none(const Subject& s) const override {
    return capital(subject(s)) + " is empty now.";
  }
  std::string text_unknown(const Subject& s) const override {
    return capital(subject(s)) + " is not known now.";
  }
  std::string text_at(const Subject& s, const std::string& at,
                      const std::string& text) const override {
    return "At " + at + " " + subject(s) + " was \"" + text + "\".";
  }
  std::string text_times(const Subject& s, const std::string& window,
                         const std::vector<StateText>& texts) const override {
    std::vector<std::string> items;
    for (const StateText& each : texts) {
      items.push_back("\"" + each.name + "\" for " + each.duration);
    }
    return capital(window) + " " + subject(s) + " was " + list(items) + ".";
  }
  std::string batch_count(const plant::Asset& asset, const std::string& window,
                          const std::string& count) const override {
    if (count == "0") return capital(window) + " no batch ran on " + asset.name.en + ".";
    return capital(window) + " " + count + (count == "1" ? " batch" : " batches") + " ran on " +
           asset.name.en + ".";
  }
  std::string batch(const BatchText& batch) const override {
    std::string text = "Batch \"" + batch.number + "\"";
    if (!batch.product.empty()) text += " of product \"" + batch.product + "\"";
    text += batch.end.empty() ? " runs since " + batch.start
                              : " ran from " + batch.start + " to " + batch.end;
    if (!batch.parts.empty()) text += ": " + batch.parts + " parts";
    if (!batch.good.empty()) text += ", " + batch.good + " of them good";
    if (!batch.oee.empty()) text += (batch.parts.empty() ? ": OEE " : "; OEE ") + batch.oee + " %";
    return text + ".";
  }
  std::string batch_doubt(const std::string& number, const std::string& doubt) const override {
    return "Of batch \"" + number + "\": " + doubt + ".";
  }
  std::string event_count(const plant::Asset& asset, const std::string& window,
                          const std::string& count) const override {
    if (count == "0") return capital(window) + " nothing was noted of " + asset.name.en + ".";
    return capital(window) + " " + count + (count == "1" ? " event was" : " events were") +
           " noted of " + asset.name.en + ".";
  }
  std::string event_kinds(const std::vector<std::string>& kinds) const override {
    return "By kind: " + list(kinds) + ".";
  }
  std::string event_kinds_absent(const plant::Asset& asset, const std::string& window,
                                 const std::vector<std::string>& kinds) const override {
    return capital(window) + " no event of the kind " + list(kinds) + " was noted of " +
           asset.name.en + ".";
  }
  std::string event_kinds_other(const std::vector<std::string>& kinds,
                                const std::string& without) const override {
    std::vector<std::string> all = kinds;
    if (!without.empty()) all.push_back(without + " without a kind");
    return "What was noted then: " + list(all) + ".";
  }
  std::string event_texts(const std::vector<std::string>& texts,
                          const std::string& others) const override {
    return "By what was told: " + list(texts) +
           (others.empty() ? "." : ", and " + others + " further wordings.");
  }
  std::string event_periods(const std::string& by, const std::string& with, const std::string& all,
                            const std::vector<std::string>& items,
                            const std::string& others) const override {
    const std::string name = capital(by) + "s with events: " + with + " (of " + all + ")";
    if (items.empty()) return name + ".";
    const std::string each = by == "week" || by == "month" ? " (each by its first day)" : "";
    return name + each + ": " + list(items) +
           (others.empty() ? "." : ", and " + others + " further ones.");
  }
  std::string event(const EventText& event) const override {
    std::string when = event.open ? "Since " + event.start : "At " + event.start;
    if (!event.end.empty()) when = "From " + event.start + " to " + event.end;
    const std::string teller = event.teller.empty() ? "" : " (told by " + event.teller + ")";
    return when + teller + ": \"" + event.text + "\".";
  }
  std::string health_count(const std::string& watched, const std::string& all,
                           const std::string& unlike) const override {
    const std::string first = watched + " of " + all + " machines are watched by a health model";
    if (watched == "0") return first + ".";
    return first + "; " + unlike + (unlike == "1" ? " of them runs" : " of them run") +
           " unlike normal.";
  }
  std::string health(const plant::Asset& asset, const HealthText& health) const override {
    const std::string& name = asset.name.en;
    const std::string index = health.index.empty() ? "" : " (health index " + health.index + ")";
    const std::string open =
        health.case_number.empty() ? "" : " Case " + health.case_number + " is open.";
    if (health.verdict == "alarm") {
      return name + " runs unlike its normal running" + index +
             (health.parts.empty() ? "." : "; what deviates: " + list(health.parts) + ".") + open;
    }
    if (health.verdict == "healthy") {
      return name + " runs as in its normal running" + index + "." + open;
    }
    if (health.verdict == "sensor_fault") {
      return "A sensor of " + name + " is at fault, so its health is not known: " + health.tag +
             " " + fault(health.fault) + "." + open;
    }
    if (health.verdict == "never_seen") {
      return name + " is in a state that its health model never saw, so its health is not known." +
             open;
    }
    if (health.verdict == "not_trained") {
      return "Nobody said yet what is normal for " + name + ", so its health is not known.";
    }
    return "There is not enough evidence for the health of " + name +
           (health.tag.empty() ? "." : ": " + health.tag + " has no good value.") + open;
  }
  std::string case_count(const std::string& window, const std::string& count) const override {
    const std::string cases = count == "0"   ? "no case"
                              : count == "1" ? count + " case"
                                             : count + " cases";
    const bool many = count != "0" && count != "1";
    if (window.empty()) return (many ? "There are " : "There is ") + cases + ".";
    return capital(window) + " " + cases + (many ? " were" : " was") + " opened.";
  }
  std::string health_case(const plant::Asset& asset, const CaseText& one) const override {
    const std::string outcome = one.outcome == "open"            ? "still open"
                                : one.outcome == "confirmed"     ? "confirmed"
                                : one.outcome == "nothing_found" ? "nothing was found"
                                                                 : "something else was found";
    return "Case " + one.number + ": " + asset.name.en + " ran unlike its normal running at " +
           one.opened + (one.parts.empty() ? "" : ", with " + list(one.parts)) +
           (one.also.empty() ? "" : "; also deviating: " + list(one.also)) + "; " + outcome + ".";
  }
  std::string case_also(const std::string& part, const std::string& since) const override {
    return part + " since " + since;
  }
  std::string failure_mode(const Text& name, const std::vector<std::string>& signs) const override {
    return name.en + (signs.empty() ? "" : " (shown by " + list(signs) + ")");
  }
  std::string failure_modes(const plant::Asset& asset, const std::string& count,
                            const std::vector<std::string>& modes) const override {
    if (modes.empty())
      return "The plant description has no failure modes of " + asset.name.en + ".";
    return "The plant description has " + count + " failure modes of " + asset.name.en + ": " +
           list(modes) + ".";
  }
  std::string failure_modes_shown(const plant::Asset& asset,
                                  const std::vector<std::string>& modes) const override {
    return "By the plant description it shows these failure modes of " + asset.name.en + ": " +
           list(modes) + ".";
  }
  std::string no_failure_mode_shown(const plant::Asset& asset,
                                    const std::vector<std::string>& signals) const override {
    return "The plant description names no failure mode of " + asset.name.en + " that " +
           list(signals) + " would show.";
  }
  std::string no_failure_signs(const plant::Asset& asset) const override {
    return "By which signals each of them shows on " + asset.name.en + ", it does not say.";
  }
  std::string life_count(const std::string& count) const override {
    return count == "0"
               ? "No machine's remaining life is followed by a model."
               : "The remaining life of " + count +
                     (count == "1" ? " machine is" : " machines is") + " followed by a model.";
  }
  std::string life(const plant::Asset& asset, const LifeText& life) const override {
    const std::string& name = asset.name.en;
    const std::string held = life.held.empty()
                                 ? ""
                                 : " (such ranges held the truth for " + life.held +
                                       " % of the rows of machines that were held out)";
    if (life.kind == "range") {
      return name + " is expected to fail between " + life.earliest + " and " + life.latest +
             ", with " + life.certainty + " % certainty" + held +
             ", if it is run as in the last week.";
    }
    if (life.kind == "too_early") {
      return "It is too early to say when " + name + " fails: not before " + life.earliest +
             ", with " + life.certainty + " % certainty" + held + ".";
    }
    if (life.kind == "unseen_regime") {
      return name + " runs in a way that its remaining-life model never saw, so no date is given.";
    }
    if (life.kind == "standing_still") {
      return name + " hardly ran in the last week, so no date of its failure is given.";
    }
    if (life.kind == "not_followed") {
      return "No model follows the remaining life of " + name + ", so it is not known.";
    }
    return "There is not enough evidence for the remaining life of " + name + ".";
  }
  std::string work_count(const std::string& count) const override {
    return count == "0"   ? "No case is open, so there is no work order."
           : count == "1" ? "There is a work order for 1 open case."
                          : "There are work orders for " + count + " open cases.";
  }
  std::string work_order(const plant::Asset& asset, const WorkText& work) const override {
    std::string out = "Case " + work.number + ", " + asset.name.en + ": ";
    out += work.mode.en.empty() ? "none of the plant's failure modes fits"
                                : "by the plant's own data the failure mode is " + work.mode.en;
    if (work.begins.empty()) {
      return out + "; no window can be proposed, because the plant does not give what that takes.";
    }
    if (!work.before.empty()) {
      out += "; its remaining-life model says with " + work.certainty +
             " % certainty that it does not fail before " + work.before;
    }
    out += work.accepted ? "; accepted was the window that begins at "
           : work.late   ? "; no window ends before that, the first begins at "
                         : "; the cheapest window begins at ";
    out += work.begins;
    if (!work.hours.empty()) out += " and takes " + work.hours + " h";
    return out + ": " + work.total + (work.costs.empty() ? "." : " (" + list(work.costs) + ").");
  }
  std::string cost(const std::string& kind, const std::string& amount) const override {
    return kind + " " + (amount.empty() ? "not given" : amount);
  }
  std::string oee(const plant::Asset& asset, const std::string& window,
                  const OeeText& shares) const override {
    std::vector<std::string> factors;
    if (!shares.availability.empty())
      factors.push_back("availability " + shares.availability + " %");
    if (!shares.performance.empty()) factors.push_back("performance " + shares.performance + " %");
    if (!shares.quality.empty()) factors.push_back("quality " + shares.quality + " %");
    const std::string known = factors.empty() ? "." : ": " + list(factors) + ".";
    if (!shares.oee.empty()) {
      return capital(window) + " the OEE of " + asset.name.en + " was " + shares.oee + " %" + known;
    }
    return "There is not enough evidence for the OEE of " + asset.name.en + " " + window +
           (factors.empty() ? "." : "; known are " + list(factors) + ".");
  }
  std::string oee_times(const std::string& production, const std::string& busy,
                        const std::vector<StateText>& losses) const override {
    std::vector<std::string> items;
    for (const StateText& each : losses) items.push_back(each.name + " " + each.duration);
    return "It produced for " + production + " of a planned busy time of " + busy +
           (items.empty() ? "." : "; lost: " + list(items) + ".");
  }
  std::string oee_parts(const std::string& parts, const Amount& ideal_cycle) const override {
    return "It made " + parts + " parts, at an ideal cycle time of " + ideal_cycle.text() + ".";
  }
  std::string oee_products(const std::vector<ProductText>& products) const override {
    std::vector<std::string> items;
    for (const ProductText& each : products) {
      const std::string name =
          each.product.empty() ? "of an unknown product" : "of \"" + each.product + "\"";
      items.push_back(
          each.parts + " " + name +
          (each.ideal_cycle.empty() ? "" : " (ideal cycle time " + each.ideal_cycle + ")"));
    }
    return "By product it made " + list(items) + ".";
  }
  std::string oee_good(const std::string& good, const std::string& parts) const override {
    return good + " of the " + parts + " parts were good.";
  }
  std::string oee_remark(const std::string& text) const override { return capital(text) + "."; }
  std::string earlier(const Subject& s, const std::string& id, const std::string& unit,
                      const std::string& until) const override {
    return "Until " + until + " " + subject(s) + " was stored as " + id +
           (unit.empty() ? "" : " in " + unit) +
           ": a history of its own, which is not mixed with that of now.";
  }
  std::string share(const std::string& percent) const override {
    return "Only " + percent + " % of this window has good samples.";
  }
  std::string nothing_to_say(bool did_not_hold) const override {
    return did_not_hold ? "I have no answer to this that its sources carry."
                        : "The plant's data hold nothing that answers this.";
  }
  std::string uncertain() const override { return "The quality of this value is uncertain."; }
  std::string default_window() const override {
    return "The question named no time, so this window was taken.";
  }
  std::string note(const std::string& text) const override { return "Note: " + text + "."; }
  std::string simulated() const override { return "These values are simulated."; }

 private:
  static std::string fault(const std::string& name) {
    if (name == "flat") return "does not move";
    if (name == "drifting") return "drifts while what is tied to it stays";
    if (name == "no_noise") return "lost the noise of measuring";
    return "sends nothing";
  }
  static std::string on(const plant::Asset* asset) {
    return asset == nullptr ? "" : " on " + asset->name.en;
  }
};

}  // namespace

std::string Amount::text() const { return quantity_text(number, unit); }

const Grammar& english_grammar() {
  static const EnglishGrammar grammar;
  return grammar;
}

const Grammar& Grammar::of(Language language) {
  return language == Language::kZh ? chinese_grammar() : english_grammar();
}

}  // namespace mw::assistant
