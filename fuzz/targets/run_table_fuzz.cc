// Any bytes as a run-to-failure table in three mappings: reading ends, what it promises of rows,
// assets and columns holds, and the data report is made of whatever was read. A guess what its
// columns are is one that it can be read by.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/check.h"
#include "maintenance/data_report.h"
#include "maintenance/table_preview.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, std::size_t size) {
  using namespace mw::maintenance;
  if (size > 1 << 16) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  TableMapping labelled;
  labelled.label = "f";
  TableMapping runs;
  runs.asset = "m";
  runs.time = "t";
  TableMapping blanks;
  blanks.form = TableMapping::Form::kBlanks;
  blanks.headers = {"m", "t", "x"};
  blanks.asset = "m";
  blanks.time = "t";
  for (const TableMapping& mapping : {labelled, runs, blanks}) {
    const auto table = read_run_table(text, mapping);
    if (!table) {
      MW_CHECK(table.error().message.en.size() < 4000);
      continue;
    }
    for (const Column& column : table->columns) MW_CHECK(column.values.size() == table->rows());
    for (std::size_t asset = 0; asset < table->assets.size(); ++asset) {
      const auto [first, last] = table->rows_of(asset);
      MW_CHECK(first < last && last <= table->rows());
      for (std::size_t row = first + 1; row < last; ++row) {
        MW_CHECK(table->time_of_row[row] >= table->time_of_row[row - 1]);
      }
    }
    const DataReport report = make_data_report(*table);
    MW_CHECK(cleaned(*table, report).rows() <= table->rows());
  }
  const auto preview = preview_table(text, "a.csv", {});
  if (preview) MW_CHECK(read_run_table(text, preview->mapping).has_value());
  return 0;
}
