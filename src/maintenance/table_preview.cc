#include "maintenance/table_preview.h"

#include <algorithm>
#include <array>
#include <functional>
#include <span>
#include <unordered_set>

#include "maintenance/data/cell_rows.h"
#include "maintenance/run_file.h"

namespace mw::maintenance {
namespace {

constexpr std::size_t kFirstCells = 4;
constexpr std::size_t kMostCellBytes = 40;  // of one that is shown
constexpr std::size_t kMostColumns = 1000;

using Words = std::span<const std::string_view>;
constexpr std::array<std::string_view, 10> kAssetWords = {
    "asset", "unit", "machine", "engine", "pump", "life", "run", "serial", "设备", "机器"};
constexpr std::array<std::string_view, 12> kTimeWords = {"time",  "cycle", "cycles", "hour",
                                                         "hours", "day",   "days",   "age",
                                                         "时间",  "周期",  "小时",   "循环"};
constexpr std::array<std::string_view, 9> kLabelWords = {
    "failure", "failed", "fail", "label", "fault", "target", "故障", "失效", "标签"};
constexpr std::array<std::string_view, 7> kSettingWords = {
    "setting", "settings", "setpoint", "load", "设定", "负载", "工况"};
constexpr std::array<std::string_view, 5> kNumberWords = {"id", "udi", "uid", "序号", "编号"};

/// "Machine_failure" is machine and failure; Chinese has no blanks, so there a part is enough.
bool has_word(const std::string& name, Words words) {
  std::vector<std::string> parts(1);
  for (const char c : name) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c & 0x80) != 0;
    if (!letter) {
      parts.emplace_back();
      continue;
    }
    parts.back() += c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  }
  return std::any_of(words.begin(), words.end(), [&](std::string_view word) {
    if ((word.front() & 0x80) != 0) return name.find(word) != std::string::npos;
    return std::find(parts.begin(), parts.end(), word) != parts.end();
  });
}

bool all_numbers(const std::vector<std::string>& cells) {
  return !cells.empty() && std::all_of(cells.begin(), cells.end(), [](const std::string& each) {
    return parse_number(each).has_value();
  });
}

/// Numbers in the first line are no header: names are made, or NASA's where all 26 stand there.
TableMapping form_of(std::string_view text, const TableForm& said) {
  TableMapping mapping;
  mapping.headers = said.headers;
  const std::string_view line = text.substr(0, text.find('\n'));
  const bool separated = line.find_first_of(",;\t") != std::string_view::npos;
  mapping.form =
      said.form.value_or(separated ? TableMapping::Form::kCsv : TableMapping::Form::kBlanks);
  std::vector<std::string> cells;
  if (!mapping.headers.empty() || CellRows(text, mapping).next(cells) != CellRows::Got::kRow ||
      !all_numbers(cells)) {
    return mapping;
  }
  const TableMapping nasa = cmapss_mapping();
  if (mapping.form == nasa.form && cells.size() == nasa.headers.size()) return nasa;
  for (std::size_t i = 0; i < cells.size() && i < kMostColumns; ++i) {
    mapping.headers.push_back("column_" + std::to_string(i + 1));
  }
  return mapping;
}

/// A column while its cells go by.
struct Seen {
  ColumnPreview shown;
  std::unordered_set<std::string> different;
  std::string last;
  int64_t runs = 0;  // of the same cell, one after the other
  bool zeros_and_ones = true;

  void take(const std::string& cell) {
    if (shown.first.size() < kFirstCells) shown.first.push_back(cell.substr(0, kMostCellBytes));
    if (runs == 0 || cell != last) {
      ++runs;
      last = cell;
    }
    if (is_missing(cell)) {
      ++shown.missing;
      zeros_and_ones = false;
      return;
    }
    const auto number = parse_number(cell);
    ++(number ? shown.numbers : shown.words);
    zeros_and_ones = zeros_and_ones && number && (*number == 0 || *number == 1);
    if (different.size() < static_cast<std::size_t>(kMostDistinct)) different.insert(cell);
  }
  void finish() {
    shown.distinct = static_cast<int64_t>(different.size());
    shown.binary = zeros_and_ones && shown.distinct == 2;
  }
};

/// Facts of each column, in the names and units that reading the table gives them.
Result<std::vector<Seen>> look_at(std::string_view text, TablePreview& preview) {
  std::vector<Seen> columns;
  CellRows rows(text, preview.mapping);
  std::vector<std::string> cells = preview.mapping.headers;
  if (cells.empty() && rows.next(cells) != CellRows::Got::kRow) {
    return Error::make(Code::kInvalidArgument, "the file has no readable header line",
                       "文件没有可读的表头行", "file");
  }
  for (std::size_t i = 0; i < cells.size() && i < kMostColumns; ++i) {
    const auto [name, unit] = plant::name_and_unit(plant::trimmed(cells[i]));
    columns.emplace_back().shown.name = name;
    columns.back().shown.unit = unit;
  }
  const std::size_t width = cells.size();
  for (auto got = rows.next(cells); got != CellRows::Got::kEnd; got = rows.next(cells)) {
    if (got != CellRows::Got::kRow || cells.size() != width) continue;
    ++preview.rows;
    for (std::size_t i = 0; i < columns.size(); ++i) columns[i].take(cells[i]);
  }
  for (Seen& each : columns) each.finish();
  return columns;
}

std::string first_of(const std::vector<Seen>& columns, Words words,
                     const std::function<bool(const Seen&)>& fits) {
  for (const Seen& each : columns) {
    if (has_word(each.shown.name, words) && fits(each)) return each.shown.name;
  }
  return {};
}

void guess(const std::vector<Seen>& columns, TablePreview& preview) {
  TableMapping& mapping = preview.mapping;
  if (mapping.asset.empty()) {
    mapping.asset = first_of(columns, kAssetWords, [&](const Seen& each) {
      return !each.shown.binary && each.shown.missing == 0 && each.runs * 2 < preview.rows;
    });
  }
  if (mapping.time.empty() && !mapping.asset.empty()) {
    mapping.time = first_of(columns, kTimeWords, [&](const Seen& each) {
      return each.shown.name != mapping.asset && each.shown.numbers == preview.rows;
    });
  }
  mapping.label =
      first_of(columns, kLabelWords, [](const Seen& each) { return each.shown.binary; });
  for (const Seen& each : columns) {
    const std::string& name = each.shown.name;
    if (name == mapping.asset || name == mapping.time || name == mapping.label) continue;
    if (mapping.label.empty() && has_word(name, kSettingWords)) preview.settings.push_back(name);
    if (has_word(name, kNumberWords)) mapping.ignored.push_back(name);
  }
}

/// What was guessed wrong is taken back until the table can be read by it.
Result<void> check_guess(std::string_view text, const std::vector<Seen>& columns,
                         TablePreview& preview) {
  TableMapping& mapping = preview.mapping;
  auto table = read_run_table(text, mapping);
  if (!table && table.error().param == "time") {
    mapping.time.clear();
    table = read_run_table(text, mapping);
  }
  if (!table) return table.error();
  if (!table->label) return {};
  const DataReport report = make_data_report(*table);
  for (const ReportLine& each : report.lines) {
    const bool flag = each.finding == Finding::kFailureFlag;
    const bool answers = std::any_of(columns.begin(), columns.end(), [&](const Seen& column) {
      return column.shown.binary && column.shown.name == each.column;
    });
    if (flag && answers) mapping.modes.push_back(each.column);
  }
  return {};
}

bool holds(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

ColumnRole role_of(const std::string& name, const TablePreview& preview) {
  const TableMapping& mapping = preview.mapping;
  if (name == mapping.asset) return ColumnRole::kAsset;
  if (name == mapping.time) return ColumnRole::kTime;
  if (name == mapping.label) return ColumnRole::kLabel;
  if (holds(mapping.modes, name)) return ColumnRole::kMode;
  if (holds(mapping.ignored, name)) return ColumnRole::kIgnored;
  return holds(preview.settings, name) ? ColumnRole::kSetting : ColumnRole::kInput;
}

}  // namespace

std::string_view name(ColumnRole role) {
  constexpr std::array<std::string_view, 7> kNames = {"input", "setting", "asset",  "time",
                                                      "label", "mode",    "ignored"};
  return kNames[static_cast<std::size_t>(role)];
}

Result<TablePreview> preview_table(std::string_view bytes, const std::string& file,
                                   const TableForm& form) {
  TablePreview preview;
  std::string of_mat;
  std::string_view text = bytes;
  if (file.ends_with(".mat")) {
    MW_ASSIGN(preview.variables, mat_variables(bytes));
    auto one = text_of_mat(bytes, form.headers, form.variable);
    const bool unclear = !one && form.variable.empty() && preview.variables.size() > 1;
    if (unclear) return preview;  // a person says which
    if (!one) return one.error();
    of_mat = *std::move(one);
    text = of_mat;
    preview.mapping.headers = form.headers;
  }
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  TablePreview shown = preview;
  shown.mapping = of_mat.empty() ? form_of(text, form) : TableMapping{};
  MW_ASSIGN(const std::vector<Seen> columns, look_at(text, shown));
  guess(columns, shown);
  MW_TRY(check_guess(text, columns, shown));
  for (const Seen& each : columns) {
    shown.columns.push_back(each.shown);
    shown.columns.back().guess = role_of(each.shown.name, shown);
  }
  if (!of_mat.empty()) shown.mapping.headers = preview.mapping.headers;
  return shown;
}

std::optional<LifeLengths> life_lengths(const RunTable& table) {
  if (table.label || !table.has_assets) return std::nullopt;
  std::vector<double> lived;
  for (std::size_t asset = 0; asset < table.assets.size(); ++asset) {
    const auto [first, last] = table.rows_of(asset);
    lived.push_back(table.time_of_row[last - 1]);
  }
  std::sort(lived.begin(), lived.end());
  return LifeLengths{lived.front(), lived[lived.size() / 2], lived.back()};
}

}  // namespace mw::maintenance
