#include <strings.h>

#include <cstdio>

#include "alarms/alarm_journal.h"
#include "apps/millwright/commands.h"
#include "apps/millwright/data_folder.h"
#include "apps/millwright/password_input.h"
#include "apps/millwright/people_store.h"
#include "apps/millwright/plant_service.h"
#include "backup/backup.h"
#include "core/file_lock.h"
#include "core/utc_text.h"
#include "server/kept_responses.h"

namespace mw::app {
namespace {

struct Request {
  std::filesystem::path data;
  GrantFlags grant;
  std::optional<std::string> password_file;
  bool off = false;
  bool lost = false;
  std::string key_file;
  std::string issuer;
  std::string subject;
  std::string action;
  std::string name;
};

bool zh() { return terminal_language() == Language::kZh; }

Json to_json(const security::PersonInfo& person, TimeNs now) {
  Json out = grant_json(person.grant);
  out["name"] = person.name;
  out["disabled"] = person.disabled;
  out["totp"] = person.totp;
  out["must_change"] = person.must_change;
  out["sessions"] = person.sessions;
  out["has_password"] = person.has_password;
  out["issuer"] = person.issuer.empty() ? Json() : Json(person.issuer);
  out["subject"] = person.subject.empty() ? Json() : Json(person.subject);
  out["managed"] = person.managed;
  out["created"] = utc_text(person.created_ns);
  out["last_login"] = person.login_ns > 0 ? Json(utc_text(person.login_ns)) : Json();
  out["locked_until"] =
      person.locked_until_ns > now ? Json(utc_text(person.locked_until_ns)) : Json();
  return out;
}

int list(const CommandLine& line, security::People& people) {
  const auto all = people.people();
  if (!all) return fail(line, all.error());
  const TimeNs now = SystemClock().now_ns();
  Json out = Json::array();
  for (const auto& person : *all) {
    out.push_back(to_json(person, now));
    if (line.json()) continue;
    std::printf("%-20s %s%s%s%s%s\n", person.name.c_str(), grant_text(person.grant).c_str(),
                person.totp ? ", code" : "", person.disabled ? ", disabled" : "",
                person.issuer.empty() ? "" : ", sso",
                person.locked_until_ns > now ? ", locked" : "");
  }
  if (line.json()) print_json({{"users", std::move(out)}});
  return 0;
}

int done(const CommandLine& line, const Request& request, const Result<void>& result) {
  if (!result) return fail(line, result.error());
  if (line.json()) {
    print_json({{"user", request.name}, {"done", request.action}});
  } else {
    std::printf(zh() ? "已完成：%s %s\n" : "done: %s %s\n", request.action.c_str(),
                request.name.c_str());
  }
  return 0;
}

int totp(const CommandLine& line, const Request& request, security::People& people) {
  if (request.off) return done(line, request, people.disable_totp(local_actor(), request.name));
  const auto setup = people.enable_totp(local_actor(), request.name);
  if (!setup) return fail(line, setup.error());
  if (line.json()) {
    print_json({{"user", request.name},
                {"secret", setup->secret},
                {"uri", setup->uri},
                {"recovery_codes", setup->recovery_codes}});
    return 0;
  }
  std::printf(zh() ? "在验证器应用中输入密钥，或用二维码显示该链接。此处内容不会再次显示。\n"
                   : "Type the secret into an authenticator app, or show it the address as a QR "
                     "code. None of this is shown again.\n");
  std::printf("  %s\n  %s\n", setup->secret.c_str(), setup->uri.c_str());
  std::printf(zh() ? "恢复码（各可使用一次，代替验证码）：\n"
                   : "Recovery codes (each counts once, in place of a code):\n");
  for (const std::string& code : setup->recovery_codes) std::printf("  %s\n", code.c_str());
  return 0;
}

Result<int> rotate_key(const CommandLine& line, const Request& request, security::People& people) {
  // A backup must not get people.db of before and the key of after, or the reverse.
  MW_ASSIGN(const auto turn, FileLock::try_acquire(request.data / backup::kLockFile));
  if (!turn) {
    return Error::make(Code::kConflict, "a backup is being made: try again when it is done",
                       "正在备份，请稍后重试", "data");
  }
  const std::string file =
      request.key_file.empty() ? "" : std::filesystem::absolute(request.key_file).string();
  const auto old_key = request.lost ? security::OldKey::kLost : security::OldKey::kAtHand;
  MW_ASSIGN(const security::KeyRotation rotation, people.rotate_key(local_actor(), file, old_key));
  if (line.json()) {
    print_json({{"file", rotation.file.string()}, {"old_file", rotation.old_file.string()}});
    return 0;
  }
  if (request.lost) {
    std::printf(zh() ? "新密钥位于 %s。请在控制台重新输入设备密码，并用 `millwright user totp NAME "
                       "--off` 关闭仍由旧密钥加密的第二因素。\n"
                     : "There is a new key, in %s. Type the passwords of devices again in the "
                       "console, and take away second factors, which only the old one opens, with "
                       "`millwright user totp NAME --off`.\n",
                rotation.file.c_str());
    return 0;
  }
  std::printf(zh() ? "第二因素和设备密码已用新密钥重新加密，密钥位于 %s\n"
                   : "second factors and passwords of devices are sealed under a new key, in %s\n",
              rotation.file.c_str());
  if (rotation.file != rotation.old_file) {
    std::printf(zh() ? "旧密钥 %s 只有此前的备份还需要：请与备份一并保管或删除；config.toml 中的 "
                       "security.key_file 应指向新文件。\n"
                     : "Only backups of before need the old one, %s: keep it with them, or delete "
                       "it. security.key_file in config.toml, where it is set, has to name the new "
                       "one.\n",
                rotation.old_file.c_str());
  }
  return 0;
}

/// Beside a running server too: what it is just writing of them stays, which a second call erases.
Result<void> erase(const Request& request, security::People& people) {
  std::string name = request.name;
  MW_ASSIGN(const auto all, people.people());
  for (const security::PersonInfo& each : all) {
    if (::strcasecmp(each.name.c_str(), name.c_str()) == 0) name = each.name;  // as stored
  }
  const auto erased = people.erase_person(local_actor(), name);
  if (!erased && erased.error().code != Code::kNotFound) return erased;
  MW_ASSIGN(const std::size_t responses,
            server::erase_kept_responses(request.data / "responses", "person:" + name));
  for (const std::filesystem::path& folder : {request.data, demo_folder(request.data)}) {
    std::error_code problem;
    if (!std::filesystem::exists(folder / "alarms.db", problem)) continue;
    MW_ASSIGN(auto journal, alarms::AlarmJournal::open((folder / "alarms.db").string()));
    MW_TRY(journal.forget(name));
  }
  return !erased && responses == 0 ? erased : Result<void>{};
}

Result<void> change(const Request& request, security::People& people) {
  const security::Actor actor = local_actor();
  if (request.action == "add") {
    MW_ASSIGN(const security::Grant grant, parse_grant(request.grant));
    MW_ASSIGN(const std::string password, read_password(request.password_file, true));
    return people.add_person(actor, {request.name, password, grant});
  }
  if (request.action == "passwd") {
    MW_ASSIGN(const std::string password, read_password(request.password_file, true));
    return people.set_password(actor, request.name, password);
  }
  if (request.action == "grant") {
    MW_ASSIGN(const security::Grant grant, parse_grant(request.grant));
    return people.set_grant(actor, request.name, grant);
  }
  if (request.action == "link") {
    return people.link(actor, request.name, request.issuer, request.subject);
  }
  if (request.action == "unlink") return people.unlink(actor, request.name);
  if (request.action == "unlock") return people.unlock(actor, request.name);
  if (request.action == "logout") return people.end_sessions(actor, request.name);
  if (request.action == "erase") return erase(request, people);
  if (request.action == "rm") return people.remove_person(actor, request.name);
  if (request.action == "disable" || request.action == "enable") {
    return people.set_disabled(actor, request.name, request.action == "disable");
  }
  return Error::make(
      Code::kInvalidArgument,
      "expected add, list, passwd, grant, disable, enable, unlock, logout, rm, erase, totp, link, "
      "unlink "
      "or rotate-key, "
      "got '" +
          request.action + "'",
      "应为 "
      "add、list、passwd、grant、disable、enable、unlock、logout、rm、erase、totp、link、unlink 或 "
      "rotate-key，实际为“" +
          request.action + "”",
      "user");
}

}  // namespace

int cmd_user(CommandLine& line) {
  line.describe(
      "Manages people: add, list, passwd, grant (role, lines, labels), disable, enable, unlock, "
      "logout (everywhere), rm, erase (with all that tells who they were), totp (a second factor), "
      "link and unlink (who somebody is to the "
      "identity provider), rotate-key (that seals them). Takes effect "
      "at once in a running server, "
      "and is in the audit log.");
  Request request;
  request.data = data_folder(line);
  request.grant = grant_flags(line);
  request.password_file = line.maybe_option("password-file", "FILE",
                                            "add, passwd: first line of a file of mode 600, or - "
                                            "for standard input; else the terminal is asked");
  request.off = line.flag("off", "totp: no second factor any more");
  request.issuer = line.maybe_option("issuer", "URL", "link: the identity provider, as oidc.issuer")
                       .value_or("");
  request.subject =
      line.maybe_option("subject", "SUB", "link: what it calls the person (sub)").value_or("");
  request.key_file = line.maybe_option("key-file", "FILE",
                                       "rotate-key: where the new key is to lie; made where there "
                                       "is none. Default: where the old one is")
                         .value_or("");
  request.lost = line.flag("lost", "rotate-key: the old key is gone for good, and what it seals");
  request.action = line.positional("ACTION", "what to do");
  const auto name = line.maybe_positional("NAME", "whom");
  if (const auto status = line.finish()) return *status;
  const bool for_all = request.action == "list" || request.action == "rotate-key";
  if (!name && !for_all) {
    return fail(line,
                Error::make(Code::kInvalidArgument, "whom? expected a NAME", "缺少用户名", "name"));
  }
  request.name = name.value_or("");
  auto store = open_people(request.data, stderr_log(LogLevel::kWarning));
  if (!store) return fail(line, store.error());
  if (request.action == "list") return list(line, *store->people);
  if (request.action == "rotate-key") {
    const auto rotated = rotate_key(line, request, *store->people);
    return rotated ? *rotated : fail(line, rotated.error());
  }
  if (request.action == "totp") return totp(line, request, *store->people);
  return done(line, request, change(request, *store->people));
}

}  // namespace mw::app
