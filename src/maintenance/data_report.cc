#include "maintenance/data_report.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <unordered_map>

#include "maintenance/data/column_facts.h"

namespace mw::maintenance {
namespace {

constexpr double kLeakingOrder = 0.995;
constexpr double kLeakingLine = 0.999;
constexpr double kFlagShare = 0.95;
constexpr int64_t kFewestFlagRows = 5;
constexpr int64_t kFewestAssets = 8;     // asset-wise cross validation in four parts
constexpr int64_t kFewestFailures = 20;  // of labelled rows
constexpr int64_t kFewestRows = 200;
constexpr int64_t kManyValues = 50;  // a sensor with fewer has steps, and may stand still

std::string count_text(int64_t count) { return std::to_string(count); }

/// Rows whose asset, time and values all stand before, in the same asset.
std::vector<std::size_t> duplicates(const RunTable& table) {
  std::vector<std::size_t> out;
  if (!table.has_assets) {  // any two rows may be alike: compare all
    std::unordered_multimap<std::size_t, std::size_t> seen;
    for (std::size_t row = 0; row < table.rows(); ++row) {
      std::size_t hash = 0;
      for (const Column& each : table.columns) {
        hash = hash * 1'000'003 + std::hash<double>()(each.values[row]);
      }
      const auto [first, last] = seen.equal_range(hash);
      const bool again = std::any_of(first, last, [&](const auto& other) {
        return std::all_of(table.columns.begin(), table.columns.end(), [&](const Column& each) {
          return each.values[row] == each.values[other.second];
        });
      });
      if (again) {
        out.push_back(row);
      } else {
        seen.emplace(hash, row);
      }
    }
    return out;
  }
  for (std::size_t row = 1; row < table.rows(); ++row) {
    for (std::size_t other = row; other-- > 0;) {
      if (table.asset_of_row[other] != table.asset_of_row[row] ||
          table.time_of_row[other] != table.time_of_row[row]) {
        break;
      }
      if (std::all_of(table.columns.begin(), table.columns.end(),
                      [&](const Column& each) { return each.values[row] == each.values[other]; })) {
        out.push_back(row);
        break;
      }
    }
  }
  return out;
}

/// Whether a column goes up by the same step in every row, over all assets: a number of the row.
bool counts_rows(const Column& column) {
  if (column.values.size() < 3) return false;
  const double step = column.values[1] - column.values[0];
  if (!(step > 0)) return false;
  for (std::size_t row = 1; row < column.values.size(); ++row) {
    if (column.values[row] - column.values[row - 1] != step) return false;
  }
  return true;
}

/// Rows with the higher of two values, and those of them that failed.
std::pair<int64_t, int64_t> flagged(const Column& column, const ColumnFacts& facts,
                                    const Column& label) {
  int64_t set = 0, failed = 0;
  for (std::size_t row = 0; row < column.values.size(); ++row) {
    if (column.values[row] != facts.high) continue;
    ++set;
    if (label.values[row] == 1) ++failed;
  }
  return {set, failed};
}

class Reporter {
 public:
  explicit Reporter(const RunTable& table) : table_(table) {
    if (!table.label) remaining_ = remaining_time(table);
  }

  DataReport make() {
    report_.rows = static_cast<int64_t>(table_.rows());
    report_.assets = table_.has_assets ? static_cast<int64_t>(table_.assets.size()) : 0;
    report_.columns = static_cast<int64_t>(table_.columns.size());
    look_at_table();
    for (const Column& each : table_.columns) look_at(each);
    look_at_amount();
    return std::move(report_);
  }

 private:
  void say(Finding finding, Handling handling, const std::string& column, int64_t count,
           std::string en, std::string zh) {
    report_.lines.push_back({finding, handling, column, count, Text{std::move(en), std::move(zh)}});
  }

  void look_at_table() {
    if (table_.skipped_count > 0) {
      const auto count = static_cast<int64_t>(table_.skipped_count);
      const std::string line = std::to_string(table_.skipped_lines.front());
      say(Finding::kSkippedLines, Handling::kHandled, "", count,
          count_text(count) + " lines could not be read and are left out, the first is line " +
              line +
              (table_.ends_open ? "; the last one has no line end, so that it may be cut" : ""),
          count_text(count) + " 行无法读取，已略去；第一处在第 " + line + " 行" +
              (table_.ends_open ? "；最后一行没有换行，可能不完整" : ""));
    }
    const auto again = static_cast<int64_t>(duplicates(table_).size());
    if (again > 0) {
      say(Finding::kDuplicateRows, Handling::kHandled, "", again,
          count_text(again) + " rows stand twice and are counted once",
          count_text(again) + " 行重复，只计一次");
    }
  }

  void look_at(const Column& column) {
    const ColumnFacts facts = facts_of(column, table_);
    const std::string en = "column '" + column.name + "' ";
    const std::string zh = "列“" + column.name + "”";
    if (facts.missing == report_.rows) {
      say(Finding::kText, Handling::kHandled, column.name, report_.rows,
          en + "holds no numbers, and too many different words to tell kinds apart: left out",
          zh + "没有数值，不同的文字又过多，无法区分类别：不使用");
      return;
    }
    if (facts.distinct == 1) {
      say(Finding::kConstant, Handling::kHandled, column.name, report_.rows,
          en + "never changes: left out", zh + "从不变化：不使用");
      return;
    }
    if (counts_rows(column)) {
      say(Finding::kRowNumber, Handling::kHandled, column.name, report_.rows,
          en + "only counts the rows: left out", zh + "只是行号：不使用");
      return;
    }
    if (facts.missing > 0) {
      say(Finding::kMissing, Handling::kTold, column.name, facts.missing,
          en + "has no value in " + count_text(facts.missing) + " rows",
          zh + "有 " + count_text(facts.missing) + " 行没有值");
    }
    if (table_.has_assets && facts.frozen_rows > 0 && facts.distinct > kManyValues) {
      say(Finding::kFrozen, Handling::kTold, column.name, facts.frozen_rows,
          en + "stands still for 30 rows and longer, " + count_text(facts.frozen_rows) +
              " rows in all: is the sensor dead or not read?",
          zh + "连续 30 行以上数值不变，共 " + count_text(facts.frozen_rows) +
              " 行：传感器是否失效或未读取？");
    }
    look_for_leak(column, facts, en, zh);
  }

  void look_for_leak(const Column& column, const ColumnFacts& facts, const std::string& en,
                     const std::string& zh) {
    const std::string en_next = "; if it is known before the failure, rename it; else leave it out";
    const std::string zh_next = "；若在故障前即可得知，请改名；否则请排除该列";
    if (!table_.label) {
      if (!table_.has_assets) return;
      if (std::abs(correlation(column.values, remaining_)) < kLeakingLine) return;
      say(Finding::kLeak, Handling::kRefused, column.name, report_.rows,
          en + "is the remaining life itself: leave it out", zh + "就是剩余寿命：请排除该列");
      return;
    }
    const Column& label = *table_.label;
    if (facts.distinct == 2) {
      const auto [set, failed] = flagged(column, facts, label);
      const bool is_flag = set >= kFewestFlagRows &&
                           static_cast<double>(failed) >= kFlagShare * static_cast<double>(set) &&
                           set * 2 < report_.rows;
      if (is_flag) {
        say(Finding::kFailureFlag, Handling::kRefused, column.name, set,
            en + "is set in " + count_text(set) + " rows, " + count_text(failed) +
                " of them failures: an answer, not a measurement; name it as a mode, or leave it "
                "out",
            zh + "在 " + count_text(set) + " 行中置位，其中 " + count_text(failed) +
                " 行为故障：这是答案而非测量值；请设为故障模式，或排除该列");
        return;
      }
    }
    const double agreement = order_agreement(column.values, label.values);
    if (std::max(agreement, 1 - agreement) < kLeakingOrder) return;
    say(Finding::kLeak, Handling::kRefused, column.name, report_.rows,
        en + "alone tells failures from all other rows" + en_next,
        zh + "单独就能区分所有故障行" + zh_next);
  }

  void look_at_amount() {
    if (table_.label) {
      report_.failures = static_cast<int64_t>(
          std::count(table_.label->values.begin(), table_.label->values.end(), 1.0));
      if (report_.failures == 0 || report_.failures == report_.rows) {
        say(Finding::kOneClass, Handling::kRefused, table_.label->name, report_.failures,
            report_.failures == 0 ? "no row is a failure: there is nothing to tell apart; watch "
                                    "for the unusual instead"
                                  : "every row is a failure: rows without one are needed too",
            report_.failures == 0 ? "没有故障行，无从区分；请改用异常监测"
                                  : "所有行都是故障：还需要正常的行");
      } else if (report_.failures < kFewestFailures || report_.rows < kFewestRows) {
        say(Finding::kTooLittle, Handling::kRefused, "", report_.failures,
            count_text(report_.failures) + " failures in " + count_text(report_.rows) +
                " rows: at least 20 failures in 200 rows are needed to score what is learnt",
            count_text(report_.rows) + " 行中只有 " + count_text(report_.failures) +
                " 次故障：至少需要 200 行和 20 次故障才能评估");
      }
      return;
    }
    report_.failures = report_.assets;
    if (report_.assets < kFewestAssets || report_.rows < kFewestRows) {
      say(Finding::kTooLittle, Handling::kRefused, "", report_.assets,
          "the history of " + count_text(report_.assets) + " assets until they failed, " +
              count_text(report_.rows) + " rows: at least 8 assets and 200 rows are needed",
          "只有 " + count_text(report_.assets) + " 台设备运行至故障的历史，共 " +
              count_text(report_.rows) + " 行：至少需要 8 台设备和 200 行");
    }
  }

  const RunTable& table_;
  std::vector<double> remaining_;
  DataReport report_;
};

}  // namespace

std::string_view name(Finding finding) {
  constexpr std::array<std::string_view, 11> kNames = {
      "skipped_lines", "duplicate_rows", "missing", "constant",  "text",      "row_number",
      "frozen",        "leak",           "flag",    "one_class", "too_little"};
  return kNames[static_cast<std::size_t>(finding)];
}

std::string_view name(Handling handling) {
  constexpr std::array<std::string_view, 3> kNames = {"told", "handled", "refused"};
  return kNames[static_cast<std::size_t>(handling)];
}

DataReport make_data_report(const RunTable& table) { return Reporter(table).make(); }

Result<void> DataReport::check_trainable() const {
  for (const ReportLine& each : lines) {
    if (each.handling != Handling::kRefused) continue;
    return Error::make(Code::kInvalidArgument, each.text.en, each.text.zh, each.column);
  }
  return {};
}

Json DataReport::to_json() const {
  Json out = {{"rows", rows}, {"assets", assets}, {"columns", columns}, {"failures", failures}};
  Json& listed = out["findings"] = Json::array();
  for (const ReportLine& each : lines) {
    listed.push_back({{"finding", name(each.finding)},
                      {"handling", name(each.handling)},
                      {"column", each.column},
                      {"count", each.count},
                      {"text", {{"en", each.text.en}, {"zh", each.text.zh}}}});
  }
  return out;
}

RunTable cleaned(const RunTable& table, const DataReport& report) {
  std::vector<bool> drop(table.rows(), false);
  for (const std::size_t row : duplicates(table)) drop[row] = true;
  std::vector<std::size_t> rows;
  for (std::size_t row = 0; row < table.rows(); ++row) {
    if (!drop[row]) rows.push_back(row);
  }
  RunTable out = rows.size() == table.rows() ? table : rows_of_table(table, rows);
  std::erase_if(out.columns, [&](const Column& column) {
    return std::any_of(report.lines.begin(), report.lines.end(), [&](const ReportLine& each) {
      return each.handling == Handling::kHandled && each.column == column.name;
    });
  });
  return out;
}

}  // namespace mw::maintenance
