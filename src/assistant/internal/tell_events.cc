#include "assistant/internal/number_text.h"
#include "assistant/internal/teller.h"
#include "plant/plant_event.h"

namespace mw::assistant {
namespace {

constexpr std::size_t kMostTold = 20;  // one by one; the console lists all
constexpr std::size_t kMostPeriods = 100;

}  // namespace

void Teller::events(const Step& step, const std::vector<std::string>& ids) {
  const Evidence* found = fact(ids, "event_count");
  if (found == nullptr || step.asset == nullptr || !found->window || !found->value) return;
  const Evidence count = *found;
  // That nothing at all was noted is not said where only the kind that was asked for is missing.
  if (fact(ids, "event_kind_other") == nullptr) {
    sink_.say(grammar_.event_count(*step.asset, window(*count.window), fixed_text(*count.value, 0)),
              {count.id});
  }
  event_kinds(step, ids);
  event_texts(ids);
  if (*count.value > 0) event_periods(step, ids);
  std::size_t told = step.arguments.contains("by") ? kMostTold : 0;  // counts were asked for
  for (const std::string& id : ids) {
    const Evidence event = sink_.evidence(id);
    const bool open = event.fact == "event_open";
    if ((!open && event.fact != "event") || told == kMostTold) continue;
    ++told;
    EventText text;
    text.text = event.text;
    if (!event.ts_ns) continue;
    text.start = moment(*event.ts_ns, true);
    if (event.window && !open) text.end = moment(event.window->end_ns, true);
    text.open = open;
    text.teller = plant::teller_of(event);
    sink_.say(grammar_.event(text), {id});
  }
  caveats(step, count);
}

/// Of each kind so many; of which there are none that were asked for.
void Teller::event_kinds(const Step& step, const std::vector<std::string>& ids) {
  std::vector<std::string> kinds, absent, others, of_kinds, of_absent, of_others;
  std::string without;
  for (const std::string& id : ids) {
    const Evidence& each = sink_.evidence(id);
    if (!each.value) continue;
    const std::string number = fixed_text(*each.value, 0);
    if (each.fact == "event_kind") {
      kinds.push_back(number + " × \"" + each.text + "\"");
      of_kinds.push_back(id);
    } else if (each.fact == "event_kind_absent") {
      absent.push_back("\"" + each.text + "\"");
      of_absent.push_back(id);
    } else if (each.fact == "event_kind_other") {
      of_others.push_back(id);
      if (each.text.empty()) {
        without = number;
      } else {
        others.push_back(number + " × \"" + each.text + "\"");
      }
    }
  }
  if (!kinds.empty()) sink_.say(grammar_.event_kinds(kinds), of_kinds);
  if (!absent.empty() && (!kinds.empty() || !of_others.empty())) {
    const TimeWindow asked = *sink_.evidence(of_absent.front()).window;
    sink_.say(grammar_.event_kinds_absent(*step.asset, window(asked), absent), of_absent);
  }
  if (!of_others.empty()) sink_.say(grammar_.event_kinds_other(others, without), of_others);
}

void Teller::event_texts(const std::vector<std::string>& ids) {
  const Evidence* all = fact(ids, "event_texts");
  if (all == nullptr || !all->value || *all->value <= 0) return;
  std::vector<std::string> texts;
  std::vector<std::string> cited = {all->id};
  for (const std::string& id : ids) {
    const Evidence& each = sink_.evidence(id);
    if (each.fact != "event_text" || !each.value || texts.size() == kMostTold) continue;
    texts.push_back(fixed_text(*each.value, 0) + " × \"" + each.text + "\"");
    cited.push_back(id);
  }
  const double rest = *all->value - static_cast<double>(texts.size());
  std::string others;
  if (rest > 0) {
    cited.push_back(sink_.add(derived(*all, "further_texts", rest, "")));
    others = fixed_text(rest, 0);
  }
  sink_.say(grammar_.event_texts(texts, others), cited);
}

void Teller::event_periods(const Step& step, const std::vector<std::string>& ids) {
  const Evidence* all = fact(ids, "periods");
  const Evidence* with = fact(ids, "periods_with_events");
  if (all == nullptr || with == nullptr || !all->value || !with->value) return;
  const std::string by = step.arguments.value("by", std::string("day"));
  const std::string with_text = fixed_text(*with->value, 0);
  const std::string all_text = fixed_text(*all->value, 0);
  const Evidence like = *with;
  std::vector<std::string> items;
  std::vector<std::string> cited = {all->id, with->id};
  for (const std::string& id : ids) {
    const Evidence& each = sink_.evidence(id);
    if (each.fact != "period_events" || !each.value || !each.window) continue;
    if (items.size() == kMostPeriods) break;
    const std::string begin = moment_text(each.window->start_ns, now_, zone_, false, true);
    items.push_back((by == "hour" ? begin : begin.substr(0, 10)) + ": " +
                    fixed_text(*each.value, 0));
    cited.push_back(id);
  }
  const double rest = *like.value - static_cast<double>(items.size());
  std::string others;
  if (rest > 0) {
    cited.push_back(sink_.add(derived(like, "further_periods", rest, "")));
    others = fixed_text(rest, 0);
  }
  sink_.say(grammar_.event_periods(by, with_text, all_text, items, others), cited);
}

}  // namespace mw::assistant
