// Any bytes as a pushed body in both forms: it keeps to its limits, and every sample is either a
// reading with its position or a refusal with a reason.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/check.h"
#include "plant/pushed_samples.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, std::size_t size) {
  using namespace mw::plant;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  for (const PushForm form : {PushForm::kArray, PushForm::kLines}) {
    const auto samples = decode_pushed(text, form);
    if (!samples) continue;
    MW_CHECK(samples->readings.size() == samples->positions.size());
    MW_CHECK(samples->readings.size() + samples->refusals.size() <= 50'001);
    for (const Reading& reading : samples->readings) MW_CHECK(reading.tag.size() <= 130);
    for (const PushRefusal& refusal : samples->refusals) {
      MW_CHECK(refusal.position > 0 && !refusal.reason.en.empty());
    }
  }
  return 0;
}
