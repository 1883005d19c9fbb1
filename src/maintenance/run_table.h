#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"

namespace mw::maintenance {

/// One measured quantity over all rows of a table.
struct Column {
  std::string name;
  std::string unit;                     // as the header says it: "K"; may be empty
  std::vector<double> values;           // a row each; NaN: there is none
  std::vector<std::string> categories;  // not empty: `values` are indices into these
};

/// What machines went through until they failed, or what failed and what did not: rows of an asset
/// at a time, oldest first. Built by read_run_table, so that what it promises holds:
/// rows of one asset stand together in the order of their times; every column has all rows.
struct RunTable {
  std::vector<Column> columns;      // what a model may look at
  std::vector<std::string> assets;  // names, in the order of their first row
  std::vector<uint32_t> asset_of_row;
  std::vector<double> time_of_row;      // cycles, hours; without a time column the row's number
  std::string time_name;                // "cycle"; empty where rows are in no order
  bool has_assets = false;              // else every row is an asset of its own
  std::vector<Column> modes;            // kinds of failure, 0 or 1: answers, never inputs
  std::optional<Column> label;          // 1: failed; absent where each asset ran until it failed
  std::vector<uint64_t> skipped_lines;  // the first hundred that could not be read
  uint64_t skipped_count = 0;
  bool ends_open = false;  // the last of them: no line end stands behind it, so it may be cut

  std::size_t rows() const { return asset_of_row.size(); }
  /// Rows [first, last) of an asset.
  std::pair<std::size_t, std::size_t> rows_of(std::size_t asset) const;
  /// Nothing where there is no such column.
  const Column* column(std::string_view name) const;
};

/// What the columns of a file are. Names are those of the header, without the unit in brackets.
struct TableMapping {
  enum class Form { kCsv, kBlanks };  // separated by a character; by blanks (NASA's C-MAPSS)
  Form form = Form::kCsv;
  char separator = 0;                // 0: found out from the first line
  std::vector<std::string> headers;  // not empty: the file has no header line
  std::string asset;                 // empty: none
  std::string time;                  // empty: none
  std::string label;                 // empty: none, assets run until they fail
  std::vector<std::string> modes;
  std::vector<std::string> ignored;  // row numbers, texts that say nothing
};

/// The columns of C-MAPSS's text files: unit, cycle, three settings, 21 sensors.
TableMapping cmapss_mapping();

/// Rows that cannot be read are counted and passed over; a cell that is no number makes its column
/// one of categories (at most 64) or, where only some cells are none, a missing value.
/// Limits  8 million rows, 1000 columns.
/// Errors  kInvalidArgument: a mapped column that the header lacks (what there is, is listed),
/// times
///         that do not rise within an asset, a label that is not 0 or 1, no row at all;
///         kTooLarge.
Result<RunTable> read_run_table(std::string_view text, const TableMapping& mapping);

/// Rows `rows` of `table`, in that order; assets keep their names.
RunTable rows_of_table(const RunTable& table, std::span<const std::size_t> rows);

}  // namespace mw::maintenance
