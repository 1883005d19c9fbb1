#include "security/internal/people_impl.h"

#include <algorithm>

#include "core/file_lock.h"
#include "core/hex.h"

namespace mw::security {
namespace {

constexpr auto kUpkeepEvery = std::chrono::seconds(30);
constexpr int64_t kForgetFailuresNs = kNsPerDay;

}  // namespace

AuditEvent event_of(const Actor& actor, std::string action, std::string object,
                    std::string detail) {
  return {actor.who,         actor.address,       std::move(action),
          std::move(object), AuditOutcome::kDone, std::move(detail)};
}

std::string lower_ascii(std::string text) {
  for (char& c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return text;
}

People::Impl::Impl(PeopleOptions options, PeopleDatabase database, PeopleDatabase reader,
                   KeyedHash hash, Vault vault)
    : options_(std::move(options)),
      cost_{options_.password_memory_kib, options_.password_passes},
      hash_(hash),
      database_(std::move(database)),
      vault_(std::move(vault)),
      secrets_(mutex_, database_, vault_),
      table_(std::move(reader), std::move(hash), options_.session_idle_ns, options_.session_ns) {
  if (!options_.upkeep) return;
  upkeep_thread_ = std::jthread([this](std::stop_token stop) { upkeep(std::move(stop)); });
}

People::Impl::~Impl() {
  if (!upkeep_thread_.joinable()) return;
  upkeep_thread_.request_stop();
  upkeep_thread_.join();
  if (const auto written = write_news(); !written) {
    options_.log(LogLevel::kWarning, "people", written.error().message.en);
  }
}

std::string People::Impl::name_subject(std::string_view name) const {
  return "name:" + hex_of(hash_.of("name", lower_ascii(std::string(name))));
}

Result<void> People::Impl::change(const AuditEvent& event, const Change& body) {
  std::vector<AuditEvent> events(1);
  return change_all(events, [&](PeopleDatabase& database) -> Result<void> {
    MW_TRY(body(database));
    events[0] = event;  // as `body` left it
    return {};
  });
}

Result<void> People::Impl::change_all(const std::vector<AuditEvent>& events, const Change& body) {
  const std::lock_guard lock(mutex_);
  MW_TRY(database_.execute("BEGIN IMMEDIATE"));
  Result<void> done = body(database_);
  std::size_t recorded = 0;
  while (done && recorded < events.size()) {
    done = options_.audit->record(events[recorded]);
    if (done) ++recorded;
  }
  if (done) done = database_.execute("COMMIT");
  if (done) return done;
  (void)database_.execute("ROLLBACK");  // of a full disk SQLite has rolled back by itself
  for (std::size_t i = 0; i < recorded; ++i) {
    AuditEvent failed = events[i];
    failed.outcome = AuditOutcome::kFailed;
    failed.detail = "the change just recorded was not stored";
    if (const auto noted = options_.audit->record(failed); !noted) {
      options_.log(
          LogLevel::kError, "people",
          "a change was recorded and then not stored: " + failed.action + " " + failed.object);
    }
  }
  return done;
}

Result<void> People::Impl::change_person(
    const Actor& actor, std::string_view name, AuditEvent event,
    const std::function<Result<void>(PeopleDatabase&, int64_t id)>& body) {
  return change_person(
      actor, name, std::move(event),
      [&](PeopleDatabase& database, int64_t id, AuditEvent&) { return body(database, id); });
}

Result<void> People::Impl::change_person(
    const Actor& actor, std::string_view name, AuditEvent event,
    const std::function<Result<void>(PeopleDatabase&, int64_t id, AuditEvent&)>& body) {
  event.who = actor.who;
  return change(event, [&](PeopleDatabase& database) -> Result<void> {
    std::optional<int64_t> id;
    MW_TRY(database.query(
        "SELECT id, name FROM person WHERE name = ?",
        [&](const Row& row) {
          id = row.integer(0);
          event.object = "person:" + row.bytes(1);  // as stored, not as typed
        },
        name));
    if (!id) {
      return Error::make(
          Code::kNotFound,
          "there is no person '" + std::string(name) + "'; see `millwright user list`",
          "没有用户“" + std::string(name) + "”；请查看 `millwright user list`", "name");
    }
    return body(database, *id, event);
  });
}

Result<KeyRotation> People::Impl::rotate_key(const Actor& actor, const std::string& key_file,
                                             OldKey old_key) {
  // One rotation at a time, and nobody who opens the folder meanwhile.
  MW_ASSIGN(const FileLock turn, FileLock::acquire(options_.folder / "people.lock"));
  KeyRotation report;
  Vault::Rotation rotation;
  {
    const std::lock_guard lock(mutex_);
    MW_ASSIGN(report.old_file, vault_.file(database_));
    MW_ASSIGN(rotation, old_key == OldKey::kLost ? vault_.begin_without_old(database_, key_file)
                                                 : vault_.begin_rotation(database_, key_file));
  }
  report.file = rotation.file;
  const std::string detail =
      "file=" + rotation.file.string() + (rotation.lost ? " the old key is lost" : "");
  MW_TRY(change(event_of(actor, "key.rotate", "people.db", detail),
                [&](PeopleDatabase& database) { return vault_.rotate(database, rotation); }));
  const std::lock_guard lock(mutex_);
  MW_TRY(vault_.finish_rotation(database_, rotation));
  return report;
}

Result<void> People::Impl::secrets_readable() {
  const std::lock_guard lock(mutex_);
  return vault_.check(database_);
}

Result<std::filesystem::path> People::Impl::key_file() {
  const std::lock_guard lock(mutex_);
  return vault_.file(database_);
}

Result<std::vector<PersonInfo>> People::Impl::people() {
  const std::lock_guard lock(mutex_);
  std::vector<PersonInfo> all;
  const TimeNs now = now_ns();
  MW_TRY(database_.query(
      "SELECT name, role, lines, labels, disabled, totp IS NOT NULL, created_ns, must_change, "
      "login_ns, (SELECT count(*) FROM session s WHERE s.person = person.id AND s.seen_ns >= ? AND "
      "s.created_ns >= ?), password <> '', coalesce(issuer, ''), coalesce(subject, ''), "
      "coalesce(managed, 0) FROM person LEFT JOIN link ON link.person = person.id ORDER BY name",
      [&](const Row& row) {
        all.push_back({row.bytes(0),
                       grant_of(row, 1),
                       row.integer(4) != 0,
                       row.integer(5) != 0,
                       row.integer(6),
                       0,
                       row.integer(7) != 0,
                       row.integer(8),
                       static_cast<int>(row.integer(9)),
                       row.bytes(11),
                       row.bytes(12),
                       row.integer(13) != 0,
                       row.integer(10) != 0,
                       {}});
      },
      now - options_.session_idle_ns, now - options_.session_ns));
  for (PersonInfo& person : all) {
    MW_TRY(database_.query(
        "SELECT locked_until_ns FROM failure WHERE subject = ?",
        [&](const Row& row) { person.locked_until_ns = row.integer(0); },
        std::string_view(name_subject(person.name))));
    MW_TRY(database_.query(
        "SELECT g.name FROM membership m JOIN person_group g ON g.id = m.person_group "
        "JOIN person p ON p.id = m.person WHERE p.name = ? ORDER BY g.name",
        [&](const Row& row) { person.groups.push_back(row.bytes(0)); },
        std::string_view(person.name)));
  }
  return all;
}

Result<std::vector<KeyInfo>> People::Impl::keys() {
  MW_TRY(write_news());  // last use
  const std::lock_guard lock(mutex_);
  std::vector<KeyInfo> all;
  MW_TRY(database_.query(
      "SELECT id, name, role, lines, labels, scopes, expires_ns, created_ns, used_ns, revoked "
      "FROM service_key ORDER BY created_ns, id",
      [&](const Row& row) {
        all.push_back({"mw_" + row.bytes(0),
                       {row.bytes(1), grant_of(row, 2), names_of(row.bytes(5)), row.integer(6)},
                       row.integer(7),
                       row.integer(8),
                       row.integer(9) != 0});
      }));
  return all;
}

/// Each is taken off `news` when the audit log has it.
Result<void> People::Impl::audit_news(AccessTable::News& news) {
  while (!news.refused_keys.empty()) {
    const auto first = news.refused_keys.begin();
    MW_TRY(options_.audit->record({"key:" + first->second, first->first, "key.use", "",
                                   AuditOutcome::kRefused, "not known, revoked or expired"}));
    news.refused_keys.erase(first);
  }
  for (auto& [id, seen] : news.keys_seen) {
    while (!seen.unaudited_addresses.empty()) {
      MW_TRY(options_.audit->record({"key:mw_" + id, seen.unaudited_addresses.back(), "key.use", "",
                                     AuditOutcome::kDone, "first use from this address"}));
      seen.unaudited_addresses.pop_back();
    }
  }
  return {};
}

/// What requests did is written by this thread, so that they need not wait for the disk. What
/// cannot be written waits for the next time.
Result<void> People::Impl::write_news() {
  AccessTable::News news = table_.take_news();
  Result<void> written = audit_news(news);
  if (written) written = store_news(news);
  if (!written) table_.put_back(std::move(news));
  return written;
}

Result<void> People::Impl::store_news(const AccessTable::News& news) {
  const std::lock_guard lock(mutex_);
  const TimeNs now = now_ns();
  MW_TRY(database_.execute("BEGIN IMMEDIATE"));
  const auto write = [&]() -> Result<void> {
    for (const auto& [hash, seen_ns] : news.sessions_seen) {
      MW_TRY(database_.run("UPDATE session SET seen_ns = max(seen_ns, ?) WHERE hash = ?", seen_ns,
                           Blob{hash}));
    }
    for (const auto& [id, seen] : news.keys_seen) {
      std::vector<std::string> addresses;
      MW_TRY(database_.query(
          "SELECT addresses FROM service_key WHERE id = ?",
          [&](const Row& row) { addresses = names_of(row.bytes(0)); }, std::string_view(id)));
      for (const std::string& each : seen.new_addresses) addresses.push_back(each);
      if (addresses.size() > kMostAddresses) {
        addresses.erase(addresses.begin(), addresses.end() - kMostAddresses);
      }
      MW_TRY(
          database_.run("UPDATE service_key SET used_ns = max(used_ns, ?), addresses = ? "
                        "WHERE id = ?",
                        seen.used_ns, names_text(addresses), std::string_view(id)));
    }
    if (!options_.upkeep) return {};
    MW_TRY(database_.run("DELETE FROM session WHERE seen_ns < ? OR created_ns < ?",
                         now - options_.session_idle_ns, now - options_.session_ns));
    if (options_.keep_logins_ns > 0) {
      const int64_t oldest = now - options_.keep_logins_ns;
      MW_TRY(database_.run("UPDATE person SET login_ns = 0 WHERE login_ns > 0 AND login_ns < ?",
                           oldest));
      MW_TRY(database_.run(
          "UPDATE service_key SET addresses = '[]' WHERE addresses <> '[]' AND used_ns < ?",
          oldest));
    }
    return database_.run("DELETE FROM failure WHERE last_ns < ? AND locked_until_ns < ?",
                         now - kForgetFailuresNs, now);
  };
  const Result<void> written = write();
  const Result<void> ended = database_.execute(written ? "COMMIT" : "ROLLBACK");
  return written ? ended : written;
}

void People::Impl::upkeep(std::stop_token stop) {
  while (!stop.stop_requested()) {
    {
      std::unique_lock lock(upkeep_mutex_);
      upkeep_wanted_.wait_for(lock, stop, kUpkeepEvery, [this] { return table_.urgent(); });
    }
    if (stop.stop_requested()) return;
    if (const auto written = write_news(); !written) {
      options_.log(LogLevel::kWarning, "people", written.error().message.en);
      std::unique_lock lock(upkeep_mutex_);
      upkeep_wanted_.wait_for(lock, stop, std::chrono::seconds(1), [] { return false; });
    }
  }
}

}  // namespace mw::security
