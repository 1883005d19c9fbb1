#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "maintenance/data_report.h"
#include "maintenance/run_table.h"

namespace mw::maintenance {

/// What a column of a table is for.
enum class ColumnRole { kInput, kSetting, kAsset, kTime, kLabel, kMode, kIgnored };
std::string_view name(ColumnRole role);

/// How the file is to be read, as far as somebody said so. What is not said is guessed.
struct TableForm {
  std::optional<TableMapping::Form> form;
  std::vector<std::string> headers;  // names of the columns, where the file has none
  std::string variable;              // of a MATLAB file
};

struct ColumnPreview {
  std::string name, unit;
  int64_t numbers = 0, words = 0, missing = 0;  // cells
  int64_t distinct = 0;                         // at most kMostDistinct
  bool binary = false;                          // each cell 0 or 1, and both stand there
  std::vector<std::string> first;               // a few cells as they stand
  ColumnRole guess = ColumnRole::kInput;
};
inline constexpr int64_t kMostDistinct = 65;  // so many: more than categories may be

/// A table before anybody said what its columns are, with what they look like.
struct TablePreview {
  int64_t rows = 0;
  TableMapping mapping;                // guessed; reading the table by it works
  std::vector<std::string> settings;   // guessed
  std::vector<std::string> variables;  // of a MATLAB file, that may be the table
  std::vector<ColumnPreview> columns;
};

/// The guess goes by the columns' names in English and Chinese, and is checked by reading: a time
/// goes back in no machine, a label is 0 or 1, a mode is only set where something failed. Of a
/// MATLAB file with several variables that may be the table, only those are told until one is said.
/// Errors   those of read_run_file.
Result<TablePreview> preview_table(std::string_view bytes, const std::string& file,
                                   const TableForm& form);

/// How long machines lived that ran until they failed, in the table's time; nothing where the table
/// has a label or no machines.
struct LifeLengths {
  double least = 0, median = 0, most = 0;
};
std::optional<LifeLengths> life_lengths(const RunTable& table);

}  // namespace mw::maintenance
