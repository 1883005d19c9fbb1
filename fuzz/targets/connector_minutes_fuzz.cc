// Any bytes as the record of an hour of a connection: refused, or it comes back as it was.
#include <cstddef>
#include <cstdint>
#include <string>

#include "core/check.h"
#include "plant/internal/connector_minutes.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, std::size_t size) {
  using namespace mw;
  plant::PlantRecord record;
  record.start_ns = 1'760'000'400 * kNsPerSecond;
  record.body.assign(reinterpret_cast<const char*>(data), size);
  const auto minutes = plant::minutes_of(record);
  if (!minutes || minutes->empty()) return 0;
  const auto again = plant::minutes_of(plant::record_of("plc", *minutes));
  MW_CHECK(again.has_value() && *again == *minutes);
  (void)plant::in_points(*minutes, {record.start_ns, record.start_ns + kNsPerHour}, 10);
  return 0;
}
