// Any bytes as an alarm rule: refused by a member, or read, written and read again the same.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "alarms/alarm_rule.h"
#include "core/check.h"

namespace {

const std::shared_ptr<const mw::plant::Catalogue>& catalogue() {
  static const auto plant = mw::plant::Catalogue::parse(R"json({
    "site": "s", "lines": [{"id": "a"}, {"id": "b"}],
    "kinds": [{"id": "k", "states": [{"id": "run"}, {"id": "idle"}],
      "tags": [{"id": "state", "kind": "state"}, {"id": "t", "physical": [-50, 200]}]}],
    "assets": [{"id": "m", "kind": "k", "line": "a"}, {"id": "n", "kind": "k", "line": "b"}]})json")
                                .value();
  return plant;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto json = mw::parse_json({reinterpret_cast<const char*>(data), size}, 32);
  if (!json) return 0;
  const auto rule = mw::alarms::parse_rule(*json, *catalogue());
  if (!rule) return 0;
  const mw::Json written = mw::alarms::to_json(*rule);
  const auto again = mw::alarms::parse_rule(written, *catalogue());
  MW_CHECK(again.has_value());
  MW_CHECK(mw::to_text(mw::alarms::to_json(*again)) == mw::to_text(written));
  return 0;
}
