#include "plant/internal/oee_performance.h"

#include <algorithm>
#include <map>

#include "plant/internal/rollup_fold.h"
#include "plant/query.h"

namespace mw::plant {
namespace {

/// Stretches that lie end to end as one.
std::vector<TimeWindow> merged(const std::vector<UseSpan>& spans) {
  std::vector<TimeWindow> out;
  for (const UseSpan& span : spans) {
    if (!out.empty() && out.back().end_ns == span.start_ns) {
      out.back().end_ns = span.end_ns;
    } else {
      out.push_back({span.start_ns, span.end_ns});
    }
  }
  return out;
}

/// Production time of ascending windows, which are asked for in their order.
class ProductionTime {
 public:
  explicit ProductionTime(const std::vector<UseSpan>& spans) : spans_(spans) {}

  int64_t within(TimeWindow window) {
    while (next_ < spans_.size() && spans_[next_].end_ns <= window.start_ns) ++next_;
    int64_t sum_ns = 0;
    for (std::size_t i = next_; i < spans_.size() && spans_[i].start_ns < window.end_ns; ++i) {
      if (spans_[i].use != StateUse::kProduction) continue;
      sum_ns +=
          std::min(spans_[i].end_ns, window.end_ns) - std::max(spans_[i].start_ns, window.start_ns);
    }
    return sum_ns;
  }

 private:
  const std::vector<UseSpan>& spans_;
  std::size_t next_ = 0;
};

Result<double> parts_in(const SampleStore& store, const OeeTags& tags, TimeWindow window) {
  double parts = 0;
  for (const Tag* tag : {tags.total, tags.total == nullptr ? tags.good : nullptr,
                         tags.total == nullptr ? tags.reject : nullptr}) {
    if (tag == nullptr) continue;
    MW_ASSIGN(const CounterIncrease grown,
              counter_increase(store, tag->index, window, hold_of(*tag)));
    parts += grown.increase;
  }
  return parts;
}

/// Which product ran when, within one window; all of it without a name where none is described.
Result<std::vector<StateSpan>> products_in(const SampleStore& store, const Tag* product,
                                           TimeWindow window) {
  if (product == nullptr) return std::vector<StateSpan>{{"", window.start_ns, window.end_ns}};
  MW_ASSIGN(StateHistory history, state_history(store, product->index, window, hold_of(*product)));
  return std::move(history.spans);
}

}  // namespace

Result<void> read_performance(const SampleStore& store, const Asset& asset, const OeeTags& tags,
                              const std::vector<UseSpan>& known, OeeInputs& in) {
  std::map<std::string, double> cycles;
  for (const ProductCycle& each : asset.production.products) {
    cycles[each.code] = each.ideal_cycle_s;
  }
  if (!in.products_described && in.ideal_cycle_s) cycles = {{"", *in.ideal_cycle_s}};
  std::map<std::string, OeeInputs::ProductTime> products;
  ProductionTime production(known);
  for (const TimeWindow& window : merged(known)) {
    MW_ASSIGN(const std::vector<StateSpan> spans,
              products_in(store, in.products_described ? tags.product : nullptr, window));
    for (const StateSpan& span : spans) {
      const TimeWindow piece{span.start_ns, span.end_ns};
      OeeInputs::ProductTime& product = products[span.state];
      MW_ASSIGN(const double parts, parts_in(store, tags, piece));
      product.parts += parts;
      product.production_ns += production.within(piece);
    }
  }
  OeeInputs::Performance sum;
  bool any = false;
  for (auto& [code, product] : products) {
    product.product = code;
    if (const auto cycle = cycles.find(code); cycle != cycles.end()) {
      product.ideal_cycle_s = cycle->second;
      sum.ideal_s += cycle->second * product.parts;
      sum.parts += product.parts;
      sum.production_ns += product.production_ns;
      any = true;
    }
    if (in.products_described) in.products.push_back(product);
  }
  if (any) in.performance = sum;
  std::stable_sort(in.products.begin(), in.products.end(),
                   [](const auto& a, const auto& b) { return a.production_ns > b.production_ns; });
  return {};
}

}  // namespace mw::plant
