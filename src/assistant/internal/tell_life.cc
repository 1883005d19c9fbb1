// When machines fail, by models of remaining life.
#include "assistant/internal/number_text.h"
#include "assistant/internal/teller.h"

namespace mw::assistant {

void Teller::lives(const std::vector<std::string>& ids) {
  const Evidence* count = fact(ids, "followed_machines");
  if (count != nullptr && count->value) {
    sink_.say(grammar_.life_count(fixed_text(*count->value, 0)), {count->id});
  }
  for (size_t i = 0; i < ids.size();) {
    const Evidence machine = sink_.evidence(ids[i++]);
    const plant::Asset* asset = catalogue_.asset(machine.asset);
    if (machine.fact != "remaining_life" || asset == nullptr) continue;
    LifeText text;
    text.kind = machine.text;
    if (machine.value) text.certainty = fixed_text(*machine.value, 0);
    if (machine.window) {
      text.earliest = moment(machine.window->start_ns, false);
      text.latest = moment(machine.window->end_ns, true);
    }
    std::vector<std::string> cited = {machine.id};
    for (; i < ids.size(); ++i) {
      const Evidence& each = sink_.evidence(ids[i]);
      if (each.fact == "lasts_until" && each.ts_ns) {
        text.earliest = moment(*each.ts_ns, true);
      } else if (each.fact == "interval_held" && each.value) {
        text.held = fixed_text(*each.value, 0);
      } else {
        break;
      }
      cited.push_back(each.id);
    }
    sink_.say(grammar_.life(*asset, text), cited);
  }
}

}  // namespace mw::assistant
