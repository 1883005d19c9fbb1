// Any bytes as a plant description: what is accepted is consistent.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/check.h"
#include "plant/catalogue.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, std::size_t size) {
  using mw::plant::Catalogue;
  const auto parsed = Catalogue::parse({reinterpret_cast<const char*>(data), size});
  if (!parsed) {
    MW_CHECK(!parsed.error().message.en.empty());
    return 0;
  }
  const Catalogue& plant = **parsed;
  for (const mw::plant::Tag& tag : plant.tags()) {
    MW_CHECK(plant.tag(tag.id) == &tag && plant.tag(tag.index) == &tag);
    MW_CHECK(plant.asset(tag.asset) != nullptr);
    MW_CHECK(tag.watchdog_s > 0 && tag.decimals >= 0 && tag.decimals <= 6);
  }
  MW_CHECK(Catalogue::visible_to(*parsed, mw::Identity{})->tags().empty());
  return 0;
}
