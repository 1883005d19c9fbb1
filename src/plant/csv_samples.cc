#include "plant/csv_samples.h"

#include <algorithm>
#include <array>

#include "core/storable_text.h"
#include "plant/csv/csv_values.h"
#include "plant/csv_reader.h"
#include "plant/internal/reading_check.h"

namespace mw::plant {
namespace {

constexpr std::size_t kBatch = 10'000;
constexpr std::size_t kMostProblems = 100;
constexpr std::size_t kMostSaidBytes = 2 * kMostTextBytes;  // more than a tag keeps: it says so

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  return out;
}

/// At most so much of a foreign text in a message.
std::string in_quotes(std::string_view text) {
  std::string out;
  for (const char c : text.substr(0, 60)) out += static_cast<unsigned char>(c) < 0x20 ? '?' : c;
  return "'" + out + "'";
}

/// The column of a given name, or else of one of the usual ones.
std::optional<std::size_t> find_column(const std::vector<std::string>& header,
                                       const std::string& wanted,
                                       std::span<const std::string_view> usual) {
  for (std::size_t i = 0; i < header.size(); ++i) {
    const std::string_view name = trimmed(header[i]);
    if (!wanted.empty() ? name == wanted
                        : std::find(usual.begin(), usual.end(), lower(name)) != usual.end()) {
      return i;
    }
  }
  return std::nullopt;
}

constexpr std::array<std::string_view, 8> kTimeNames{"time",      "timestamp", "ts",   "datetime",
                                                     "date_time", "zeit",      "时间", "时间戳"};
constexpr std::array<std::string_view, 6> kTagNames{"tag",      "signal", "point",
                                                    "variable", "测点",   "信号"};
constexpr std::array<std::string_view, 4> kValueNames{"value", "wert", "值", "数值"};
constexpr std::array<std::string_view, 3> kQualityNames{"quality", "status", "质量"};
constexpr std::array<std::string_view, 3> kUnitNames{"unit", "einheit", "单位"};

Error no_column(const std::string& en, const std::string& zh) {
  return Error::make(Code::kInvalidArgument, en, zh, "csv");
}

void find_tag_columns(const std::vector<std::string>& header, const CsvOptions& options,
                      const Catalogue& catalogue, CsvLayout& layout) {
  for (std::size_t i = 0; i < header.size(); ++i) {
    const std::string name(trimmed(header[i]));
    const auto& ignored = options.ignore;
    if (i == layout.time || std::find(ignored.begin(), ignored.end(), name) != ignored.end()) {
      continue;
    }
    CsvLayout::Column column{i, {}, {}};
    const auto mapped = options.columns.find(name);
    if (mapped != options.columns.end()) {
      column.tag = mapped->second;
    } else {
      auto [tag, unit] = name_and_unit(name);
      column.tag = options.prefix + tag;
      column.unit = std::move(unit);
    }
    if (catalogue.tag(column.tag) != nullptr) {
      layout.columns.push_back(std::move(column));
    } else {
      layout.unknown.push_back(name);
    }
  }
}

/// Collects what a file gives.
class Collector {
 public:
  Collector(const CsvOptions& options, const Catalogue& catalogue, TimeNs now_ns,
            bool decimal_comma, const CsvSink& sink, CsvReport& report)
      : options_(options),
        catalogue_(catalogue),
        now_ns_(now_ns),
        decimal_comma_(decimal_comma),
        sink_(sink),
        report_(report) {}

  void problem(uint64_t line, Text what) {
    ++report_.problem_count;
    if (report_.problems.size() < kMostProblems)
      report_.problems.push_back({line, std::move(what)});
  }

  /// A row behind which no line end stands; false when it is not taken.
  bool takes_open(uint64_t line) {
    report_.open_line = line;
    if (options_.take_last_line) return true;
    ++report_.rows;
    problem(line,
            {"the file ends without a line end, so this line may be cut and is not stored: add a "
             "line end, or say that it is whole (take_last_line)",
             "文件末尾没有换行，本行可能不完整，因此不存储：请补上换行，或声明该行完整（take_last_"
             "line）"});
    return false;
  }

  Result<void> row(uint64_t line, const std::vector<std::string>& fields, std::size_t width) {
    ++report_.rows;
    if (fields.size() != width) {
      problem(line, {std::to_string(fields.size()) + " columns instead of " + std::to_string(width),
                     "有 " + std::to_string(fields.size()) + " 列，应为 " + std::to_string(width) +
                         " 列"});
      return {};
    }
    const CsvLayout& layout = report_.layout;
    const std::string_view time = trimmed(fields[layout.time]);
    const std::optional<TimeNs> ts_ns = parse_csv_time(time, options_.utc_offset_min);
    if (!ts_ns) {
      problem(line, {in_quotes(time) + " is no time, or names no zone: set utc_offset",
                     in_quotes(time) + " 不是时间，或没有时区：请设置 utc_offset"});
      return {};
    }
    if (!plausible_time(*ts_ns, now_ns_)) {
      problem(line, {in_quotes(time) + " lies in the future or before 2000: is utc_offset right?",
                     in_quotes(time) + " 在将来或早于 2000 年：utc_offset 是否正确？"});
      return {};
    }
    if (layout.tag) {
      take_long(line, fields, *ts_ns);
    } else {
      take_wide(fields, *ts_ns);
    }
    return batch_.size() >= kBatch ? flush() : Result<void>();
  }

  Result<void> flush() {
    if (batch_.empty()) return {};
    report_.readings += batch_.size();
    const Result<void> taken = sink_(batch_);
    batch_.clear();
    return taken;
  }

 private:
  void take_long(uint64_t line, const std::vector<std::string>& fields, TimeNs ts_ns) {
    const CsvLayout& layout = report_.layout;
    Reading reading;
    reading.ts_ns = ts_ns;
    const std::string name(plain_cell(trimmed(fields[*layout.tag])));
    const auto mapped = options_.columns.find(name);
    reading.tag = mapped != options_.columns.end() ? mapped->second : options_.prefix + name;
    const Tag* const tag = catalogue_.tag(reading.tag);
    if (tag == nullptr) {
      problem(line, {"the plant has no tag " + in_quotes(reading.tag),
                     "工厂中没有测点 " + in_quotes(reading.tag)});
      return;
    }
    if (layout.quality) {
      const std::string_view text = trimmed(fields[*layout.quality]);
      const std::optional<Quality> quality = parse_csv_quality(text);
      if (!quality) {
        problem(line, {in_quotes(text) + " is no quality", in_quotes(text) + " 不是质量"});
        return;
      }
      reading.quality = *quality;
    }
    if (layout.unit) reading.unit = plain_cell(trimmed(fields[*layout.unit]));
    read_value(*tag, trimmed(fields[*layout.value]), reading);
    batch_.push_back(std::move(reading));
  }

  /// A state or a text is what it says, even where it looks like a number or like nothing ("0",
  /// "none"); an empty text is one too, unless the row says that there is no value.
  void read_value(const Tag& tag, std::string_view text, Reading& reading) const {
    if (!is_text(tag.kind)) {
      read_csv_value(text, decimal_comma_, reading);
    } else if (!text.empty() || (tag.kind == TagKind::kText && reading.quality != Quality::kBad)) {
      reading.value = std::string(utf8_prefix(plain_cell(text), kMostSaidBytes));
    }
  }

  void take_wide(const std::vector<std::string>& fields, TimeNs ts_ns) {
    for (const CsvLayout::Column& column : report_.layout.columns) {
      const std::string_view text = trimmed(fields[column.at]);
      if (text.empty()) continue;  // not measured at that time
      Reading reading;
      reading.ts_ns = ts_ns;
      reading.tag = column.tag;
      reading.unit = column.unit;
      read_value(*catalogue_.tag(column.tag), text, reading);
      batch_.push_back(std::move(reading));
    }
  }

  const CsvOptions& options_;
  const Catalogue& catalogue_;
  const TimeNs now_ns_;
  const bool decimal_comma_;
  const CsvSink& sink_;
  CsvReport& report_;
  std::vector<Reading> batch_;
};

}  // namespace

Result<CsvLayout> csv_layout(const std::vector<std::string>& header, const CsvOptions& options,
                             const Catalogue& catalogue) {
  CsvLayout layout;
  const auto time = find_column(header, options.time_column, kTimeNames);
  if (!time) {
    return no_column(options.time_column.empty()
                         ? "no column is called time, timestamp or ts: name it with time_column"
                         : "there is no column " + in_quotes(options.time_column),
                     options.time_column.empty()
                         ? "没有名为 time、timestamp 或 ts 的列：请用 time_column 指定"
                         : "没有列 " + in_quotes(options.time_column));
  }
  layout.time = *time;
  layout.tag = find_column(header, options.tag_column, kTagNames);
  layout.value = find_column(header, options.value_column, kValueNames);
  if (layout.tag && layout.value) {
    layout.quality = find_column(header, options.quality_column, kQualityNames);
    layout.unit = find_column(header, options.unit_column, kUnitNames);
    return layout;
  }
  layout.tag.reset();
  layout.value.reset();
  find_tag_columns(header, options, catalogue, layout);
  if (layout.columns.empty()) {
    return no_column(
        "no column names a tag of the plant: call columns ASSET/TAG, or set prefix or columns",
        "没有列对应工厂的测点：请将列命名为 资产/测点，或设置 prefix 或 columns");
  }
  return layout;
}

Result<CsvReport> read_csv_samples(std::string_view text, const CsvOptions& options,
                                   const Catalogue& catalogue, TimeNs now_ns, const CsvSink& sink) {
  CsvReader reader(text, options.separator);
  std::vector<std::string> fields;
  CsvReport report;
  const CsvReader::Got first = reader.next(fields);
  if (first != CsvReader::Got::kRow) {
    return first == CsvReader::Got::kEnd
               ? no_column("the file is empty", "文件为空")
               : no_column("line 1: " + reader.problem().en, "第 1 行：" + reader.problem().zh);
  }
  const std::size_t width = fields.size();
  const uint64_t header_line = reader.line();
  MW_ASSIGN(report.layout, csv_layout(fields, options, catalogue));
  Collector collector(options, catalogue, now_ns, reader.separator() != ',', sink, report);
  for (const std::string& name : report.layout.unknown) {
    collector.problem(header_line, {"the column " + in_quotes(name) + " names no tag of the plant",
                                    "列 " + in_quotes(name) + " 不对应工厂的任何测点"});
  }
  while (true) {
    const CsvReader::Got got = reader.next(fields);
    if (got == CsvReader::Got::kEnd) break;
    if (got == CsvReader::Got::kBroken) {
      collector.problem(reader.line(), reader.problem());
      continue;
    }
    if (!reader.line_ended() && !collector.takes_open(reader.line())) continue;
    MW_TRY(collector.row(reader.line(), fields, width));
  }
  MW_TRY(collector.flush());
  return report;
}

}  // namespace mw::plant
