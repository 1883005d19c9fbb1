// Any bytes as a table in a MATLAB file: what is read keeps a table's promises. Small inputs: what
// they inflate to is written as text.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/check.h"
#include "maintenance/run_file.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, std::size_t size) {
  using namespace mw::maintenance;
  if (size > 4096) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  TableMapping runs;
  runs.asset = "unit";
  for (const TableMapping& mapping : {TableMapping(), runs}) {
    const auto table = read_run_file(bytes, "a.mat", mapping);
    if (!table) {
      MW_CHECK(!table.error().message.zh.empty());
      continue;
    }
    for (const Column& column : table->columns) MW_CHECK(column.values.size() == table->rows());
  }
  return 0;
}
