// Any bytes as a record of Kafka: its first line the key, the rest the value, on a topic of samples
// and on one of values. Each reading names a tag and has a time; what says nothing says why.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/check.h"
#include "plant/demo_site.h"
#include "plant/kafka/kafka_records.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, std::size_t size) {
  using namespace mw::plant;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::size_t line = text.find('\n');
  KafkaOptions options;
  options.samples = {"samples"};
  KafkaValue value;
  value.topic = "values";
  value.key = "cnc-1";
  value.tag = "cnc-1/spindle_temperature";
  value.value = "/t";
  value.time = "/at";
  options.topics = {value};
  const KafkaRecords records = KafkaRecords::make(options, *demo_catalogue()).value();
  mw::kafka::Record record;
  record.ts_ms = 1'760'000'000'000;
  if (line != std::string_view::npos) record.key = std::string(text.substr(0, line));
  record.payload = std::string(text.substr(line == std::string_view::npos ? 0 : line + 1));
  for (const char* topic : {"samples", "values"}) {
    record.topic = topic;
    const RecordReadings read = records.read(record);
    MW_CHECK(read.refused == 0 || !read.reason.en.empty());
    for (const Reading& each : read.readings) MW_CHECK(each.ts_ns.has_value());
  }
  return 0;
}
