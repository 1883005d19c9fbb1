#include <cmath>

#include "assistant/internal/number_text.h"
#include "assistant/internal/teller.h"
#include "plant/oee.h"

namespace mw::assistant {
namespace {

constexpr int kShareDecimals = 1;

/// "14", "1.5", "0.25": a cycle time as it was described, at most two digits after the point.
std::string cycle_text(double seconds) {
  for (int decimals = 0; decimals < 2; ++decimals) {
    const double scale = std::pow(10, decimals);
    if (std::fabs(std::round(seconds * scale) / scale - seconds) < 1e-9) {
      return fixed_text(seconds, decimals);
    }
  }
  return fixed_text(seconds, 2);
}

}  // namespace

void Teller::oee(const Step& step, const std::vector<std::string>& ids) {
  const Evidence* whole = fact(ids, "oee");
  if (whole == nullptr || step.asset == nullptr || !whole->window) return;
  std::vector<std::string> cited;
  const auto share = [&](const char* name) {
    const Evidence* each = fact(ids, name);
    if (each == nullptr) return std::string();
    cited.push_back(each->id);
    return each->value ? fixed_text(*each->value, kShareDecimals) : std::string();
  };
  OeeText shares;
  shares.oee = share("oee");
  shares.availability = share("availability");
  shares.performance = share("performance");
  shares.quality = share("quality");
  sink_.say(grammar_.oee(*step.asset, window(*whole->window), shares), cited);

  const Evidence* production = fact(ids, "production_s");
  const Evidence* busy = fact(ids, "busy_s");
  if (!shares.availability.empty() && production != nullptr && busy != nullptr) {
    std::vector<StateText> losses;
    std::vector<std::string> times = {production->id, busy->id};
    for (const std::string& id : ids) {
      const Evidence& each = sink_.evidence(id);
      if (each.fact != "loss_s" || !each.value || *each.value < 1) continue;
      losses.push_back({state_name(each, each.text), duration_text(*each.value, language_)});
      times.push_back(id);
    }
    sink_.say(grammar_.oee_times(duration_text(*production->value, language_),
                                 duration_text(*busy->value, language_), losses),
              times);
  }
  const Evidence* parts = fact(ids, "total_parts");
  const Evidence* cycle = fact(ids, "ideal_cycle_s");
  if (!shares.performance.empty() && parts != nullptr && parts->value && cycle != nullptr) {
    sink_.say(grammar_.oee_parts(fixed_text(*parts->value, 0), {cycle_text(*cycle->value), "s"}),
              {parts->id, cycle->id});
  }
  std::vector<ProductText> products;
  std::vector<std::string> of_products;
  for (const std::string& id : ids) {
    const Evidence& each = sink_.evidence(id);
    if (each.fact == "product_parts" && each.value) {
      products.push_back({each.text, fixed_text(*each.value, 0), ""});
      of_products.push_back(id);
    } else if (each.fact == "product_cycle_s" && each.value && !products.empty()) {
      products.back().ideal_cycle = Amount{cycle_text(*each.value), "s"}.text();
      of_products.push_back(id);
    }
  }
  if (!products.empty()) sink_.say(grammar_.oee_products(products), of_products);
  const Evidence* good = fact(ids, "good_parts");
  if (!shares.quality.empty() && parts != nullptr && parts->value && good != nullptr &&
      good->value) {
    sink_.say(grammar_.oee_good(fixed_text(*good->value, 0), fixed_text(*parts->value, 0)),
              {good->id, parts->id});
  }
  for (const std::string& id : ids) {
    const Evidence& each = sink_.evidence(id);
    if (each.fact != "oee_remark") continue;
    if (const std::optional<Text> text = plant::describe_oee_remark(each.text)) {
      sink_.say(grammar_.oee_remark(text->in(language_)), {id});
    }
  }
  caveats(step, *whole);
}

}  // namespace mw::assistant
