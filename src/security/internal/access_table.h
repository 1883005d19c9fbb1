#pragma once

#include <map>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "security/internal/keyed_hash.h"
#include "security/internal/people_database.h"
#include "security/people.h"

namespace mw::security {

/// Sessions and keys in memory, for each request's check. It sees changes of other connections and
/// processes by SQLite's data_version (a look at shared memory) and then reads them anew; it never
/// writes: what it notices waits in `take_news` for a thread that may.
class AccessTable {
 public:
  AccessTable(PeopleDatabase database, KeyedHash hash, int64_t idle_ns, int64_t most_ns)
      : database_(std::move(database)),
        hash_(std::move(hash)),
        idle_ns_(idle_ns),
        most_ns_(most_ns) {}

  Result<Identity> session(std::string_view token, TimeNs now_ns);
  bool still_holds(const Identity& who, std::string_view token, TimeNs now_ns);
  Result<KeyUse> key(std::string_view presented, const std::string& address, TimeNs now_ns);
  Result<bool> anyone();
  /// Another number each time the file was read anew.
  uint64_t generation();

  struct KeySeen {
    TimeNs used_ns = 0;
    std::vector<std::string> new_addresses;        // to be stored
    std::vector<std::string> unaudited_addresses;  // of them
  };
  struct News {
    std::map<std::string, TimeNs> sessions_seen;      // by hash
    std::map<std::string, KeySeen> keys_seen;         // by id
    std::map<std::string, std::string> refused_keys;  // id (or "?") by address
  };
  News take_news();
  /// What could not be written.
  void put_back(News news);
  /// Something that should be written soon: a key from a new address. Not a refused one: whoever
  /// knows no key must not fill the log as fast as they ask.
  bool urgent();

 private:
  struct SessionEntry {
    Identity who;
    TimeNs created_ns = 0;
    TimeNs seen_ns = 0;
  };
  struct KeyEntry {
    std::string hash;
    KeyUse use;
    TimeNs expires_ns = 0;
    std::vector<std::string> addresses;
  };
  Result<void> refresh_locked();
  SessionEntry* session_locked(const std::string& hash, TimeNs now_ns);

  std::mutex mutex_;
  PeopleDatabase database_;
  const KeyedHash hash_;
  const int64_t idle_ns_;
  const int64_t most_ns_;
  int64_t version_ = -1;
  int64_t ever_known_ = 0;
  uint64_t generation_ = 0;
  std::unordered_map<std::string, SessionEntry> sessions_;
  std::unordered_map<std::string, KeyEntry> keys_;
  News news_;
  bool urgent_ = false;
};

/// JSON arrays of names, as people.db keeps them.
std::string names_text(const std::vector<std::string>& names);
std::vector<std::string> names_of(std::string_view text);
/// From columns role, lines, labels.
Grant grant_of(const Row& row, int first_column);

std::string as_bytes(const Sha256Digest& digest);

inline constexpr std::string_view kSessionPurpose = "session";
inline constexpr std::string_view kKeyPurpose = "key";
inline constexpr std::size_t kMostAddresses = 32;  // of a key that are remembered

}  // namespace mw::security
