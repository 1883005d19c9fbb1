#include "assistant/internal/number_text.h"
#include "assistant/internal/teller.h"

namespace mw::assistant {

void Teller::text_now(const std::vector<std::string>& ids) {
  const Evidence* now = fact(ids, "latest");
  const Evidence* duration = fact(ids, "duration_s");
  if (now == nullptr) return;
  if (now->quality == Quality::kBad || !now->ts_ns || duration == nullptr || !duration->value) {
    sink_.say(grammar_.text_unknown(subject(*now)), {now->id});
    return;
  }
  if (now->text.empty()) {
    sink_.say(grammar_.text_none(subject(*now)), {now->id});
  } else {
    sink_.say(grammar_.text_now(subject(*now), now->text, moment(*now->ts_ns, true),
                                duration_text(*duration->value, language_)),
              {now->id, duration->id});
  }
  if (now->quality == Quality::kUncertain) sink_.say(grammar_.uncertain(), {now->id});
}

void Teller::text_times(const Step& step, const std::vector<std::string>& ids) {
  if (ids.empty()) return;
  const Evidence first = sink_.evidence(ids.front());
  if (!first.value || !first.window) return no_data(first);
  std::vector<StateText> texts;
  std::vector<std::string> cited;
  for (const std::string& id : ids) {
    const Evidence& each = sink_.evidence(id);
    if (each.fact != "duration_s" || !each.value || *each.value <= 0) continue;
    texts.push_back({each.text, duration_text(*each.value, language_)});
    cited.push_back(id);
  }
  if (texts.empty()) return no_data(first);
  if (step.at != 0) {
    sink_.say(grammar_.text_at(subject(first), moment(step.at, true), texts.front().name),
              {cited.front()});
    return;
  }
  sink_.say(grammar_.text_times(subject(first), window(*first.window), texts), cited);
  caveats(step, first);
}

}  // namespace mw::assistant
