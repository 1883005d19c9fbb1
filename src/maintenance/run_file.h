#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "maintenance/run_table.h"

namespace mw::maintenance {

/// A table from a file's bytes: of a MATLAB file where `name` ends with .mat (versions 5 to 7.2,
/// docs/formats/mat_file.md), else of text. In a MATLAB file a table is a structure whose fields
/// are vectors of one length, a matrix with a row a row, or vectors of one length that stand by
/// themselves; `variable` names the structure or matrix, empty takes the only one. Columns are
/// called as fields and vectors are, those of a matrix as mapping.headers says, or column_1,
/// column_2... (ADR 0144).
/// Errors   those of read_run_table and parse_mat; kInvalidArgument: which variable is not clear
///          (what there is, is listed), vectors of several lengths, headers that do not fit;
///          kUnsupported: a field that holds no real numbers (cells, text, complex, sparse).
Result<RunTable> read_run_file(std::string_view bytes, const std::string& name,
                               const TableMapping& mapping, const std::string& variable = {});

/// The table of a MATLAB file as the CSV text that it could have been, header first.
/// Errors   as read_run_file.
Result<std::string> text_of_mat(std::string_view bytes, const std::vector<std::string>& headers,
                                const std::string& variable);

/// What of a MATLAB file may be the table: names of its structures, then of its matrices.
/// Errors   those of parse_mat.
Result<std::vector<std::string>> mat_variables(std::string_view bytes);

}  // namespace mw::maintenance
