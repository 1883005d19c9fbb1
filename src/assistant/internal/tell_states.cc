#include <algorithm>

#include "assistant/internal/number_text.h"
#include "assistant/internal/teller.h"

namespace mw::assistant {

void Teller::state(const Step& step, const std::vector<std::string>& ids) {
  const Evidence* now = fact(ids, "state");
  const Evidence* duration = fact(ids, "duration_s");
  if (now == nullptr || step.asset == nullptr) return;
  if (now->text.empty() || now->quality == Quality::kBad || !now->ts_ns || duration == nullptr ||
      !duration->value) {
    sink_.say(grammar_.unknown_state(*step.asset), {now->id});
    return;
  }
  std::string text;
  if (!step.state.empty() && step.yes_no) {
    text = grammar_.answer_word((now->text == step.state) != step.negated);
  }
  text += grammar_.state(*step.asset, state_name(*now, now->text), moment(*now->ts_ns, true),
                         duration_text(*duration->value, language_));
  sink_.say(text, {now->id, duration->id});
}

void Teller::state_times(const Step& step, const std::vector<std::string>& ids) {
  if (ids.empty() || step.asset == nullptr) return;
  const Evidence first = sink_.evidence(ids.front());
  if (!first.value || !first.window) return no_data(first);
  struct Total {
    std::string id;
    std::string state;
    double seconds;
  };
  std::vector<Total> totals;
  for (const std::string& id : ids) {
    const Evidence& each = sink_.evidence(id);
    if (each.fact == "duration_s" && each.value) totals.push_back({id, each.text, *each.value});
  }
  if (step.at != 0) {  // at a moment: the state that held then
    if (!totals.empty() && totals.front().seconds > 0) {
      sink_.say(grammar_.state_at(*step.asset, moment(step.at, true),
                                  state_name(first, totals.front().state)),
                {totals.front().id});
    } else {
      no_data(first);
    }
    return;
  }
  const std::string when = window(*first.window);
  if (!step.state.empty()) {
    const auto found = std::find_if(totals.begin(), totals.end(),
                                    [&](const Total& total) { return total.state == step.state; });
    const std::string name = state_name(first, step.state);
    if (found == totals.end() || found->seconds <= 0) {
      std::vector<std::string> cited;
      for (const Total& total : totals) cited.push_back(total.id);
      sink_.say(grammar_.never_in_state(*step.asset, when, name), cited);
    } else {
      sink_.say(
          grammar_.in_state(*step.asset, when, {name, duration_text(found->seconds, language_)}),
          {found->id});
    }
  } else {
    std::vector<StateText> states;
    std::vector<std::string> cited;
    for (const Total& total : totals) {
      if (total.seconds <= 0) continue;
      states.push_back({state_name(first, total.state), duration_text(total.seconds, language_)});
      cited.push_back(total.id);
    }
    if (states.empty()) return no_data(first);
    sink_.say(grammar_.state_times(*step.asset, when, states), cited);
  }
  caveats(step, first);
}

void Teller::state_when(const Step& step, const std::vector<std::string>& ids) {
  if (ids.empty() || step.asset == nullptr) return;
  const Evidence first = sink_.evidence(ids.front());
  const Evidence* last = nullptr;
  for (const std::string& id : ids) {
    const Evidence& each = sink_.evidence(id);
    if (each.fact == "transition" && each.ts_ns) last = &each;  // ascending: the latest one stays
  }
  if (last != nullptr) {
    sink_.say(
        grammar_.state_when(*step.asset, state_name(*last, last->text), moment(*last->ts_ns, true)),
        {last->id});
    return;
  }
  if (!first.value || !first.window) return no_data(first);
  // It may have been in that state all the time, which is no entry.
  if (!step.state.empty() && *first.value > 0) {
    sink_.say(
        grammar_.in_state(*step.asset, window(*first.window),
                          {state_name(first, step.state), duration_text(*first.value, language_)}),
        {first.id});
    return;
  }
  sink_.say(
      grammar_.never_in_state(*step.asset, window(*first.window),
                              state_name(first, step.state.empty() ? first.text : step.state)),
      {first.id});
}

void Teller::state_count(const Step& step, const std::vector<std::string>& ids) {
  const Evidence* found = fact(ids, "count");
  if (found == nullptr || step.asset == nullptr) return;
  const Evidence value = *found;
  if (!value.value || !value.window) return no_data(value);
  sink_.say(grammar_.state_count(*step.asset, state_name(value, step.state), window(*value.window),
                                 fixed_text(*value.value, 0)),
            {value.id});
  caveats(step, value);
}

void Teller::state_of_many() {
  if (many_.empty()) return;
  const Step& first = *many_.front().first;
  std::vector<std::string> cited;
  std::vector<std::string> matching;
  std::vector<std::string> listed;
  Evidence count;
  for (const auto& [step, ids] : many_) {
    const Evidence* now = fact(ids, "state");
    if (now == nullptr || step->asset == nullptr) continue;
    cited.push_back(now->id);
    const bool known = !now->text.empty() && now->quality != Quality::kBad;
    const std::string name = grammar_.asset_name(*step->asset);
    const std::string unknown = language_ == Language::kZh ? "未知" : "unknown";
    const std::string shown = known ? state_name(*now, now->text) : unknown;
    const std::string open = language_ == Language::kZh ? "（" : " (";
    const std::string close = language_ == Language::kZh ? "）" : ")";
    listed.push_back(name + open + shown + close);
    if (first.state.empty()) continue;
    const bool in_state = known && std::find(first.states.begin(), first.states.end(), now->text) !=
                                       first.states.end();
    if (first.negated ? !in_state : in_state) {
      matching.push_back(first.negated ? listed.back() : name);
    }
    count = *now;
  }
  if (cited.empty()) return;
  if (first.state.empty()) {
    sink_.say(grammar_.all_states(listed), cited);
    return;
  }
  std::string wanted;
  for (const std::string& state : first.states) {
    const std::string name = state_name(count, state);
    if (!wanted.empty() && wanted.find(name) != std::string::npos) continue;
    if (!wanted.empty()) wanted += language_ == Language::kZh ? "”或“" : " or ";
    wanted += name;
  }
  const auto number = [&](const char* name, size_t value) {
    Evidence each;
    each.fact = name;
    each.value = static_cast<double>(value);
    each.source = "computed from " + cited.front() + " to " + cited.back();
    each.simulated = count.simulated;
    return sink_.add(std::move(each));
  };
  const std::string matched = number("machines_in_state", matching.size());
  const std::string all = number("machines", cited.size());
  const std::string shown = std::to_string(matching.size());
  const std::string of = std::to_string(cited.size());
  cited.push_back(matched);
  cited.push_back(all);
  sink_.say(grammar_.many_states(wanted, first.negated, matching, shown, of), cited);
}

}  // namespace mw::assistant
