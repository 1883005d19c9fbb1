#pragma once

#include <functional>
#include <span>

#include "plant/catalogue.h"
#include "plant/connector_options.h"
#include "plant/ingest.h"

namespace mw::plant {

/// What the columns of a file are.
struct CsvLayout {
  std::size_t time = 0;
  // One reading a row: a column names the tag.
  std::optional<std::size_t> tag, value, quality, unit;
  // One column a tag.
  struct Column {
    std::size_t at = 0;
    std::string tag;
    std::string unit;  // "oil temperature [degC]" says it
  };
  std::vector<Column> columns;
  std::vector<std::string> unknown;  // headers that name nothing of this plant
};

/// Finds out the layout from the header, where `options` do not say it.
/// Errors  kInvalidArgument: no time column, no column that names a tag; what to do about it.
Result<CsvLayout> csv_layout(const std::vector<std::string>& header, const CsvOptions& options,
                             const Catalogue& catalogue);

struct CsvProblem {
  uint64_t line = 0;
  Text what;
};

/// What came of a file.
struct CsvReport {
  uint64_t rows = 0;
  uint64_t readings = 0;
  uint64_t open_line = 0;  // the last one, where no line end stands behind it; 0: one does
  uint64_t problem_count = 0;
  std::vector<CsvProblem> problems;  // the first hundred
  CsvLayout layout;
};

/// Hands the readings of a file to `sink` in batches, in the file's order. A row that cannot be
/// read is a problem of its line, and the others are taken; so is a column that names no tag,
/// unless `options` say to pass it over, and a time before 2000 or after `now_ns`. A last line
/// without a line end may be cut inside its value ("41" of 41.5), which would be stored for good as
/// the first sample of its time stays: it is a problem, unless `options` say to take it. Nothing is
/// dropped without a word. Errors  those of csv_layout, and the first of `sink`.
using CsvSink = std::function<Result<void>(std::span<const Reading> readings)>;
Result<CsvReport> read_csv_samples(std::string_view text, const CsvOptions& options,
                                   const Catalogue& catalogue, TimeNs now_ns, const CsvSink& sink);

}  // namespace mw::plant
