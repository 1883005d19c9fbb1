#include <cstdio>

#include "apps/millwright/commands.h"
#include "apps/millwright/data_folder.h"
#include "apps/millwright/people_store.h"
#include "core/file.h"
#include "core/utc_text.h"
#include "security/audit_check.h"

namespace mw::app {
namespace {

struct Request {
  std::filesystem::path folder;
  std::vector<std::string> root_files;
  int64_t from = 1;
  int64_t last = 0;
};

Result<security::AuditCheckOptions> check_options(const Request& request) {
  security::AuditCheckOptions options;
  for (const std::string& file : request.root_files) {
    MW_ASSIGN(const std::string text, read_file(file, 1 << 16));
    auto root = security::parse_audit_root(text);
    if (!root) return root.error().within(file);
    options.roots.push_back(*root);
  }
  return options;
}

Json to_json(const security::AuditReport& report) {
  Json out{
      {"intact", report.intact()},
      {"records", report.records},
      {"segments", report.segments},
      {"first", report.records > 0 ? Json(utc_text(report.first_ns)) : Json()},
      {"last", report.records > 0 ? Json(utc_text(report.last_ns)) : Json()},
      {"torn_bytes", report.torn_bytes},
      {"key", report.last_root ? Json(security::key_fingerprint(report.last_root->key)) : Json()},
      {"broken", nullptr}};
  if (report.broken) {
    out["broken"] = {{"fault", security::fault_name(report.broken->fault)},
                     {"seq", report.broken->seq},
                     {"segment", report.broken->segment},
                     {"offset", report.broken->offset},
                     {"message", report.broken->what.en},
                     {"message_zh", report.broken->what.zh}};
  }
  return out;
}

Json to_json(const security::AuditRecord& record) {
  const security::AuditEvent& event = record.event;
  return {{"seq", record.seq},
          {"time", utc_text(record.ts_ns)},
          {"who", event.who},
          {"address", event.address},
          {"action", event.action},
          {"object", event.object},
          {"outcome", security::outcome_name(event.outcome)},
          {"detail", event.detail}};
}

/// Control characters of foreign names must not drive the terminal.
std::string plain(const std::string& text) {
  std::string out;
  for (const char c : text) out += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? '?' : c;
  return out;
}

void print(const security::AuditReport& report, Language language) {
  const bool zh = language == Language::kZh;
  if (report.records > 0) {
    std::printf(zh ? "%llu 条记录可信，%s 至 %s\n" : "%llu records hold, from %s to %s\n",
                static_cast<unsigned long long>(report.records), utc_text(report.first_ns).c_str(),
                utc_text(report.last_ns).c_str());
    std::printf(zh ? "签名密钥 %s\n" : "signed with key %s\n",
                security::key_fingerprint(report.last_root->key).c_str());
  }
  if (report.torn_bytes > 0) {
    std::printf(zh ? "末尾有 %zu 字节未完成、未确认的记录（进程被中止），不计入\n"
                   : "%zu bytes at the end are of a record that was begun and never acknowledged "
                     "(a killed process); they do not count\n",
                report.torn_bytes);
  }
  if (!report.broken) {
    std::printf(zh ? "完好\n" : "intact\n");
    return;
  }
  const security::AuditBreak& broken = *report.broken;
  std::printf(zh ? "已损坏：记录 %llu（%s 偏移 %llu，%s）：%s\n"
                 : "BROKEN at record %llu (%s offset %llu, %s): %s\n",
              static_cast<unsigned long long>(broken.seq),
              broken.segment.empty() ? "-" : broken.segment.c_str(),
              static_cast<unsigned long long>(broken.offset),
              std::string(security::fault_name(broken.fault)).c_str(),
              broken.what.in(language).c_str());
}

int verify(const CommandLine& line, const Request& request) {
  auto options = check_options(request);
  if (!options) return fail(line, options.error());
  const auto report = security::check_audit(request.folder, *options);
  if (!report) return fail(line, report.error());
  if (line.json()) {
    print_json(to_json(*report));
  } else {
    print(*report, terminal_language());
  }
  return report->intact() ? 0 : 1;
}

/// Of a log that was copied elsewhere nobody knows the names: references are shown.
Result<security::AuditNames::Known> known_names(const std::filesystem::path& folder) {
  const std::filesystem::path file = folder.parent_path() / kAuditNames;
  std::error_code problem;
  if (!std::filesystem::exists(file, problem)) return security::AuditNames::Known{};
  MW_ASSIGN(const auto names, security::AuditNames::open(file));
  return names->known();
}

int show(const CommandLine& line, const Request& request) {
  auto options = check_options(request);
  if (!options) return fail(line, options.error());
  std::vector<security::AuditRecord> records;
  auto names = known_names(request.folder);
  if (!names) return fail(line, names.error());
  options->on_record = [&](const security::AuditRecord& record) {
    if (record.seq < static_cast<uint64_t>(request.from)) return true;
    records.push_back(record);
    security::AuditNames::show(records.back().event, *names);
    if (request.last > 0 && records.size() > 2 * static_cast<std::size_t>(request.last)) {
      records.erase(records.begin(), records.end() - request.last);
    }
    return true;
  };
  const auto report = security::check_audit(request.folder, *options);
  if (!report) return fail(line, report.error());
  if (request.last > 0 && records.size() > static_cast<std::size_t>(request.last)) {
    records.erase(records.begin(), records.end() - request.last);
  }
  if (line.json()) {
    Json list = Json::array();
    for (const auto& record : records) list.push_back(to_json(record));
    print_json({{"records", std::move(list)}, {"report", to_json(*report)}});
    return report->intact() ? 0 : 1;
  }
  for (const auto& record : records) {
    const security::AuditEvent& event = record.event;
    std::printf(
        "%6llu  %s  %-8s %-16s %s%s%s  %s  %s\n", static_cast<unsigned long long>(record.seq),
        utc_text(record.ts_ns).c_str(), std::string(security::outcome_name(event.outcome)).c_str(),
        plain(event.action).c_str(), plain(event.who).c_str(), event.address.empty() ? "" : "@",
        plain(event.address).c_str(), plain(event.object).c_str(), plain(event.detail).c_str());
  }
  if (!report->intact()) print(*report, terminal_language());
  return report->intact() ? 0 : 1;
}

int root(const CommandLine& line, const Request& request) {
  const auto options = check_options(request);
  if (!options) return fail(line, options.error());
  const auto report = security::check_audit(request.folder, *options);
  if (!report) return fail(line, report.error());
  if (!report->intact() || !report->last_root) {
    return fail(line,
                Error::make(Code::kCorrupt, "the log does not hold; see `millwright audit verify`",
                            "日志不可信，请运行 `millwright audit verify`", "audit"));
  }
  std::printf(
      "%s\n",
      security::audit_root_text(*report->last_root).c_str());  // JSON with --json or without
  return 0;
}

}  // namespace

int cmd_audit(CommandLine& line) {
  line.describe(
      "Reads the audit log without a server: `verify` names the first record that does not hold, "
      "`show` lists records, `root` prints the signed root to keep on another machine.");
  Request request;
  request.folder = data_folder(line) / "audit";
  request.root_files =
      line.options("root", "FILE", "a root kept elsewhere: the log must contain it");
  request.from = line.integer("from", "N", 1, "show: from record N", 1, INT64_MAX);
  request.last = line.integer("last", "N", 0, "show: only the last N; 0 for all", 0, 1'000'000);
  const auto action = line.positional("verify|show|root", "what to do");
  if (const auto status = line.finish()) return *status;
  if (action == "verify") return verify(line, request);
  if (action == "show") return show(line, request);
  if (action == "root") return root(line, request);
  return fail(line, Error::make(Code::kInvalidArgument,
                                "expected verify, show or root, got '" + action + "'",
                                "应为 verify、show 或 root，实际为“" + action + "”", "audit"));
}

}  // namespace mw::app
