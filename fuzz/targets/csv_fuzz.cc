// Any bytes as a CSV file, in the three layouts that mappings make: reading ends, every reading
// names a tag and bears a time, what is not read is told as a problem, and no message is endless.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/check.h"
#include "plant/csv_samples.h"
#include "plant/demo_site.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, std::size_t size) {
  using namespace mw::plant;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto catalogue = demo_catalogue();
  CsvOptions zoned;
  zoned.utc_offset_min = 480;
  zoned.prefix = "cnc-1/";
  CsvOptions mapped;
  mapped.separator = ';';
  mapped.columns = {{"a", "cnc-1/spindle_temperature"}, {"b", "cnc-1/state"}};
  for (const CsvOptions& options : {CsvOptions(), zoned, mapped}) {
    uint64_t readings = 0;
    const auto report = read_csv_samples(
        text, options, *catalogue, INT64_MAX / 2,
        [&](std::span<const Reading> batch) -> mw::Result<void> {
          for (const Reading& reading : batch) {
            MW_CHECK(catalogue->tag(reading.tag) != nullptr && reading.ts_ns.has_value());
          }
          readings += batch.size();
          return {};
        });
    if (!report) continue;
    MW_CHECK(report->readings == readings);
    MW_CHECK(report->problems.size() <= 100 && report->problems.size() <= report->problem_count);
    for (const CsvProblem& problem : report->problems) {
      MW_CHECK(problem.line > 0 && problem.what.en.size() < 400);
    }
  }
  return 0;
}
