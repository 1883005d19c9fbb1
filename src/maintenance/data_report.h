#pragma once

#include <string>
#include <vector>

#include "core/json.h"
#include "core/language.h"
#include "maintenance/run_table.h"

namespace mw::maintenance {

/// What is wrong with a table, or noteworthy.
enum class Finding {
  kSkippedLines,   // lines that could not be read
  kDuplicateRows,  // the same asset, time and values again
  kMissing,        // cells without a value
  kConstant,       // a column that never changes
  kText,           // a column of words, too many different ones
  kRowNumber,      // a column that only counts rows
  kFrozen,         // a sensor that stands still for a while: dead, or not read
  kLeak,           // a column that alone says the answer
  kFailureFlag,    // a column that is only set where something failed
  kOneClass,       // nothing failed, or everything
  kTooLittle,      // not enough to learn from
};

/// What is done about it.
enum class Handling {
  kTold,     // trained on as it is
  kHandled,  // taken out or filled in before training
  kRefused,  // no training until a person decides
};

struct ReportLine {
  Finding finding;
  Handling handling;
  std::string column;  // empty: the table
  int64_t count = 0;   // rows or cells
  Text text;           // what, and what to do
};

struct DataReport {
  int64_t rows = 0;
  int64_t assets = 0;
  int64_t columns = 0;
  int64_t failures = 0;  // rows of the label, or assets that ran until they failed
  std::vector<ReportLine> lines;

  /// The first line that forbids training; kInvalidArgument with what to do.
  Result<void> check_trainable() const;
  Json to_json() const;
};

/// Looks at every column of `table`. Cost: a sort a column.
///
/// A column leaks when its order alone tells failed rows from others (area under the ROC curve over
/// 0.995), or is a straight line of the remaining life (correlation over 0.999); it is a flag when
/// it has two values and one of them stands only where something failed (95 % and more).
DataReport make_data_report(const RunTable& table);

/// `table` without what the report calls kHandled: constant, text and counting columns, rows that
/// stand twice.
RunTable cleaned(const RunTable& table, const DataReport& report);

std::string_view name(Finding finding);
std::string_view name(Handling handling);

}  // namespace mw::maintenance
