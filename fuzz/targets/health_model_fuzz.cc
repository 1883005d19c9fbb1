// Any bytes as a health model's file: one that was accepted scores rows of any state and value.
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "maintenance/health/health_scorer.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, std::size_t size) {
  using namespace mw::maintenance;
  const auto json = mw::parse_json(std::string_view(reinterpret_cast<const char*>(data), size));
  if (!json) return 0;
  const auto model = parse_health_model(*json);
  if (!model) return 0;
  const auto again = parse_health_model(to_json(*model));
  MW_CHECK(again && mw::to_text(to_json(*again)) == mw::to_text(to_json(*model)));
  auto scorer = HealthScorer::make(*model);
  if (!scorer) return 0;
  for (const HealthRegime& regime : model->regimes) {
    for (int i = 0; i < 8; ++i) {
      std::vector<double> row(model->tags.size(), i == 5 ? std::nan("") : 1.5 * i);
      (void)scorer->take(i * mw::kNsPerMinute, i == 6 ? "elsewhere" : regime.state, row);
    }
  }
  return 0;
}
