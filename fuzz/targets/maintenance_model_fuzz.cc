// Any bytes as model.json of both kinds: a model that was accepted answers any table without
// touching what is not there.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "maintenance/failure_modes.h"
#include "maintenance/live_life/life_source.h"
#include "maintenance/model_cards.h"
#include "maintenance/remaining_life.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, std::size_t size) {
  using namespace mw::maintenance;
  const auto json = mw::parse_json(std::string_view(reinterpret_cast<const char*>(data), size));
  if (!json) return 0;
  TableMapping mapping;
  mapping.asset = "m";
  mapping.time = "t";
  const auto table = read_run_table("m,t,x,y,k\na,1,1,2,u\na,2,3,,v\nb,1,5,6,u\n", mapping);
  (void)check_card(*json).has_value();
  if (const auto following = following_from_json(*json)) (void)mw::to_text(to_json(*following));
  if (const auto life = LifeModel::from_json(*json)) {
    for (std::size_t asset = 0; asset < 2; ++asset) (void)life->answer(*table, asset);
  }
  if (const auto failure = FailureModel::from_json(*json)) (void)failure->answers(*table);
  return 0;
}
