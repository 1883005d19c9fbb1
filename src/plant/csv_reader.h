#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/language.h"

namespace mw::plant {

/// Rows of a CSV text by RFC 4180: fields in quotes may hold separators, line ends and doubled
/// quotes; lines end with LF or CRLF; a UTF-8 byte order mark is passed over; blank lines are none.
///
/// Limits  64 KiB a field, 10,000 fields a row: what is longer is a broken row.
class CsvReader {
 public:
  /// `text` must outlive the reader. Separator 0: found out from the first line (';', tab, ',').
  explicit CsvReader(std::string_view text, char separator = 0);

  enum class Got { kRow, kBroken, kEnd };
  /// The next row. kBroken: `problem()` says what is wrong with it; reading goes on with the line
  /// after it.
  Got next(std::vector<std::string>& fields);
  /// Of the row that next() gave, from 1.
  uint64_t line() const { return row_line_; }
  /// Whether a line end stood behind that row. The last one of a file that was cut has none.
  bool line_ended() const { return line_ended_; }
  const Text& problem() const { return problem_; }
  char separator() const { return separator_; }

 private:
  Got broken(Text problem);
  bool read_quoted(std::string& field);
  bool at_line_end() const;
  void skip_line();

  std::string_view text_;
  std::size_t at_ = 0;
  char separator_;
  uint64_t line_ = 1;
  uint64_t row_line_ = 0;
  bool line_ended_ = false;
  std::size_t row_at_ = 0;  // where that row begins
  Text problem_;
};

/// Without blanks at both ends.
std::string_view trimmed(std::string_view text);

/// "oil temperature [degC]" in two; a header without a unit is all name.
std::pair<std::string, std::string> name_and_unit(std::string_view header);

}  // namespace mw::plant
