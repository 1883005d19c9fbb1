#include "maintenance/table_archive.h"

#include <algorithm>
#include <set>

#include "core/sha256.h"
#include "maintenance/data/json_lists.h"
#include "maintenance/data/source_name.h"
#include "maintenance/health/health_machine.h"
#include "maintenance/health/same_person.h"
#include "maintenance/model_cards.h"
#include "maintenance/run_file.h"
#include "security/rights.h"

namespace mw::maintenance {
namespace {

constexpr const char* kFormat = "millwright-table-1";
constexpr const char* kInfoFile = "table.json";
constexpr uint64_t kMostInfoBytes = 1 << 20;
constexpr std::size_t kMostLines = 1000;

Error no_table() {
  return Error::make(Code::kNotFound, "there is no such table: see GET /api/maintenance/tables",
                     "没有该数据表：可用的表见 GET /api/maintenance/tables", "table");
}

bool is_mat(const std::string& file) { return file.ends_with(".mat"); }

std::string data_file_of(const KeptTable& table) {
  return is_mat(table.file) ? "data.mat" : "data.csv";
}

Json table_info_json(const KeptTable& table) {
  return {{"format", kFormat},          {"number", table.number}, {"file", table.file},
          {"cut", table.cut},           {"lines", table.lines},   {"by", table.by},
          {"added_ns", table.added_ns}, {"bytes", table.bytes},   {"sha256", table.sha256}};
}

Result<KeptTable> parse_table_info(std::string_view text) {
  MW_ASSIGN(const Json json, parse_json(text, 8));
  KeptTable out;
  MW_ASSIGN(const std::string format, json_string(json, "format"));
  if (format != kFormat) return damaged_model("its table.json is of another version");
  MW_ASSIGN(out.number, json_integer(json, "number", 0));
  MW_ASSIGN(out.file, json_string(json, "file"));
  MW_ASSIGN(out.cut, json_bool(json, "cut", false));
  MW_ASSIGN(out.lines, json_strings(json, "lines", kMostLines));
  MW_ASSIGN(out.by, json_string(json, "by"));
  MW_ASSIGN(out.added_ns, json_integer(json, "added_ns", 0));
  MW_ASSIGN(const int64_t bytes, json_integer(json, "bytes", 0));
  out.bytes = static_cast<uint64_t>(bytes);
  MW_ASSIGN(out.sha256, json_string(json, "sha256"));
  return out;
}

}  // namespace

std::string_view text_of(const MappedFile& file) {
  return {reinterpret_cast<const char*>(file.bytes().data()), file.bytes().size()};
}

std::string lines_text(const std::vector<std::string>& lines) {
  std::string out;
  for (const std::string& each : lines) out += (out.empty() ? "" : " ") + each;
  return out.empty() ? "-" : out;
}

Result<std::unique_ptr<TableArchive>> TableArchive::open(TableArchiveOptions options) {
  MW_TRY(make_private_folder(options.folder));
  std::unique_ptr<TableArchive> out(new TableArchive(std::move(options)));
  out->load();
  return out;
}

void TableArchive::load() {
  std::error_code failed;
  for (const auto& entry : std::filesystem::directory_iterator(options_.folder, failed)) {
    std::error_code none;
    if (!std::filesystem::exists(entry.path() / kInfoFile, none)) {
      // Nobody was told that it is kept: the bytes come first, what is known of them last.
      std::filesystem::remove_all(entry.path(), none);
      continue;
    }
    const auto text = read_file(entry.path() / kInfoFile, kMostInfoBytes);
    const auto info = text ? parse_table_info(*text) : Result<KeptTable>(text.error());
    if (!info || folder_of(info->number) != entry.path() ||
        std::filesystem::file_size(entry.path() / data_file_of(*info), none) != info->bytes) {
      options_.log(LogLevel::kWarning, "maintenance", "left out: table " + entry.path().string());
      continue;
    }
    tables_[info->number] = *info;
  }
}

std::filesystem::path TableArchive::folder_of(int64_t number) const {
  return options_.folder / std::to_string(number);
}

Result<void> TableArchive::audit(const Identity& who, const char* action,
                                 const KeptTable& table) const {
  if (options_.audit == nullptr) return {};
  return options_.audit->record(
      {security::audit_name(who), "", std::string("maintenance.") + action,
       "table:" + std::to_string(table.number), security::AuditOutcome::kDone,
       "file=" + table.file + " bytes=" + std::to_string(table.bytes) +
           " lines=" + lines_text(table.lines)});
}

Result<void> TableArchive::check_lines(const Identity& who,
                                       const std::vector<std::string>& lines) const {
  const auto mine = options_.plant->catalogue(who);
  for (const std::string& line : lines) {
    if (mine->line(line) != nullptr) continue;
    return Error::make(Code::kInvalidArgument, "there is no line '" + line.substr(0, 128) + "'",
                       "没有产线“" + line.substr(0, 128) + "”", "lines");
  }
  if (may_with_lines(who, Role::kEngineer, lines)) return {};
  if (!lines.empty()) return role_needed("engineer", "工程师");
  return Error::make(Code::kInvalidArgument,
                     "say of which lines the data are: only an engineer of every line may leave "
                     "that open",
                     "请说明数据属于哪些产线：只有全部产线的工程师可以不填", "lines");
}

Result<void> TableArchive::check_share(const KeptTable& table) const {
  std::size_t count = 1;
  uint64_t bytes = table.bytes;
  for (const auto& [number, each] : tables_) {
    if (each.by != table.by) continue;
    ++count;
    bytes += each.bytes;
  }
  if (count <= options_.most_a_person && bytes <= options_.most_bytes_a_person) return {};
  return Error::make(Code::kResourceExhausted,
                     "your share of the tables is full: remove some that are not needed any more",
                     "您的数据表空间已满：请先删除不再需要的表", "file");
}

Result<KeptTable> TableArchive::keep(const Identity& who, KeptTable table, std::string_view bytes) {
  table.by = who.name;
  table.added_ns = options_.clock->now_ns();
  table.bytes = bytes.size();
  table.sha256 = sha256_hex(bytes);
  const std::lock_guard<std::mutex> guard(mutex_);
  MW_TRY(check_share(table));
  table.number = table.added_ns / kNsPerMicrosecond;
  while (tables_.contains(table.number)) ++table.number;
  MW_TRY(audit(who, table.cut ? "table_cut" : "table_add", table));
  const std::filesystem::path folder = folder_of(table.number);
  MW_TRY(make_private_folder(folder));
  MW_TRY(write_file_atomically(folder / data_file_of(table), bytes));
  MW_TRY(write_file_atomically(folder / kInfoFile, to_text(table_info_json(table))));
  tables_[table.number] = table;
  return table;
}

Result<KeptTable> TableArchive::add(const Identity& who, const std::string& file,
                                    std::string_view bytes, const std::vector<std::string>& lines) {
  KeptTable table;
  table.file = source_name(file);
  table.lines = lines;
  MW_TRY(check_lines(who, lines));
  if (table.file.empty() || bytes.empty()) {
    return Error::make(Code::kInvalidArgument, "the file is empty, or has no name",
                       "文件为空或没有文件名", "file");
  }
  if (bytes.size() > options_.most_bytes) {
    return Error::make(Code::kTooLarge,
                       "a table has at most " + std::to_string(options_.most_bytes >> 20) +
                           " MiB: use `millwright "
                           "maintain train` on the server for a larger one",
                       "数据表最大 " + std::to_string(options_.most_bytes >> 20) +
                           " MiB：更大的文件请在服务器上用 millwright maintain train 训练",
                       "file");
  }
  // What is no table is not kept. Which of several variables it is can be said later.
  if (is_mat(table.file)) {
    MW_TRY(mat_variables(bytes));
  } else {
    MW_TRY(preview_table(bytes, table.file, {}));
  }
  return keep(who, std::move(table), bytes);
}

Result<TableArchive::Cut> TableArchive::cut(const Identity& who, const LivesOrder& order) {
  const auto mine = options_.plant->catalogue(who);
  std::set<std::string> lines;
  for (const std::string& asset : order.assets) {
    const plant::Asset* found = mine->asset(asset);
    if (found == nullptr) return no_such_asset(asset);
    lines.insert(found->line);
  }
  Cut out;
  out.table.lines.assign(lines.begin(), lines.end());
  if (!order.assets.empty()) MW_TRY(check_lines(who, out.table.lines));
  MW_ASSIGN(out.lives, cut_lives(*options_.plant, who, order));
  if (out.lives.lives == 0) {
    return Error::make(
        Code::kInvalidArgument,
        "no whole life in that time: " + std::to_string(out.lives.without_beginning) +
            " failures of which nothing tells the beginning, " +
            std::to_string(out.lives.too_short) + " lives shorter than two rows",
        "该时间段内没有完整寿命：" + std::to_string(out.lives.without_beginning) +
            " 次失效没有开始记录，" + std::to_string(out.lives.too_short) + " 段寿命不足两行",
        "ends");
  }
  const std::string bytes = std::move(out.lives.csv);
  if (bytes.size() > options_.most_bytes) {
    return Error::make(Code::kTooLarge, "the lives are too many rows for a table: take longer rows",
                       "寿命数据行数过多：请加长每行的时长", "row_s");
  }
  out.table.cut = true;
  out.table.file = order.assets.front() +
                   (order.assets.size() > 1 ? "+" + std::to_string(order.assets.size() - 1) : "") +
                   ".lives.csv";
  MW_ASSIGN(out.table, keep(who, std::move(out.table), bytes));
  return out;
}

std::vector<KeptTable> TableArchive::list(const Identity& who) const {
  const std::lock_guard<std::mutex> guard(mutex_);
  std::vector<KeptTable> out;
  for (auto at = tables_.rbegin(); at != tables_.rend(); ++at) {
    if (may_with_lines(who, Role::kEngineer, at->second.lines)) out.push_back(at->second);
  }
  return out;
}

Result<KeptTable> TableArchive::find(const Identity& who, int64_t number) const {
  const std::lock_guard<std::mutex> guard(mutex_);
  const auto found = tables_.find(number);
  if (found == tables_.end() || !may_with_lines(who, Role::kEngineer, found->second.lines)) {
    return no_table();
  }
  return found->second;
}

Result<MappedFile> TableArchive::bytes(const KeptTable& table) const {
  return MappedFile::open(folder_of(table.number) / data_file_of(table));
}

Result<TablePreview> TableArchive::preview(const Identity& who, int64_t number,
                                           const TableForm& form) const {
  MW_ASSIGN(const KeptTable table, find(who, number));
  MW_ASSIGN(const MappedFile file, bytes(table));
  return preview_table(text_of(file), table.file, form);
}

Result<RunTable> TableArchive::read(const Identity& who, int64_t number,
                                    const TableMapping& mapping,
                                    const std::string& variable) const {
  MW_ASSIGN(const KeptTable table, find(who, number));
  MW_ASSIGN(const MappedFile file, bytes(table));
  return read_run_file(text_of(file), table.file, mapping, variable);
}

Result<void> TableArchive::remove(const Identity& who, int64_t number) {
  MW_ASSIGN(const KeptTable table, find(who, number));
  const std::lock_guard<std::mutex> guard(mutex_);
  if (!tables_.contains(number)) return no_table();
  MW_TRY(audit(who, "table_remove", table));
  std::error_code failed;
  std::filesystem::remove(folder_of(number) / kInfoFile, failed);
  if (failed) return errno_error("remove", folder_of(number).string(), failed.value());
  tables_.erase(number);
  // What stays for want of rights is no table any more, and goes at the next start.
  std::filesystem::remove_all(folder_of(number), failed);
  return {};
}

Result<void> TableArchive::forget_person(const std::string& name) {
  const std::lock_guard<std::mutex> guard(mutex_);
  for (auto& [number, table] : tables_) {
    if (!is_same_person(table.by, name)) continue;
    table.by = kNobody;
    MW_TRY(write_file_atomically(folder_of(number) / kInfoFile, to_text(table_info_json(table))));
  }
  return {};
}

}  // namespace mw::maintenance
