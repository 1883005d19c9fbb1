// Any bytes as a payload of another device's topic, with the first line as the JSON pointer into
// it: readings that the ingest judges with a known quality, or an error.
#include "core/check.h"
#include "plant/demo_site.h"
#include "plant/internal/reading_check.h"
#include "plant/internal/topic_table.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, std::size_t size) {
  using namespace mw::plant;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::size_t end = std::min(text.find('\n'), text.size());
  const auto catalogue = demo_catalogue();
  for (const char* id : {"cnc-1/spindle_temperature", "cnc-1/state"}) {
    TopicValue value;
    value.topic = "t";
    value.tag = id;
    value.value = text.substr(0, end);
    const auto table = TopicTable::make({value}, *catalogue);
    if (!table) continue;
    const auto readings = table->read("t", text.substr(std::min(end + 1, text.size())));
    if (!readings) continue;
    MW_CHECK(readings->size() == 1);
    const Tag& tag = *catalogue->tag(id);
    constexpr mw::TimeNs kNow = 1'760'000'000 * mw::kNsPerSecond;
    const Sample sample = check_reading(tag, *catalogue->asset(tag.asset), (*readings)[0], kNow);
    MW_CHECK(sample.text.size() <= 64);
  }
  return 0;
}
