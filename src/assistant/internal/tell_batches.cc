#include "assistant/internal/number_text.h"
#include "assistant/internal/teller.h"
#include "plant/batch.h"

namespace mw::assistant {
namespace {

constexpr std::size_t kMostTold = 20;  // one by one; the console lists all

}  // namespace

void Teller::batches(const Step& step, const std::vector<std::string>& ids) {
  const Evidence* found = fact(ids, "batch_count");
  if (found == nullptr || step.asset == nullptr || !found->window) return;
  const Evidence count = *found;
  if (!count.value) return no_data(count);
  const std::string when = window(*count.window);
  sink_.say(grammar_.batch_count(*step.asset, when, fixed_text(*count.value, 0)), {count.id});
  // Each batch is followed by what is known of it.
  std::size_t told = 0;
  for (std::size_t i = 0; i < ids.size() && told < kMostTold;) {
    const Evidence& batch = sink_.evidence(ids[i]);
    const bool running = batch.fact == "batch_running";
    if ((!running && batch.fact != "batch") || !batch.window) {
      ++i;
      continue;
    }
    BatchText text;
    text.number = batch.text;
    text.start = moment(batch.window->start_ns, true);
    if (!running) text.end = moment(batch.window->end_ns, true);
    std::vector<std::string> cited = {batch.id};
    std::vector<std::pair<std::string, std::string>> doubts;  // evidence, text
    for (++i; i < ids.size(); ++i) {
      const Evidence& each = sink_.evidence(ids[i]);
      if (each.fact == "batch" || each.fact == "batch_running") break;
      if (each.fact == "batch_doubt") {
        if (const auto doubt = plant::describe_batch_doubt(each.text)) {
          doubts.emplace_back(each.id, doubt->in(language_));
        }
        continue;
      }
      if (each.fact == "batch_product") text.product = each.text;
      if (each.fact == "batch_parts" && each.value) text.parts = fixed_text(*each.value, 0);
      if (each.fact == "batch_good_parts" && each.value) text.good = fixed_text(*each.value, 0);
      if (each.fact == "batch_oee" && each.value) text.oee = fixed_text(*each.value, 1);
      cited.push_back(each.id);
    }
    const std::string number = text.number;
    sink_.say(grammar_.batch(text), cited);
    for (const auto& [id, doubt] : doubts) sink_.say(grammar_.batch_doubt(number, doubt), {id});
    ++told;
  }
  caveats(step, count);
}

}  // namespace mw::assistant
