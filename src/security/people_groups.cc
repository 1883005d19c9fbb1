// Groups of people: a grant that everybody in it has beside their own (ADR 0097).
#include "security/internal/people_impl.h"
#include "security/internal/people_rules.h"
#include "security/people.h"

namespace mw::security {
namespace {

Result<int64_t> group_id(PeopleDatabase& database, std::string_view name, AuditEvent& event) {
  std::optional<int64_t> id;
  MW_TRY(database.query(
      "SELECT id, name FROM person_group WHERE name = ?",
      [&](const Row& row) {
        id = row.integer(0);
        event.object = "group:" + row.bytes(1);  // as stored, not as typed
      },
      name));
  if (id) return *id;
  return Error::make(Code::kNotFound,
                     "there is no group '" + std::string(name) + "'; see `millwright group list`",
                     "没有组“" + std::string(name) + "”；请查看 `millwright group list`", "group");
}

}  // namespace

Result<void> People::Impl::change_group(
    const Actor& actor, std::string_view name, AuditEvent event,
    const std::function<Result<void>(PeopleDatabase&, int64_t id)>& body) {
  event.who = actor.who;
  return change(event, [&](PeopleDatabase& database) -> Result<void> {
    MW_ASSIGN(const int64_t id, group_id(database, name, event));
    MW_ASSIGN(const int64_t admins, count_admins(database));
    MW_TRY(body(database, id));
    return keep_an_admin(database, admins);
  });
}

Result<void> People::add_group(const Actor& actor, const std::string& name, const Grant& grant) {
  MW_TRY(check_name(name));
  MW_TRY(check_grant(grant));
  const auto event = event_of(actor, "group.add", "group:" + name, described(grant));
  return impl_->change(event, [&](PeopleDatabase& database) -> Result<void> {
    MW_TRY(
        database.run("INSERT OR IGNORE INTO person_group(name, role, lines, labels, created_ns) "
                     "VALUES(?, ?, ?, ?, ?)",
                     std::string_view(name), role_name(grant.role), names_text(grant.lines),
                     names_text(grant.labels), impl_->now_ns()));
    if (database.changes() == 1) return {};
    return Error::make(Code::kConflict, "there is a group '" + name + "' already",
                       "已有组“" + name + "”", "name");
  });
}

Result<void> People::set_group_grant(const Actor& actor, std::string_view name,
                                     const Grant& grant) {
  MW_TRY(check_grant(grant));
  return impl_->change_group(
      actor, name, event_of(actor, "group.grant", {}, described(grant)),
      [&](PeopleDatabase& database, int64_t id) {
        return database.run("UPDATE person_group SET role = ?, lines = ?, labels = ? WHERE id = ?",
                            role_name(grant.role), names_text(grant.lines),
                            names_text(grant.labels), id);
      });
}

Result<void> People::remove_group(const Actor& actor, std::string_view name) {
  return impl_->change_group(actor, name, event_of(actor, "group.rm", {}),
                             [](PeopleDatabase& database, int64_t id) {
                               return database.run("DELETE FROM person_group WHERE id = ?", id);
                             });
}

Result<void> People::set_member(const Actor& actor, std::string_view group, std::string_view name,
                                bool member) {
  AuditEvent event = event_of(actor, member ? "group.join" : "group.leave", {});
  return impl_->change_person(
      actor, name, std::move(event),
      [&](PeopleDatabase& database, int64_t person, AuditEvent& told) -> Result<void> {
        const std::string who = std::exchange(told.object, {});
        MW_ASSIGN(const int64_t id, group_id(database, group, told));
        told.detail = who;
        MW_ASSIGN(const int64_t admins, count_admins(database));
        MW_TRY(database.run(member ? "INSERT OR IGNORE INTO membership VALUES(?, ?)"
                                   : "DELETE FROM membership WHERE person = ? AND person_group = ?",
                            person, id));
        return keep_an_admin(database, admins);
      });
}

Result<std::vector<GroupInfo>> People::groups() const { return impl_->groups(); }

Result<std::vector<GroupInfo>> People::Impl::groups() {
  const std::lock_guard lock(mutex_);
  std::vector<GroupInfo> all;
  MW_TRY(database_.query(
      "SELECT name, role, lines, labels, created_ns FROM person_group ORDER BY name",
      [&](const Row& row) {
        all.push_back({row.bytes(0), grant_of(row, 1), {}, row.integer(4)});
      }));
  for (GroupInfo& group : all) {
    MW_TRY(database_.query(
        "SELECT p.name FROM membership m JOIN person p ON p.id = m.person "
        "JOIN person_group g ON g.id = m.person_group WHERE g.name = ? ORDER BY p.name",
        [&](const Row& row) { group.members.push_back(row.bytes(0)); },
        std::string_view(group.name)));
  }
  return all;
}

}  // namespace mw::security
