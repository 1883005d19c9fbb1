// Any bytes as what an MQTT server delivers: a topic up to the first zero byte, then a payload. A
// host with a session goes on, and what it takes is of its tags alone.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include "core/check.h"
#include "plant/internal/test_plant.h"
#include "plant/sparkplug/sparkplug_connector.h"
#include "tests/support/sparkplug_messages.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, std::size_t size) {
  using namespace mw::plant;
  using mw::Result;
  static const std::shared_ptr<const Catalogue> catalogue = test_catalogue();
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const Result<SparkplugPayload> read = read_sparkplug(bytes);
  if (!read) MW_CHECK(!read.error().message.zh.empty());
  const std::size_t zero = std::min(bytes.find('\0'), size);
  const std::string_view payload = bytes.substr(std::min(size, zero + 1));
  mw::testing_support::SparkplugBench bench(*catalogue);
  bench.connect();
  bench.bear();
  const auto hear = [&](std::string_view topic) {
    bench.host.take({topic, payload, 0, false}, bench.now_ns(), bench.steady());
  };
  hear(bytes.substr(0, zero));
  for (const char* topic :
       {"spBv1.0/Plant1/DDATA/Gateway1/Press1", "spBv1.0/Plant1/DBIRTH/Gateway1/Press1",
        "spBv1.0/Plant1/DDATA/Gateway1/Press1", "spBv1.0/Plant1/DDEATH/Gateway1/Press1",
        "spBv1.0/Plant1/NDEATH/Gateway1", "spBv1.0/Plant1/NBIRTH/Gateway1",
        "spBv1.0/Plant1/NDATA/Gateway1", "spBv1.0/STATE/mw"}) {
    hear(topic);
    bench.pass(3000);
  }
  for (const auto* readings : {&bench.sink.live, &bench.sink.past}) {
    for (const Reading& each : *readings) {
      MW_CHECK(each.tag == "m1/temperature" || each.tag == "m1/parts");
    }
  }
  MW_CHECK(!sparkplug_unmapped_toml(bench.host.unmapped()).empty());
  return 0;
}
