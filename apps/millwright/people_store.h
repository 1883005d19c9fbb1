#pragma once

#include <filesystem>
#include <memory>

#include "apps/millwright/command_line.h"
#include "security/audit_log.h"
#include "security/people.h"

namespace mw::app {

/// People and the audit log of a data folder, for one command beside a server or without one.
struct PeopleStore {
  std::shared_ptr<security::AuditLog> audit;
  std::shared_ptr<security::People> people;
};
/// What a server's configuration says of people. A command beside it needs none of it.
struct PeopleSettings {
  int idle_minutes = 60;  // how long sessions last; the defaults are those of security
  int hours = 12;
  int keep_logins_days = 0;  // 0: as long as the person
  std::string key_file;      // absolute; empty: where it was
};
inline constexpr const char* kAuditNames = "audit_names.db";

Result<PeopleStore> open_people(const std::filesystem::path& data, LogSink log,
                                const PeopleSettings* serving = nullptr);

/// "local:NAME", the account of the operating system that runs this.
security::Actor local_actor();

/// Asks `line` for --role, --line and --label.
struct GrantFlags {
  std::string role;
  std::vector<std::string> lines;
  std::vector<std::string> labels;
};
GrantFlags grant_flags(CommandLine& line);
Result<security::Grant> parse_grant(const GrantFlags& flags);
Json grant_json(const security::Grant& grant);
/// "operator, lines line-1 line-2, labels *".
std::string grant_text(const security::Grant& grant);

}  // namespace mw::app
