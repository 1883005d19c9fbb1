#include "assistant/internal/number_text.h"
#include "assistant/internal/teller.h"
#include "plant/plant_event.h"

namespace mw::assistant {
namespace {

constexpr std::size_t kMostTold = 20;  // one by one; the console lists all

}  // namespace

void Teller::events(const Step& step, const std::vector<std::string>& ids) {
  const Evidence* found = fact(ids, "event_count");
  if (found == nullptr || step.asset == nullptr || !found->window || !found->value) return;
  const Evidence count = *found;
  sink_.say(grammar_.event_count(*step.asset, window(*count.window), fixed_text(*count.value, 0)),
            {count.id});
  std::vector<std::string> kinds;
  std::vector<std::string> cited;
  for (const std::string& id : ids) {
    const Evidence& kind = sink_.evidence(id);
    if (kind.fact != "event_kind" || !kind.value) continue;
    kinds.push_back(fixed_text(*kind.value, 0) + " × \"" + kind.text + "\"");
    cited.push_back(id);
  }
  if (!kinds.empty()) sink_.say(grammar_.event_kinds(kinds), cited);
  std::size_t told = 0;
  for (const std::string& id : ids) {
    const Evidence event = sink_.evidence(id);
    const bool open = event.fact == "event_open";
    if ((!open && event.fact != "event") || told++ == kMostTold) continue;
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

}  // namespace mw::assistant
