#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "maintenance/run_table.h"
#include "plant/csv_reader.h"

namespace mw::maintenance {

/// The rows of a text as cells, whichever way they are separated.
class CellRows {
 public:
  /// `text` must outlive it.
  CellRows(std::string_view text, const TableMapping& mapping);

  using Got = plant::CsvReader::Got;
  Got next(std::vector<std::string>& cells);
  /// Of the row that next() gave, from 1.
  uint64_t line() const;
  /// Whether a line end stood behind that row. The last one of a file that was cut has none.
  bool line_ended() const;

 private:
  Got next_by_blanks(std::vector<std::string>& cells);

  bool by_blanks_;
  plant::CsvReader csv_;
  std::string_view text_;
  std::size_t at_ = 0;
  uint64_t line_ = 0;
  bool line_ended_ = false;
};

/// "12.5", "-3e4"; nothing for anything else, infinities included.
std::optional<double> parse_number(std::string_view text);

/// Whether a cell says that there is no value: empty, "nan", "null", "na", "-".
bool is_missing(std::string_view text);

}  // namespace mw::maintenance
