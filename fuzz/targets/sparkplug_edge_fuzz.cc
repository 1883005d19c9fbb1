// Any bytes as a command to our edge node, and as the state of its primary host: nothing but a
// rebirth comes of it, and what is refused forges no line.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/check.h"
#include "plant/demo_site.h"
#include "plant/sparkplug/sparkplug_edge.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, std::size_t size) {
  using namespace mw::plant;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  SparkplugFeed options;
  options.group = "Plant1";
  options.edge = "Line1";
  options.primary_host = "scada";
  SparkplugEdge edge(options, demo_catalogue());
  edge.allow({0, 1});
  edge.will();
  edge.connected(mw::kNsPerSecond);
  edge.take("spBv1.0/STATE/scada", text);
  const bool online = !edge.births(mw::kNsPerSecond).empty();
  edge.take("spBv1.0/STATE/scada", R"({"online":true,"timestamp":18446744073709551615})");
  edge.births(mw::kNsPerSecond);
  MW_CHECK(edge.ready() || online);
  edge.take("spBv1.0/Plant1/NCMD/Line1", text);
  edge.take("spBv1.0/Plant1/DCMD/Line1/cnc-1", text);
  for (const SparkplugMessage& each : edge.births(mw::kNsPerSecond)) {
    MW_CHECK(read_sparkplug(each.payload).has_value());
  }
  for (const std::string& each : edge.take_refusals()) {
    for (const char c : each) MW_CHECK(static_cast<unsigned char>(c) >= 0x20 && c != 0x7f);
  }
  return 0;
}
