// How machines are by their health models, and the cases of those that ran unlike normal.
#include "assistant/internal/number_text.h"
#include "assistant/internal/teller.h"

namespace mw::assistant {

void Teller::health(const Step& step, const std::vector<std::string>& ids) {
  const Evidence* watched = fact(ids, "watched_machines");
  const Evidence* all = fact(ids, "machines");
  const Evidence* unlike = fact(ids, "machines_unlike_normal");
  if (watched != nullptr && all != nullptr && unlike != nullptr) {
    sink_.say(grammar_.health_count(fixed_text(watched->value.value_or(0), 0),
                                    fixed_text(all->value.value_or(0), 0),
                                    fixed_text(unlike->value.value_or(0), 0)),
              {watched->id, all->id, unlike->id});
  }
  // Each machine is followed by what is known of it; of all, those that need somebody are told.
  for (size_t i = 0; i < ids.size();) {
    const Evidence& each = sink_.evidence(ids[i]);
    size_t end = i + 1;
    if (each.fact == "health_index") {
      while (end < ids.size() && sink_.evidence(ids[end]).fact != "health_index") ++end;
      const bool well = each.text == "healthy" || each.text == "not_trained";
      const bool open = end > i + 1 && sink_.evidence(ids[i + 1]).fact == "open_case";
      if (step.asset != nullptr || !well || open) health_of(ids, i, end);
    }
    i = end;
  }
}

void Teller::health_of(const std::vector<std::string>& ids, size_t first, size_t end) {
  const Evidence machine = sink_.evidence(ids[first]);
  const plant::Asset* asset = catalogue_.asset(machine.asset);
  if (asset == nullptr) return;
  HealthText text;
  text.verdict = machine.text;
  if (machine.value) text.index = fixed_text(*machine.value, 0);
  std::vector<std::string> cited = {machine.id};
  for (size_t i = first + 1; i < end; ++i) {
    const Evidence& each = sink_.evidence(ids[i]);
    const plant::Tag* tag = catalogue_.tag(each.tag);
    if (each.fact == "open_case" && each.value) text.case_number = fixed_text(*each.value, 0);
    if (each.fact == "contribution" && each.value && tag != nullptr) {
      text.parts.push_back(grammar_.tag_name(*tag) + " " + fixed_text(*each.value, 0) + " %");
    }
    if (each.fact == "sensor" && tag != nullptr) {
      text.tag = grammar_.tag_name(*tag);
      text.fault = each.text;
    }
    cited.push_back(each.id);
  }
  sink_.say(grammar_.health(*asset, text), cited);
}

void Teller::cases(const std::vector<std::string>& ids) {
  const Evidence* count = fact(ids, "case_count");
  if (count == nullptr || !count->value) return;
  const std::string when = count->window ? window(*count->window) : std::string();
  sink_.say(grammar_.case_count(when, fixed_text(*count->value, 0)), {count->id});
  for (size_t i = 0; i < ids.size();) {
    const Evidence one = sink_.evidence(ids[i++]);
    const plant::Asset* asset = catalogue_.asset(one.asset);
    if (one.fact != "maintenance_case" || asset == nullptr || !one.value || !one.ts_ns) continue;
    CaseText text;
    text.number = fixed_text(*one.value, 0);
    text.opened = moment(*one.ts_ns, true);
    text.outcome = one.text;
    std::vector<std::string> cited = {one.id};
    for (; i < ids.size() && sink_.evidence(ids[i]).fact == "case_value"; ++i) {
      const Evidence& each = sink_.evidence(ids[i]);
      const plant::Tag* tag = catalogue_.tag(each.tag);
      if (tag == nullptr || !each.value) continue;
      text.parts.push_back(grammar_.tag_name(*tag) + " " + amount(each).text());
      cited.push_back(each.id);
    }
    for (; i < ids.size() && sink_.evidence(ids[i]).fact == "case_also"; ++i) {
      const Evidence& each = sink_.evidence(ids[i]);
      const plant::Tag* tag = catalogue_.tag(each.tag);
      if (tag == nullptr || !each.value || !each.ts_ns) continue;
      text.also.push_back(grammar_.case_also(grammar_.tag_name(*tag) + " " + amount(each).text(),
                                             moment(*each.ts_ns, true)));
      cited.push_back(each.id);
    }
    sink_.say(grammar_.health_case(*asset, text), cited);
  }
}

}  // namespace mw::assistant
