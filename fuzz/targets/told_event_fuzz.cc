// Any bytes as what somebody tells of an event: it keeps to its limits, and goes through the
// store's form unchanged.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/check.h"
#include "plant/plant_event.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, std::size_t size) {
  using namespace mw::plant;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto told = decode_told_event(text);
  if (told) {
    MW_CHECK(told->asset.empty() != told->line.empty());
    MW_CHECK(told->text.size() <= kMostEventBytes && (!told->text.empty() || !told->id.empty()));
    PlantEvent event;
    event.asset = told->asset;
    event.line = told->line;
    event.id = told->id;
    event.text = told->text;
    event.start_ns = told->start_ns.value_or(0);
    event.end_ns = told->end_ns.value_or(event.start_ns);
    event.open = told->open;
    const PlantEvent back = event_of(record_of(event), INT64_MAX - 1);
    MW_CHECK(back.id == event.id && back.text == event.text && back.open == event.open);
    MW_CHECK(back.start_ns == event.start_ns);
  }
  // What somebody else wrote into the database.
  PlantRecord record;
  record.body = std::string(text);
  const PlantEvent foreign = event_of(record, 0);
  MW_CHECK(foreign.id.empty() && foreign.start_ns == record.start_ns);
  return 0;
}
