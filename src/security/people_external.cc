// Persons whom an identity provider vouches for: who they are here, and what they may.
#include <algorithm>

#include "core/hex.h"
#include "security/internal/clean_text.h"
#include "security/internal/people_impl.h"
#include "security/internal/people_rules.h"
#include "security/people.h"
#include "security/random.h"

namespace mw::security {
namespace {

constexpr std::size_t kTokenBytes = 32;
constexpr std::size_t kMostIssuer = 1024;
constexpr std::size_t kMostSubject = 255;

std::string audited(const std::string& text) { return clean_utf8(text, kMostSubject); }

Error refused(const char* param, const std::string& en, const std::string& zh) {
  return Error::make(Code::kPermissionDenied, en, zh, param);
}

Error is_disabled() {
  return refused("disabled", "your account was switched off here: ask an administrator",
                 "您的账户已在此停用，请联系管理员");
}

Error has_no_grant() {
  return refused(
      "grant",
      "you are known to the identity provider, but none of your groups there gives you "
      "rights here: ask an administrator which group you need",
      "身份提供方认识您，但您所在的组在此没有任何权限：请联系管理员，确认需要加入哪个组");
}

Error is_last_admin() {
  return refused(
      "last_admin",
      "the identity provider does not make you an administrator any more, and you are "
      "the last one here: log in with your password, and make another one first",
      "身份提供方不再授予您管理员角色，而您是此处最后一名管理员：请用密码登录，并先添加另一"
      "名管理员");
}

Error name_is_taken(const std::string& name) {
  return refused(
      "name",
      "there is a person '" + name +
          "' here already, who is not known to be you: an administrator can link you "
          "(millwright user link)",
      "此处已有用户“" + name + "”，尚未确认就是您：可请管理员关联（millwright user link）");
}

}  // namespace

/// A person as far as logging in by a provider needs it.
struct People::Impl::Linked {
  int64_t id = 0;
  std::string name;
  Grant grant;
  bool disabled = false;
  bool must_change = false;
  bool managed = false;
};

Result<std::optional<People::Impl::Linked>> People::Impl::linked(PeopleDatabase& database,
                                                                 const ExternalLogin& login) {
  std::optional<Linked> found;
  MW_TRY(database.query(
      "SELECT id, name, role, lines, labels, disabled, must_change, managed FROM link JOIN person "
      "ON person.id = link.person WHERE issuer = ? AND subject = ?",
      [&](const Row& row) {
        found = Linked{row.integer(0),      row.bytes(1),        grant_of(row, 2),
                       row.integer(5) != 0, row.integer(6) != 0, row.integer(7) != 0};
      },
      std::string_view(login.issuer), std::string_view(login.subject)));
  return found;
}

Result<People::Impl::Linked> People::Impl::add_linked(PeopleDatabase& database,
                                                      const ExternalLogin& login) {
  MW_TRY(
      database.run("INSERT OR IGNORE INTO person(name, password, role, lines, labels, created_ns) "
                   "VALUES(?, '', ?, ?, ?, ?)",
                   std::string_view(login.name), role_name(login.grant->role),
                   names_text(login.grant->lines), names_text(login.grant->labels), now_ns()));
  if (database.changes() != 1) return name_is_taken(login.name);
  MW_TRY(database.run("INSERT INTO link SELECT ?, ?, id, 1 FROM person WHERE name = ?",
                      std::string_view(login.issuer), std::string_view(login.subject),
                      std::string_view(login.name)));
  MW_ASSIGN(const auto made, linked(database, login));
  return *made;
}

/// What the provider's groups give now is what its people have; without a group, nothing. Who would
/// leave nobody to manage people keeps what is stored, for logging in by password, but has no
/// session left either.
Result<void> People::Impl::follow(PeopleDatabase& database, const ExternalLogin& login,
                                  const Linked& person, std::vector<AuditEvent>& events) {
  const Grant now = login.grant.value_or(Grant{});
  if (!login.grant) MW_TRY(database.run("DELETE FROM session WHERE person = ?", person.id));
  if (now != person.grant) {
    AuditEvent told{"person:" + person.name, login.address,       "user.grant",
                    "person:" + person.name, AuditOutcome::kDone, "method=oidc " + described(now)};
    MW_ASSIGN(const int64_t admins, count_admins(database));
    MW_TRY(database.execute("SAVEPOINT demotion"));
    MW_TRY(database.run("UPDATE person SET role = ?, lines = ?, labels = ? WHERE id = ?",
                        role_name(now.role), names_text(now.lines), names_text(now.labels),
                        person.id));
    const auto kept = keep_an_admin(database, admins);
    if (!kept && kept.error().code != Code::kConflict) return kept;
    if (!kept) {
      MW_TRY(database.execute("ROLLBACK TO demotion"));
      MW_TRY(database.run("DELETE FROM session WHERE person = ?", person.id));
      told.outcome = AuditOutcome::kRefused;
      told.detail += " why=last_admin";
    }
    MW_TRY(database.execute("RELEASE demotion"));
    events.push_back(std::move(told));
    if (!kept && login.grant) return is_last_admin();
  }
  return login.grant ? Result<void>{} : has_no_grant();
}

/// Within the transaction. A refusal is an error of kPermissionDenied whose changes count: who lost
/// their rights at the provider has no session left here. Adds the events of what it changed; the
/// first of `events` is the login's.
Result<Identity> People::Impl::admit(PeopleDatabase& database, const ExternalLogin& login,
                                     const std::string& token, std::vector<AuditEvent>& events) {
  MW_ASSIGN(std::optional<Linked> person, linked(database, login));
  if (person) {
    events.front().who = events.front().object = "person:" + person->name;
    if (person->disabled) return is_disabled();
    if (person->managed) MW_TRY(follow(database, login, *person, events));
  } else {
    if (!login.grant) return has_no_grant();
    MW_TRY(check_grant(*login.grant));
    if (const auto fits = check_name(login.name); !fits) {
      return refused("name",
                     "the identity provider does not tell a name that can be used here "
                     "(oidc.name_claim): " +
                         fits.error().message.en,
                     "身份提供方未给出可用的用户名（oidc.name_claim）：" + fits.error().message.zh);
    }
    MW_ASSIGN(person, add_linked(database, login));
    events.front().who = events.front().object = "person:" + person->name;
    events.push_back({"person:" + person->name, login.address, "user.add", "person:" + person->name,
                      AuditOutcome::kDone, "method=oidc " + described(*login.grant)});
  }
  MW_TRY(database.run("UPDATE person SET login_ns = ? WHERE id = ?", now_ns(), person->id));
  MW_TRY(database.run("INSERT INTO session VALUES(?, ?, ?, ?, ?)",
                      Blob{as_bytes(hash_.of(kSessionPurpose, token))}, person->id, now_ns(),
                      now_ns(), std::string_view(login.address)));
  Identity who = newcomer(person->name);
  if (!person->must_change) {
    MW_ASSIGN(who.grants, grants_of(database, person->id));
  }
  return who;
}

Result<Login> People::Impl::login_external(const ExternalLogin& login) {
  std::string locked_name = login.name;
  {
    const std::lock_guard lock(mutex_);
    MW_ASSIGN(const auto known, linked(database_, login));
    if (known) locked_name = known->name;
  }
  MW_TRY(check_locks(login_counters({locked_name, "", "", login.address})));
  MW_ASSIGN(const std::string random, random_bytes(kTokenBytes));
  Login out;
  out.token = hex_of({reinterpret_cast<const uint8_t*>(random.data()), random.size()});
  // Of nobody known: the issuer's name for them, which is what an administrator has to look for.
  std::vector<AuditEvent> events = {
      {"person:?", login.address, "session.login", "person:?", AuditOutcome::kDone,
       "method=oidc issuer=" + audited(login.issuer) + " sub=" + audited(login.subject)}};
  std::optional<Error> no;
  MW_TRY(change_all(events, [&](PeopleDatabase& database) -> Result<void> {
    auto who = admit(database, login, out.token, events);
    if (!who && who.error().code != Code::kPermissionDenied) return who.error();
    if (who) {
      out.who = std::move(*who);
    } else {
      no = who.error();
      events.front().outcome = AuditOutcome::kRefused;
      events.front().detail += " why=" + no->param;
    }
    std::rotate(events.begin(), events.begin() + 1, events.end());  // made, then logged in
    return {};
  }));
  if (no) return *no;
  return out;
}

Result<Login> People::login_external(const ExternalLogin& login) {
  return impl_->login_external(login);
}

Result<void> People::link(const Actor& actor, std::string_view name, const std::string& issuer,
                          const std::string& subject) {
  if (issuer.empty() || issuer.size() > kMostIssuer || subject.empty() ||
      subject.size() > kMostSubject) {
    return Error::make(
        Code::kInvalidArgument,
        "expected the provider's address (issuer), and what it calls the person (sub), "
        "as the refused login in the audit log tells them",
        "应提供身份提供方地址（issuer）及其主体标识（sub），见审计日志中被拒绝的登录", "subject");
  }
  const std::string detail = "issuer=" + audited(issuer) + " sub=" + audited(subject);
  return impl_->change_person(
      actor, name, event_of(actor, "user.link", {}, detail),
      [&](PeopleDatabase& database, int64_t id) -> Result<void> {
        MW_TRY(database.run("DELETE FROM link WHERE person = ?", id));
        MW_TRY(database.run("INSERT OR IGNORE INTO link VALUES(?, ?, ?, 0)",
                            std::string_view(issuer), std::string_view(subject), id));
        if (database.changes() == 1) return {};
        return Error::make(Code::kConflict, "another person has this issuer and subject",
                           "该 issuer 与 subject 已关联其他用户", "subject");
      });
}

Result<void> People::unlink(const Actor& actor, std::string_view name) {
  return impl_->change_person(actor, name, event_of(actor, "user.unlink", {}),
                              [&](PeopleDatabase& database, int64_t id) -> Result<void> {
                                MW_TRY(database.run("DELETE FROM session WHERE person = ?", id));
                                return database.run("DELETE FROM link WHERE person = ?", id);
                              });
}

}  // namespace mw::security
