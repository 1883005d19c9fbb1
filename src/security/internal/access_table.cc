#include "security/internal/access_table.h"

#include <openssl/crypto.h>

#include <algorithm>

#include "core/json.h"

namespace mw::security {
namespace {

constexpr std::size_t kMostRefused = 1000;  // addresses between two looks

Error not_known(const char* en, const char* zh) {
  return Error::make(Code::kUnauthenticated, en, zh);
}

}  // namespace

std::string names_text(const std::vector<std::string>& names) {
  Json list = Json::array();
  for (const std::string& name : names) list.push_back(name);
  return to_text(list);
}

std::vector<std::string> names_of(std::string_view text) {
  std::vector<std::string> names;
  const auto list = parse_json(text, 2);
  if (!list || !list->is_array()) return names;  // sees nothing
  for (const Json& each : *list) {
    if (each.is_string()) names.push_back(each.get<std::string>());
  }
  return names;
}

Grant grant_of(const Row& row, int first_column) {
  return {role_of(row.bytes(first_column)).value_or(Role::kViewer),
          names_of(row.bytes(first_column + 1)), names_of(row.bytes(first_column + 2))};
}

std::string as_bytes(const Sha256Digest& digest) { return {digest.begin(), digest.end()}; }

Result<void> AccessTable::refresh_locked() {
  MW_ASSIGN(const int64_t version, database_.integer("PRAGMA data_version"));
  if (version == version_) return {};
  std::unordered_map<int64_t, std::vector<Grant>> of_groups;  // by person
  MW_TRY(database_.query(
      "SELECT m.person, g.role, g.lines, g.labels FROM membership m "
      "JOIN person_group g ON g.id = m.person_group",
      [&](const Row& row) { of_groups[row.integer(0)].push_back(grant_of(row, 1)); }));
  std::unordered_map<std::string, SessionEntry> sessions;
  std::unordered_map<std::string, KeyEntry> keys;
  MW_TRY(database_.query(
      "SELECT s.hash, s.created_ns, s.seen_ns, p.name, p.role, p.lines, p.labels, p.must_change, "
      "p.id "
      "FROM session s "
      "JOIN person p ON p.id = s.person WHERE p.disabled = 0",
      [&](const Row& row) {
        const std::string hash = row.bytes(0);
        SessionEntry entry{row.integer(7) != 0 ? newcomer(row.bytes(3))
                                               : identity_of(Identity::Kind::kPerson, row.bytes(3),
                                                             grant_of(row, 4)),
                           row.integer(1), row.integer(2)};
        const auto given = of_groups.find(row.integer(8));
        if (given != of_groups.end() && !is_newcomer(entry.who)) {
          entry.who.grants.insert(entry.who.grants.end(), given->second.begin(),
                                  given->second.end());
        }
        const auto known = sessions_.find(hash);
        if (known != sessions_.end()) {
          entry.seen_ns = std::max(entry.seen_ns, known->second.seen_ns);
        }
        sessions.emplace(hash, std::move(entry));
      }));
  MW_TRY(database_.query(
      "SELECT id, hash, expires_ns, addresses, scopes, role, lines, labels FROM service_key "
      "WHERE revoked = 0",
      [&](const Row& row) {
        const std::string id = row.bytes(0);
        KeyEntry entry{row.bytes(1),
                       {identity_of(Identity::Kind::kApiKey, "mw_" + id, grant_of(row, 5)),
                        names_of(row.bytes(4))},
                       row.integer(2),
                       names_of(row.bytes(3))};
        const auto known = keys_.find(id);
        if (known != keys_.end() && known->second.addresses.size() > entry.addresses.size()) {
          entry.addresses = known->second.addresses;  // not written yet
        }
        keys.emplace(id, std::move(entry));
      }));
  // Persons by the last id that was given: who is gone counts, and so does a key that was revoked.
  MW_ASSIGN(ever_known_,
            database_.integer("SELECT (SELECT count(*) FROM service_key) + "
                              "(SELECT count(*) FROM sqlite_sequence WHERE name = 'person')"));
  sessions_ = std::move(sessions);
  keys_ = std::move(keys);
  version_ = version;
  ++generation_;
  return {};
}

Result<bool> AccessTable::anyone() {
  const std::lock_guard lock(mutex_);
  MW_TRY(refresh_locked());
  return ever_known_ > 0;
}

uint64_t AccessTable::generation() {
  const std::lock_guard lock(mutex_);
  // What cannot be read lets nobody go on: still_holds() says so to whoever asks.
  if (!refresh_locked()) ++generation_;
  return generation_;
}

AccessTable::SessionEntry* AccessTable::session_locked(const std::string& hash, TimeNs now_ns) {
  const auto found = sessions_.find(hash);
  const bool good = found != sessions_.end() && now_ns - found->second.seen_ns <= idle_ns_ &&
                    now_ns - found->second.created_ns <= most_ns_;
  return good ? &found->second : nullptr;
}

Result<Identity> AccessTable::session(std::string_view token, TimeNs now_ns) {
  const std::string hash = as_bytes(hash_.of(kSessionPurpose, token));
  const std::lock_guard lock(mutex_);
  MW_TRY(refresh_locked());
  SessionEntry* entry = session_locked(hash, now_ns);
  if (entry == nullptr) {
    return not_known("the session has ended: log in again", "会话已结束，请重新登录");
  }
  entry->seen_ns = std::max(entry->seen_ns, now_ns);
  news_.sessions_seen[hash] = entry->seen_ns;
  return entry->who;
}

bool AccessTable::still_holds(const Identity& who, std::string_view token, TimeNs now_ns) {
  const std::string hash = as_bytes(hash_.of(kSessionPurpose, token));
  const std::lock_guard lock(mutex_);
  if (!refresh_locked()) return false;
  if (who.kind == Identity::Kind::kPerson) {
    const SessionEntry* entry = session_locked(hash, now_ns);
    return entry != nullptr && entry->who.name == who.name && entry->who.rights() == who.rights();
  }
  if (!who.name.starts_with("mw_")) return true;  // a key of the configuration: as long as we run
  const auto key = keys_.find(who.name.substr(3));
  return key != keys_.end() && key->second.use.who.rights() == who.rights() &&
         (key->second.expires_ns == 0 || now_ns < key->second.expires_ns);
}

Result<KeyUse> AccessTable::key(std::string_view presented, const std::string& address,
                                TimeNs now_ns) {
  if (!presented.starts_with("mw_")) return not_known("this is no key", "这不是密钥");
  const std::size_t dot = presented.find('.');
  const std::string id(presented.substr(3, dot == std::string_view::npos ? 0 : dot - 3));
  const std::string hash = as_bytes(hash_.of(kKeyPurpose, presented));
  const std::lock_guard lock(mutex_);
  MW_TRY(refresh_locked());
  const auto found = keys_.find(id);
  const bool fits = found != keys_.end() && found->second.hash.size() == hash.size() &&
                    CRYPTO_memcmp(found->second.hash.data(), hash.data(), hash.size()) == 0;
  if (!fits || (found->second.expires_ns != 0 && now_ns >= found->second.expires_ns)) {
    if (news_.refused_keys.size() < kMostRefused) {
      const bool known = found != keys_.end();
      news_.refused_keys.emplace(address, known ? "mw_" + id : "?");
    }
    return fits ? not_known("the key has expired: ask for a new one", "密钥已过期，请申请新密钥")
                : not_known("the key is not known or was revoked", "密钥无效或已被吊销");
  }
  KeyEntry& entry = found->second;
  KeySeen& seen = news_.keys_seen[id];
  seen.used_ns = now_ns;
  if (std::find(entry.addresses.begin(), entry.addresses.end(), address) == entry.addresses.end()) {
    if (entry.addresses.size() >= kMostAddresses) entry.addresses.erase(entry.addresses.begin());
    entry.addresses.push_back(address);
    seen.new_addresses.push_back(address);
    seen.unaudited_addresses.push_back(address);
    urgent_ = true;
  }
  return entry.use;
}

AccessTable::News AccessTable::take_news() {
  const std::lock_guard lock(mutex_);
  urgent_ = false;
  return std::exchange(news_, {});
}

void AccessTable::put_back(News news) {
  const std::lock_guard lock(mutex_);
  for (auto& [hash, seen_ns] : news.sessions_seen) {
    TimeNs& now = news_.sessions_seen[hash];
    now = std::max(now, seen_ns);
  }
  for (auto& [id, old] : news.keys_seen) {
    KeySeen& now = news_.keys_seen[id];
    now.used_ns = std::max(now.used_ns, old.used_ns);
    now.new_addresses.insert(now.new_addresses.begin(), old.new_addresses.begin(),
                             old.new_addresses.end());
    now.unaudited_addresses.insert(now.unaudited_addresses.begin(), old.unaudited_addresses.begin(),
                                   old.unaudited_addresses.end());
    urgent_ = urgent_ || !now.unaudited_addresses.empty();
  }
  for (auto& [address, id] : news.refused_keys) {
    if (news_.refused_keys.size() < kMostRefused) news_.refused_keys.emplace(address, id);
  }
}

bool AccessTable::urgent() {
  const std::lock_guard lock(mutex_);
  return urgent_;
}

}  // namespace mw::security
