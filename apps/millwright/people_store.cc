#include "apps/millwright/people_store.h"

#include <pwd.h>
#include <unistd.h>

#include "core/file.h"

namespace mw::app {
namespace {

std::string joined(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : " ") + name;
  return text.empty() ? "-" : text;
}

}  // namespace

Result<PeopleStore> open_people(const std::filesystem::path& data, LogSink log,
                                const PeopleSettings* serving) {
  MW_TRY(make_private_folder(data));
  PeopleStore store;
  security::AuditLogOptions audit;
  audit.folder = data / "audit";
  audit.log = log;
  MW_ASSIGN(audit.names, security::AuditNames::open(data / kAuditNames));
  MW_ASSIGN(store.audit, security::AuditLog::open(std::move(audit)));
  security::PeopleOptions options;
  options.folder = data;
  options.audit = store.audit;
  options.log = std::move(log);
  options.upkeep = serving != nullptr;
  if (serving != nullptr) {
    options.session_idle_ns = serving->idle_minutes * kNsPerMinute;
    options.session_ns = serving->hours * kNsPerHour;
    options.keep_logins_ns = serving->keep_logins_days * kNsPerDay;
    options.key_file = serving->key_file;
  }
  MW_ASSIGN(store.people, security::People::open(std::move(options)));
  return store;
}

security::Actor local_actor() {
  const struct passwd* account = ::getpwuid(::getuid());
  return {
      "local:" + (account != nullptr ? std::string(account->pw_name) : std::to_string(::getuid())),
      ""};
}

GrantFlags grant_flags(CommandLine& line) {
  GrantFlags flags;
  flags.role = line.option("role", "ROLE", "viewer", "viewer, operator, engineer or admin");
  flags.lines = line.options("line", "ID", "a line that may be seen, again for more; * for all");
  flags.labels =
      line.options("label", "NAME", "documents of this label, again for more; * for all");
  return flags;
}

Result<security::Grant> parse_grant(const GrantFlags& flags) {
  const auto role = security::role_of(flags.role);
  if (!role) {
    return Error::make(
        Code::kInvalidArgument,
        "--role: expected viewer, operator, engineer or admin, got '" + flags.role + "'",
        "--role 应为 viewer、operator、engineer 或 admin，实际为“" + flags.role + "”", "role");
  }
  security::Grant grant{*role, flags.lines, flags.labels};
  MW_TRY(security::check_grant(grant));
  return grant;
}

Json grant_json(const security::Grant& grant) {
  return {
      {"role", security::role_name(grant.role)}, {"lines", grant.lines}, {"labels", grant.labels}};
}

std::string grant_text(const security::Grant& grant) {
  return std::string(security::role_name(grant.role)) + ", lines " + joined(grant.lines) +
         ", labels " + joined(grant.labels);
}

}  // namespace mw::app
