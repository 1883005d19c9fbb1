#include <cinttypes>
#include <cstdio>

#include "apps/millwright/commands.h"
#include "apps/millwright/data_folder.h"
#include "apps/millwright/engine_flags.h"
#include "apps/millwright/password_input.h"
#include "apps/millwright/people_store.h"
#include "apps/millwright/step_progress.h"
#include "backup/restore.h"
#include "backup/restored_mark.h"
#include "core/utc_text.h"

namespace mw::app {
namespace {

namespace fs = std::filesystem;

struct Request {
  fs::path data;
  std::optional<std::string> password_file;
  std::string to;
  std::string action;
  fs::path file;
};

bool zh() { return terminal_language() == Language::kZh; }

/// A step a MiB.
backup::Progress shown_by(StepProgress& progress) {
  return [&progress, shown = -1](uint64_t done, uint64_t total) mutable {
    const auto mib = [](uint64_t bytes) { return static_cast<int>(bytes >> 20); };
    if (mib(done) == shown) return;
    shown = mib(done);
    progress.show(shown, mib(total) + 1);
  };
}

std::string joined(const Json& names) {
  std::string out;
  for (const Json& name : names) {
    if (name.is_string()) out += (out.empty() ? "" : ", ") + name.get<std::string>();
  }
  return out;
}

Result<int> create(const CommandLine& line, const Request& request) {
  std::error_code problem;
  if (!fs::is_directory(request.data, problem)) {
    return Error::make(Code::kNotFound, "there is no data folder " + request.data.string(),
                       "没有数据目录 " + request.data.string(), "data");
  }
  MW_ASSIGN(const std::string passphrase, read_password(request.password_file, true));
  MW_ASSIGN(const PeopleStore store, open_people(request.data, stderr_log(LogLevel::kWarning)));
  // Before it is made: so the backup holds the record of itself.
  MW_TRY(store.audit->record({local_actor().who, "", "backup.create", request.file.string()}));
  backup::BackupOptions options;
  options.data = request.data;
  options.to = request.file;
  options.passphrase = passphrase;
  options.version = version();
  options.audit = store.audit.get();
  StepProgress progress({"copying, MiB", "正在复制（MiB）"}, terminal_language());
  options.on_progress = shown_by(progress);
  MW_ASSIGN(backup::BackupReport report, backup::back_up(options));
  MW_ASSIGN(const fs::path key, store.people->key_file());
  const fs::path within = fs::absolute(key).lexically_normal().lexically_relative(
      fs::absolute(request.data).lexically_normal());
  const bool inside = !within.empty() && *within.begin() != "..";
  if (!inside) report.left_out.push_back(key.string());  // sealed secrets need it
  if (line.json()) {
    print_json({{"file", request.file.string()},
                {"files", report.files},
                {"bytes", report.bytes},
                {"left_out", report.left_out}});
    return 0;
  }
  std::printf(zh() ? "已备份到 %s：%" PRIu64 " 个文件，%.1f MB\n"
                   : "backed up to %s: %" PRIu64 " files, %.1f MB\n",
              request.file.c_str(), report.files, static_cast<double>(report.bytes) / 1e6);
  if (!report.left_out.empty()) {
    std::printf(zh() ? "未包含：%s\n" : "not in it: %s\n", joined(report.left_out).c_str());
  }
  std::printf(zh() ? "没有口令就无法恢复：请将口令另行妥善保管。\n"
                   : "Nobody can restore it without the passphrase: keep that somewhere else.\n");
  return 0;
}

void print(const backup::BackupContent& content) {
  const std::string made = json_string(content.about, "made").value_or("?");
  const std::string from = json_string(content.about, "from").value_or("?");
  std::printf(zh() ? "备份时间 %s，来自 %s：%zu 个文件，%.1f MB\n"
                   : "made %s from %s: %zu files, %.1f MB\n",
              made.c_str(), from.c_str(), content.files.size(),
              static_cast<double>(content.bytes) / 1e6);
}

Json to_json(const backup::BackupContent& content) {
  Json files = Json::array();
  for (const auto& entry : content.files) {
    files.push_back({{"path", entry.path}, {"size", entry.size}});
  }
  return {{"about", content.about}, {"files", std::move(files)}, {"bytes", content.bytes}};
}

Result<int> check(const CommandLine& line, const Request& request) {
  MW_ASSIGN(const std::string passphrase, read_password(request.password_file, false));
  StepProgress progress({"reading, MiB", "正在读取（MiB）"}, terminal_language());
  MW_ASSIGN(const backup::BackupContent content,
            backup::check_backup(request.file, passphrase, shown_by(progress)));
  if (line.json()) {
    print_json(to_json(content));
    return 0;
  }
  print(content);
  std::printf(zh() ? "完好\n" : "intact\n");
  return 0;
}

/// What holds again since the restore, for who has to look through it.
struct Revived {
  std::size_t people = 0;
  std::size_t keys = 0;
};

Result<Revived> settle(const Request& request, const std::string& made) {
  MW_ASSIGN(const PeopleStore store, open_people(request.to, stderr_log(LogLevel::kWarning)));
  MW_TRY(store.audit->record({local_actor().who, "", "backup.restore", request.file.string(),
                              security::AuditOutcome::kDone, "made=" + made}));
  MW_TRY(store.people->end_all_sessions(local_actor()));
  MW_ASSIGN(const auto people, store.people->people());
  MW_ASSIGN(const auto keys, store.people->keys());
  Revived revived;
  for (const auto& each : people) revived.people += each.disabled ? 0 : 1;
  for (const auto& each : keys) revived.keys += each.revoked ? 0 : 1;
  return revived;
}

Result<int> restore(const CommandLine& line, const Request& request) {
  if (request.to.empty()) {
    return Error::make(Code::kInvalidArgument, "restore: expected --to FOLDER, a new one",
                       "restore：需要 --to 指定一个新目录", "to");
  }
  MW_ASSIGN(const std::string passphrase, read_password(request.password_file, false));
  std::optional<backup::RestoreReport> report;
  {
    StepProgress progress({"restoring, MiB", "正在恢复（MiB）"}, terminal_language());
    MW_ASSIGN(report, backup::restore(request.file, passphrase, request.to, shown_by(progress)));
  }
  const bool sound = report->audit.intact() && report->damaged.empty();
  const std::string made = json_string(report->content.about, "made").value_or("?");
  // Into a log that does not hold nothing is written: it is evidence.
  std::optional<Revived> revived;
  if (sound) {
    MW_ASSIGN(revived, settle(request, made));
  }
  MW_TRY(backup::write_restored_mark(request.to, {made, SystemClock().now_ns(), sound}));
  if (line.json()) {
    Json out = to_json(report->content);
    out["to"] = request.to;
    out["audit_intact"] = report->audit.intact();
    out["damaged"] = report->damaged;
    out["people"] = revived ? Json(revived->people) : Json();
    out["keys"] = revived ? Json(revived->keys) : Json();
    print_json(out);
    return sound ? 0 : 1;
  }
  print(report->content);
  std::printf(zh() ? "已恢复到 %s；审计日志：%s\n" : "restored to %s; audit log: %s\n",
              request.to.c_str(),
              report->audit.intact() ? (zh() ? "完好" : "intact")
                                     : report->audit.broken->what.in(terminal_language()).c_str());
  for (const std::string& name : report->damaged) {
    std::printf(
        zh() ? "已损坏（备份前即已损坏）：%s\n" : "DAMAGED (it was when it was backed up): %s\n",
        name.c_str());
  }
  if (revived) {
    std::printf(
        zh() ? "所有登录已结束。%zu 名用户和 %zu 个密钥恢复到备份时的状态：此后撤销的权限重新"
               "生效，请检查 `millwright user list` 和 `millwright token list`。\n"
             : "Everybody is logged out. %zu people and %zu keys are as they were then: "
               "what was taken from them since holds again; look through `millwright user "
               "list` and `millwright token list`.\n",
        revived->people, revived->keys);
  }
  return sound ? 0 : 1;
}

}  // namespace

int cmd_backup(CommandLine& line) {
  line.describe(
      "Keeps a data folder elsewhere, encrypted: `create FILE` while a server runs or without one, "
      "`check FILE` reads all of it, `restore FILE --to FOLDER` into a new folder. Models are left "
      "out.");
  Request request;
  request.data = data_folder(line);
  request.password_file = line.maybe_option("password-file", "FILE",
                                            "first line of a file of mode 600, or - for standard "
                                            "input; else the terminal is asked");
  request.to = line.option("to", "FOLDER", "", "restore: a folder that is not there, or empty");
  request.action = line.positional("create|check|restore", "what to do");
  request.file = line.positional("FILE", "the backup");
  if (const auto status = line.finish()) return *status;
  const auto act = request.action == "create"    ? create
                   : request.action == "check"   ? check
                   : request.action == "restore" ? restore
                                                 : nullptr;
  if (act == nullptr) {
    return fail(line, Error::make(Code::kInvalidArgument,
                                  "expected create, check or restore, got '" + request.action + "'",
                                  "应为 create、check 或 restore，实际为“" + request.action + "”",
                                  "backup"));
  }
  const Result<int> status = act(line, request);
  return status ? *status : fail(line, status.error());
}

}  // namespace mw::app
