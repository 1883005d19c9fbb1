#include "security/people.h"

#include <algorithm>

#include "core/file.h"
#include "core/file_lock.h"
#include "security/internal/base32.h"
#include "security/internal/people_impl.h"
#include "security/internal/people_rules.h"
#include "security/random.h"

namespace mw::security {
namespace {

constexpr std::size_t kKeyIdBytes = 5;
constexpr std::size_t kKeySecretBytes = 32;
const std::vector<std::string> kScopes = {"models", "plant", "metrics", "*"};

}  // namespace

Result<std::unique_ptr<People>> People::open(PeopleOptions options) {
  MW_TRY(make_private_folder(options.folder));
  // Two first starts at once must not make a key each.
  MW_ASSIGN(const FileLock turn, FileLock::acquire(options.folder / "people.lock"));
  const auto path = options.folder / "people.db";
  std::error_code problem;
  const bool fresh = !std::filesystem::exists(path, problem);
  // The key comes first: a file without its key is refused, a key without its file is harmless.
  MW_ASSIGN(KeyedHash hash, KeyedHash::open(options.folder / "people.key", fresh));
  MW_ASSIGN(PeopleDatabase database, PeopleDatabase::open(path.string()));
  MW_TRY(database.run("INSERT OR IGNORE INTO fact VALUES('key', ?)",
                      Blob{as_bytes(hash.of("fact", "key"))}));
  std::string known;
  MW_TRY(database.query("SELECT value FROM fact WHERE name = 'key'",
                        [&](const Row& row) { known = row.bytes(0); }));
  if (known != as_bytes(hash.of("fact", "key"))) {
    return Error::make(Code::kConflict,
                       "people.key is not the one that people.db was written with; restore both "
                       "from the same backup",
                       "people.key 与 people.db 不匹配，请从同一备份恢复两者", "people");
  }
  Vault vault(options.folder, options.log);
  MW_TRY(vault.settle(database, options.key_file));
  MW_ASSIGN(PeopleDatabase reader, PeopleDatabase::open(path.string()));
  return std::unique_ptr<People>(
      new People(std::make_unique<Impl>(std::move(options), std::move(database), std::move(reader),
                                        std::move(hash), std::move(vault))));
}

People::People(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
People::~People() = default;

Result<void> People::add_person(const Actor& actor, const NewPerson& person) {
  MW_TRY(check_name(person.name));
  MW_TRY(check_new_password(person.name, person.password));
  MW_TRY(check_grant(person.grant));
  MW_ASSIGN(const std::string password, hash_password(person.password, impl_->cost()));
  const auto event = event_of(actor, "user.add", "person:" + person.name, described(person.grant));
  return impl_->change(event, [&](PeopleDatabase& database) -> Result<void> {
    MW_TRY(database.run(
        "INSERT OR IGNORE INTO person(name, password, role, lines, labels, created_ns, "
        "must_change) "
        "VALUES(?, ?, ?, ?, ?, ?, ?)",
        person.name, password, role_name(person.grant.role), names_text(person.grant.lines),
        names_text(person.grant.labels), impl_->now_ns(), int64_t{person.must_change}));
    if (database.changes() == 1) return {};
    return Error::make(Code::kConflict, "there is a person '" + person.name + "' already",
                       "已有用户“" + person.name + "”", "name");
  });
}

Result<std::vector<PersonInfo>> People::people() const { return impl_->people(); }

Result<void> People::set_password(const Actor& actor, std::string_view name,
                                  std::string_view password, bool must_change) {
  MW_TRY(check_new_password(name, password));
  MW_ASSIGN(const std::string made, hash_password(password, impl_->cost()));
  return impl_->change_person(actor, name, event_of(actor, "user.passwd", {}),
                              [&](PeopleDatabase& database, int64_t id) -> Result<void> {
                                MW_TRY(database.run("DELETE FROM session WHERE person = ?", id));
                                MW_TRY(database.run("DELETE FROM failure WHERE subject = ?",
                                                    std::string_view(impl_->name_subject(name))));
                                return database.run(
                                    "UPDATE person SET password = ?, must_change = ? WHERE id = ?",
                                    made, int64_t{must_change}, id);
                              });
}

Result<void> People::set_grant(const Actor& actor, std::string_view name, const Grant& grant) {
  MW_TRY(check_grant(grant));
  return impl_->change_person(
      actor, name, event_of(actor, "user.grant", {}, described(grant)),
      [&](PeopleDatabase& database, int64_t id) -> Result<void> {
        MW_ASSIGN(const int64_t admins, count_admins(database));
        MW_TRY(database.run("UPDATE person SET role = ?, lines = ?, labels = ? WHERE id = ?",
                            role_name(grant.role), names_text(grant.lines),
                            names_text(grant.labels), id));
        return keep_an_admin(database, admins);
      });
}

Result<void> People::set_disabled(const Actor& actor, std::string_view name, bool disabled) {
  return impl_->change_person(
      actor, name, event_of(actor, disabled ? "user.disable" : "user.enable", {}),
      [&](PeopleDatabase& database, int64_t id) -> Result<void> {
        MW_ASSIGN(const int64_t admins, count_admins(database));
        MW_TRY(database.run("DELETE FROM session WHERE person = ?", id));
        MW_TRY(database.run("UPDATE person SET disabled = ? WHERE id = ?", int64_t{disabled}, id));
        return keep_an_admin(database, admins);
      });
}

Result<void> People::remove_person(const Actor& actor, std::string_view name) {
  return impl_->change_person(actor, name, event_of(actor, "user.rm", {}),
                              [&](PeopleDatabase& database, int64_t id) -> Result<void> {
                                MW_ASSIGN(const int64_t admins, count_admins(database));
                                MW_TRY(database.run("DELETE FROM person WHERE id = ?", id));
                                return keep_an_admin(database, admins);
                              });
}

Result<void> People::unlock(const Actor& actor, std::string_view name) {
  return impl_->change_person(actor, name, event_of(actor, "user.unlock", {}),
                              [&](PeopleDatabase& database, int64_t) {
                                return database.run("DELETE FROM failure WHERE subject = ?",
                                                    std::string_view(impl_->name_subject(name)));
                              });
}

Result<void> People::end_sessions(const Actor& actor, std::string_view name) {
  return impl_->change_person(actor, name, event_of(actor, "session.end", {}),
                              [&](PeopleDatabase& database, int64_t id) {
                                return database.run("DELETE FROM session WHERE person = ?", id);
                              });
}

Result<KeyRotation> People::rotate_key(const Actor& actor, const std::string& key_file,
                                       OldKey old_key) {
  return impl_->rotate_key(actor, key_file, old_key);
}

Secrets& People::secrets() { return impl_->secrets(); }

Result<void> People::secrets_readable() { return impl_->secrets_readable(); }

Result<std::filesystem::path> People::key_file() { return impl_->key_file(); }

Result<std::string> People::add_key(const Actor& actor, const NewKey& key) {
  MW_TRY(check_name(key.name));
  MW_TRY(check_grant(key.grant));
  for (const std::string& scope : key.scopes) {
    if (std::find(kScopes.begin(), kScopes.end(), scope) == kScopes.end()) {
      return Error::make(Code::kInvalidArgument,
                         "scope '" + scope + "': expected models, plant, metrics or *",
                         "范围“" + scope + "”应为 models、plant、metrics 或 *", "scope");
    }
  }
  if (key.scopes.empty()) {
    return Error::make(Code::kInvalidArgument, "a key needs a scope: models, plant, metrics or *",
                       "密钥需要范围：models、plant、metrics 或 *", "scope");
  }
  MW_ASSIGN(const std::string id_bytes, random_bytes(kKeyIdBytes));
  MW_ASSIGN(const std::string secret, random_bytes(kKeySecretBytes));
  const std::string id = lower_ascii(base32(id_bytes));
  const std::string text = "mw_" + id + "." + lower_ascii(base32(secret));
  const auto event = event_of(actor, "token.create", "key:mw_" + id,
                              "name=" + key.name + " " + described(key.grant) +
                                  " scopes=" + names_text(key.scopes) +
                                  " expires_ns=" + std::to_string(key.expires_ns));
  MW_TRY(impl_->change(event, [&](PeopleDatabase& database) {
    return database.run(
        "INSERT INTO service_key(id, name, hash, role, lines, labels, scopes, created_ns, "
        "expires_ns) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?)",
        id, key.name, Blob{as_bytes(impl_->hash().of(kKeyPurpose, text))},
        role_name(key.grant.role), names_text(key.grant.lines), names_text(key.grant.labels),
        names_text(key.scopes), impl_->now_ns(), key.expires_ns);
  }));
  return text;
}

Result<std::vector<KeyInfo>> People::keys() const { return impl_->keys(); }

Result<void> People::revoke_key(const Actor& actor, std::string_view id) {
  const std::string bare(id.starts_with("mw_") ? id.substr(3) : id);
  return impl_->change(event_of(actor, "token.revoke", "key:mw_" + bare),
                       [&](PeopleDatabase& database) -> Result<void> {
                         MW_TRY(database.run("UPDATE service_key SET revoked = 1 WHERE id = ?",
                                             std::string_view(bare)));
                         if (database.changes() == 1) return {};
                         return Error::make(
                             Code::kNotFound,
                             "there is no key mw_" + bare + "; see `millwright token list`",
                             "没有密钥 mw_" + bare + "；请查看 `millwright token list`", "id");
                       });
}

Result<Login> People::login(const LoginRequest& request) { return impl_->login(request); }

Result<void> People::logout(const Actor& actor, std::string_view token) {
  const std::string hash = as_bytes(impl_->hash().of(kSessionPurpose, token));
  return impl_->change(event_of(actor, "session.logout", actor.who), [&](PeopleDatabase& database) {
    return database.run("DELETE FROM session WHERE hash = ?", Blob{hash});
  });
}

Result<void> People::end_all_sessions(const Actor& actor) {
  return impl_->change(event_of(actor, "session.end_all", ""), [](PeopleDatabase& database) {
    return database.run("DELETE FROM session");
  });
}

Result<Identity> People::session(std::string_view token) {
  return impl_->table().session(token, impl_->now_ns());
}

bool People::still_holds(const Identity& who, std::string_view token) {
  // Before anybody was known, whoever sat here could change things; who may only look still may.
  if (who.name == kLocalName) return !who.has_role(Role::kOperator) || !anyone();
  return impl_->table().still_holds(who, token, impl_->now_ns());
}

uint64_t People::generation() { return impl_->table().generation(); }

Result<KeyUse> People::key(std::string_view presented, const std::string& address) {
  auto use = impl_->table().key(presented, address, impl_->now_ns());
  if (impl_->table().urgent()) impl_->wake();
  return use;
}

bool People::anyone() {
  const auto found = impl_->table().anyone();
  return found.value_or(true);  // what cannot be read opens nothing
}

}  // namespace mw::security
