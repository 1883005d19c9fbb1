#include "maintenance/run_file.h"

#include <array>
#include <charconv>
#include <cmath>
#include <span>

#include "maintenance/mat/mat_file.h"

namespace mw::maintenance {
namespace {

constexpr MatLimits kTableLimits{.most_bytes = uint64_t{256} << 20, .most_variables = 10'000};
constexpr std::size_t kMostShown = 20;

/// Columns of one length, by reference to what the file holds.
struct MatTable {
  std::vector<std::string> names;
  std::vector<const double*> columns;
  std::size_t rows = 0;
};

std::size_t length_of(const MatArray& array) { return array.values.size(); }

bool is_vector(const MatArray& array) {
  std::size_t longer = 0;
  for (const uint64_t each : array.dimensions) longer += each != 1 ? 1 : 0;
  return longer <= 1;
}

bool is_matrix(const MatArray& array) {
  return array.dimensions.size() == 2 && array.dimensions[0] > 1 && array.dimensions[1] > 1;
}

Error refused(Code code, const std::string& en, const std::string& zh) {
  return Error::make(code, en, zh, "variable");
}

std::string with(const std::string& list, const std::string& name) {
  return list + (list.empty() ? "" : ", ") + name;
}

/// Every vector is of one length, or each is named with its own.
Result<MatTable> of_vectors(std::span<const MatArray> vectors) {
  MatTable table;
  std::string lengths;
  bool differ = false;
  for (const MatArray& each : vectors) {
    const std::size_t length = length_of(each);
    if (!is_vector(each)) {
      return refused(Code::kInvalidArgument,
                     "'" + each.name + "' is no vector: a column has one value a row",
                     "“" + each.name + "”不是向量：每列每行应为一个值");
    }
    if (table.columns.empty()) table.rows = length;
    differ = differ || length != table.rows;
    if (table.columns.size() < kMostShown) {
      lengths = with(lengths, each.name + " " + std::to_string(length));
    }
    table.names.push_back(each.name);
    table.columns.push_back(each.values.data());
  }
  if (!differ) return table;
  return refused(Code::kInvalidArgument, "the vectors are not of one length: " + lengths,
                 "各向量长度不同：" + lengths);
}

Result<MatTable> of_struct(const MatStruct& structure) {
  for (const MatLeftOut& each : structure.left_out) {
    return refused(Code::kUnsupported,
                   "field '" + each.name + "' of '" + structure.name + "' is " + each.kind.en +
                       ": a table's columns are vectors of real numbers. Leave it out, or write "
                       "the table as CSV",
                   "“" + structure.name + "”的字段“" + each.name + "”为" + each.kind.zh +
                       "：表格的列应为实数向量。请去掉该字段，或导出为 CSV");
  }
  if (structure.fields.empty()) {
    return refused(Code::kInvalidArgument, "structure '" + structure.name + "' has no fields",
                   "结构“" + structure.name + "”没有字段");
  }
  return of_vectors(structure.fields);
}

Result<MatTable> of_matrix(const MatArray& matrix, const std::vector<std::string>& headers) {
  MatTable table;
  table.rows = static_cast<std::size_t>(matrix.dimensions[0]);
  const auto columns = static_cast<std::size_t>(matrix.dimensions[1]);
  if (!headers.empty() && headers.size() != columns) {
    return Error::make(Code::kInvalidArgument,
                       "matrix '" + matrix.name + "' has " + std::to_string(columns) +
                           " columns, and " + std::to_string(headers.size()) + " names were given",
                       "矩阵“" + matrix.name + "”有 " + std::to_string(columns) + " 列，而给出了 " +
                           std::to_string(headers.size()) + " 个列名",
                       "columns");
  }
  for (std::size_t i = 0; i < columns; ++i) {
    table.names.push_back(headers.empty() ? "column_" + std::to_string(i + 1) : headers[i]);
    table.columns.push_back(matrix.values.data() + i * table.rows);
  }
  return table;
}

Error unclear(const MatFile& file) {
  std::string names;
  std::size_t shown = 0;
  for (const MatStruct& each : file.structs) {
    if (shown++ < kMostShown) names = with(names, each.name);
  }
  for (const MatArray& each : file.arrays) {
    if (is_matrix(each) && shown++ < kMostShown) names = with(names, each.name);
  }
  for (const MatLeftOut& each : file.left_out) {
    if (shown++ < kMostShown) names = with(names, each.name + " (" + each.kind.en + ")");
  }
  if (names.empty()) names = "-";
  return refused(Code::kInvalidArgument,
                 "say which variable is the table: a structure of vectors or a matrix. The file "
                 "has " +
                     names,
                 "请指明表格所在的变量（向量组成的结构或矩阵）。文件中有 " + names);
}

Result<MatTable> table_in(const MatFile& file, const std::vector<std::string>& headers,
                          const std::string& variable) {
  const MatStruct* structure = nullptr;
  const MatArray* matrix = nullptr;
  std::size_t found = 0;
  for (const MatStruct& each : file.structs) {
    if (!variable.empty() && each.name != variable) continue;
    structure = &each;
    ++found;
  }
  for (const MatArray& each : file.arrays) {
    if (!is_matrix(each) || (!variable.empty() && each.name != variable)) continue;
    matrix = &each;
    ++found;
  }
  if (found == 1 && structure != nullptr) return of_struct(*structure);
  if (found == 1) return of_matrix(*matrix, headers);
  // Vectors by themselves, and nothing else that could be meant.
  if (found == 0 && variable.empty() && file.left_out.empty() && file.arrays.size() > 1) {
    return of_vectors(file.arrays);
  }
  return unclear(file);
}

void append(std::string& out, double value) {
  if (std::isnan(value)) return;  // an empty cell is a missing value
  std::array<char, 32> text{};
  const auto end = std::to_chars(text.data(), text.data() + text.size(), value).ptr;
  out.append(text.data(), static_cast<std::size_t>(end - text.data()));
}

/// As the CSV that it could have been: one reader decides what holds, whichever way a table came.
std::string text_of(const MatTable& table) {
  std::string out;
  for (std::size_t i = 0; i < table.names.size(); ++i) {
    out += i == 0 ? "\"" : ",\"";
    for (const char each : table.names[i])
      out += each == '"' ? std::string("\"\"") : std::string(1, each);
    out += '"';
  }
  out += '\n';
  for (std::size_t row = 0; row < table.rows; ++row) {
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
      if (i > 0) out += ',';
      append(out, table.columns[i][row]);
    }
    // A row of one empty cell would be a blank line, and no row.
    if (table.columns.size() == 1 && std::isnan(table.columns[0][row])) out += "nan";
    out += '\n';
  }
  return out;
}

}  // namespace

Result<RunTable> read_run_file(std::string_view bytes, const std::string& name,
                               const TableMapping& mapping, const std::string& variable) {
  if (!name.ends_with(".mat")) return read_run_table(bytes, mapping);
  MW_ASSIGN(const std::string text, text_of_mat(bytes, mapping.headers, variable));
  TableMapping named = mapping;
  named.form = TableMapping::Form::kCsv;
  named.separator = ',';
  named.headers.clear();
  return read_run_table(text, named);
}

Result<std::string> text_of_mat(std::string_view bytes, const std::vector<std::string>& headers,
                                const std::string& variable) {
  MW_ASSIGN(const MatFile file, parse_mat(std::as_bytes(std::span(bytes)), kTableLimits));
  MW_ASSIGN(const MatTable table, table_in(file, headers, variable));
  return text_of(table);
}

Result<std::vector<std::string>> mat_variables(std::string_view bytes) {
  MW_ASSIGN(const MatFile file, parse_mat(std::as_bytes(std::span(bytes)), kTableLimits));
  std::vector<std::string> out;
  for (const MatStruct& each : file.structs) out.push_back(each.name);
  for (const MatArray& each : file.arrays) {
    if (is_matrix(each)) out.push_back(each.name);
  }
  return out;
}

}  // namespace mw::maintenance
