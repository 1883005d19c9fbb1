// Any bytes as an MQTT payload, and its first line as a topic: what is accepted holds to the limits
// and passes the checks of the ingest with a known quality.
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/check.h"
#include "plant/demo_site.h"
#include "plant/internal/mqtt_payload.h"
#include "plant/internal/reading_check.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, std::size_t size) {
  using namespace mw::plant;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto catalogue = demo_catalogue();
  const auto named = tag_of_topic(*catalogue, text.substr(0, text.find('\n')));
  const auto readings = decode_mqtt_payload(text);
  if (!readings) return 0;
  MW_CHECK(!readings->empty() && readings->size() <= 10'000);
  constexpr mw::TimeNs kNow = 1'760'000'000 * mw::kNsPerSecond;
  for (const char* id : {"cnc-1/spindle_temperature", "cnc-1/state", "cnc-1/parts"}) {
    const Tag& tag = named ? **named : *catalogue->tag(id);
    for (const Reading& reading : *readings) {
      const Sample sample = check_reading(tag, *catalogue->asset(tag.asset), reading, kNow);
      MW_CHECK(sample.ts_ns > 0 && sample.ts_ns <= kNow + kSkewToleranceNs);
      MW_CHECK(sample.text.size() <= 64);
      if (sample.quality == mw::Quality::kGood) {
        MW_CHECK(std::isfinite(sample.value) || !sample.text.empty());
      }
    }
  }
  return 0;
}
