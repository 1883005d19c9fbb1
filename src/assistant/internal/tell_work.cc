// Work orders of open cases: what the plant's own data say of them, window and price.
#include "assistant/internal/number_text.h"
#include "assistant/internal/teller.h"

namespace mw::assistant {
namespace {

std::string money_text(const Evidence& each) {
  if (!each.value) return {};
  return fixed_text(*each.value, 2) + (each.unit.empty() ? "" : " " + each.unit);
}

}  // namespace

void Teller::work_orders(const std::vector<std::string>& ids) {
  const Evidence* count = fact(ids, "work_order_count");
  if (count != nullptr && count->value) {
    sink_.say(grammar_.work_count(fixed_text(*count->value, 0)), {count->id});
  }
  // Each order is followed by its window and what that costs.
  for (size_t i = 0; i < ids.size();) {
    size_t end = i + 1;
    if (sink_.evidence(ids[i]).fact == "work_order") {
      while (end < ids.size() && sink_.evidence(ids[end]).fact != "work_order") ++end;
      work_order(ids, i, end);
    }
    i = end;
  }
}

void Teller::work_order(const std::vector<std::string>& ids, size_t first, size_t end) {
  const Evidence order = sink_.evidence(ids[first]);
  const plant::Asset* asset = catalogue_.asset(order.asset);
  if (asset == nullptr || !order.value) return;
  WorkText text;
  text.number = fixed_text(*order.value, 0);
  text.mode = mode_name(*asset, order.text);
  std::vector<std::string> cited = {order.id};
  for (size_t i = first + 1; i < end; ++i) {
    const Evidence& each = sink_.evidence(ids[i]);
    cited.push_back(each.id);
    if (each.fact == "work_cost") {
      text.costs.push_back(grammar_.cost(each.text, money_text(each)));
    }
    if (each.fact == "work_window" && each.ts_ns) {
      text.accepted = each.text == "accepted";
      text.begins = moment(*each.ts_ns, true);
      text.total = money_text(each);
    }
    if (each.fact == "work_latest" && each.ts_ns && each.value) {
      text.before = moment(*each.ts_ns, true);
      text.certainty = fixed_text(*each.value, 0);
      text.late = each.text == "late";
    }
    if (each.fact == "work_hours" && each.value) text.hours = fixed_text(*each.value, 1);
  }
  sink_.say(grammar_.work_order(*asset, text), cited);
}

}  // namespace mw::assistant
