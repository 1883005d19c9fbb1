#include "maintenance/run_table.h"

#include <algorithm>
#include <limits>
#include <numeric>
#include <unordered_map>

#include "core/check.h"
#include "maintenance/data/cell_rows.h"

namespace mw::maintenance {
namespace {

constexpr std::size_t kMostRows = 8'000'000;
constexpr std::size_t kMostColumns = 1000;
constexpr std::size_t kMostCategories = 64;
constexpr std::size_t kMostSkippedShown = 100;
constexpr double kMissing = std::numeric_limits<double>::quiet_NaN();

/// At most so much of a foreign text in a message.
std::string in_quotes(std::string_view text) {
  std::string out;
  for (const char c : text.substr(0, 60)) out += static_cast<unsigned char>(c) < 0x20 ? '?' : c;
  return "'" + out + "'";
}

std::string listed(const std::vector<Column>& columns) {
  std::string out;
  for (std::size_t i = 0; i < columns.size() && i < 30; ++i) {
    out += (i == 0 ? "" : ", ") + in_quotes(columns[i].name);
  }
  return columns.size() > 30 ? out + ", ..." : out;
}

/// A column while it is read: numbers, and the words that were none.
struct Raw {
  Column column;
  std::unordered_map<std::string, std::size_t> words;  // seen, by first appearance
  std::vector<std::string> word_order;
  std::vector<int32_t> word_of_row;  // -1: a number or missing; filled from the first word on
  std::size_t numbers = 0;
  std::size_t words_seen = 0;

  void take(std::string_view cell) {
    const std::size_t row = column.values.size();
    column.values.push_back(kMissing);
    if (!word_of_row.empty()) word_of_row.push_back(-1);
    if (is_missing(cell)) return;
    if (const auto number = parse_number(cell)) {
      column.values.back() = *number;
      ++numbers;
      return;
    }
    ++words_seen;
    if (words.size() > kMostCategories) return;
    const std::string word(plant::trimmed(cell).substr(0, 60));
    const auto [at, is_new] = words.emplace(word, word_order.size());
    if (is_new) word_order.push_back(word);
    if (word_of_row.empty()) word_of_row.assign(row + 1, -1);
    word_of_row.back() = static_cast<int32_t>(at->second);
  }

  /// Mostly words, and few different ones: categories, in the order of the alphabet.
  void finish() {
    if (words_seen <= numbers || word_order.size() > kMostCategories) return;
    std::vector<std::string> sorted = word_order;
    std::sort(sorted.begin(), sorted.end());
    for (std::size_t row = 0; row < column.values.size(); ++row) {
      if (word_of_row[row] < 0) {
        column.values[row] = kMissing;
        continue;
      }
      const std::string& word = word_order[static_cast<std::size_t>(word_of_row[row])];
      const auto at = std::lower_bound(sorted.begin(), sorted.end(), word);
      column.values[row] = static_cast<double>(at - sorted.begin());
    }
    column.categories = std::move(sorted);
  }
};

/// Where the mapped columns stand.
struct Places {
  std::optional<std::size_t> asset, time, label;
  std::vector<std::size_t> modes;
  std::vector<bool> ignored;
};

Result<std::size_t> place_of(const std::vector<Raw>& raws, const std::string& name,
                             const char* param) {
  for (std::size_t i = 0; i < raws.size(); ++i) {
    if (raws[i].column.name == name) return i;
  }
  std::vector<Column> columns;
  for (const Raw& raw : raws) columns.push_back(raw.column);
  return Error::make(Code::kInvalidArgument,
                     "no column " + in_quotes(name) + " in this file; it has " + listed(columns),
                     "文件中没有列 " + in_quotes(name) + "；现有的列：" + listed(columns), param);
}

Result<Places> find_places(const std::vector<Raw>& raws, const TableMapping& mapping) {
  Places places;
  places.ignored.assign(raws.size(), false);
  for (const auto& [name, place, param] : {std::tuple{&mapping.asset, &places.asset, "asset"},
                                           std::tuple{&mapping.time, &places.time, "time"},
                                           std::tuple{&mapping.label, &places.label, "label"}}) {
    if (name->empty()) continue;
    MW_ASSIGN(*place, place_of(raws, *name, param));
  }
  for (const std::string& name : mapping.modes) {
    MW_ASSIGN(const std::size_t at, place_of(raws, name, "modes"));
    places.modes.push_back(at);
  }
  for (const std::string& name : mapping.ignored) {
    MW_ASSIGN(const std::size_t at, place_of(raws, name, "ignore"));
    places.ignored[at] = true;
  }
  return places;
}

Result<void> check_answers(const Column& column, const char* param) {
  for (const double value : column.values) {
    if (value == 0 || value == 1) continue;
    return Error::make(Code::kInvalidArgument,
                       "column " + in_quotes(column.name) +
                           " says whether something failed: expected 0 or 1 in every row",
                       "列 " + in_quotes(column.name) + " 表示是否故障：每行应为 0 或 1", param);
  }
  return {};
}

Result<std::vector<Raw>> header_of(CellRows& rows, const TableMapping& mapping) {
  std::vector<std::string> cells = mapping.headers;
  if (cells.empty() && rows.next(cells) != CellRows::Got::kRow) {
    return Error::make(Code::kInvalidArgument, "the file has no readable header line",
                       "文件没有可读的表头行");
  }
  if (cells.size() > kMostColumns) {
    return Error::make(Code::kTooLarge,
                       std::to_string(cells.size()) + " columns; at most 1000 are read",
                       "共 " + std::to_string(cells.size()) + " 列；最多读取 1000 列");
  }
  std::vector<Raw> raws(cells.size());
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const auto [name, unit] = plant::name_and_unit(plant::trimmed(cells[i]));
    raws[i].column.name = name;
    raws[i].column.unit = unit;
    for (std::size_t j = 0; j < i; ++j) {
      if (raws[j].column.name != name) continue;
      return Error::make(Code::kInvalidArgument,
                         "two columns are named " + in_quotes(name) + ": rename one of them",
                         "有两列都叫 " + in_quotes(name) + "：请重命名其中一列");
    }
  }
  return raws;
}

/// The row numbers with those of an asset together, in the order of the file otherwise.
std::vector<std::size_t> by_asset(const std::vector<uint32_t>& asset_of_row) {
  std::vector<std::size_t> order(asset_of_row.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return asset_of_row[a] < asset_of_row[b]; });
  return order;
}

Column in_order(const Column& column, std::span<const std::size_t> rows) {
  Column out{column.name, column.unit, {}, column.categories};
  out.values.reserve(rows.size());
  for (const std::size_t row : rows) out.values.push_back(column.values[row]);
  return out;
}

Result<void> check_times(const RunTable& table) {
  for (std::size_t row = 1; row < table.rows(); ++row) {
    if (table.asset_of_row[row] != table.asset_of_row[row - 1]) continue;
    // Equal times are a duplicate, which the data report names; a step back is another history.
    if (table.time_of_row[row] >= table.time_of_row[row - 1]) continue;
    const std::string& asset = table.assets[table.asset_of_row[row]];
    return Error::make(
        Code::kInvalidArgument,
        "the times of asset " + in_quotes(asset) +
            " go back: sort the file, or give each run a name of its own",
        "设备 " + in_quotes(asset) + " 的时间倒退：请将文件排序，或为每次运行单独命名", "time");
  }
  return {};
}

}  // namespace

std::pair<std::size_t, std::size_t> RunTable::rows_of(std::size_t asset) const {
  const auto wanted = static_cast<uint32_t>(asset);
  const auto [first, last] = std::equal_range(asset_of_row.begin(), asset_of_row.end(), wanted);
  return {static_cast<std::size_t>(first - asset_of_row.begin()),
          static_cast<std::size_t>(last - asset_of_row.begin())};
}

const Column* RunTable::column(std::string_view name) const {
  for (const Column& each : columns) {
    if (each.name == name) return &each;
  }
  return nullptr;
}

TableMapping cmapss_mapping() {
  TableMapping mapping;
  mapping.form = TableMapping::Form::kBlanks;
  mapping.asset = "unit";
  mapping.time = "cycle";
  mapping.headers = {"unit", "cycle", "setting_1", "setting_2", "setting_3"};
  for (int i = 1; i <= 21; ++i) mapping.headers.push_back("sensor_" + std::to_string(i));
  return mapping;
}

Result<RunTable> read_run_table(std::string_view text, const TableMapping& mapping) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  CellRows rows(text, mapping);
  MW_ASSIGN(std::vector<Raw> raws, header_of(rows, mapping));
  MW_ASSIGN(const Places places, find_places(raws, mapping));
  RunTable table;
  std::unordered_map<std::string, uint32_t> asset_numbers;
  std::vector<std::string> cells;
  for (auto got = rows.next(cells); got != CellRows::Got::kEnd; got = rows.next(cells)) {
    const std::optional<double> time =
        got == CellRows::Got::kRow && places.time && cells.size() == raws.size()
            ? parse_number(cells[*places.time])
            : std::nullopt;
    // "41" of 41.5 looks like any other value.
    table.ends_open = !rows.line_ended();
    if (got == CellRows::Got::kBroken || cells.size() != raws.size() || (places.time && !time) ||
        table.ends_open) {
      ++table.skipped_count;
      if (table.skipped_lines.size() < kMostSkippedShown) {
        table.skipped_lines.push_back(rows.line());
      }
      continue;
    }
    if (table.asset_of_row.size() == kMostRows) {
      return Error::make(Code::kTooLarge, "more than 8 million rows: split the file",
                         "超过 800 万行：请拆分文件");
    }
    const std::string asset = places.asset ? std::string(plant::trimmed(cells[*places.asset]))
                                           : std::to_string(table.asset_of_row.size() + 1);
    const auto number = static_cast<uint32_t>(table.assets.size());
    const auto [at, is_new] = asset_numbers.emplace(asset, number);
    if (is_new) table.assets.push_back(asset);
    table.time_of_row.push_back(time.value_or(static_cast<double>(table.asset_of_row.size())));
    table.asset_of_row.push_back(at->second);
    for (std::size_t i = 0; i < raws.size(); ++i) {
      if (!places.ignored[i] && places.asset != i && places.time != i) raws[i].take(cells[i]);
    }
  }
  if (table.rows() == 0) {
    return Error::make(Code::kInvalidArgument, "no row of the file could be read",
                       "文件中没有一行可以读取");
  }
  table.time_name = mapping.time;
  table.has_assets = places.asset.has_value();
  const std::vector<std::size_t> order = by_asset(table.asset_of_row);
  for (std::size_t i = 0; i < raws.size(); ++i) {
    if (places.ignored[i] || places.asset == i || places.time == i) continue;
    raws[i].finish();
    Column column = in_order(raws[i].column, order);
    const bool is_mode =
        std::find(places.modes.begin(), places.modes.end(), i) != places.modes.end();
    if (places.label == i) {
      MW_TRY(check_answers(column, "label"));
      table.label = std::move(column);
    } else if (is_mode) {
      MW_TRY(check_answers(column, "modes"));
      table.modes.push_back(std::move(column));
    } else {
      table.columns.push_back(std::move(column));
    }
  }
  RunTable sorted = table;
  for (std::size_t i = 0; i < order.size(); ++i) {
    sorted.asset_of_row[i] = table.asset_of_row[order[i]];
    sorted.time_of_row[i] = table.time_of_row[order[i]];
  }
  MW_TRY(check_times(sorted));
  return sorted;
}

RunTable rows_of_table(const RunTable& table, std::span<const std::size_t> rows) {
  RunTable out;
  out.time_name = table.time_name;
  out.has_assets = table.has_assets;
  for (const Column& each : table.columns) out.columns.push_back(in_order(each, rows));
  for (const Column& each : table.modes) out.modes.push_back(in_order(each, rows));
  if (table.label) out.label = in_order(*table.label, rows);
  std::vector<int64_t> number(table.assets.size(), -1);
  for (const std::size_t row : rows) {
    MW_CHECK(row < table.rows());
    int64_t& mine = number[table.asset_of_row[row]];
    if (mine < 0) {
      mine = static_cast<int64_t>(out.assets.size());
      out.assets.push_back(table.assets[table.asset_of_row[row]]);
    }
    out.asset_of_row.push_back(static_cast<uint32_t>(mine));
    out.time_of_row.push_back(table.time_of_row[row]);
  }
  return out;
}

}  // namespace mw::maintenance
