#include <algorithm>
#include <charconv>
#include <cstdio>

#include "apps/millwright/commands.h"
#include "apps/millwright/data_folder.h"
#include "apps/millwright/plant_browse.h"
#include "apps/millwright/plant_service.h"
#include "apps/millwright/server_config.h"
#include "apps/millwright/stored_plant.h"
#include "core/file.h"
#include "plant/csv_export.h"
#include "plant/csv_samples.h"
#include "plant/plant.h"
#include "plant/store_options.h"

namespace mw::app {
namespace {

using plant::Catalogue;

constexpr uint64_t kMostFileBytes = 4ULL << 30;
constexpr std::size_t kPreviewReadings = 5;

struct PlantWords {
  StoredPlant stored;
  plant::CsvOptions csv;
  bool preview = false;
  std::vector<std::string> tags;
  std::string from, to;
  std::optional<std::string> out;
};

/// The server's own way in for files.
Error told_of_the_folder(const Error& error) {
  return told_to_use_the_server(
      error, {"let it take the file from a watched folder", "通过监视的文件夹导入"});
}

Json text_json(const Text& text) { return {{"en", text.en}, {"zh", text.in(Language::kZh)}}; }

Json report_json(const plant::CsvReport& report) {
  Json columns = Json::array();
  for (const auto& column : report.layout.columns) {
    columns.push_back({{"column", column.at + 1}, {"tag", column.tag}, {"unit", column.unit}});
  }
  Json problems = Json::array();
  for (const plant::CsvProblem& each : report.problems) {
    problems.push_back({{"line", each.line}, {"problem", text_json(each.what)}});
  }
  return {{"rows", report.rows},
          {"readings", report.readings},
          {"layout", report.layout.tag ? "one value a row" : "one column a tag"},
          {"columns", std::move(columns)},
          {"unknown", report.layout.unknown},
          {"open_line", report.open_line > 0 ? Json(report.open_line) : Json()},
          {"problem_count", report.problem_count},
          {"problems", std::move(problems)}};
}

std::string value_text(const plant::Reading& reading) {
  if (const auto* text = std::get_if<std::string>(&reading.value)) return *text;
  if (const auto* number = std::get_if<double>(&reading.value)) return plant::csv_number(*number);
  return "-";
}

void print_report(const plant::CsvReport& report, const Catalogue& catalogue) {
  const Language language = terminal_language();
  const bool zh = language == Language::kZh;
  if (report.layout.tag) {
    std::printf(zh ? "格式：每行一个值\n" : "Layout: one value a row\n");
  } else {
    std::printf(zh ? "格式：每个测点一列\n" : "Layout: one column a tag\n");
  }
  for (const auto& column : report.layout.columns) {
    const plant::Tag* tag = catalogue.tag(column.tag);
    const bool differs = tag != nullptr && !column.unit.empty() && column.unit != tag->unit;
    std::printf("  %3zu  %s [%s]%s\n", column.at + 1, column.tag.c_str(),
                tag == nullptr ? "" : tag->unit.c_str(),
                !differs ? "" : (zh ? "  单位不符，将存为坏值" : "  unit differs: stored as bad"));
  }
  std::printf(
      zh ? "%llu 行，%llu 个采样，%llu 个问题\n" : "%llu rows, %llu samples, %llu problems\n",
      static_cast<unsigned long long>(report.rows),
      static_cast<unsigned long long>(report.readings),
      static_cast<unsigned long long>(report.problem_count));
  for (const plant::CsvProblem& each : report.problems) {
    std::printf(zh ? "  第 %llu 行：%s\n" : "  line %llu: %s\n",
                static_cast<unsigned long long>(each.line), each.what.in(language).c_str());
  }
}

Result<int> preview(CommandLine& line, const PlantWords& words, const std::string& text,
                    const Catalogue& catalogue) {
  std::vector<plant::Reading> first;
  MW_ASSIGN(const plant::CsvReport report,
            plant::read_csv_samples(text, words.csv, catalogue, SystemClock().now_ns(),
                                    [&](std::span<const plant::Reading> readings) -> Result<void> {
                                      for (const plant::Reading& each : readings) {
                                        if (first.size() < kPreviewReadings) first.push_back(each);
                                      }
                                      return {};
                                    }));
  if (line.json()) {
    Json out = report_json(report);
    out["first"] = Json::array();
    for (const plant::Reading& each : first) {
      out["first"].push_back({{"time", plant::csv_time(each.ts_ns.value_or(0))},
                              {"tag", each.tag},
                              {"value", value_text(each)}});
    }
    print_json(out);
  } else {
    print_report(report, catalogue);
    for (const plant::Reading& each : first) {
      std::printf("  %s  %s  %s\n", plant::csv_time(each.ts_ns.value_or(0)).c_str(),
                  each.tag.c_str(), value_text(each).c_str());
    }
  }
  return report.problem_count == 0 ? 0 : 1;
}

Result<int> import_file(CommandLine& line, const PlantWords& words, const std::string& file) {
  MW_ASSIGN(const ServerConfig config, stored_config(words.stored));
  MW_ASSIGN(const auto catalogue, stored_catalogue(words.stored, config));
  MW_ASSIGN(const std::string text, read_file(file, kMostFileBytes));
  if (words.preview) return preview(line, words, text, *catalogue);
  plant::PlantOptions options;
  options.data_folder = words.stored.data.string();
  options.store_url = config.store;
  MW_ASSIGN(options.store_password, store_password(config));
  options.catalogue = catalogue;
  options.log = stderr_log(LogLevel::kWarning);
  auto opened = plant::Plant::open(std::move(options));
  if (!opened) return told_of_the_folder(opened.error());
  uint64_t stored = 0;
  uint64_t doubtful = 0;
  MW_ASSIGN(const plant::CsvReport report,
            plant::read_csv_samples(
                text, words.csv, *catalogue, SystemClock().now_ns(),
                [&](std::span<const plant::Reading> readings) -> Result<void> {
                  MW_ASSIGN(const plant::IngestOutcome taken,
                            (*opened)->ingest().take(readings, plant::Arrival::kHistory));
                  if (taken.outcome == plant::AppendOutcome::kBuffered) {
                    return Error::make(Code::kResourceExhausted,
                                       "the store cannot write: free space and import again",
                                       "存储无法写入：请释放空间后重新导入");
                  }
                  stored += taken.stored;
                  doubtful += taken.doubtful;
                  return {};
                }));
  if (line.json()) {
    Json out = report_json(report);
    out["stored"] = stored;
    out["doubtful"] = doubtful;
    print_json(out);
  } else {
    print_report(report, *catalogue);
    std::printf(terminal_language() == Language::kZh
                    ? "已存储 %llu 个（已有的不会重复），其中 %llu 个存疑\n"
                    : "%llu stored (what was there already stays once), %llu of them doubtful\n",
                static_cast<unsigned long long>(stored), static_cast<unsigned long long>(doubtful));
  }
  return report.problem_count == 0 ? 0 : 1;
}

Result<TimeNs> read_time(const std::string& text, const char* flag) {
  const std::optional<TimeNs> time = plant::read_csv_time(text);
  if (time) return *time;
  return Error::make(
      Code::kInvalidArgument,
      std::string(flag) + ": expected a time such as 2026-01-31T08:15:30Z, got '" + text + "'",
      std::string(flag) + "：应为 2026-01-31T08:15:30Z 这样的时间，实际为“" + text + "”", flag);
}

/// An export has samples only: what retention replaced by aggregates is not in it.
void tell_thinned(const plant::SampleStore& store, const Catalogue& catalogue,
                  const std::vector<std::string>& tags, TimeNs from_ns) {
  const plant::ThinnedSamples thinned = plant::thinned_before(store, catalogue, tags, from_ns);
  if (thinned.tags == 0) return;
  std::fprintf(stderr,
               terminal_language() == Language::kZh
                   ? "注意：%d 个测点在 %s 之前的采样已被精简为聚合值，不在导出文件中\n"
                   : "note: samples of %d tags before %s were replaced by aggregates and are not "
                     "in this file\n",
               thinned.tags, plant::csv_time(thinned.until_ns).c_str());
}

Result<int> export_tags(CommandLine& line, const PlantWords& words) {
  MW_ASSIGN(const ServerConfig config, stored_config(words.stored));
  MW_ASSIGN(const auto catalogue, stored_catalogue(words.stored, config));
  MW_ASSIGN(const TimeNs from_ns, read_time(words.from, "--from"));
  MW_ASSIGN(const TimeNs to_ns, read_time(words.to, "--to"));
  plant::StoreOptions options;
  options.url = config.store;
  MW_ASSIGN(options.password, store_password(config));
  options.data_folder = words.stored.data.string();
  options.catalogue = catalogue;
  auto store = plant::open_store(std::move(options));
  if (!store) return told_of_the_folder(store.error());
  tell_thinned(**store, *catalogue, words.tags, from_ns);
  std::FILE* out = words.out ? std::fopen(words.out->c_str(), "wb") : stdout;
  if (out == nullptr) return errno_error("open", *words.out, errno);
  bool written = true;
  int wrong = 0;
  const auto check = [&](bool done) {
    if (!done && written) wrong = errno;
    written = written && done;
    return written;
  };
  const Result<uint64_t> rows = plant::export_csv(
      **store, *catalogue, words.tags, {from_ns, to_ns}, [&](std::string_view text) {
        return check(std::fwrite(text.data(), 1, text.size(), out) == text.size());
      });
  check(std::fflush(out) == 0);
  if (words.out) check(std::fclose(out) == 0);
  if (!rows) return rows.error();
  if (!written) return errno_error("write", words.out.value_or("stdout"), wrong);
  if (line.json() && words.out) print_json({{"rows", *rows}, {"file", *words.out}});
  return 0;
}

Result<void> read_csv_flags(const std::vector<std::string>& maps, const std::string& separator,
                            const std::string& offset, plant::CsvOptions& csv) {
  for (const std::string& map : maps) {
    const std::size_t equals = map.rfind('=');
    if (equals == std::string::npos || equals == 0 || equals + 1 == map.size()) {
      return Error::make(Code::kInvalidArgument,
                         "--map: expected HEADER=ASSET/TAG, got '" + map + "'",
                         "--map：应为 列名=资产/测点，实际为“" + map + "”", "--map");
    }
    csv.columns[map.substr(0, equals)] = map.substr(equals + 1);
  }
  if (separator.size() > 1) {
    return Error::make(Code::kInvalidArgument, "--separator: expected one character",
                       "--separator：应为一个字符", "--separator");
  }
  if (!separator.empty()) csv.separator = separator[0];
  if (offset.empty()) return {};
  csv.utc_offset_min = plant::parse_utc_offset(offset);
  if (csv.utc_offset_min) return {};
  return Error::make(Code::kInvalidArgument, "--utc-offset: expected such as +08:00",
                     "--utc-offset：应如 +08:00", "--utc-offset");
}

BrowseWords browse_words(CommandLine& line) {
  BrowseWords words;
  words.security =
      line.option("security", "WORD", "sign_and_encrypt", "browse: sign_and_encrypt, sign or none");
  words.user = line.option("user", "NAME", "", "browse: default: anonymous");
  words.password_file =
      line.maybe_option("password-file", "FILE", "browse: with --user; readable by you only");
  words.start = line.option("start", "NODE", "i=85", "browse: from which node on");
  words.depth = static_cast<int>(line.integer("depth", "N", 10, "browse: how far down", 1, 50));
  words.most =
      static_cast<int>(line.integer("most", "N", 2000, "browse: variables at most", 1, 50'000));
  words.asset = line.option("asset", "ID", "machine-1", "browse: whose tags they become");
  words.name = line.option("name", "ID", "opcua", "browse: of the connector");
  words.write =
      line.maybe_option("write", "FOLDER", "browse: puts connector.toml and plant.json here");
  return words;
}

}  // namespace

int cmd_plant(CommandLine& line) {
  line.describe(
      "`import FILE.csv` stores a file's samples, with --preview only shows what it would; "
      "`export --tags A,B --from T --to T` writes samples as CSV; `browse opc.tcp://HOST:4840` "
      "lists the "
      "variables of an OPC UA server, with --write FOLDER also as configuration.");
  PlantWords words;
  words.stored.data = data_folder(line);
  words.stored.catalogue_file =
      line.maybe_option("catalogue", "FILE", "default: that of config.toml");
  words.preview =
      line.flag("preview", "import: read, show the mapping and problems, store nothing");
  const auto maps =
      line.options("map", "HEADER=TAG", "import: what a column, or a name, stands for");
  words.csv.prefix =
      line.option("prefix", "TEXT", "", "import: in front of names, such as press-1/");
  words.csv.time_column = line.option("time-column", "HEADER", "", "import: default: found out");
  words.csv.ignore = line.options("ignore", "HEADER", "import: a column to pass over");
  words.csv.take_last_line =
      line.flag("take-last-line", "import: the last line is whole although no line end says so");
  const std::string separator = line.option("separator", "CHAR", "", "import: default: found out");
  const std::string offset =
      line.option("utc-offset", "+HH:MM", "", "import: of times without zone");
  words.tags = comma_list(line.option("tags", "TAG,TAG", "", "export: default: all"));
  words.from = line.option("from", "TIME", "", "export: 2026-01-31T08:00:00Z");
  words.to = line.option("to", "TIME", "", "export: end, exclusive");
  words.out = line.maybe_option("out", "FILE", "export: default: stdout");
  const BrowseWords browse = browse_words(line);
  const std::string action = line.positional("import|export|browse", "what to do");
  const auto file =
      line.maybe_positional("FILE|ENDPOINT", "import: which file; browse: which server");
  if (const auto status = line.finish()) return *status;
  if (const auto read = read_csv_flags(maps, separator, offset, words.csv); !read) {
    return fail(line, read.error());
  }
  if (action == "browse" && file) {
    const Result<int> status = browse_server(line, words.stored.data, *file, browse);
    return status ? *status : fail(line, status.error());
  }
  if ((action != "import" || !file) && (action != "export" || file)) {
    return fail(line, Error::make(Code::kInvalidArgument,
                                  "expected `import FILE`, `export` or `browse ENDPOINT`",
                                  "应为 `import 文件`、`export` 或 `browse 端点`", action));
  }
  const Result<int> status = file ? import_file(line, words, *file) : export_tags(line, words);
  return status ? *status : fail(line, status.error());
}

}  // namespace mw::app
